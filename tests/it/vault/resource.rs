//! A vault as Resource Manager shows it.

use cloud::{Answer, Cloud};
use serde_json::json;

use super::{KV1, Scene, body};

#[tokio::test]
async fn a_vault_is_completed() {
    let scene = Scene::set().await;
    let shown = scene.cloud.arm("GET", &scene.vault, None).await.ok().body;
    assert_eq!(
        shown["properties"],
        json!({
            "tenantId": scene.cloud.tenant, "sku": {"family": "A", "name": "standard"}, "accessPolicies": [],
            "enableRbacAuthorization": true, "enabledForDeployment": false, "enableSoftDelete": true,
            "softDeleteRetentionInDays": 90, "publicNetworkAccess": "Enabled", "provisioningState": "Succeeded",
            "vaultUri": "https://kv1.vault.azure.net/",
        })
    );
    let changed = scene.cloud.arm("PATCH", &scene.vault, json!({"properties": {"enabledForDeployment": true}})).await;
    assert_eq!(changed.ok().body["properties"]["enabledForDeployment"], json!(true));
}

#[tokio::test]
async fn roles_decide_by_default_since_2026() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    for (name, version, expected) in [("older", "2024-11-01", false), ("newer", "2026-02-01", true)] {
        let path = format!("{group}/providers/Microsoft.KeyVault/vaults/{name}?api-version={version}");
        let made = cloud.arm("PUT", &path, body(&cloud, json!({}))).await;
        assert_eq!(made.status, 200, "{}", made.text);
        assert_eq!(made.body["properties"]["enableRbacAuthorization"], json!(expected), "{version}");
    }
}

#[tokio::test]
async fn what_is_no_vault_is_refused() {
    let scene = Scene::set().await;
    let cloud = &scene.cloud;
    let elsewhere = cloud.make_group("elsewhere").await;
    for (group, name, more, expected) in [
        (&elsewhere, "KV1", json!({}), "409 VaultAlreadyExists"),
        (&scene.group, "kv", json!({}), "400 VaultNameNotValid"),
        (&scene.group, "2kv", json!({}), "400 VaultNameNotValid"),
        (&scene.group, "kv--2", json!({}), "400 VaultNameNotValid"),
        (&scene.group, "kv2-", json!({}), "400 VaultNameNotValid"),
        (&scene.group, "kv2", json!({"tenantId": "t"}), "400 BadRequest"),
        (&scene.group, "kv2", json!({"sku": {"family": "B", "name": "standard"}}), "400 BadRequest"),
        (&scene.group, "kv2", json!({"softDeleteRetentionInDays": 6}), "400 BadRequest"),
        (&scene.group, "kv2", json!({"accessPolicies": [{"objectId": "x"}]}), "400 BadRequest"),
    ] {
        let path = format!("{group}/providers/Microsoft.KeyVault/vaults/{name}");
        let answer = cloud.arm("PUT", &path, body(cloud, more.clone())).await;
        assert_eq!(answer.summary(), expected, "{name} {more}");
    }
}

#[tokio::test]
async fn its_name_may_be_spelt_in_any_case() {
    let scene = Scene::set().await;
    let set = scene.ask("PUT", "/secrets/s", json!({"value": "x"})).await.ok().body;
    for host in ["KV1.VAULT.azure.net", "Kv1.vault.Azure.Net"] {
        let request = scene.cloud.caller(&scene.token).request("GET", &format!("{KV1}/secrets/s?api-version=7.4"));
        let got = Answer::of(request.header("host", host)).await.ok().body;
        assert_eq!(got["id"], set["id"], "{host}");
    }
}

/// Nobody finds the secrets of a vault that is gone in another of its name.
#[tokio::test]
async fn a_vault_takes_what_it_keeps_along() {
    let scene = Scene::set().await;
    scene.ask("PUT", "/secrets/s", json!({"value": "x"})).await.ok();
    assert_eq!(scene.cloud.arm("DELETE", &scene.vault, None).await.status, 200);
    assert_eq!(scene.ask("GET", "/secrets/s", None).await.summary(), "404 VaultNotFound");
    let body = body(&scene.cloud, json!({"enableRbacAuthorization": true}));
    let elsewhere = scene.cloud.make_group("elsewhere").await;
    scene.cloud.arm("PUT", &scene.vault, body).await.ok();
    assert_eq!(scene.ask("GET", "/secrets/s", None).await.status, 403, "its role assignments went too");
    let taken = super::body(&scene.cloud, json!({}));
    let again = scene.cloud.arm("PUT", &format!("{elsewhere}/providers/Microsoft.KeyVault/vaults/kv1"), taken).await;
    assert_eq!(again.summary(), "409 VaultAlreadyExists");
}
