//! Deny assignments: what is kept, what is refused in which words, who sees them, and what they stop (RBAC A6).

use cloud::{ARM, Answer, Application, CONTRIBUTOR, Caller, Cloud, OWNER, READER, interface};
use serde_json::{Value, json};
use uuid::Uuid;

const EVERYONE: &str = "00000000-0000-0000-0000-000000000000";

/// The id of the deny assignment with this number at a scope.
fn id(scope: &str, number: u128) -> String {
    format!("{scope}/providers/Microsoft.Authorization/denyAssignments/{}", Uuid::from_u128(number))
}

/// A body that denies `actions` to `principals`, each told as the directory knows it, with the members of `change`.
fn deny(name: &str, actions: &[&str], principals: &[&str], change: &Value) -> Value {
    let named = |id: &&str| match *id {
        EVERYONE => json!({"id": id, "type": "SystemDefined"}),
        _ => json!({"id": id}),
    };
    let mut properties = json!({
        "denyAssignmentName": name,
        "description": null,
        "permissions": [{"actions": actions, "notActions": null}],
        "principals": principals.iter().map(named).collect::<Vec<_>>(),
    });
    for (name, value) in change.as_object().unwrap() {
        properties[name] = value.clone();
    }
    json!({"properties": properties})
}

/// Asks as who plays Azure.
async fn as_system(caller: &Caller<'_>, method: &str, path: &str, body: Option<Value>) -> Answer {
    let url = format!("{ARM}{path}?api-version=2024-07-01-preview");
    let request = caller.request(method, &url).header("x-smalt-system", "true");
    Answer::of(body.iter().fold(request, reqwest::RequestBuilder::json)).await
}

/// A cloud with a group that holds an identity, and an application that owns the group.
struct Scene {
    cloud: Cloud,
    group: String,
    identity: String,
    worker: Application,
}

impl Scene {
    async fn set() -> Self {
        let cloud = Cloud::start().await;
        let group = cloud.make_group("rg").await;
        cloud.make_identity(&group, "id").await;
        let identity = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id");
        let worker = cloud.make_application("worker").await;
        cloud.assign(&worker.principal, OWNER, &group).await;
        Self { cloud, group, identity, worker }
    }

    async fn worker(&self) -> Caller<'_> {
        self.cloud.caller(self.cloud.token_of(&self.worker).await)
    }

    /// The owner denies.
    async fn deny(&self, scope: &str, number: u128, body: Value) -> Answer {
        self.cloud.arm("PUT", &id(scope, number), body).await
    }

    /// Who plays Azure denies.
    async fn deny_as_system(&self, scope: &str, number: u128, body: Value) -> Answer {
        as_system(&self.cloud.owner().await, "PUT", &id(scope, number), Some(body)).await
    }

    /// The worker changes the identity's tags.
    async fn tag(&self) -> Answer {
        self.worker().await.arm("PATCH", &self.identity, json!({"tags": {"a": "b"}})).await
    }

    /// A directory group with these members.
    async fn directory_group(&self, name: &str, members: &[&str]) -> String {
        let body = json!({"displayName": name, "mailEnabled": false, "mailNickname": name, "securityEnabled": true});
        let made = self.cloud.graph("POST", "/groups", body).await.ok().body;
        let group = made["id"].as_str().unwrap().to_owned();
        for member in members {
            let body = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{member}")});
            self.cloud.graph("POST", &format!("/groups/{group}/members/$ref"), body).await.ok();
        }
        group
    }

    /// Text without the ids of this world.
    fn plain(&self, text: &str) -> String {
        let owner = smalt::world::owner_of(&self.cloud.server.cloud.store).client_id;
        let world = self.cloud.server.cloud.store.read();
        let owner = world.service_principal_by_app_id(owner.parse().unwrap()).unwrap().id.to_string();
        let digits = self.worker.principal.replace('-', "");
        let ids = [
            (&self.worker.principal, "{worker}"),
            (&digits, "{worker}"),
            (&self.worker.client_id, "{client}"),
            (&self.cloud.subscription, "{s}"),
            (&self.cloud.tenant, "{tenant}"),
            (&owner, "{owner}"),
        ];
        ids.into_iter().fold(text.to_owned(), |text, (id, name)| text.replace(id.as_str(), name))
    }
}

