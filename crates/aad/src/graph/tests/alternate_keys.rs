//! Keys that clients choose, and deleting by id alone.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::graph::in_process::{ADMINISTRATOR, AUDIENCE, Cloud, MACHINE, PERSON, Reply};

async fn upsert(cloud: &Cloud, path: &str, body: &Value) -> Reply {
    let request = Request::patch(path)
        .header("host", "localhost:8445")
        .header("authorization", format!("Bearer {}", cloud.token(ADMINISTRATOR, AUDIENCE)))
        .header("prefer", "create-if-missing");
    cloud.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn what_has_a_unique_name_is_made_once() {
    let cloud = Cloud::new().await;
    let application = json!({"displayName": "shop"});
    let group = json!({"displayName": "shop", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true});
    for (noun, body) in [("applications", application), ("groups", group)] {
        let path = format!("/v1.0/{noun}(uniqueName='shop-1')");
        assert_eq!(cloud.get(&path).await.code(), "Request_ResourceNotFound");
        assert_eq!(
            cloud.patch(&path, body.clone()).await.code(),
            "Request_ResourceNotFound",
            "nobody asked to make it"
        );
        let made = upsert(&cloud, &path, &body).await;
        assert_eq!((made.status.as_u16(), made.text("uniqueName").as_str()), (201, "shop-1"), "{}", made.body);
        let again = upsert(&cloud, &path, &json!({"displayName": "renamed"})).await;
        assert_eq!(again.status, 204);
        let found = cloud.get(&path).await;
        assert_eq!((found.text("id"), found.text("displayName")), (made.text("id"), "renamed".to_owned()));
        let by_id = format!("/v1.0/{noun}/{}", made.text("id"));
        assert_eq!(cloud.patch(&by_id, json!({"uniqueName": "other"})).await.code(), "Request_BadRequest");
        assert_eq!(cloud.delete(&path).await.status, 204);
        assert_eq!(cloud.get(&by_id).await.code(), "Request_ResourceNotFound");
    }
}

#[tokio::test]
async fn a_name_given_again_keeps_what_had_it_from_coming_back() {
    let cloud = Cloud::new().await;
    let application = json!({"displayName": "shop"});
    let group = json!({"displayName": "shop", "mailNickname": "g", "mailEnabled": true, "securityEnabled": false,
        "groupTypes": ["Unified"]});
    for (noun, body) in [("applications", application), ("groups", group)] {
        let path = format!("/v1.0/{noun}(uniqueName='shop-1')");
        let first = upsert(&cloud, &path, &body).await.text("id");
        cloud.delete(&path).await;
        let second = upsert(&cloud, &path, &body).await.text("id");
        let restore = format!("/v1.0/directory/deletedItems/{first}/restore");
        let text = "Another object with the same value for property uniqueName already exists.";
        assert_eq!(cloud.post(&restore, json!({})).await.body["error"]["message"], text, "{noun}");
        cloud.delete(&format!("/v1.0/{noun}/{second}")).await;
        assert_eq!(cloud.post(&restore, json!({})).await.status, 200, "{noun}: the name is free again");
    }
}

#[tokio::test]
async fn an_object_is_deleted_by_its_id_alone() {
    let cloud = Cloud::new().await;
    let (id, app_id) = cloud.application("web").await;
    let principal = cloud.post("/v1.0/servicePrincipals", json!({"appId": app_id})).await.text("id");
    let group = cloud.group("g").await;
    for id in [id, group, PERSON.to_string()] {
        let path = format!("/v1.0/directoryObjects/{id}");
        assert_eq!(cloud.delete(&path).await.status, 204);
        assert_eq!(cloud.get(&path).await.code(), "Request_ResourceNotFound");
    }
    let gone = cloud.get(&format!("/v1.0/servicePrincipals/{principal}")).await;
    assert_eq!(gone.code(), "Request_ResourceNotFound", "an application takes its principal with it");
    let kept = cloud.delete(&format!("/v1.0/directoryObjects/{MACHINE}")).await;
    assert_eq!(kept.code(), "Authorization_RequestDenied", "a managed identity is its resource's");
}

#[tokio::test]
async fn sessions_are_revoked() {
    let cloud = Cloud::new().await;
    let token = cloud.token(PERSON, AUDIENCE);
    assert_eq!(cloud.ask_with(&token, "GET", "/v1.0/users", None).await.status, 200);
    let later = cloud.aad.clock.state_at(cloud.aad.clock.now() + time::Duration::minutes(1));
    cloud.aad.clock.set_state(later);
    let done = cloud.post(&format!("/v1.0/users/{PERSON}/revokeSignInSessions"), json!({})).await;
    let context = "https://localhost:8445/v1.0/$metadata#Edm.Boolean";
    assert_eq!(done.body, json!({"@odata.context": context, "value": true}));
    assert_eq!(cloud.ask_with(&token, "GET", "/v1.0/users", None).await.status, 401);
}
