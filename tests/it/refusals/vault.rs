//! Key Vault's data plane, beyond bad tokens.

use cloud::Cloud;
use serde_json::json;

use super::{Shape, Table, five_megabytes};

#[tokio::test]
async fn a_vault_that_is_not_there() {
    let cloud = Cloud::start().await;
    let owner = smalt::world::owner_of(&cloud.server.cloud.store);
    let token = cloud.token_by_secret(&owner.client_id, &owner.client_secret, "https://vault.azure.net").await.ok();
    let owner = cloud.caller(token.body["access_token"].as_str().unwrap());
    let mut table = Table::new();
    for (method, path) in [
        ("GET", "/secrets"),
        ("GET", "/secrets/a?api-version=7.4"),
        ("PUT", "/secrets/a?api-version=7.4"),
        ("FOO", "/secrets/a?api-version=7.4"),
        ("GET", "/secrets%2Fa?api-version=7.4"),
        ("GET", "/nothings?api-version=7.4"),
    ] {
        let request = owner.request(method, &format!("https://kv1.vault.azure.net{path}")).json(&json!({"value": "x"}));
        table.refused(Shape::Plain, &format!("{method} {path}"), request).await;
    }
    let request = owner.request("PUT", "https://kv1.vault.azure.net/secrets/a?api-version=7.4").body(five_megabytes());
    table.refused(Shape::Plain, "PUT 5 MB", request).await;
    insta::assert_snapshot!("vault", table.text);
}
