//! Who may use what a vault keeps.

use cloud::OWNER;
use serde_json::{Value, json};

use super::{SECRETS_USER, Scene, ask, body};

/// An application, its principal and its token for vaults.
async fn application(scene: &Scene, name: &str) -> (String, String) {
    let made = scene.cloud.make_application(name).await;
    let token = scene.cloud.token_by_secret(&made.client_id, &made.secret, "https://vault.azure.net").await.ok();
    (made.principal, token.body["access_token"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_role_that_lists_the_data_action_lets_in_and_owner_does_not() {
    let scene = Scene::set().await;
    let cloud = &scene.cloud;
    scene.ask("PUT", "/secrets/mine", json!({"value": "x"})).await.ok();
    scene.ask("PUT", "/secrets/other", json!({"value": "y"})).await.ok();
    let (principal, token) = application(&scene, "reader").await;
    let caller = cloud.caller(token);
    cloud.assign(&principal, OWNER, &cloud.subscription).await;
    let refused = ask(&caller, "GET", "/secrets/mine", None).await;
    assert_eq!(refused.summary(), "403 Forbidden");
    assert_eq!(refused.body["error"]["innererror"]["code"], "ForbiddenByRbac");
    let told = refused.message();
    for line in [
        "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'".to_owned(),
        format!("Resource: '{}/secrets/mine'", scene.vault.to_lowercase()),
        "Vault: kv1;location=westeurope".to_owned(),
    ] {
        assert!(told.split("\r\n").any(|one| one == line), "{line}\n{told}");
    }
    assert!(told.contains(&format!("oid={principal};iss=https://sts.windows.net/")), "{told}");
    let one = format!("{}/secrets/mine", scene.vault);
    let at_one = cloud.assign(&principal, SECRETS_USER, &one).await;
    let may = |method: &'static str, path: &'static str, body: Option<Value>| {
        let caller = &caller;
        async move { ask(caller, method, path, body).await.status }
    };
    assert_eq!(may("GET", "/secrets/mine", None).await, 200);
    assert_eq!(may("GET", "/secrets/other", None).await, 403, "it holds the role at one secret");
    assert_eq!(may("GET", "/secrets", None).await, 403, "a list is the whole vault's");
    assert_eq!(may("PUT", "/secrets/mine", Some(json!({"value": "z"}))).await, 403, "it may read");
    cloud.arm("DELETE", &at_one, None).await.ok();
    assert_eq!(may("GET", "/secrets/mine", None).await, 403, "felt at once");
}

#[tokio::test]
async fn access_policies_decide_where_the_vault_says_so() {
    let scene = Scene::set().await;
    scene.ask("PUT", "/secrets/s", json!({"value": "x"})).await.ok();
    let (principal, token) = application(&scene, "listed").await;
    let group = scene.cloud.make_directory_group("readers", &[&principal]).await;
    let caller = scene.cloud.caller(token);
    let policy = |holder: &str, permission: &str| json!([{"tenantId": scene.cloud.tenant, "objectId": holder, "permissions": {"secrets": [permission]}}]);
    for (holder, permission, read, set) in [
        (&principal, "Get", 200, 403),
        (&principal, "all", 200, 200),
        (&group, "get", 200, 403),
        (&principal, "list", 403, 403),
    ] {
        let policies = json!({"enableRbacAuthorization": false, "accessPolicies": policy(holder, permission)});
        scene.cloud.arm("PUT", &scene.vault, body(&scene.cloud, policies)).await.ok();
        let got = ask(&caller, "GET", "/secrets/s", None).await;
        assert_eq!(got.status, read, "{permission}: {}", got.text);
        let put = ask(&caller, "PUT", "/secrets/s", json!({"value": "y"})).await;
        assert_eq!(put.status, set, "{permission}: {}", put.text);
    }
    let refused = scene.ask("GET", "/secrets/s", None).await;
    assert_eq!(refused.body["error"]["innererror"]["code"], "AccessDenied", "roles count no more");
    assert!(refused.message().contains("does not have secrets get permission on key vault 'kv1;location=westeurope'"));
}

#[tokio::test]
async fn a_token_for_something_else_is_none() {
    let scene = Scene::set().await;
    let stranger = ask(&scene.cloud.stranger(), "PUT", "/secrets/s", None).await;
    assert_eq!(stranger.summary(), "401 Unauthorized");
    let challenge = format!(
        "Bearer authorization=\"https://login.microsoftonline.com/{}\", resource=\"https://vault.azure.net\"",
        scene.cloud.tenant
    );
    assert_eq!(stranger.header("www-authenticate"), challenge);
    let of_arm = ask(&scene.cloud.owner().await, "GET", "/secrets/s", None).await;
    assert_eq!(of_arm.summary(), "401 Unauthorized");
    assert!(of_arm.message().starts_with("AKV10022: Invalid audience. Expected https://vault.azure.net, found: "));
}
