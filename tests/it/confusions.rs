//! The ways in which people mostly come to a 403, and what `smalt explain` says of each.

use cloud::{Application, CONTRIBUTOR, Cloud, OWNER, READER};
use model::{DeniedPrincipal, DenyAssignment, DenyEffect, EVERYONE, Permission, Scope};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::program::smalt;

const BLOB_READER: &str = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const READ_BLOB: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";

/// A world with a group, a VM and an application that holds nothing yet.
struct Scene {
    cloud: Cloud,
    group: String,
    vm: String,
    app: Application,
}

impl Scene {
    async fn set() -> Self {
        let cloud = Cloud::start().await;
        let group = cloud.make_group("rg1").await;
        let vm = cloud.make_vm(&group, "VM1").await;
        let app = cloud.make_application("app").await;
        Self { cloud, group, vm, app }
    }

    /// The application asks, is refused, and the refusal is explained.
    async fn refused(&self, method: &str, path: &str, body: Option<Value>) -> String {
        let token = self.cloud.token_of(&self.app).await;
        self.refused_with(&token, method, path, body).await
    }

    async fn refused_with(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> String {
        let answer = self.cloud.caller(token).arm(method, path, body).await;
        assert_eq!(answer.status, 403, "{}", answer.text);
        self.explain(&["--request", answer.header("x-smalt-explanation")]).await
    }

    /// What the program prints, with names in place of identifiers.
    async fn explain(&self, arguments: &[&str]) -> String {
        let state = self.cloud.server.directory.clone();
        let mut command = smalt(&["explain", "--state"]);
        command.arg(state).args(arguments);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut text = String::from_utf8(output.stdout).unwrap();
        for (id, name) in [
            (&self.cloud.subscription, "/subscriptions/S"),
            (&self.app.principal, "APP"),
            (&self.app.object_id, "APP-OBJECT"),
            (&self.app.client_id, "APP-CLIENT"),
        ] {
            text = text.replace(id.as_str(), name);
        }
        text
    }

    async fn make_directory_group(&self, name: &str, members: &[&str]) -> String {
        let body = json!({"displayName": name, "mailEnabled": false, "mailNickname": name, "securityEnabled": true});
        let made = self.cloud.graph("POST", "/groups", body).await.ok().body;
        let id = made["id"].as_str().unwrap().to_owned();
        for member in members {
            let body = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{member}")});
            self.cloud.graph("POST", &format!("/groups/{id}/members/$ref"), body).await.ok();
        }
        id
    }
}

#[tokio::test]
async fn the_role_is_assigned_at_another_place() {
    let scene = Scene::set().await;
    let other = scene.cloud.make_group("rg10").await;
    scene.cloud.assign(&scene.app.principal, READER, &other).await;
    insta::assert_snapshot!(scene.refused("GET", &scene.vm, None).await);
}

#[tokio::test]
async fn the_role_is_one_of_the_other_plane() {
    let scene = Scene::set().await;
    scene.cloud.assign(&scene.app.principal, OWNER, &scene.group).await;
    let account = format!("{}/providers/Microsoft.Storage/storageAccounts/sa1", scene.group);
    let asked = ["--principal", &scene.app.principal, "--action", READ_BLOB, "--scope", &account, "--data"];
    insta::assert_snapshot!(scene.explain(&asked).await);
}

#[tokio::test]
async fn attaching_an_identity_takes_a_right_of_its_own() {
    let scene = Scene::set().await;
    scene.cloud.assign(&scene.app.principal, "9980e02c-c2be-4d73-94e8-173b1dc7cf3c", &scene.group).await;
    let identity = scene.cloud.make_identity(&scene.group, "id1").await;
    let attached = json!({identity["id"].as_str().unwrap(): {}});
    let body = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": attached}});
    insta::assert_snapshot!(scene.refused("PATCH", &scene.vm, Some(body)).await);
}

#[tokio::test]
async fn the_condition_is_not_met() {
    let scene = Scene::set().await;
    let name = "/providers/Microsoft.Authorization/roleAssignments/5b000000-0000-4000-8000-000000000001";
    let mut body = cloud::assignment(&scene.cloud.subscription, &scene.app.principal, BLOB_READER);
    body["properties"]["condition"] = json!(format!(
        "((!(ActionMatches{{'{READ_BLOB}'}})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] \
         StringEquals 'public' AND Exists @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]))"
    ));
    body["properties"]["conditionVersion"] = json!("2.0");
    scene.cloud.arm("PUT", &format!("{}{name}", scene.group), body).await.ok();
    let blobs = format!("{}/providers/Microsoft.Storage/storageAccounts/sa1", scene.group);
    let attributes = json!({"Resource": {"Microsoft.Storage/storageAccounts/blobServices/containers:name": "secret"}});
    let attributes = attributes.to_string();
    let asked = ["--principal", &scene.app.principal, "--action", READ_BLOB, "--scope", &blobs, "--data"];
    let asked = [&asked[..], &["--attributes", &attributes]].concat();
    insta::assert_snapshot!(scene.explain(&asked).await);
}

#[tokio::test]
async fn a_deny_assignment_outweighs_the_role() {
    let scene = Scene::set().await;
    scene.cloud.assign(&scene.app.principal, CONTRIBUTOR, &scene.group).await;
    let everyone = DeniedPrincipal { id: EVERYONE, kind: "SystemDefined".to_owned() };
    let actions = vec!["*/delete".to_owned()];
    let mut tx = scene.cloud.server.cloud.store.begin().await;
    let now = scene.cloud.server.cloud.clock.now();
    tx.put_deny_assignment(DenyAssignment {
        name: Uuid::from_u128(0xde),
        display_name: "Keep the managed application".to_owned(),
        description: None,
        permissions: vec![Permission { actions, ..Permission::default() }],
        scope: Scope::new(&scene.group),
        scope_as_written: scene.group.clone(),
        principals: vec![everyone],
        exclude_principals: Vec::new(),
        do_not_apply_to_child_scopes: false,
        is_system_protected: true,
        effect: DenyEffect::Enforced,
        condition: None,
        condition_version: None,
        created_on: now,
        updated_on: now,
        created_by: None,
        updated_by: None,
    });
    tx.commit().await.unwrap();
    insta::assert_snapshot!(scene.refused("DELETE", &scene.vm, None).await);
}

#[tokio::test]
async fn the_group_is_not_nested_as_believed() {
    let scene = Scene::set().await;
    let operators = scene.make_directory_group("operators", &[]).await;
    scene.make_directory_group("staff", &[&scene.app.principal, &operators]).await;
    scene.cloud.assign(&operators, READER, &scene.group).await;
    insta::assert_snapshot!(scene.refused("GET", &scene.vm, None).await);
}

#[tokio::test]
async fn the_role_is_assigned_to_the_application_object() {
    let scene = Scene::set().await;
    let name = "/providers/Microsoft.Authorization/roleAssignments/5b000000-0000-4000-8000-000000000002";
    let mut body = cloud::assignment(&scene.cloud.subscription, &scene.app.object_id, READER);
    // With its type said, the directory is not asked: so such assignments come to be.
    body["properties"]["principalType"] = json!("ServicePrincipal");
    scene.cloud.arm("PUT", &format!("{}{name}", scene.group), body).await.ok();
    insta::assert_snapshot!(scene.refused("GET", &scene.vm, None).await);
}

#[tokio::test]
async fn the_token_is_from_before_a_change() {
    let scene = Scene::set().await;
    let enable = json!({"type": "SystemAssigned"});
    let principal = |vm: &Value| vm["identity"]["principalId"].as_str().unwrap().to_owned();
    let before = principal(&scene.cloud.patch_identity(&scene.vm, enable.clone()).await.ok().body);
    let token = scene.cloud.imds_token(&scene.vm, "").await.ok().body["access_token"].as_str().unwrap().to_owned();
    scene.cloud.patch_identity(&scene.vm, json!({"type": "None"})).await.ok();
    let after = principal(&scene.cloud.patch_identity(&scene.vm, enable).await.ok().body);
    scene.cloud.assign(&after, READER, &scene.group).await;
    let told = scene.refused_with(&token, "GET", &scene.vm, None).await;
    insta::assert_snapshot!(told.replace(&before, "BEFORE").replace(&after, "AFTER"));
}

#[tokio::test]
async fn roles_on_resources_are_none_in_the_directory() {
    let scene = Scene::set().await;
    scene.cloud.assign(&scene.app.principal, OWNER, &scene.cloud.subscription).await;
    let graph = scene.cloud.token_by_secret(&scene.app.client_id, &scene.app.secret, cloud::GRAPH).await.ok();
    let caller = scene.cloud.caller(graph.body["access_token"].as_str().unwrap());
    let answer = caller.graph("POST", "/groups", json!({"displayName": "g"})).await;
    assert_eq!(answer.summary(), "403 Authorization_RequestDenied");
    insta::assert_snapshot!(scene.explain(&["--request", answer.header("x-smalt-explanation")]).await);
}

#[tokio::test]
async fn who_is_asked_the_other_way_round() {
    let scene = Scene::set().await;
    let team = scene.make_directory_group("team", &[&scene.app.principal]).await;
    scene.cloud.assign(&team, READER, &scene.group).await;
    let read = "Microsoft.Compute/virtualMachines/read";
    let ask = async |path: &str, body: Value| {
        let answer = scene.cloud.control(reqwest::Method::POST, path, &body).await.ok();
        let text = serde_json::to_string_pretty(&answer.body).unwrap();
        text.replace(&scene.cloud.subscription, "/subscriptions/S").replace(&scene.app.principal, "APP")
    };
    let who = ask("/who-can", json!({"action": read, "scope": scene.vm})).await;
    assert!(who.contains("\"principalId\": \"APP\"") && who.contains("\"team\""), "{who}");
    let what = ask("/what-can", json!({"principal": scene.app.principal, "scope": scene.vm})).await;
    assert!(what.contains("\"roleName\": \"Reader\"") && what.contains("\"dataOperations\": 0"), "{what}");
    // An allowed question has nothing to hint at.
    let asked = ["--principal", &scene.app.principal, "--action", read, "--scope", &scene.vm];
    insta::assert_snapshot!(scene.explain(&asked).await);
    let answer = scene.cloud.caller(scene.cloud.token_of(&scene.app).await).arm("GET", &scene.vm, None).await;
    assert_eq!((answer.status, answer.header("x-smalt-explanation")), (200, ""));
}
