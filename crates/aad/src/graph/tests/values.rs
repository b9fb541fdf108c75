//! Names and values that the directory does not take.

use serde_json::{Value, json};

use crate::graph::in_process::{Cloud, MACHINE, PERSON};

#[tokio::test]
async fn a_property_that_the_type_has_not_is_a_mistake() {
    let cloud = Cloud::new().await;
    let person = format!("/v1.0/users/{PERSON}");
    let refused = cloud.patch(&person, json!({"jobTitel": "typo"})).await;
    let text = "The property 'jobTitel' does not exist on type 'microsoft.graph.user'. Make sure to only use property \
                names that are defined by the type.";
    assert_eq!((refused.status.as_u16(), refused.body["error"]["message"].as_str()), (400, Some(text)));
    for path in [format!("{person}?$select=id,jobTitel"), "/v1.0/users?$select=jobTitel".to_owned()] {
        let text = "Parsing OData Select and Expand failed: Could not find a property named 'jobTitel' on type \
                    'microsoft.graph.user'.";
        assert_eq!(cloud.get(&path).await.body["error"]["message"], text, "{path}");
    }
    // What the directory knows and nobody set, what an extension adds, and what only the beta may have.
    for path in ["/v1.0/users?$select=skills", "/v1.0/users?$select=extension_0_x", "/beta/users?$select=jobTitel"] {
        assert_eq!(cloud.get(path).await.status, 200, "{path}");
    }
    assert_eq!(cloud.patch(&person, json!({"birthday": "1815-12-10T00:00:00Z"})).await.status, 204);
}

#[tokio::test]
async fn a_property_is_named_exactly() {
    let cloud = Cloud::new().await;
    let (application, app_id) = cloud.application("a").await;
    let principal = cloud.post("/v1.0/servicePrincipals", json!({"appId": app_id})).await.text("id");
    let group = cloud.group("g").await;
    for (path, name) in [
        (format!("applications/{application}"), "AppId"),
        (format!("applications/{application}"), "UNIQUENAME"),
        (format!("servicePrincipals/{principal}"), "servicePrincipaltype"),
        (format!("groups/{group}"), "SecurityIdentifier"),
        (format!("users/{PERSON}"), "ID"),
        (format!("users/{PERSON}"), "PasswordProfile"),
        (format!("users/{PERSON}"), "AboutMe"),
    ] {
        for version in ["v1.0", "beta"] {
            let path = format!("/{version}/{path}");
            let refused = cloud.patch(&path, json!({name: MACHINE})).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (400, "BadRequest"), "{path} {name}");
            assert!(cloud.get(&path).await.body.get(name).is_none(), "{path} {name}");
        }
    }
}

fn application(more: &Value) -> Value {
    let mut body = json!({"displayName": "a"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn an_application_is_checked() {
    let cloud = Cloud::new().await;
    let role = json!({"id": "1b1a54cb-6f0c-4a5e-9f0e-3f1e2b1c0d01", "allowedMemberTypes": ["Application"],
        "displayName": "Reader", "description": "Reads", "isEnabled": true, "value": "read"});
    let with = |name: &str, value: Value| {
        let mut role = role.clone();
        role[name] = value;
        json!({"appRoles": [role]})
    };
    for (body, property) in [
        (json!({"displayName": "a".repeat(257)}), "displayName"),
        (json!({"signInAudience": "Everybody"}), "signInAudience"),
        (with("id", json!("one")), "appRoles"),
        (with("allowedMemberTypes", json!([])), "appRoles"),
        (with("allowedMemberTypes", json!(["Device"])), "appRoles"),
        (with("description", json!("")), "appRoles"),
        (json!({"api": {"oauth2PermissionScopes": [{"value": "x"}]}}), "oauth2PermissionScopes"),
        (json!({"api": {"oauth2PermissionScopes": 7}}), "oauth2PermissionScopes"),
    ] {
        let refused = cloud.post("/v1.0/applications", application(&body)).await;
        let text = format!("Invalid value specified for property '{property}' of resource 'Application'.");
        assert_eq!(refused.body["error"]["message"], text);
    }
    assert_eq!(cloud.post("/v1.0/applications", application(&json!({"appRoles": [role]}))).await.status, 201);
}

#[tokio::test]
async fn a_permission_goes_only_when_it_is_disabled() {
    let cloud = Cloud::new().await;
    let (id, _) = cloud.application("a").await;
    let path = format!("/v1.0/applications/{id}");
    let role = |enabled: bool| {
        json!({"appRoles": [{"id": PERSON, "allowedMemberTypes": ["User"], "displayName": "R", "description": "r",
            "isEnabled": enabled, "value": "r"}]})
    };
    let scope = |enabled: bool| json!({"api": {"oauth2PermissionScopes": [{"id": PERSON, "isEnabled": enabled}]}});
    let none = [json!({"appRoles": []}), json!({"api": {"oauth2PermissionScopes": []}})];
    for (is, none) in [(&role as &dyn Fn(bool) -> Value, &none[0]), (&scope, &none[1])] {
        assert_eq!(cloud.patch(&path, is(true)).await.status, 204);
        let refused = cloud.patch(&path, none.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, "CannotDeleteOrUpdateEnabledEntitlement"));
        assert_eq!(cloud.patch(&path, is(false)).await.status, 204);
        assert_eq!(cloud.patch(&path, none.clone()).await.status, 204);
    }
}

#[tokio::test]
async fn only_microsoft_365_groups_have_mail() {
    let cloud = Cloud::new().await;
    let group = |mail: bool, secure: bool, types: Value| json!({"displayName": "g", "mailNickname": "team", "mailEnabled": mail, "securityEnabled": secure, "groupTypes": types});
    for (mail, secure, types) in [
        (true, true, json!([])),
        (true, false, json!([])),
        (false, false, json!([])),
        (false, true, json!(["Unified"])),
    ] {
        let refused = cloud.post("/v1.0/groups", group(mail, secure, types)).await;
        let text = refused.body["error"]["message"].as_str().unwrap();
        assert!(text.starts_with("The service does not currently support writes of mail-enabled groups."), "{text}");
    }
    let team = cloud.post("/v1.0/groups", group(true, false, json!(["Unified"]))).await.body;
    let shown = (&team["mail"], &team["proxyAddresses"], &team["visibility"]);
    assert_eq!(shown, (&json!("team@smalt.example"), &json!(["SMTP:team@smalt.example"]), &json!("Public")));
    let wrong = json!({"displayName": "g", "mailNickname": "a team", "mailEnabled": false, "securityEnabled": true});
    let text = "Invalid value specified for property 'mailNickname' of resource 'Group'.";
    assert_eq!(cloud.post("/v1.0/groups", wrong).await.body["error"]["message"], text);
}
