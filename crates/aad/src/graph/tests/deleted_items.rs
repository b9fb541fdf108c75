//! What is deleted and comes back.

use axum::http::StatusCode;
use serde_json::json;
use time::Duration;

use crate::graph::in_process::{Cloud, NOW, PERSON};

const DELETED: &str = "/v1.0/directory/deletedItems";

#[tokio::test]
async fn an_application_comes_back_with_its_principal() {
    let cloud = Cloud::new().await;
    let (id, app_id) = cloud.application("web").await;
    let path = format!("/v1.0/applications/{id}");
    cloud.patch(&path, json!({"identifierUris": ["api://web"]})).await;
    let principal = cloud.post("/v1.0/servicePrincipals", json!({"appId": app_id})).await.text("id");
    assert_eq!(cloud.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&path).await.code(), "Request_ResourceNotFound");
    let listed = cloud.get(&format!("{DELETED}/microsoft.graph.application")).await;
    assert_eq!(listed.values("deletedDateTime"), ["2026-05-01T13:34:30Z"]);
    // Its URI stays its own.
    let (other, _) = cloud.application("other").await;
    let other = format!("/v1.0/applications/{other}");
    let taken = cloud.patch(&other, json!({"identifierUris": ["api://web"]})).await;
    assert_eq!(taken.code(), "Request_BadRequest");
    let restored = cloud.post(&format!("{DELETED}/{id}/restore"), json!({})).await;
    assert_eq!((restored.status, restored.text("displayName").as_str()), (StatusCode::OK, "web"));
    assert_eq!(cloud.get(&path).await.text("appId"), app_id);
    assert_eq!(cloud.get(&format!("/v1.0/servicePrincipals/{principal}")).await.text("appId"), app_id);
    cloud.delete(&path).await;
    assert_eq!(cloud.delete(&format!("{DELETED}/{id}")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.post(&format!("{DELETED}/{id}/restore"), json!({})).await.code(), "Request_ResourceNotFound");
    let free = cloud.patch(&other, json!({"identifierUris": ["api://web"]})).await;
    assert_eq!(free.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_person_comes_back_into_their_groups() {
    let cloud = Cloud::new().await;
    let group = cloud.group("g").await;
    let members = format!("/v1.0/groups/{group}/members");
    let person = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{PERSON}")});
    cloud.post(&format!("{members}/$ref"), person).await;
    cloud.delete(&format!("/v1.0/users/{PERSON}")).await;
    assert!(cloud.get(&members).await.values("id").is_empty());
    let deleted = cloud.get(&format!("{DELETED}/{PERSON}?$select=userPrincipalName")).await;
    assert_eq!(deleted.text("userPrincipalName"), format!("{}ada@smalt.example", PERSON.simple()));
    cloud.post(&format!("{DELETED}/{PERSON}/restore"), json!({})).await;
    assert_eq!(cloud.get(&members).await.values("displayName"), ["Ada"]);
}

#[tokio::test]
async fn who_has_taken_the_name_keeps_it() {
    let cloud = Cloud::new().await;
    cloud.delete(&format!("/v1.0/users/{PERSON}")).await;
    let another = json!({"userPrincipalName": "ada@smalt.example", "displayName": "Ada", "mailNickname": "ada",
        "accountEnabled": true, "passwordProfile": {"password": "Test1234!!"}});
    assert_eq!(cloud.post("/v1.0/users", another).await.status, StatusCode::CREATED);
    assert_eq!(cloud.post(&format!("{DELETED}/{PERSON}/restore"), json!({})).await.code(), "Request_BadRequest");
}

#[tokio::test]
async fn after_thirty_days_nothing_comes_back() {
    let cloud = Cloud::new().await;
    cloud.delete(&format!("/v1.0/users/{PERSON}")).await;
    for (days, left) in [(29, 1), (30, 0)] {
        cloud.aad.clock.set_state(cloud.aad.clock.state_at(NOW + Duration::days(days)));
        let now = cloud.aad.clock.now();
        assert_eq!(cloud.aad.store.read().deleted_objects(now).count(), left, "{days}");
    }
}

#[tokio::test]
async fn a_security_group_is_gone_for_good() {
    let cloud = Cloud::new().await;
    let security = cloud.group("g").await;
    let unified = json!({"displayName": "u", "mailNickname": "u", "mailEnabled": true, "securityEnabled": false,
        "groupTypes": ["Unified"]});
    let unified = cloud.post("/v1.0/groups", unified).await.text("id");
    for id in [&security, &unified] {
        cloud.delete(&format!("/v1.0/groups/{id}")).await;
    }
    assert_eq!(cloud.get(DELETED).await.values("displayName"), ["u"]);
}
