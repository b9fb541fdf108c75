//! The shape of the tree, and the answers of its provider.

use cloud::ARM;
use serde_json::{Value, json};

use super::{Scene, VERSION, below, id};

#[tokio::test]
async fn the_tree_is_made_shown_and_changed() {
    let scene = Scene::set().await;
    let root = &scene.cloud.tenant;
    let subscription = format!("prod/subscriptions/{}", scene.subscription);
    let mut answers = Vec::new();
    for (method, name, body) in [
        ("GET", root.as_str(), Value::Null),
        ("GET", "CORP", Value::Null),
        ("PUT", "corp", json!({"name": "corp", "properties": {"displayName": "Corporation"}})),
        ("PUT", &subscription, Value::Null),
        ("GET", &subscription, Value::Null),
        ("GET", &subscription.replace("prod", "corp"), Value::Null),
        ("GET", "prod/subscriptions", Value::Null),
        ("GET", "corp?$expand=children", Value::Null),
        ("GET", "corp?$expand=children&$recurse=true", Value::Null),
        ("GET", "corp?$expand=children&$recurse=true&$filter=children.childType%20ne%20Subscription", Value::Null),
        ("GET", "prod?$expand=path,ancestors", Value::Null),
        ("GET", &format!("{root}/descendants"), Value::Null),
        ("GET", &format!("{root}/descendants?$top=1"), Value::Null),
        ("PATCH", "prod", json!({"displayName": "Production", "parentGroupId": id("other")})),
        ("GET", "corp?$expand=children", Value::Null),
        ("DELETE", &subscription, Value::Null),
        ("DELETE", &subscription, Value::Null),
        ("GET", &format!("{root}/subscriptions"), Value::Null),
        ("DELETE", "prod", Value::Null),
        ("DELETE", "prod", Value::Null),
        ("GET", "prod", Value::Null),
        ("GET", "", Value::Null),
    ] {
        let said = if body.is_null() { String::new() } else { body.to_string() };
        let answer = scene.ask(method, name, Some(body).filter(|b| !b.is_null())).await;
        answers.push((format!("{method} {name} {said}"), answer));
    }
    insta::assert_snapshot!(scene.table(&answers));
}

/// What clients poll, in both ways, and how the first api-versions answered.
#[tokio::test]
async fn makings_and_deletions_are_polled() {
    let scene = Scene::set().await;
    let mut answers = Vec::new();
    for version in ["2021-04-01", "2018-03-01-preview"] {
        for method in ["PUT", "DELETE"] {
            let path = format!("{}?api-version={version}", id("polled"));
            let accepted = scene.cloud.arm(method, &path, json!({})).await;
            answers.push((format!("{method} {version}"), accepted.clone()));
            for header in ["location", "azure-asyncoperation"] {
                let Some(polled) = accepted.header(header).strip_prefix(ARM) else { continue };
                answers.push((format!("{header} {polled}"), scene.cloud.arm("GET", polled, None).await));
            }
        }
    }
    let gone = "/providers/Microsoft.Management/operationResults/create/managementGroups/polled";
    answers.push((gone.to_owned(), scene.cloud.arm("GET", gone, None).await));
    insta::assert_snapshot!(scene.table(&answers));
}

