//! What lists show to whom: filtered, refused or empty (RBAC A10).

use cloud::{Answer, CONTRIBUTOR, Caller, Cloud, READER};
use model::{ManagementGroup, Subscription};
use serde_json::{Value, json};
use uuid::Uuid;

const IDENTITIES: &str = "providers/Microsoft.ManagedIdentity/userAssignedIdentities";
const ASSIGNMENTS: &str = "providers/Microsoft.Authorization/roleAssignments";
const ROLES: &str = "providers/Microsoft.Authorization/roleDefinitions";

/// `corp` holds the subscriptions `s1`, with the groups `rg1` and `rg2`, and `s2`; `s3` hangs beside it. In each group
/// is an identity.
struct Scene {
    cloud: Cloud,
    corp: String,
    /// `s1`, `s2`, `s3`.
    subscriptions: [String; 3],
    groups: [String; 2],
    identities: [String; 2],
}

impl Scene {
    async fn set() -> Self {
        let cloud = Cloud::start().await;
        let corp = ManagementGroup::id_of("corp");
        cloud.arm("PUT", &corp, json!({})).await.ok();
        let [second, third] = [2, 3].map(Uuid::from_u128);
        let mut tx = cloud.server.cloud.store.begin().await;
        for (id, group) in [(second, "corp"), (third, &*cloud.tenant)] {
            tx.put_subscription(Subscription { id, display_name: "S".to_owned(), management_group: group.to_owned() });
        }
        tx.commit().await.unwrap();
        let first = cloud.subscription.clone();
        cloud.arm("PUT", &format!("{corp}{first}"), None).await.ok();
        let groups = [cloud.make_group("rg1").await, cloud.make_group("rg2").await];
        let identities = [("id1", &groups[0]), ("id2", &groups[1])];
        for (name, group) in identities {
            cloud.make_identity(group, name).await;
        }
        let identities = identities.map(|(name, group)| format!("{group}/{IDENTITIES}/{name}"));
        let subscriptions = [first, format!("/subscriptions/{second}"), format!("/subscriptions/{third}")];
        Self { cloud, corp, subscriptions, groups, identities }
    }

    /// What things are called here.
    fn names(&self) -> Vec<(String, &'static str)> {
        let named = [
            (&self.corp, "corp"),
            (&self.subscriptions[0], "s1"),
            (&self.subscriptions[1], "s2"),
            (&self.subscriptions[2], "s3"),
            (&self.groups[0], "rg1"),
            (&self.groups[1], "rg2"),
            (&self.identities[0], "id1"),
            (&self.identities[1], "id2"),
        ];
        named.into_iter().map(|(id, name)| (id.to_lowercase(), name)).collect()
    }

    /// The names of what a list shows, by the ids that `id_of` finds in its items; or how it was refused.
    fn shown(&self, answer: &Answer, id_of: impl Fn(&Value) -> &Value) -> String {
        let Some(items) = answer.body["value"].as_array() else { return answer.summary() };
        let names = self.names();
        let name = |item: &Value| {
            let id = id_of(item).as_str().unwrap().to_lowercase();
            names.iter().find(|(known, _)| *known == id).map(|(_, name)| (*name).to_owned())
        };
        let mut shown: Vec<_> = items.iter().filter_map(name).collect();
        shown.sort_unstable();
        if shown.is_empty() { "-".to_owned() } else { shown.join(" ") }
    }

    async fn reader(&self, name: &str, scope: Option<&str>) -> Caller<'_> {
        let application = self.cloud.make_application(name).await;
        if let Some(scope) = scope {
            self.cloud.assign(&application.principal, READER, scope).await;
        }
        self.cloud.caller(self.cloud.token_of(&application).await)
    }
}

