//! Management locks: how they answer, and what they stop. Facts: RECORDED-FACTS 2 and 4, Azure's "lock your resources".

use cloud::{Answer, CONTRIBUTOR, Cloud, READER, assignment};
use serde_json::{Value, json};

fn lock_at(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/locks/{name}")
}

fn level(level: &str) -> Value {
    json!({"properties": {"level": level}})
}

fn located() -> Value {
    json!({"location": "westeurope"})
}

/// A cloud with a group that holds an identity and a public address.
struct Scene {
    cloud: Cloud,
    group: String,
    identity: String,
    address: String,
}

impl Scene {
    async fn set() -> Self {
        let cloud = Cloud::start().await;
        let (group, identity, address) = fill(&cloud, "rg").await;
        Self { cloud, group, identity, address }
    }

    async fn lock(&self, scope: &str, name: &str, body: Value) -> Answer {
        self.cloud.arm("PUT", &lock_at(scope, name), body).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.cloud.arm("DELETE", path, None).await
    }

    /// The names in a list of locks.
    async fn names(&self, scope: &str, filter: &str) -> Vec<String> {
        let path = format!("{scope}/providers/Microsoft.Authorization/locks?{filter}");
        let listed = self.cloud.arm("GET", &path, None).await.ok().body;
        listed["value"].as_array().unwrap().iter().map(|lock| lock["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The names of the group's resources.
    async fn resources(&self) -> Vec<String> {
        let listed = self.cloud.arm("GET", &format!("{}/resources", self.group), None).await.ok().body;
        listed["value"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// Makes a group with an identity and a public address; answers the three ids.
async fn fill(cloud: &Cloud, name: &str) -> (String, String, String) {
    let group = cloud.make_group(name).await;
    cloud.make_identity(&group, "id").await;
    let identity = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id");
    let address = format!("{group}/providers/Microsoft.Network/publicIPAddresses/ip");
    cloud.arm("PUT", &address, located()).await.ok();
    (group, identity, address)
}

#[tokio::test]
async fn a_lock_is_made_changed_and_taken_away() {
    let scene = Scene::set().await;
    // A lock keeps the spelling of the group's path, whoever asks for it in which.
    let spelt = scene.address.replace("/resourceGroups/", "/resourcegroups/").replace("/publicIP", "//publicIP");
    let body = json!({"name": "keep", "properties": {"level": "cannotdelete", "notes": null}});
    let made = scene.lock(&spelt, "keep", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let shown = scene.cloud.arm("GET", &lock_at(&scene.address, "KEEP"), None).await.ok();
    assert_eq!((shown.status, &shown.text), (200, &made.text));
    let text = made.text.replace(&scene.cloud.subscription, "/subscriptions/S");
    insta::assert_snapshot!(text, @r#"{"properties":{"level":"CanNotDelete"},"id":"/subscriptions/S/resourcegroups/rg/providers/Microsoft.Network/publicIPAddresses/ip/providers/Microsoft.Authorization/locks/keep","type":"Microsoft.Authorization/locks","name":"keep"}"#);
    let body = json!({"properties": {"level": "ReadOnly", "notes": "why", "owners": [{"applicationId": "a"}]}});
    let changed = scene.lock(&scene.address, "keep", body.clone()).await;
    assert_eq!((changed.status, &changed.body["properties"]), (200, &body["properties"]));
    assert_eq!(changed.body["id"], made.body["id"]);
    let gone = scene.delete(&lock_at(&scene.address, "keep")).await;
    assert_eq!((gone.status, gone.text.as_str()), (200, ""));
    assert_eq!(scene.delete(&lock_at(&scene.address, "keep")).await.status, 204);
    let missing = scene.cloud.arm("GET", &lock_at(&scene.address, "keep"), None).await;
    assert_eq!(missing.summary(), "404 LockNotFound");
    assert_eq!(missing.message(), "The lock 'keep' could not be found.");
}

#[tokio::test]
async fn a_list_shows_what_holds_at_a_scope_and_what_is_below() {
    let scene = Scene::set().await;
    let subscription = scene.cloud.subscription.clone();
    for (scope, name) in
        [(&scene.address, "address"), (&scene.identity, "identity"), (&scene.group, "group"), (&subscription, "all")]
    {
        scene.lock(scope, name, level("CanNotDelete")).await.ok();
    }
    let at_scope = "$filter=atScope()";
    for (scope, filter, expected) in [
        (&subscription, "", vec!["all", "group", "identity", "address"]),
        (&subscription, at_scope, vec!["all"]),
        (&scene.group, "", vec!["all", "group", "identity", "address"]),
        (&scene.group, at_scope, vec!["all", "group"]),
        (&scene.identity, "", vec!["all", "group", "identity"]),
        (&scene.address, at_scope, vec!["all", "group", "address"]),
        (&subscription, "$filter=atscope()&$top=2", vec!["all"]),
    ] {
        assert_eq!(scene.names(scope, filter).await, expected, "{scope} {filter}");
    }
    let list = format!("{subscription}/providers/Microsoft.Authorization/locks");
    let refused = scene.cloud.arm("GET", &format!("{list}?$filter=name eq 'x'"), None).await;
    assert_eq!(refused.summary(), "400 InvalidFilterInQueryString");
}

#[tokio::test]
async fn a_lock_that_cannot_be_is_refused() {
    let scene = Scene::set().await;
    let long = |length: usize| json!({"properties": {"level": "ReadOnly", "notes": "n".repeat(length)}});
    let none = scene.address.replace("/ip", "/none");
    let no_group = scene.group.replace("/rg", "/none");
    for (scope, name, body, expected) in [
        (&*scene.address, "a", json!({}), "400 InvalidRequestContent"),
        (&scene.address, "a", json!({"level": "ReadOnly"}), "400 InvalidRequestContent"),
        (&scene.address, "a", level("Closed"), "400 InvalidRequestContent"),
        (&scene.address, "a", json!({"properties": {"level": 1}}), "400 InvalidRequestContent"),
        (&scene.address, "a", json!({"properties": {"level": "ReadOnly", "notes": 1}}), "400 InvalidRequestContent"),
        (&scene.address, "a", json!({"properties": {"level": "ReadOnly", "owners": {}}}), "400 InvalidRequestContent"),
        (&scene.address, "a", long(513), "400 InvalidLockNotes"),
        (&scene.address, "a", long(512), "201"),
        (&scene.address, &"n".repeat(261), level("ReadOnly"), "400 InvalidResourceName"),
        (&scene.address, &"n".repeat(260), level("ReadOnly"), "201"),
        (&none, "a", level("ReadOnly"), "404 ResourceNotFound"),
        (&no_group, "a", level("ReadOnly"), "404 ResourceGroupNotFound"),
        ("", "a", level("ReadOnly"), "404 InvalidResourceType"),
        ("/providers/Microsoft.Management/managementGroups/m", "a", level("ReadOnly"), "404 ManagementGroupNotFound"),
    ] {
        let answer = scene.lock(scope, name, body.clone()).await;
        assert_eq!(answer.summary(), expected, "{scope} {name} {body}");
    }
}

/// Every deed under every lock, each lock in a group of its own that it is set in.
#[tokio::test]
async fn what_locks_stop() {
    let cloud = Cloud::start().await;
    let principal = cloud.make_application("subject").await.principal;
    let mut table = vec![String::new(); 13];
    for (i, (kind, place)) in [
        ("none", "-"),
        ("NotSpecified", "identity"),
        ("CanNotDelete", "identity"),
        ("ReadOnly", "identity"),
        ("CanNotDelete", "group"),
        ("ReadOnly", "group"),
        ("ReadOnly", "subscription"),
    ]
    .into_iter()
    .enumerate()
    {
        let (group, identity, address) = fill(&cloud, &format!("rg{i}")).await;
        let kept = cloud.assign(&principal, READER, &identity).await;
        let scope = match place {
            "identity" => &identity,
            "group" => &group,
            _ => &cloud.subscription,
        };
        let lock = lock_at(scope, "lock");
        if kind != "none" {
            cloud.arm("PUT", &lock, level(kind)).await.ok();
        }
        let grant = kept.replace(kept.rsplit('/').next().unwrap(), &cloud.server.cloud.ids.guid().to_string());
        let tags = json!({"tags": {"a": "b"}});
        let mut cells = vec![("level", kind.to_owned()), ("lock on", place.to_owned())];
        for (deed, method, path, body) in [
            ("read", "GET", &identity, None),
            ("tag", "PATCH", &identity, Some(tags.clone())),
            ("ask by POST", "POST", &format!("{identity}/listAssociatedResources"), Some(json!({}))),
            ("grant a role", "PUT", &grant, Some(assignment(&cloud.subscription, &principal, CONTRIBUTOR))),
            ("revoke a role", "DELETE", &kept, None),
            ("make a neighbour", "PUT", &format!("{address}2"), Some(located())),
            ("tag the group", "PATCH", &group, Some(tags)),
            ("delete a neighbour", "DELETE", &address, None),
            ("delete", "DELETE", &identity, None),
            ("delete the group", "DELETE", &group, None),
            ("unlock", "DELETE", &lock, None),
        ] {
            cells.push((deed, cloud.arm(method, path, body).await.status.to_string()));
        }
        for (line, (deed, cell)) in table.iter_mut().zip(cells) {
            if i == 0 {
                *line = format!("{deed:<20}");
            }
            line.push_str(&format!("{cell:<14}"));
        }
    }
    let table: Vec<&str> = table.iter().map(|line| line.trim_end()).collect();
    insta::assert_snapshot!(table.join("\n"), @"
    level               none          NotSpecified  CanNotDelete  ReadOnly      CanNotDelete  ReadOnly      ReadOnly
    lock on             -             identity      identity      identity      group         group         subscription
    read                200           200           200           200           200           200           200
    tag                 200           200           200           409           200           409           409
    ask by POST         200           200           200           409           200           409           409
    grant a role        201           201           201           409           201           409           409
    revoke a role       200           200           409           409           409           409           409
    make a neighbour    201           201           201           201           201           409           409
    tag the group       200           200           200           200           200           409           409
    delete a neighbour  202           202           202           202           409           409           409
    delete              200           200           409           409           409           409           409
    delete the group    202           202           409           409           409           409           409
    unlock              204           404           200           200           200           200           200
    ");
}

#[tokio::test]
async fn a_refusal_names_what_is_locked() {
    let scene = Scene::set().await;
    scene.lock(&scene.group, "group", level("CanNotDelete")).await.ok();
    scene.lock(&scene.group, "again", level("CanNotDelete")).await.ok();
    let spelt = scene.identity.replace("/resourceGroups/", "/resourcegroups/");
    scene.lock(&spelt, "identity", level("ReadOnly")).await.ok();
    let Scene { group, identity, address, .. } = &scene;
    let requested = group.replace("/resourceGroups/", "/RESOURCEGROUPS/");
    for (method, path, verb, locked) in [
        ("DELETE", address, "delete", group.clone()),
        ("DELETE", identity, "delete", format!("{group},{spelt}")),
        ("PATCH", identity, "write", spelt.clone()),
        ("DELETE", &requested, "delete", format!("{group},{spelt}")),
    ] {
        let refused = scene.cloud.arm(method, path, json!({"tags": {}})).await;
        assert_eq!(refused.summary(), "409 ScopeLocked", "{method} {path}");
        assert_eq!(refused.header("x-ms-failure-cause"), "gateway");
        let expected = format!(
            "The scope '{path}' cannot perform {verb} operation because following scope(s) are locked: '{locked}'. Please remove the \
             lock and try again."
        );
        assert_eq!(refused.message(), expected);
    }
    // Who may not delete at all is told that, and not what is locked; who may delete may still not unlock.
    let application = scene.cloud.make_application("worker").await;
    let caller = scene.cloud.caller(scene.cloud.token_of(&application).await);
    assert_eq!(caller.arm("DELETE", address, None).await.summary(), "403 AuthorizationFailed");
    scene.cloud.assign(&application.principal, CONTRIBUTOR, group).await;
    assert_eq!(caller.arm("DELETE", address, None).await.summary(), "409 ScopeLocked");
    assert_eq!(caller.arm("DELETE", &lock_at(group, "group"), None).await.summary(), "403 AuthorizationFailed");
}

fn template(mode: &str, resources: &Value) -> Value {
    json!({"properties": {"mode": mode, "template": {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": resources,
    }}})
}

#[tokio::test]
async fn a_template_locks_its_group_and_what_is_in_it() {
    let scene = Scene::set().await;
    let (locks, properties) = ("Microsoft.Authorization/locks", json!({"level": "CanNotDelete"}));
    let lock = |kind: &str, name: &str| json!({"type": kind, "apiVersion": "2020-05-01", "name": name, "properties": properties});
    let mut scoped = lock(locks, "scoped");
    scoped["scope"] = json!("Microsoft.Network/publicIPAddresses/ip");
    let nested = lock("Microsoft.Network/publicIPAddresses/providers/locks", "ip/Microsoft.Authorization/nested");
    let path = format!("{}/providers/Microsoft.Resources/deployments/locks", scene.group);
    scene.cloud.arm("PUT", &path, template("Incremental", &json!([lock(locks, "whole"), scoped, nested]))).await.ok();
    assert_eq!(scene.names(&scene.address, "").await, ["whole", "nested", "scoped"]);
}

#[tokio::test]
async fn nothing_is_half_deleted() {
    let scene = Scene::set().await;
    scene.lock(&scene.identity, "keep", level("CanNotDelete")).await.ok();
    let everything = scene.resources().await;
    assert_eq!(scene.delete(&scene.group).await.summary(), "409 ScopeLocked");
    assert_eq!(scene.resources().await, everything);
    let path = format!("{}/providers/Microsoft.Resources/deployments/empty", scene.group);
    let empty = template("Complete", &json!([]));
    scene.cloud.arm("PUT", &path, empty.clone()).await.ok();
    let shown = scene.cloud.arm("GET", &path, None).await.ok().body;
    assert_eq!(shown["properties"]["error"]["details"][0]["code"], "ScopeLocked", "{shown}");
    assert_eq!(scene.resources().await, everything);
    scene.delete(&lock_at(&scene.identity, "keep")).await.ok();
    scene.cloud.arm("PUT", &path, empty).await.ok();
    assert_eq!(scene.resources().await, [""; 0]);
}

#[tokio::test]
async fn a_lock_goes_with_what_it_locks() {
    let scene = Scene::set().await;
    scene.lock(&scene.identity, "idle", level("NotSpecified")).await.ok();
    scene.delete(&scene.identity).await.ok();
    assert_eq!(scene.names(&scene.cloud.subscription, "").await, [""; 0]);
    scene.cloud.make_identity(&scene.group, "id").await;
    let missing = scene.cloud.arm("GET", &lock_at(&scene.identity, "idle"), None).await;
    assert_eq!(missing.summary(), "404 LockNotFound", "one of the same name is another one");
}

/// A machine's interface goes with the machine when it is told to, but not when it is locked.
#[tokio::test]
async fn what_would_go_along_stays_when_it_is_locked() {
    let scene = Scene::set().await;
    let interface = scene.cloud.make_interface(&scene.group, "vm").await;
    let mut body = cloud::machine("vm", &interface);
    body["properties"]["networkProfile"]["networkInterfaces"][0]["properties"] = json!({"deleteOption": "Delete"});
    let machine = format!("{}/providers/Microsoft.Compute/virtualMachines/vm", scene.group);
    scene.cloud.arm("PUT", &machine, body).await.ok();
    scene.lock(&interface, "keep", level("CanNotDelete")).await.ok();
    scene.delete(&machine).await.ok();
    let kept = scene.cloud.arm("GET", &interface, None).await.ok().body;
    assert_eq!(kept["properties"]["virtualMachine"], Value::Null);
}