#[tokio::test]
async fn a_deny_assignment_is_made_shown_changed_and_taken_away() {
    let scene = Scene::set().await;
    let path = id(&scene.group, 1);
    let body = deny("Keep", &["*/delete"], &[&scene.worker.principal], &json!({"description": "why"}));
    let made = scene.deny(&scene.group.to_lowercase(), 1, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    insta::assert_snapshot!(scene.plain(&made.text), @r#"{"properties":{"denyAssignmentName":"Keep","description":"why","permissions":[{"actions":["*/delete"],"notActions":[],"dataActions":[],"notDataActions":[]}],"scope":"{s}/resourceGroups/rg","doNotApplyToChildScopes":false,"principals":[{"id":"{worker}","type":"ServicePrincipal"}],"excludePrincipals":[],"isSystemProtected":false,"denyAssignmentEffect":"enforced","condition":null,"conditionVersion":null,"createdOn":"2027-01-15T08:00:00.0000000Z","updatedOn":"2027-01-15T08:00:00.0000000Z","createdBy":"{owner}","updatedBy":"{owner}"},"id":"{s}/resourceGroups/rg/providers/Microsoft.Authorization/denyAssignments/00000000-0000-0000-0000-000000000001","type":"Microsoft.Authorization/denyAssignments","name":"00000000-0000-0000-0000-000000000001"}"#);
    let shown = scene.cloud.arm("GET", &path, None).await.ok();
    assert_eq!(shown.body, made.body);
    scene.cloud.advance("1h").await;
    let excluded = json!([{"id": scene.worker.principal, "type": "serviceprincipal"}]);
    let everyone = json!({"excludePrincipals": excluded, "denyAssignmentEffect": "Audit"});
    let changed = scene.deny(&scene.group, 1, deny("Kept", &["*/write"], &[EVERYONE], &everyone)).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    insta::assert_snapshot!(scene.plain(&changed.text), @r#"{"properties":{"denyAssignmentName":"Kept","description":null,"permissions":[{"actions":["*/write"],"notActions":[],"dataActions":[],"notDataActions":[]}],"scope":"{s}/resourceGroups/rg","doNotApplyToChildScopes":false,"principals":[{"id":"00000000-0000-0000-0000-000000000000","type":"SystemDefined"}],"excludePrincipals":[{"id":"{worker}","type":"ServicePrincipal"}],"isSystemProtected":false,"denyAssignmentEffect":"audit","condition":null,"conditionVersion":null,"createdOn":"2027-01-15T08:00:00.0000000Z","updatedOn":"2027-01-15T09:00:00.0000000Z","createdBy":"{owner}","updatedBy":"{owner}"},"id":"{s}/resourceGroups/rg/providers/Microsoft.Authorization/denyAssignments/00000000-0000-0000-0000-000000000001","type":"Microsoft.Authorization/denyAssignments","name":"00000000-0000-0000-0000-000000000001"}"#);
    let old = scene.cloud.arm("GET", &format!("{path}?api-version=2022-04-01"), None).await.ok();
    assert_eq!(old.body["properties"].get("denyAssignmentEffect"), None, "an old api-version knows no effect");
    for (place, expected) in [(&scene.identity, 204), (&scene.cloud.subscription, 204), (&scene.group, 200)] {
        let gone = scene.cloud.arm("DELETE", &id(place, 1), None).await;
        assert_eq!((gone.status, gone.text.as_str()), (expected, ""), "{place}");
    }
    assert_eq!(scene.cloud.arm("DELETE", &path, None).await.status, 204);
    let missing = scene.cloud.arm("GET", &path, None).await;
    assert_eq!(missing.summary(), "404 DenyAssignmentNotFound");
    assert_eq!(missing.message(), format!("The deny assignment '{}' is not found.", Uuid::from_u128(1)));
}

#[tokio::test]
async fn what_is_written_is_kept_or_refused() {
    let scene = Scene::set().await;
    let s = scene.cloud.subscription.clone();
    let worker = scene.worker.principal.clone();
    let people = scene.directory_group("people", &[]).await;
    let one = |id: &str, kind: &str| json!([{"id": id, "type": kind}]);
    let stranger = Uuid::from_u128(77).to_string();
    let actions = |list: &[&str]| json!({"permissions": [{"actions": list}]});
    let both = |list: &[&str], not: &[&str]| json!({"permissions": [{"actions": list, "notActions": not}]});
    let excluded = json!({"principals": one(EVERYONE, "SystemDefined"), "excludePrincipals": one(&people, "Group")});
    let mut table = String::new();
    for (case, change) in [
        ("good", json!({})),
        ("another name for it", json!({"denyAssignmentName": "Renamed"})),
        ("everyone but a group", excluded.clone()),
        ("everyone", json!({"principals": one(EVERYONE, "SystemDefined"), "excludePrincipals": []})),
        ("everyone of another type", json!({"principals": one(EVERYONE, "User")})),
        ("somebody of the type of everyone", json!({"principals": one(&worker, "SystemDefined")})),
        ("everyone is excluded", json!({"excludePrincipals": one(EVERYONE, "SystemDefined")})),
        ("a group", json!({"principals": one(&people, "Group")})),
        ("a group, unsaid", json!({"principals": [{"id": people}]})),
        ("an unknown user", json!({"principals": one(&stranger, "User")})),
        ("an unknown principal, unsaid", json!({"principals": [{"id": stranger}]})),
        ("of a wrong type", json!({"principals": one(&worker, "User")})),
        ("of a type that is none", json!({"principals": one(&worker, "Robot")})),
        ("no GUID", json!({"principals": one("me", "User")})),
        ("nobody", json!({"principals": []})),
        ("principals that are no array", json!({"principals": {"id": worker}})),
        ("a principal that is no object", json!({"principals": [worker]})),
        ("one wildcard in the middle", actions(&["Microsoft.Compute/*/write"])),
        ("two wildcards", actions(&["Microsoft.Network/*/subnets/*"])),
        ("unknown action", actions(&["Microsoft.Compute/virtualMachines/fly/action"])),
        ("unknown notAction", both(&["*/write"], &["Microsoft.Nobody/*"])),
        ("reads", actions(&["*/read"])),
        ("a read", actions(&["Microsoft.Compute/virtualMachines/Read"])),
        ("everything", actions(&["*"])),
        ("everything but reads", both(&["*"], &["*/read"])),
        ("a type with its reads", actions(&["Microsoft.Compute/disks/*"])),
        ("deletion of denies", actions(&["Microsoft.Authorization/denyAssignments/delete"])),
        ("making denies", actions(&["*/write", "microsoft.authorization/DenyAssignments/Write"])),
        ("denies but reads", both(&["Microsoft.Authorization/denyAssignments/*"], &["*/read"])),
        ("no action", actions(&[])),
        ("no permissions", json!({"permissions": null})),
        (
            "data actions",
            json!({"permissions": [{"dataActions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}]}),
        ),
        (
            "not data actions",
            json!({"permissions": [{"actions": ["*/write"], "notDataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}]}),
        ),
        ("not below", json!({"doNotApplyToChildScopes": true})),
        ("a flag that is none", json!({"doNotApplyToChildScopes": "no"})),
        ("audited", json!({"denyAssignmentEffect": "AUDIT"})),
        ("of another effect", json!({"denyAssignmentEffect": "warn"})),
        ("system protected", json!({"isSystemProtected": true})),
        ("no name", json!({"denyAssignmentName": " "})),
        ("name of another", json!({"denyAssignmentName": "TAKEN"})),
        ("a condition", json!({"condition": "@Resource[a:b] StringEquals 'c'", "conditionVersion": "2.0"})),
        ("a condition of no version", json!({"condition": "@Resource[a:b] StringEquals 'c'"})),
        ("a condition that is none", json!({"condition": "maybe", "conditionVersion": "2.0"})),
        (
            "a condition of a block that is none",
            json!({"permissions": [{"actions": ["*/write"], "condition": "(", "conditionVersion": "2.0"}]}),
        ),
        ("permissions that are none", json!({"permissions": ["*/write"]})),
    ] {
        scene.deny(&s, 1, deny("Taken", &["*/write"], &[&worker], &json!({}))).await.ok();
        let answer = scene.deny(&s, 2, deny("Deny", &["*/write"], &[&worker], &change)).await;
        // What was kept must not stop the next.
        for number in 1..=2 {
            scene.cloud.arm("DELETE", &id(&s, number), None).await.ok();
        }
        let message = scene.plain(answer.message()).replace(&people, "{people}");
        table.push_str(format!("{case:<36} {} {message}", answer.summary()).trim_end());
        table.push('\n');
    }
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!("denies", table) });
}

#[tokio::test]
async fn a_deny_assignment_has_a_place_and_a_name_of_its_own() {
    let scene = Scene::set().await;
    let worker = scene.worker.principal.clone();
    let body = |name: &str| deny(name, &["*/delete"], &[&worker], &json!({}));
    scene.deny(&scene.group, 1, body("One")).await.ok();
    let path = format!("{}/providers/Microsoft.Authorization/denyAssignments/mine", scene.group);
    let none = scene.identity.replace("/id", "/none");
    let (no_group, no_management_group) =
        (scene.group.replace("/rg", "/none"), "/providers/Microsoft.Management/managementGroups/none");
    let root = format!("/providers/Microsoft.Management/managementGroups/{}", scene.cloud.tenant);
    let mut table = String::new();
    for (case, answer) in [
        ("a name that is no GUID", scene.cloud.arm("PUT", &path, body("Two")).await),
        ("the GUID of one elsewhere", scene.deny(&scene.identity, 1, body("Two")).await),
        ("the name of one there", scene.deny(&scene.group, 2, body("one")).await),
        ("the name of one elsewhere", scene.deny(&scene.identity, 3, body("One")).await),
        ("the tenant", scene.deny("", 4, body("Two")).await),
        ("a management group", scene.deny(&root, 5, body("Two")).await),
        ("no such resource", scene.deny(&none, 6, body("Two")).await),
        ("no such group", scene.deny(&no_group, 6, body("Two")).await),
        ("no such management group", scene.deny(no_management_group, 6, body("Two")).await),
        ("no body", scene.cloud.arm("PUT", &id(&scene.group, 6), None).await),
        ("no such verb", scene.cloud.arm("PATCH", &id(&scene.group, 1), body("One")).await),
    ] {
        let message = scene.plain(answer.message());
        table.push_str(format!("{case}: {} {message}", answer.summary()).trim_end());
        table.push('\n');
    }
    insta::assert_snapshot!(table, @r"
    a name that is no GUID: 400 InvalidDenyAssignmentId The deny assignment ID 'mine' is not valid. The deny assignment ID must be a GUID.
    the GUID of one elsewhere: 409 DenyAssignmentExists Custom deny assignment with the same name 00000000-0000-0000-0000-000000000001 already exists.
    the name of one there: 409 DenyAssignmentExists Custom deny assignment with the same name one already exists.
    the name of one elsewhere: 201
    the tenant: 201
    a management group: 201
    no such resource: 404 ResourceNotFound The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/none' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix
    no such group: 404 ResourceGroupNotFound Resource group 'none' could not be found.
    no such management group: 404 ManagementGroupNotFound The management group 'none' cannot be found.
    no body: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'The request body must be a JSON object. Path '''.
    no such verb: 405 HttpMethodNotAllowed The http method 'PATCH' is not supported for this resource.
    ");
    let at_root = scene.cloud.arm("GET", &id("", 4), None).await.ok();
    assert_eq!(at_root.body["properties"]["scope"], "/");
    assert_eq!(at_root.body["id"], id("", 4));
}

#[tokio::test]
async fn a_scope_holds_two_thousand() {
    let scene = Scene::set().await;
    let body = |number: u128| deny(&format!("Deny {number}"), &["*/delete"], &[&scene.worker.principal], &json!({}));
    scene.deny(&scene.group, 0, body(0)).await.ok();
    let mut tx = scene.cloud.server.cloud.store.begin().await;
    let one = tx.access().deny_assignments.get(Uuid::nil()).unwrap().as_ref().clone();
    for number in 1..2000 {
        let (name, display_name) = (Uuid::from_u128(number), format!("Deny {number}"));
        tx.put_deny_assignment(model::DenyAssignment { name, display_name, ..one.clone() });
    }
    tx.commit().await.unwrap();
    assert_eq!(scene.deny(&scene.group, 1999, body(1999)).await.status, 200, "one that is there is changed");
    let refused = scene.deny(&scene.group, 2000, body(2000)).await;
    assert_eq!(refused.summary(), "400 DenyAssignmentLimitExceeded");
    assert_eq!(refused.message(), "No more deny assignments can be created");
    assert_eq!(scene.deny(&scene.identity, 2000, body(2000)).await.status, 201, "the limit is the scope's");
}

#[tokio::test]
async fn lists_show_what_holds_at_a_scope_and_what_is_below() {
    let scene = Scene::set().await;
    let (s, worker) = (scene.cloud.subscription.clone(), scene.worker.principal.clone());
    let inner = scene.directory_group("inner", &[&worker]).await;
    let root = format!("/providers/Microsoft.Management/managementGroups/{}", scene.cloud.tenant);
    let actions = ["Microsoft.Network/routeTables/delete"];
    let but = |id: &str| json!({"excludePrincipals": [{"id": id}]});
    let of_inner = json!({"isSystemProtected": true});
    for (scope, number, body) in [
        (&*root, 1, deny("root", &actions, &[EVERYONE], &but(&worker))),
        (&s, 2, deny("read and write", &actions, &[&worker], &json!({"description": "why"}))),
        (&scene.group, 3, deny("group", &actions, &[&inner], &of_inner)),
        (&scene.identity, 4, deny("identity", &actions, &[EVERYONE], &but(&inner))),
    ] {
        scene.deny_as_system(scope, number, body).await.ok();
    }
    let names = async |scope: &str, filter: &str| {
        let path = format!("{scope}/providers/Microsoft.Authorization/denyAssignments?$filter={filter}");
        let listed = scene.cloud.arm("GET", &path, None).await;
        match listed.body["value"].as_array() {
            Some(value) => {
                let names: Vec<_> =
                    value.iter().map(|d| d["properties"]["denyAssignmentName"].as_str().unwrap()).collect();
                names.join(", ")
            }
            None => listed.summary(),
        }
    };
    let filters = [
        String::new(),
        "atScope()".to_owned(),
        format!("principalId eq '{worker}'"),
        format!("assignedTo('{worker}')"),
        format!("atScope() and assignedTo('{worker}')"),
        format!("gdprExportPrincipalId eq '{worker}'"),
        "denyAssignmentName eq 'Read and Write'".to_owned(),
        "principalId eq 'me'".to_owned(),
        "scope eq 'here'".to_owned(),
    ];
    let mut table = String::new();
    for (place, scope) in
        [("root group", &*root), ("subscription", &s), ("group", &scene.group), ("id", &scene.identity)]
    {
        for filter in &filters {
            let line = format!("{place}: {}: {}", scene.plain(filter), names(scope, filter).await);
            table.push_str(&format!("{}\n", line.trim_end()));
        }
    }
    insta::assert_snapshot!(table, @r"
    root group: : root
    root group: atScope(): root
    root group: principalId eq '{worker}':
    root group: assignedTo('{worker}'): root
    root group: atScope() and assignedTo('{worker}'): root
    root group: gdprExportPrincipalId eq '{worker}': root
    root group: denyAssignmentName eq 'Read and Write':
    root group: principalId eq 'me': 400 InvalidFilter
    root group: scope eq 'here': 400 InvalidFilter
    subscription: : root, read and write, group, identity
    subscription: atScope(): root, read and write
    subscription: principalId eq '{worker}': read and write
    subscription: assignedTo('{worker}'): root, read and write, group, identity
    subscription: atScope() and assignedTo('{worker}'): root, read and write
    subscription: gdprExportPrincipalId eq '{worker}': root, read and write
    subscription: denyAssignmentName eq 'Read and Write': read and write
    subscription: principalId eq 'me': 400 InvalidFilter
    subscription: scope eq 'here': 400 InvalidFilter
    group: : root, read and write, group, identity
    group: atScope(): root, read and write, group
    group: principalId eq '{worker}': read and write
    group: assignedTo('{worker}'): root, read and write, group, identity
    group: atScope() and assignedTo('{worker}'): root, read and write, group
    group: gdprExportPrincipalId eq '{worker}': root, read and write
    group: denyAssignmentName eq 'Read and Write': read and write
    group: principalId eq 'me': 400 InvalidFilter
    group: scope eq 'here': 400 InvalidFilter
    id: : root, read and write, group, identity
    id: atScope(): root, read and write, group, identity
    id: principalId eq '{worker}': read and write
    id: assignedTo('{worker}'): root, read and write, group, identity
    id: atScope() and assignedTo('{worker}'): root, read and write, group, identity
    id: gdprExportPrincipalId eq '{worker}': root, read and write
    id: denyAssignmentName eq 'Read and Write': read and write
    id: principalId eq 'me': 400 InvalidFilter
    id: scope eq 'here': 400 InvalidFilter
    ");
    let path =
        format!("{s}/providers/Microsoft.Authorization/denyAssignments?$filter=gdprExportPrincipalId eq '{worker}'");
    let exported = scene.cloud.arm("GET", &path, None).await.ok();
    let told = json!({"denyAssignmentName": "read and write", "description": "why"});
    assert!(exported.body["value"].as_array().unwrap().iter().any(|d| d["properties"] == told), "{}", exported.text);
    // Whoever may read at the group sees there what is assigned above, and nothing where it may not.
    let seen = async |scope: &str| {
        let path = format!("{scope}/providers/Microsoft.Authorization/denyAssignments");
        scene.worker().await.arm("GET", &path, None).await.ok().body["value"].as_array().unwrap().len()
    };
    assert_eq!((seen(&scene.group).await, seen(&s).await), (4, 2), "below the subscription it may read");
}

#[tokio::test]
async fn azure_s_own_are_left_to_who_plays_azure() {
    let scene = Scene::set().await;
    let owner = scene.cloud.owner().await;
    let path = id(&scene.group, 1);
    // What users may not: reads and data actions of a group, at one scope only.
    let people = scene.directory_group("people", &[&scene.worker.principal]).await;
    let own = json!({
        "isSystemProtected": true,
        "doNotApplyToChildScopes": true,
        "permissions": [{"actions": ["*"], "dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}],
    });
    let body = deny("Stack", &[], &[&people], &own);
    assert_eq!(
        scene.deny(&scene.group, 1, body.clone()).await.summary(),
        "400 UserAssignedDenyAssignmentPropertiesNotValid"
    );
    let made = as_system(&owner, "PUT", &path, Some(body.clone())).await;
    assert_eq!((made.status, &made.body["properties"]["isSystemProtected"]), (201, &json!(true)), "{}", made.text);
    for (method, body) in [("PUT", Some(deny("Mine", &["*/write"], &[&people], &json!({})))), ("DELETE", None)] {
        let refused = scene.cloud.arm(method, &path, body).await;
        assert_eq!(refused.summary(), "400 DenyAssignmentIsSystemProtected", "{method}");
    }
    let stranger = scene.cloud.make_application("stranger").await;
    let stranger = scene.cloud.caller(scene.cloud.token_of(&stranger).await);
    let refused = as_system(&stranger, "DELETE", &path, None).await;
    assert_eq!(refused.summary(), "403 AuthorizationFailed", "the header gives no right");
    let plain = deny("Stack", &["*/write"], &[&people], &json!({}));
    let refused = as_system(&owner, "PUT", &path, Some(plain)).await;
    assert_eq!(
        refused.summary(),
        "400 UserAssignedDenyAssignmentPropertiesNotValid",
        "unprotected, a user's rules count"
    );
    assert_eq!(as_system(&owner, "DELETE", &path, None).await.status, 200);
}

#[tokio::test]
async fn a_deny_beats_an_owner_until_it_is_taken_away() {
    let scene = Scene::set().await;
    scene.tag().await.ok();
    let actions = ["Microsoft.ManagedIdentity/userAssignedIdentities/write"];
    let path = id(&scene.group, 1);
    scene.deny(&scene.group, 1, deny("Freeze", &actions, &[&scene.worker.principal], &json!({}))).await.ok();
    let refused = scene.tag().await;
    assert_eq!(refused.summary(), "403 DenyAssignmentAuthorizationFailed");
    assert_eq!(refused.header("x-ms-failure-cause"), "gateway");
    insta::assert_snapshot!(scene.plain(refused.message()), @"The client '{client}' with object id '{worker}' has permission to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/write' on scope '{s}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id'; however, the access is denied because of the deny assignment with name 'Freeze' and Id '00000000000000000000000000000001' at scope '{s}/resourceGroups/rg'.");
    let stranger = scene.cloud.make_application("stranger").await;
    let stranger = scene.cloud.caller(scene.cloud.token_of(&stranger).await);
    scene
        .deny(
            &scene.cloud.subscription,
            2,
            deny(
                "All",
                &["*/write"],
                &[EVERYONE],
                &json!({
                    "excludePrincipals": [{"id": scene.worker.principal}],
                }),
            ),
        )
        .await
        .ok();
    let refused = stranger.arm("PATCH", &scene.identity, json!({"tags": {}})).await;
    assert_eq!(refused.summary(), "403 AuthorizationFailed", "whom no role would let in is told of no deny");
    // The next request after the deny is gone works.
    scene.cloud.arm("DELETE", &path, None).await.ok();
    scene.tag().await.ok();
}

/// What reaches the worker's write, and what does not.
#[tokio::test]
async fn whom_and_what_a_deny_reaches() {
    let scene = Scene::set().await;
    let worker = scene.worker.principal.clone();
    let inner = scene.directory_group("inner", &[&worker]).await;
    let outer = scene.directory_group("outer", &[&inner]).await;
    let others = scene.directory_group("others", &[]).await;
    let root = format!("/providers/Microsoft.Management/managementGroups/{}", scene.cloud.tenant);
    let write = ["Microsoft.ManagedIdentity/*/write"];
    let but = |id: &str| json!({"excludePrincipals": [{"id": id}]});
    let own = |change: Value| {
        let mut own = json!({"isSystemProtected": true});
        own.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        own
    };
    let (s, group, identity) = (scene.cloud.subscription.as_str(), scene.group.as_str(), scene.identity.as_str());
    let sibling = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id2");
    scene.cloud.arm("PUT", &sibling, json!({"location": "westeurope"})).await.ok();
    let mut table = String::new();
    for (case, scope, principals, change) in [
        ("the worker, in the tenant", "", &worker, json!({})),
        ("the worker, in the root group", &root, &worker, json!({})),
        ("the worker, in the subscription", s, &worker, json!({})),
        ("the worker, at the identity", identity, &worker, json!({})),
        ("the worker, at another identity", &sibling, &worker, json!({})),
        ("another action", group, &worker, json!({"permissions": [{"actions": ["*/delete"]}]})),
        (
            "the action is taken out",
            group,
            &worker,
            json!({"permissions": [{"actions": ["*/write"], "notActions": write}]}),
        ),
        ("audited", group, &worker, json!({"denyAssignmentEffect": "audit"})),
        ("everyone but others", group, &EVERYONE.to_owned(), but(&others)),
        ("everyone but the worker", group, &EVERYONE.to_owned(), but(&worker)),
        ("everyone but the group of its group", group, &EVERYONE.to_owned(), but(&outer)),
        ("the worker, but the group of its group", group, &worker, but(&outer)),
        ("the group of its group", group, &outer, own(json!({}))),
        ("others", group, &others, own(json!({}))),
        ("the group's scope alone", group, &worker, own(json!({"doNotApplyToChildScopes": true}))),
        ("the identity's scope alone", identity, &worker, own(json!({"doNotApplyToChildScopes": true}))),
    ] {
        let body = deny("Deny", &write, &[principals], &change);
        scene.deny_as_system(scope, 1, body).await.ok();
        let answer = scene.tag().await;
        as_system(&scene.cloud.owner().await, "DELETE", &id(scope, 1), None).await.ok();
        table.push_str(&format!("{case}: {}\n", answer.summary()));
    }
    insta::assert_snapshot!(table, @r"
    the worker, in the tenant: 403 DenyAssignmentAuthorizationFailed
    the worker, in the root group: 403 DenyAssignmentAuthorizationFailed
    the worker, in the subscription: 403 DenyAssignmentAuthorizationFailed
    the worker, at the identity: 403 DenyAssignmentAuthorizationFailed
    the worker, at another identity: 200
    another action: 200
    the action is taken out: 200
    audited: 200
    everyone but others: 403 DenyAssignmentAuthorizationFailed
    everyone but the worker: 200
    everyone but the group of its group: 200
    the worker, but the group of its group: 200
    the group of its group: 403 DenyAssignmentAuthorizationFailed
    others: 200
    the group's scope alone: 200
    the identity's scope alone: 403 DenyAssignmentAuthorizationFailed
    ");
}

/// Whoever denies everything to itself is not shut out.
#[tokio::test]
async fn a_user_s_deny_does_not_keep_itself() {
    let scene = Scene::set().await;
    let worker = scene.worker().await;
    let all = deny("All", &["*/write", "*/delete", "*/action"], &[&scene.worker.principal], &json!({}));
    worker.arm("PUT", &id(&scene.group, 1), all.clone()).await.ok();
    assert_eq!(scene.tag().await.summary(), "403 DenyAssignmentAuthorizationFailed");
    worker.arm("PUT", &id(&scene.group, 1), all).await.ok();
    let own = deny("Own", &["*/delete"], &[&scene.worker.principal], &json!({"isSystemProtected": true}));
    scene.deny_as_system(&scene.group, 2, own).await.ok();
    let refused = worker.arm("DELETE", &id(&scene.group, 1), None).await;
    assert_eq!(refused.summary(), "403 DenyAssignmentAuthorizationFailed", "Azure's own stops this, too");
    as_system(&scene.cloud.owner().await, "DELETE", &id(&scene.group, 2), None).await.ok();
    worker.arm("DELETE", &id(&scene.group, 1), None).await.ok();
    scene.tag().await.ok();
}

#[tokio::test]
async fn what_a_request_brings_along_may_be_denied() {
    let scene = Scene::set().await;
    let nic = scene.cloud.make_interface(&scene.group, "vm").await;
    let network = format!("{}/providers/Microsoft.Network/virtualNetworks/vmVNET", scene.group);
    let join = ["Microsoft.Network/virtualNetworks/subnets/join/action"];
    scene.deny(&network, 1, deny("No joining", &join, &[&scene.worker.principal], &json!({}))).await.ok();
    let subnet = format!("{network}/subnets/default");
    let refused = scene.worker().await.arm("PUT", &nic, interface(&subnet)).await;
    assert_eq!(refused.summary(), "403 LinkedAuthorizationFailed");
    assert!(refused.message().contains(&format!("action(s) '{}' on the linked scope(s) '{subnet}'", join[0])));
}

#[tokio::test]
async fn a_deny_on_a_child_does_not_protect_its_parent() {
    let scene = Scene::set().await;
    scene.deny(&scene.identity, 1, deny("Keep", &["*/delete"], &[&scene.worker.principal], &json!({}))).await.ok();
    let worker = scene.worker().await;
    let refused = worker.arm("DELETE", &scene.identity, None).await;
    assert_eq!(refused.summary(), "403 DenyAssignmentAuthorizationFailed");
    worker.arm("DELETE", &scene.group, None).await.ok();
    let left = scene.cloud.server.cloud.store.read();
    assert_eq!(left.access().deny_assignments.iter().count(), 0, "denies go with what they were assigned at");
}

#[tokio::test]
async fn what_is_denied_is_not_listed() {
    let scene = Scene::set().await;
    let reads = json!({"isSystemProtected": true, "permissions": [{"actions": ["Microsoft.ManagedIdentity/*/read"]}]});
    scene.deny_as_system(&scene.group, 1, deny("Hide", &[], &[&scene.worker.principal], &reads)).await.ok();
    let worker = scene.worker().await;
    let listed = worker.arm("GET", &format!("{}/resources", scene.group), None).await.ok();
    assert_eq!(listed.body["value"], json!([]));
    let typed = format!("{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities", scene.group);
    assert_eq!(worker.arm("GET", &typed, None).await.summary(), "403 DenyAssignmentAuthorizationFailed");
}

/// The rights that roles give on deny assignments themselves.
#[tokio::test]
async fn contributors_make_no_denies() {
    let scene = Scene::set().await;
    let body = deny("Deny", &["*/delete"], &[&scene.worker.principal], &json!({}));
    for (role, expected) in [(READER, "403 AuthorizationFailed"), (CONTRIBUTOR, "403 AuthorizationFailed")] {
        let application = scene.cloud.make_application("caller").await;
        scene.cloud.assign(&application.principal, role, &scene.group).await;
        let caller = scene.cloud.caller(scene.cloud.token_of(&application).await);
        assert_eq!(caller.arm("PUT", &id(&scene.group, 1), body.clone()).await.summary(), expected);
        assert_eq!(caller.arm("GET", &id(&scene.group, 1), None).await.summary(), "404 DenyAssignmentNotFound");
    }
    let worker = scene.worker().await;
    worker.arm("PUT", &id(&scene.group, 1), body).await.ok();
    assert_eq!(scene.cloud.arm("DELETE", &scene.identity, None).await.status, 200, "another owner is not denied");
    worker.arm("DELETE", &id(&scene.group, 1), None).await.ok();
}
