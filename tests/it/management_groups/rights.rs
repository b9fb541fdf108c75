//! Who may make, move and see groups. What is asked here is answered by assignments at the groups themselves: whatever
//! else the tree hands down, the answers are the same.

use cloud::{Answer, CONTRIBUTOR, OWNER, READER, USER_ACCESS_ADMINISTRATOR};
use serde_json::{Value, json};

use super::{Scene, VERSION, ask, below, id};

#[tokio::test]
async fn whoever_may_write_in_a_group_makes_another_and_owns_it() {
    let scene = Scene::set().await;
    let stranger = scene.application("stranger", &[]).await;
    let contributor = scene.application("contributor", &[(CONTRIBUTOR, &id("corp"))]).await;
    assert_eq!(ask(&stranger, "PUT", "new", below("corp")).await.summary(), "403 AuthorizationFailed");
    let refused = ask(&contributor, "PUT", "new", below("other")).await;
    let scope = format!("over scope '{}' or", id("other"));
    assert!(refused.status == 403 && refused.message().contains(&scope), "{}", refused.text);
    assert_eq!(ask(&contributor, "PUT", "new", json!({})).await.status, 403, "not below the root group");
    assert_eq!(ask(&contributor, "PUT", "new", below("CORP")).await.ok().status, 202);
    let shown = ask(&contributor, "GET", "new", None).await.ok();
    assert_eq!(shown.body["properties"]["details"]["parent"]["name"], "corp");
    let path = format!("{}/providers/Microsoft.Authorization/roleAssignments", id("new"));
    let listed = contributor.arm("GET", &format!("{path}?$filter=atScope()"), None).await.ok();
    let own = listed.body["value"].as_array().unwrap().iter().find(|a| a["properties"]["scope"] == id("new")).unwrap();
    assert!(own["properties"]["roleDefinitionId"].as_str().unwrap().ends_with(OWNER), "{own}");
    ask(&contributor, "DELETE", "new", None).await.ok();
    let left = scene.cloud.server.cloud.store.read();
    assert!(left.role_assignments().all(|a| a.scope_as_written != id("new")), "assignments go with their group");
}

#[tokio::test]
async fn moving_takes_rights_on_what_moves_and_on_both_sides_of_it() {
    let scene = Scene::set().await;
    let (mine, root) = (scene.cloud.subscription.as_str(), scene.cloud.tenant.as_str());
    let corp = (CONTRIBUTOR, &*id("corp"));
    let contributor = scene.application("contributor", &[corp]).await;
    let mover = scene.application("mover", &[corp, (USER_ACCESS_ADMINISTRATOR, mine)]).await;
    let owner_below = scene.application("owner", &[(OWNER, mine)]).await;
    let to = |group: &str| format!("{group}{mine}");
    let hang = |group: &str| json!({"parentGroupId": id(group)});
    let mut answers = Vec::new();
    for (what, caller, method, name, body) in [
        ("no right on the subscription", &contributor, "PUT", to("corp"), Value::Null),
        ("from the root group to where it may write", &mover, "PUT", to("corp"), Value::Null),
        ("again", &mover, "PUT", to("corp"), Value::Null),
        ("no right on the group it comes to", &mover, "PUT", to("other"), Value::Null),
        ("no right on the group it leaves", &owner_below, "PUT", to(root), Value::Null),
        ("back to the root group", &mover, "DELETE", to("corp"), Value::Null),
        ("a group of its own", &contributor, "PUT", "own".to_owned(), below("corp")),
        ("no right on the group it comes to", &contributor, "PATCH", "own".to_owned(), hang("other")),
        ("to the root group", &contributor, "PATCH", "own".to_owned(), hang(root)),
        ("and back", &contributor, "PATCH", "own".to_owned(), hang("corp")),
    ] {
        let answer = ask(caller, method, &name, Some(body).filter(|b| !b.is_null())).await;
        // The gateway's refusal names the client.
        let message = if answer.status == 403 { "" } else { answer.message() };
        let details = answer.body["error"]["details"].as_str().unwrap_or_default();
        let line = format!("{what}: {method} {name}: {} {message} {details}", answer.summary());
        answers.push(scene.plain(line.trim_end()));
    }
    insta::assert_snapshot!(answers.join("\n"));
}