#[tokio::test]
async fn what_the_tree_cannot_be_is_refused() {
    let scene = Scene::set().await;
    let root = scene.cloud.tenant.as_str();
    for (name, parent) in [("l2", "other"), ("l3", "l2"), ("l4", "l3"), ("l5", "l4"), ("l6", "l5")] {
        scene.ask("PUT", name, below(parent)).await.ok();
    }
    let nobody = "11111111-1111-4111-8111-111111111111";
    let mut answers = Vec::new();
    for (method, name, body) in [
        ("PUT", "a%20b", json!({})),
        ("PUT", "ends.", json!({})),
        ("PUT", "new", json!([])),
        ("PUT", "new", json!({"name": "another"})),
        ("PUT", "new", json!({"properties": "text"})),
        ("PUT", "new", json!({"properties": {"displayName": 7}})),
        ("PUT", "new", json!({"properties": {"details": {"parent": {"id": "corp"}}}})),
        ("PUT", "new", below("nowhere")),
        ("PUT", "l7", below("l6")),
        ("PATCH", "corp", json!({"parentGroupId": id("corp")})),
        ("PATCH", "corp", json!({"parentGroupId": id("PROD")})),
        ("PATCH", "corp", json!({"parentGroupId": id("l5")})),
        ("PATCH", "nowhere", json!({"displayName": "N"})),
        ("PATCH", root, json!({"parentGroupId": id("corp")})),
        ("DELETE", root, json!({})),
        ("DELETE", "corp", json!({})),
        ("PUT", &format!("corp/subscriptions/{nobody}"), json!({})),
        ("PUT", &format!("nowhere/subscriptions/{nobody}"), json!({})),
        ("GET", "nowhere/descendants", json!({})),
        ("GET", "corp?$expand=everything", json!({})),
        ("GET", "corp?$recurse=true", json!({})),
        ("GET", "nowhere/providers/Microsoft.Authorization/roleAssignments", json!({})),
        ("POST", "corp/explode", json!({})),
    ] {
        let answer = scene.ask(method, name, body.clone()).await;
        assert!(answer.status >= 400, "{method} {name} {body}: {}", answer.text);
        answers.push((format!("{method} {name} {body}"), answer));
    }
    let elsewhere = format!("{}{}", scene.cloud.subscription, id("corp"));
    answers.push((format!("GET {elsewhere}"), scene.cloud.arm("GET", &elsewhere, None).await));
    insta::assert_snapshot!(scene.table(&answers));
    let moved = scene.ask("PATCH", "corp", json!({"parentGroupId": id("l4")})).await;
    assert_eq!(moved.summary(), "200", "corp and prod just fit below the fourth level: {}", moved.text);
}

#[tokio::test]
async fn names_backfill_and_settings() {
    let scene = Scene::set().await;
    let settings = format!("{}/settings", id(&scene.cloud.tenant));
    let default = format!("{settings}/default");
    let new = id("by-default");
    let provider = |action: &str| format!("/providers/Microsoft.Management/{action}");
    let available = provider("checkNameAvailability");
    let set = |name: &str, value: Value| json!({"properties": {name: value}});
    let (required, group) = ("requireAuthorizationForGroupCreation", "defaultManagementGroup");
    let mut answers = Vec::new();
    for (method, path, body) in [
        ("POST", &available, json!({"name": "free", "type": "Microsoft.Management/managementGroups"})),
        ("POST", &available, json!({"name": "CORP"})),
        ("POST", &available, json!({"name": "bad name"})),
        ("POST", &available, json!({"name": "free", "type": "Microsoft.Compute/disks"})),
        ("POST", &available, json!({})),
        ("POST", &provider("startTenantBackfill"), json!({})),
        ("POST", &provider("tenantBackfillStatus"), json!({})),
        ("GET", &settings, json!({})),
        ("DELETE", &default, json!({})),
        ("PUT", &default, set(group, json!(id("corp")))),
        ("PUT", &new, json!({})),
        ("GET", &new, json!({})),
        ("PATCH", &default, set(required, json!(true))),
        ("GET", &settings, json!({})),
        ("PUT", &default, set(group, json!(id("nowhere")))),
        ("PUT", &default, set(required, json!("yes"))),
        ("PUT", &format!("{}/settings/default", id("corp")), json!({})),
        ("DELETE", &default, json!({})),
        ("GET", &default, json!({})),
    ] {
        let answer = scene.cloud.arm(method, &format!("{path}?{VERSION}"), body.clone()).await;
        answers.push((format!("{method} {path} {body}"), answer));
    }
    insta::assert_snapshot!(scene.table(&answers));
}

/// Locks, policies and the like: what extends a group is found on it, and goes with it.
#[tokio::test]
async fn what_extends_a_group_goes_with_it() {
    let scene = Scene::set().await;
    let policy = |group: &str| format!("{}/providers/Microsoft.Authorization/policyDefinitions/p", id(group));
    let body = json!({"properties": {"displayName": "P"}});
    let refused = scene.cloud.arm("PUT", &policy("nowhere"), body.clone()).await;
    assert_eq!(refused.summary(), "404 ManagementGroupNotFound");
    assert_eq!(refused.message(), "The management group 'nowhere' cannot be found.");
    let policy = policy("other");
    scene.cloud.arm("PUT", &policy, body).await.ok();
    assert_eq!(scene.cloud.arm("GET", &policy, None).await.ok().body["id"], policy);
    scene.ask("DELETE", "other", None).await.ok();
    scene.ask("PUT", "other", json!({})).await.ok();
    assert_eq!(scene.cloud.arm("GET", &policy, None).await.summary(), "404 ResourceNotFound");
}
