//! Vaults: as resources, who may use what they keep, and what becomes of it.

mod certificates;
mod resource;
mod rights;
mod secrets;

use cloud::{Answer, Caller, Cloud};
use serde_json::{Value, json};

const ADMINISTRATOR: &str = "00482a5a-887f-4fb3-b363-3b7fe8e74483";
const SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";

/// Where the vault of these tests is.
const KV1: &str = "https://kv1.vault.azure.net";

/// A cloud with the vault `kv1`, in which roles decide, and the world's owner as its administrator.
struct Scene {
    cloud: Cloud,
    group: String,
    vault: String,
    token: String,
}

impl Scene {
    async fn set() -> Self {
        let cloud = Cloud::start().await;
        let group = cloud.make_group("rg").await;
        let vault = format!("{group}/providers/Microsoft.KeyVault/vaults/kv1");
        let body = body(&cloud, json!({"enableRbacAuthorization": true}));
        cloud.arm("PUT", &vault, body).await.ok();
        let token = token(&cloud).await;
        let principal = tokens::decode(&token).unwrap().claims["oid"].as_str().unwrap().to_owned();
        cloud.assign(&principal, ADMINISTRATOR, &vault).await;
        Self { cloud, group, vault, token }
    }

    /// The same scene later: the token of before counts no more.
    async fn later(self, duration: &str) -> Self {
        self.cloud.advance(duration).await;
        Self { token: token(&self.cloud).await, ..self }
    }

    /// Its administrator asks the vault.
    async fn ask(&self, method: &str, path: &str, body: impl Into<Option<Value>>) -> Answer {
        ask(&self.cloud.caller(&self.token), method, path, body).await
    }
}

/// The owner's token for vaults.
async fn token(cloud: &Cloud) -> String {
    let owner = smalt::world::owner_of(&cloud.server.cloud.store);
    let token = cloud.token_by_secret(&owner.client_id, &owner.client_secret, "https://vault.azure.net").await.ok();
    token.body["access_token"].as_str().unwrap().to_owned()
}

/// The body of a vault.
fn body(cloud: &Cloud, more: Value) -> Value {
    let mut properties = json!({
        "tenantId": cloud.tenant, "sku": {"family": "A", "name": "standard"}, "accessPolicies": [],
    });
    if let Value::Object(more) = more {
        properties.as_object_mut().unwrap().extend(more);
    }
    json!({"location": "westeurope", "properties": properties})
}

/// Somebody asks the vault.
async fn ask(caller: &Caller<'_>, method: &str, path: &str, body: impl Into<Option<Value>>) -> Answer {
    let separator = if path.contains('?') { '&' } else { '?' };
    let request = caller.request(method, &format!("{KV1}{path}{separator}api-version=7.4"));
    Answer::of(match body.into() {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

/// A text without the ids that differ from run to run: 32 hexadecimal digits.
fn without_versions(text: &str) -> String {
    let is_version = |word: &str| word.len() == 32 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let words = text.split_inclusive(['/', '"']);
    words
        .map(|word| {
            let bare = word.trim_end_matches(['/', '"']);
            if is_version(bare) { word.replacen(bare, "<version>", 1) } else { word.to_owned() }
        })
        .collect()
}
