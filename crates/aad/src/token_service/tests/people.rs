//! People of the test world and the steps of their sign-ins, as clients and browsers take them.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{DirectoryObject, Group, JsonMap, User};
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use crate::testing::{APP, BEGIN, HOST, Reply, TENANT, World, world};

pub(super) const ADA: Uuid = uuid!("0b1ec700-00ad-4000-8000-0000000000ad");
pub(super) const ADA_NAME: &str = "ada@t.example";
pub(super) const PASSWORD: &str = "correct horse";
pub(super) const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
pub(super) const WEB: &str = "https://app.example/cb";
pub(super) const SPA: &str = "https://spa.example/";
pub(super) const LOCAL: &str = "http://localhost:8400";
pub(super) const ARM: &str = "https://management.core.windows.net//.default openid profile offline_access";
/// 43 characters, and their challenge.
pub(super) const VERIFIER: &str = "0123456789012345678901234567890123456789012";

/// The world with Ada, somebody switched off, and a client of every platform.
pub(super) async fn peopled() -> World {
    let world = world().await;
    let mut tx = world.aad.store.begin().await;
    for (id, name, account_enabled) in [(ADA, ADA_NAME, true), (Uuid::from_u128(0xbeb), "bob@t.example", false)] {
        tx.put_object(DirectoryObject::User(User {
            id,
            user_principal_name: name.to_owned(),
            display_name: "Ada <Lovelace>".to_owned(),
            password_hash: Some(tokens::password_hash(PASSWORD, [1; 16])),
            manager: None,
            account_enabled,
            created_at: BEGIN,
            other: serde_json::from_value(json!({"givenName": "Ada", "mail": ADA_NAME})).unwrap(),
        }));
    }
    tx.put_object(DirectoryObject::Group(Group {
        id: Uuid::from_u128(0x90),
        display_name: "analysts".to_owned(),
        members: vec![ADA],
        owners: Vec::new(),
        created_at: BEGIN,
        other: JsonMap::new(),
    }));
    let mut app = tx.application_by_app_id(APP).unwrap().clone();
    app.other = serde_json::from_value(json!({
        "web": {"redirectUris": [WEB], "implicitGrantSettings": {"enableIdTokenIssuance": true}},
        "spa": {"redirectUris": [SPA]},
        "publicClient": {"redirectUris": ["http://localhost"]},
        "api": {"requestedAccessTokenVersion": 2, "oauth2PermissionScopes": [{"value": "act", "isEnabled": true}]},
    }))
    .unwrap();
    tx.put_object(DirectoryObject::Application(app));
    tx.commit().await.unwrap();
    world
}

/// An authorization request's query.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let path = format!("/{TENANT}/oauth2/v2.0/authorize?");
    path + &form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The usual request of the Azure CLI.
pub(super) fn of_cli<'a>() -> Vec<(&'a str, &'a str)> {
    vec![("client_id", CLI), ("response_type", "code"), ("redirect_uri", LOCAL), ("scope", ARM), ("state", "s&1")]
}

impl World {
    /// Posts what a person typed to the page at `path`.
    pub(super) async fn type_in(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.post_to(path, fields).await
    }

    /// The values that the browser takes to the client's address.
    pub(super) async fn sign_in(&self, pairs: &[(&str, &str)]) -> Value {
        carried(&self.type_in(&query(pairs), &[("login", ADA_NAME)]).await)
    }

    /// Redeems a code as the Azure CLI does.
    pub(super) async fn redeem(&self, code: &str) -> Reply {
        let form = [("grant_type", "authorization_code"), ("client_id", CLI), ("redirect_uri", LOCAL), ("code", code)];
        self.post("v2", &form).await
    }

    pub(super) async fn refresh(&self, token: &str, scope: &str) -> Reply {
        let form = [("grant_type", "refresh_token"), ("client_id", CLI), ("refresh_token", token), ("scope", scope)];
        self.post("v2", &form).await
    }

    /// The tokens of Ada at the Azure CLI.
    pub(super) async fn tokens_of_ada(&self) -> Value {
        let code = self.sign_in(&of_cli()).await;
        let reply = self.redeem(code["code"].as_str().unwrap()).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        reply.json()
    }

    pub(super) async fn get_with(&self, path: &str, name: &str, value: &str) -> Reply {
        let request = Request::get(path).header(header::HOST, HOST).header(name, value);
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

/// What a redirect carries in its query or fragment.
pub(super) fn carried(reply: &Reply) -> Value {
    assert_eq!(reply.status, StatusCode::FOUND, "{}", reply.text);
    let to = reply.header("location");
    let (_, values) = to.split_once(['?', '#']).unwrap();
    form_urlencoded::parse(values.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect::<JsonMap>()
        .into()
}

/// What a token says.
pub(super) fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// `400 invalid_grant 54005`.
pub(super) fn refusal(reply: &Reply) -> String {
    let body = reply.json();
    format!("{} {} {}", reply.status.as_u16(), body["error"].as_str().unwrap_or("-"), body["error_codes"][0])
}