#[tokio::test]
async fn lists_are_filtered_or_refused() {
    let scene = Scene::set().await;
    let [s1, ..] = &scene.subscriptions;
    let [rg1, rg2] = &scene.groups;
    let callers = [
        ("nobody", scene.reader("nobody", None).await),
        ("corp", scene.reader("in-corp", Some(&scene.corp)).await),
        ("s1", scene.reader("in-s1", Some(s1)).await),
        ("rg1", scene.reader("in-rg1", Some(rg1)).await),
        ("id1", scene.reader("in-id1", Some(&scene.identities[0])).await),
    ];
    let head: String = callers.iter().map(|(name, _)| format!(" {name:<24}")).collect();
    let mut table = format!("{:<28}{}\n", "Reader at", head.trim_end());
    for (name, path) in [
        ("subscriptions", "/subscriptions".to_owned()),
        ("groups of s1", format!("{s1}/resourceGroups")),
        ("resources of s1", format!("{s1}/resources")),
        ("resources of rg1", format!("{rg1}/resources")),
        ("identities of s1", format!("{s1}/{IDENTITIES}")),
        ("identities of rg1", format!("{rg1}/{IDENTITIES}")),
        ("identities of rg2", format!("{rg2}/{IDENTITIES}")),
    ] {
        let mut line = format!("{name:<28}");
        for (_, caller) in &callers {
            let answer = caller.arm("GET", &path, None).await;
            assert!(answer.status == 200 || answer.message().contains("/read' over scope '"), "{}", answer.text);
            line.push_str(&format!(" {:<24}", scene.shown(&answer, |item| &item["id"])));
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    insta::assert_snapshot!(table, @"
    Reader at                    nobody                   corp                     s1                       rg1                      id1
    subscriptions                -                        s1 s2                    s1                       s1                       s1
    groups of s1                 -                        rg1 rg2                  rg1 rg2                  rg1                      rg1
    resources of s1              -                        id1 id2                  id1 id2                  id1                      id1
    resources of rg1             403 AuthorizationFailed  id1                      id1                      id1                      403 AuthorizationFailed
    identities of s1             403 AuthorizationFailed  id1 id2                  id1 id2                  403 AuthorizationFailed  403 AuthorizationFailed
    identities of rg1            403 AuthorizationFailed  id1                      id1                      id1                      403 AuthorizationFailed
    identities of rg2            403 AuthorizationFailed  id2                      id2                      403 AuthorizationFailed  403 AuthorizationFailed
    ");
}

/// Assignments of one role to bob, to groups that he is in, and to carol, at every level, as readers find them.
#[tokio::test]
async fn role_assignments_are_found_by_place_and_by_holder() {
    let scene = Scene::set().await;
    let cloud = &scene.cloud;
    let [bob, carol] = [cloud.make_application("bob").await.principal, cloud.make_application("carol").await.principal];
    let team = cloud.make_directory_group("team", &[&bob]).await;
    let division = cloud.make_directory_group("division", &[&team]).await;
    let ([s1, s2, _], [rg1, _], [id1, _]) = (&scene.subscriptions, &scene.groups, &scene.identities);
    for (principal, scope) in [(&carol, &scene.corp), (&bob, s1), (&team, rg1), (&division, id1), (&carol, s2)] {
        cloud.assign(principal, CONTRIBUTOR, scope).await;
    }
    let callers = [
        ("nobody", scene.reader("nobody", None).await),
        ("corp", scene.reader("in-corp", Some(&scene.corp)).await),
        ("s1", scene.reader("in-s1", Some(s1)).await),
        ("rg1", scene.reader("in-rg1", Some(rg1)).await),
    ];
    let head: String = callers.iter().map(|(name, _)| format!(" {name:<20}")).collect();
    let mut table = format!("{:<46}{}\n", "Reader at", head.trim_end());
    let of_bob = format!("principalId eq '{bob}'");
    let to_bob = format!("assignedTo('{bob}')");
    let team_of_bob = format!("principalId eq '{team}' and assignedTo('{bob}')");
    for (place, scope) in [("corp", &scene.corp), ("s1", s1), ("rg1", rg1)] {
        for (name, filter) in [
            ("everything", ""),
            ("atScope()", "atScope()"),
            ("principalId eq 'bob'", &of_bob),
            ("assignedTo('bob')", &to_bob),
            ("atScope() and assignedTo('bob')", &format!("ATSCOPE() and {to_bob}")),
            ("both", &team_of_bob),
        ] {
            let mut line = format!("{place:<5}{name:<41}");
            for (_, caller) in &callers {
                let answer = caller.arm("GET", &format!("{scope}/{ASSIGNMENTS}?$filter={filter}"), None).await.ok();
                let value = answer.body["value"].as_array().unwrap().iter();
                let of_interest =
                    |a: &&Value| a["properties"]["roleDefinitionId"].as_str().unwrap().ends_with(CONTRIBUTOR);
                let body = json!({"value": value.filter(of_interest).collect::<Vec<_>>()});
                let shown = scene.shown(&Answer { body, ..answer }, |item| &item["properties"]["scope"]);
                line.push_str(&format!(" {shown:<20}"));
            }
            table.push_str(line.trim_end());
            table.push('\n');
        }
    }
    insta::assert_snapshot!(table, @"
    Reader at                                      nobody               corp                 s1                   rg1
    corp everything                                -                    corp id1 rg1 s1 s2   id1 rg1 s1           id1 rg1
    corp atScope()                                 -                    corp                 -                    -
    corp principalId eq 'bob'                      -                    s1                   s1                   -
    corp assignedTo('bob')                         -                    id1 rg1 s1           id1 rg1 s1           id1 rg1
    corp atScope() and assignedTo('bob')           -                    -                    -                    -
    corp both                                      -                    rg1                  rg1                  rg1
    s1   everything                                -                    corp id1 rg1 s1      corp id1 rg1 s1      id1 rg1
    s1   atScope()                                 -                    corp s1              corp s1              -
    s1   principalId eq 'bob'                      -                    s1                   s1                   -
    s1   assignedTo('bob')                         -                    id1 rg1 s1           id1 rg1 s1           id1 rg1
    s1   atScope() and assignedTo('bob')           -                    s1                   s1                   -
    s1   both                                      -                    rg1                  rg1                  rg1
    rg1  everything                                -                    corp id1 rg1 s1      corp id1 rg1 s1      corp id1 rg1 s1
    rg1  atScope()                                 -                    corp rg1 s1          corp rg1 s1          corp rg1 s1
    rg1  principalId eq 'bob'                      -                    s1                   s1                   s1
    rg1  assignedTo('bob')                         -                    id1 rg1 s1           id1 rg1 s1           id1 rg1 s1
    rg1  atScope() and assignedTo('bob')           -                    rg1 s1               rg1 s1               rg1 s1
    rg1  both                                      -                    rg1                  rg1                  rg1
    ");
    for filter in ["asTarget()", "atScope() or assignedTo('x')", "principalId eq 'wow'", "assignedTo(x", "scope eq '/'"]
    {
        let refused = cloud.arm("GET", &format!("{s1}/{ASSIGNMENTS}?$filter={filter}"), None).await;
        assert_eq!(refused.summary(), "400 InvalidFilter", "{filter}");
    }
}

#[tokio::test]
async fn custom_roles_of_a_management_group_show_below_it() {
    let scene = Scene::set().await;
    let role = Uuid::from_u128(1);
    let properties =
        json!({"roleName": "Of corp", "permissions": [{"actions": ["*/read"]}], "assignableScopes": [scene.corp]});
    scene.cloud.arm("PUT", &format!("{}/{ROLES}/{role}", scene.corp), json!({"properties": properties})).await.ok();
    let reader = scene.reader("reader", Some("")).await;
    let mut seen = Vec::new();
    for (id, name) in scene.names() {
        let listed = reader.arm("GET", &format!("{id}/{ROLES}?$filter=type eq 'CustomRole'"), None).await.ok();
        if !listed.body["value"].as_array().unwrap().is_empty() {
            seen.push(name);
        }
    }
    assert_eq!(seen, ["corp", "s1", "s2", "rg1", "rg2", "id1", "id2"]);
}