#[tokio::test]
async fn a_move_does_not_part_a_custom_role_from_its_assignments() {
    let scene = Scene::set().await;
    let subscription = &scene.cloud.subscription;
    scene.ask("PUT", &format!("prod{subscription}"), None).await.ok();
    let role = "33333333-3333-4333-8333-333333333333";
    let definition = json!({"properties": {
        "roleName": "Of corp", "type": "CustomRole", "permissions": [{"actions": ["*/read"]}],
        "assignableScopes": [id("corp")],
    }});
    let path = format!("{}/providers/Microsoft.Authorization/roleDefinitions/{role}", id("corp"));
    scene.cloud.arm("PUT", &path, definition).await.ok();
    let application = scene.cloud.make_application("holder").await;
    scene.cloud.assign(&application.principal, role, subscription).await;
    for (method, name, body) in [
        ("PUT", format!("other{subscription}"), Value::Null),
        ("PATCH", "prod".to_owned(), json!({"parentGroupId": id("other")})),
    ] {
        let refused = scene.ask(method, &name, body).await;
        assert_eq!((refused.status, refused.message()), (400, "Failed to complete the move operation"), "{name}");
    }
    scene.ask("PUT", &format!("corp{subscription}"), None).await.ok();
}

/// Groups are seen by those who may read them; what leads there is told without being opened.
#[tokio::test]
async fn lists_and_entities_show_what_the_caller_may_see() {
    let scene = Scene::set().await;
    let reader = scene.application("reader", &[(READER, &id("prod"))]).await;
    let stranger = scene.application("stranger", &[]).await;
    let seen = |answer: &Answer| -> Vec<String> {
        let all = answer.body["value"].as_array().unwrap().iter();
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        all.map(|g| scene.plain(&format!("{} {}", word(&g["name"]), word(&g["properties"]["permissions"])))).collect()
    };
    assert_eq!(seen(&ask(&reader, "GET", "", None).await.ok()), ["prod -"]);
    assert!(seen(&ask(&stranger, "GET", "", None).await.ok()).is_empty());
    let entities = format!("/providers/Microsoft.Management/getEntities?{VERSION}");
    let told = reader.arm("POST", &entities, None).await.ok();
    assert_eq!(seen(&told), ["{tenant} noaccess", "corp noaccess", "prod view"]);
    assert!(seen(&stranger.arm("POST", &entities, None).await.ok()).is_empty());
    let only = scene.cloud.arm("POST", &format!("{entities}&$view=SubscriptionsOnly"), None).await.ok();
    assert_eq!(seen(&only), ["{subscription} delete"]);
    let refused = scene.cloud.arm("POST", &format!("{entities}&$search=ParentOnly"), None).await;
    assert_eq!(refused.summary(), "400 BadRequest");
    let all = scene.cloud.arm("POST", &entities, None).await.ok();
    assert_eq!(all.body["count"], 5);
    let first = &all.body["value"].as_array().unwrap()[..2];
    insta::assert_snapshot!(scene.plain(&serde_json::to_string_pretty(first).unwrap()));
}

/// A list of assignments tells those of the groups above, by the tree as it is now.
#[tokio::test]
async fn assignments_of_the_groups_above_are_listed() {
    let scene = Scene::set().await;
    let holder = scene.cloud.make_application("holder").await.principal;
    for name in ["corp", "other"] {
        scene.cloud.assign(&holder, READER, &id(name)).await;
    }
    let list = format!("{}/providers/Microsoft.Authorization/roleAssignments", scene.cloud.subscription);
    for (place, expected) in [("prod", "corp"), ("other", "other")] {
        scene.ask("PUT", &format!("{place}{}", scene.cloud.subscription), None).await.ok();
        let path = format!("{list}?$filter=principalId%20eq%20'{holder}'");
        let listed = scene.cloud.arm("GET", &path, None).await.ok();
        let listed = listed.body["value"].as_array().unwrap().iter();
        let scopes: Vec<_> = listed.map(|a| a["properties"]["scope"].clone()).collect();
        assert_eq!(scopes, [json!(id(expected))], "in {place}");
    }
}
