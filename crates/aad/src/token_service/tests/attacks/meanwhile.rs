//! Rights that end while a request is on its way: a body may take half a minute, and a password is slow on purpose.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::stream;
use model::{DirectoryObject, User};
use serde_json::json;
use store::Tx;

use super::super::people::{ADA, ADA_NAME, WEB, carried, of_cli, peopled, query};
use crate::testing::{APP, HOST, Reply, TENANT, World};

fn switch_ada_off(tx: &mut Tx) {
    let user = User { account_enabled: false, ..tx.user(ADA).unwrap().clone() };
    tx.put_object(DirectoryObject::User(user));
}

/// The application gives up its addresses.
fn withdraw_addresses(tx: &mut Tx) {
    let mut app = tx.application_by_app_id(APP).unwrap().clone();
    app.other.insert("web".to_owned(), json!({"redirectUris": []}));
    tx.put_object(DirectoryObject::Application(app));
}

impl World {
    /// Posts a form whose bytes come after `change`.
    async fn post_late(&self, path: &str, form: &'static str, change: fn(&mut Tx)) -> Reply {
        let store = self.aad.store.clone();
        let late = stream::once(async move {
            let mut tx = store.begin().await;
            change(&mut tx);
            tx.commit().await.map(|()| form)
        });
        let request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from_stream(late)).unwrap()).await
    }
}

#[tokio::test]
async fn what_ends_while_the_form_comes_has_ended() {
    let (app, typed) = (APP.to_string(), "login=ada@t.example");
    let asked = [("client_id", app.as_str()), ("response_type", "code"), ("redirect_uri", WEB), ("scope", "openid")];
    let reply = peopled().await.post_late(&query(&asked), typed, withdraw_addresses).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::BAD_REQUEST, ""));
    assert!(reply.text.contains("AADSTS50011"), "{}", reply.text);
    let reply = peopled().await.post_late(&query(&asked), typed, switch_ada_off).await;
    assert_eq!((reply.status, reply.header("set-cookie")), (StatusCode::OK, ""));
    assert!(reply.text.contains("AADSTS50057"), "{}", reply.text);
    let path = format!("/{TENANT}/oauth2/v2.0/logout?");
    let form = "client_id=aaaaaaaa-0001-4000-8000-000000000001&post_logout_redirect_uri=https://app.example/cb";
    let reply = peopled().await.post_late(&path, form, withdraw_addresses).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::OK, ""));
}

/// Between the sign-in and the answer stands the turn to write, which others have first.
#[tokio::test]
async fn whoever_is_switched_off_while_signing_in_gets_nothing() {
    let world = peopled().await;
    let mut turn = world.aad.store.begin().await;
    switch_ada_off(&mut turn);
    let asked = query(&of_cli());
    let signing_in = world.type_in(&asked, &[("login", ADA_NAME)]);
    let (reply, ended) = tokio::join!(biased; signing_in, turn.commit());
    ended.unwrap();
    let sent = carried(&reply);
    assert!(sent["error_description"].as_str().unwrap().starts_with("AADSTS50057"), "{sent}");
    assert!(sent.get("code").is_none(), "{sent}");
}
