//! Who and what is refused, and in which shape.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use model::DirectoryObject;
use serde_json::json;
use uuid::Uuid;

use crate::graph::in_process::{ADMINISTRATOR, AUDIENCE, Cloud, MACHINE, NOW, PERSON};

#[tokio::test]
async fn only_a_token_for_graph_opens_the_door() {
    let cloud = Cloud::new().await;
    let good = cloud.token(ADMINISTRATOR, AUDIENCE);
    for (header, message) in [
        (None, "Access token is empty."),
        (Some("Basic abc".to_owned()), "Access token is empty."),
        (Some("Bearer a.b.c".to_owned()), "Access token validation failure."),
        (Some(format!("Bearer {good}x")), "Access token validation failure."),
        (
            Some(format!("Bearer {}", cloud.token(ADMINISTRATOR, "https://management.azure.com/"))),
            "Access token validation failure. Invalid audience.",
        ),
    ] {
        let mut request = Request::get("/v1.0/users");
        if let Some(header) = &header {
            request = request.header("authorization", header);
        }
        let reply = cloud.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken"));
        assert_eq!(reply.body["error"]["message"], message, "{header:?}");
        assert!(reply.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer "));
    }
    let nonsense = Request::get("/v1.0/users").header("authorization", "Bearer nonsense").body(Body::empty()).unwrap();
    let text = cloud.send(nonsense).await.body["error"]["message"].as_str().unwrap().to_owned();
    assert!(text.starts_with("IDX14100: JWT is not well formed, there are no dots (.)."), "{text}");
    for audience in ["00000003-0000-0000-c000-000000000000", "https://localhost:8445", "https://graph.microsoft.com/"] {
        let token = cloud.token(ADMINISTRATOR, audience);
        let request = Request::get("/v1.0/users").header("host", "localhost:8445");
        let request = request.header("authorization", format!("bearer {token}"));
        assert_eq!(cloud.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::OK, "{audience}");
    }
    cloud.aad.clock.set_state(cloud.aad.clock.state_at(NOW + time::Duration::hours(2)));
    let late = cloud.get("/v1.0/users").await;
    assert_eq!(late.body["error"]["message"], "Lifetime validation failed, the token is expired.");
}

#[tokio::test]
async fn who_may_what() {
    let cloud = Cloud::new().await;
    let nobody = Uuid::from_u128(9);
    let group = json!({"displayName": "g", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true});
    for (caller, reads, writes) in
        [(ADMINISTRATOR, 200, 201), (PERSON, 200, 201), (MACHINE, 403, 403), (nobody, 403, 403)]
    {
        let read = cloud.ask_as(caller, "GET", "/v1.0/groups", None).await;
        let ask = cloud.ask_as(caller, "POST", "/v1.0/directoryObjects/getByIds", Some(json!({"ids": []}))).await;
        let write = cloud.ask_as(caller, "POST", "/v1.0/groups", Some(group.clone())).await;
        let found = (read.status.as_u16(), ask.status.as_u16(), write.status.as_u16());
        assert_eq!(found, (reads, reads, writes), "{caller}");
    }
    assert_eq!(cloud.get("/v1.0/groups").await.values("displayName"), ["g", "g"]);
}

#[tokio::test]
async fn an_administrator_who_left_is_none() {
    let cloud = Cloud::new().await;
    let mut tx = cloud.aad.store.begin().await;
    tx.delete_object(ADMINISTRATOR);
    tx.commit().await.unwrap();
    assert_eq!(cloud.get("/v1.0/users").await.code(), "Authorization_RequestDenied");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_in_graphs_shape() {
    let cloud = Cloud::new().await;
    let (id, _) = cloud.application("a").await;
    let before = cloud.aad.store.read().objects().count();
    let app = format!("/v1.0/applications/{id}");
    for (verb, path, body, status, code) in [
        ("GET", "/".to_owned(), "", 400, "BadRequest"),
        ("GET", "/v3.0/users".to_owned(), "", 400, "BadRequest"),
        ("GET", "/v1.0/planets".to_owned(), "", 400, "BadRequest"),
        ("GET", "/v1.0/users/%ff".to_owned(), "", 400, "BadRequest"),
        ("GET", format!("{app}/moons"), "", 400, "BadRequest"),
        ("PUT", app.clone(), "", 405, "Request_BadRequest"),
        ("BREW", "/v1.0/users".to_owned(), "", 405, "Request_BadRequest"),
        ("DELETE", "/v1.0/users".to_owned(), "", 405, "Request_BadRequest"),
        ("GET", "/v1.0/applications/abc".to_owned(), "", 400, "Request_BadRequest"),
        ("GET", format!("/v1.0/groups/{id}"), "", 404, "Request_ResourceNotFound"),
        ("GET", "/v1.0/users/nobody@smalt.example".to_owned(), "", 404, "Request_ResourceNotFound"),
        ("GET", "/v1.0/groups(name='x')".to_owned(), "", 400, "Request_BadRequest"),
        ("GET", "/v1.0/me".to_owned(), "", 400, "BadRequest"),
        ("POST", "/v1.0/applications".to_owned(), "{", 400, "BadRequest"),
        ("POST", "/v1.0/applications".to_owned(), "[1]", 400, "BadRequest"),
        ("POST", "/v1.0/applications".to_owned(), "", 400, "Request_BadRequest"),
        ("POST", "/v1.0/applications".to_owned(), r#"{"displayName":7}"#, 400, "Request_BadRequest"),
        ("POST", "/v1.0/applications".to_owned(), r#"{"displayName":"b","tags":"x"}"#, 400, "Request_BadRequest"),
        ("POST", "/v1.0/applications".to_owned(), r#"{"displayName":"b","id":"x"}"#, 400, "Request_BadRequest"),
        ("PATCH", app.clone(), r#"{"displayName":null}"#, 400, "Request_BadRequest"),
        ("PATCH", app.clone(), r#"{"appId":"aaaaaaaa-0002-4000-8000-000000000002"}"#, 400, "Request_BadRequest"),
        ("PATCH", app.clone(), r#"{"keyCredentials":[{"key":"bm9uZQ=="}]}"#, 400, "Request_BadRequest"),
        ("POST", "/v1.0/groups".to_owned(), r#"{"displayName":"g"}"#, 400, "Request_BadRequest"),
        ("POST", "/v1.0/users".to_owned(), r#"{"displayName":"u","mailNickname":"u"}"#, 400, "Request_BadRequest"),
        ("GET", "/v1.0/users?$filter=x".to_owned(), "", 400, "BadRequest"),
        ("GET", "/v1.0/users?%24filter=(".to_owned(), "", 400, "BadRequest"),
        ("GET", "/v1.0/users?$top=0".to_owned(), "", 400, "Request_UnsupportedQuery"),
        ("GET", "/v1.0/users?$expand=planet".to_owned(), "", 400, "BadRequest"),
        ("GET", "/v1.0/users?$expand=memberOf(".to_owned(), "", 400, "BadRequest"),
        ("GET", "/v1.0/users?$skip=1".to_owned(), "", 400, "Request_UnsupportedQuery"),
        ("GET", "/v1.0/users?$skiptoken=x".to_owned(), "", 400, "BadRequest"),
    ] {
        let body = (!body.is_empty()).then(|| body.to_owned());
        let token = cloud.token(ADMINISTRATOR, AUDIENCE);
        let request = Request::builder().method(verb).uri(&path).header("authorization", format!("Bearer {token}"));
        let reply = cloud.send(request.body(Body::from(body.clone().unwrap_or_default())).unwrap()).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (status, code), "{verb} {path} {body:?}: {}", reply.body);
    }
    assert_eq!(cloud.aad.store.read().objects().count(), before);
}

#[tokio::test]
async fn a_body_of_more_than_a_megabyte_is_not_read() {
    let cloud = Cloud::new().await;
    let reply = cloud.post("/v1.0/applications", json!({"displayName": "x".repeat(1 << 20)})).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (413, "RequestEntityTooLarge"));
    let stored = cloud.aad.store.read();
    assert!(!stored.objects().any(|object| matches!(object.as_ref(), DirectoryObject::Application(_))));
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let cloud = Cloud::new().await;
    let token = cloud.token(ADMINISTRATOR, AUDIENCE);
    let request = Request::get("/v1.0/groups/00000000-0000-4000-8000-000000000000")
        .header("host", "graph.microsoft.com")
        .header("client-request-id", "mine")
        .header("authorization", format!("Bearer {token}"));
    let reply = cloud.send(request.body(Body::empty()).unwrap()).await;
    let inner = &reply.body["error"]["innerError"];
    assert_eq!(inner["request-id"], reply.headers["request-id"].to_str().unwrap());
    assert_eq!((&inner["client-request-id"], &inner["date"]), (&json!("mine"), &json!("2026-05-01T13:34:30")));
    assert_eq!(reply.headers["client-request-id"], "mine");
    assert_eq!(reply.headers["content-type"], "application/json");
    assert!(reply.headers.contains_key("strict-transport-security"));
    assert!(reply.headers.contains_key("x-ms-ags-diagnostic"));
    let local = cloud.get("/v1.0/groups").await;
    assert!(!local.headers.contains_key("strict-transport-security"));
    assert_eq!(local.headers["odata-version"], "4.0");
}
