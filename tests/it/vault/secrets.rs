//! The life of a secret.

use serde_json::{Value, json};

use super::{KV1, Scene, body, without_versions};

#[tokio::test]
async fn a_secret_has_versions() {
    let scene = Scene::set().await;
    let first = scene.ask("PUT", "/secrets/s1", json!({"value": "one", "tags": {"a": "b"}})).await.ok().body;
    insta::assert_snapshot!(without_versions(&first.to_string()), @r#"{"value":"one","id":"https://kv1.vault.azure.net/secrets/s1/<version>","attributes":{"enabled":true,"created":1800000000,"updated":1800000000,"recoveryLevel":"Recoverable+Purgeable","recoverableDays":90},"tags":{"a":"b"}}"#);
    let more = json!({"value": "two", "contentType": "text/plain", "attributes": {"exp": 1_900_000_000}});
    scene.ask("PUT", "/secrets/S1", more).await.ok();
    let latest = scene.ask("GET", "/secrets/s1/", None).await.ok().body;
    insta::assert_snapshot!(without_versions(&latest.to_string()), @r#"{"value":"two","contentType":"text/plain","id":"https://kv1.vault.azure.net/secrets/s1/<version>","attributes":{"enabled":true,"exp":1900000000,"created":1800000000,"updated":1800000000,"recoveryLevel":"Recoverable+Purgeable","recoverableDays":90}}"#);
    let path = first["id"].as_str().unwrap().strip_prefix(KV1).unwrap();
    assert_eq!(scene.ask("GET", path, None).await.ok().body["value"], "one");
    let listed = scene.ask("GET", "/secrets", None).await.ok().body;
    insta::assert_snapshot!(without_versions(&listed.to_string()), @r#"{"value":[{"contentType":"text/plain","id":"https://kv1.vault.azure.net/secrets/s1","attributes":{"enabled":true,"exp":1900000000,"created":1800000000,"updated":1800000000,"recoveryLevel":"Recoverable+Purgeable","recoverableDays":90}}],"nextLink":null}"#);
    let versions = scene.ask("GET", "/secrets/s1/versions?maxresults=1", None).await.ok().body;
    assert_eq!(versions["value"][0]["id"], first["id"], "the oldest first");
    let next = versions["nextLink"].as_str().unwrap().strip_prefix(KV1).unwrap();
    let next = scene.cloud.caller(&scene.token).request("GET", &format!("{KV1}{next}"));
    let next = cloud::Answer::of(next).await.ok().body;
    assert_eq!((next["value"].as_array().unwrap().len(), &next["nextLink"]), (1, &Value::Null));
}

#[tokio::test]
async fn a_disabled_version_gives_no_value() {
    let scene = Scene::set().await;
    scene.ask("PUT", "/secrets/s1", json!({"value": "one"})).await.ok();
    let changed =
        scene.ask("PATCH", "/secrets/s1", json!({"attributes": {"enabled": false}, "tags": {"a": "b"}})).await;
    let changed = changed.ok().body;
    assert_eq!((&changed["attributes"]["enabled"], &changed["tags"]["a"]), (&json!(false), &json!("b")));
    let refused = scene.ask("GET", "/secrets/s1", None).await;
    assert_eq!(refused.summary(), "403 Forbidden");
    assert_eq!(refused.body["error"]["innererror"]["code"], "SecretDisabled");
}

#[tokio::test]
async fn what_is_deleted_comes_back_or_goes() {
    let scene = Scene::set().await;
    let policy = json!({"enableRbacAuthorization": true, "softDeleteRetentionInDays": 7});
    scene.cloud.arm("PUT", &scene.vault, body(&scene.cloud, policy)).await.ok();
    let set = json!({"value": "one"});
    scene.ask("PUT", "/secrets/s1", set.clone()).await.ok();
    let deleted = scene.ask("DELETE", "/secrets/s1", None).await.ok().body;
    insta::assert_snapshot!(without_versions(&deleted.to_string()), @r#"{"recoveryId":"https://kv1.vault.azure.net/deletedsecrets/s1","deletedDate":1800000000,"scheduledPurgeDate":1800604800,"id":"https://kv1.vault.azure.net/secrets/s1/<version>","attributes":{"enabled":true,"created":1800000000,"updated":1800000000,"recoveryLevel":"CustomizedRecoverable+Purgeable","recoverableDays":7}}"#);
    assert_eq!(scene.ask("GET", "/secrets/s1", None).await.summary(), "404 SecretNotFound");
    assert_eq!(scene.ask("GET", "/secrets", None).await.ok().body["value"], json!([]));
    assert_eq!(scene.ask("GET", "/deletedsecrets/s1", None).await.ok().body, deleted);
    let taken = scene.ask("PUT", "/secrets/s1", set.clone()).await;
    assert_eq!(taken.body["error"]["innererror"]["code"], "ObjectIsDeletedButRecoverable", "{}", taken.text);
    scene.ask("POST", "/deletedsecrets/s1/recover", None).await.ok();
    assert_eq!(scene.ask("GET", "/secrets/s1", None).await.ok().body["value"], "one");
    scene.ask("DELETE", "/secrets/s1", None).await.ok();
    assert_eq!(scene.ask("DELETE", "/deletedsecrets/s1", None).await.status, 204);
    let gone = scene.ask("GET", "/deletedsecrets/s1", None).await;
    assert_eq!(gone.message(), "Deleted Secret not found: s1");
    scene.ask("PUT", "/secrets/s1", set).await.ok();
    assert_eq!(scene.ask("GET", "/secrets/s1/versions", None).await.ok().body["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn after_its_days_it_is_gone() {
    let scene = Scene::set().await;
    scene.ask("PUT", "/secrets/s1", json!({"value": "one"})).await.ok();
    scene.ask("DELETE", "/secrets/s1", None).await.ok();
    let scene = scene.later("90d").await;
    assert_eq!(scene.ask("GET", "/deletedsecrets", None).await.ok().body["value"], json!([]));
    assert_eq!(scene.ask("POST", "/deletedsecrets/s1/recover", None).await.status, 404);
    scene.ask("PUT", "/secrets/s1", json!({"value": "two"})).await.ok();
    let versions = scene.ask("GET", "/secrets/s1/versions", None).await.ok().body;
    assert_eq!(versions["value"].as_array().unwrap().len(), 1, "the old ones are no part of it");
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let scene = Scene::set().await;
    for (method, path, body, expected) in [
        ("PUT", "/secrets/s_1", json!({"value": "x"}), "400 BadParameter"),
        ("PUT", "/secrets/s1", json!({}), "400 BadParameter"),
        ("PUT", "/secrets/s1", json!({"value": "x".repeat(25 * 1024 + 1)}), "400 BadParameter"),
        ("PUT", "/secrets/s1", json!({"value": "x", "tags": ["a"]}), "400 BadParameter"),
        ("PUT", "/secrets/s1", json!({"value": "x", "attributes": {"enabled": "no"}}), "400 BadParameter"),
        ("PATCH", "/secrets/s1", json!({}), "404 SecretNotFound"),
        ("GET", "/secrets?maxresults=26", json!(null), "400 BadParameter"),
        ("POST", "/secrets/s1", json!({}), "405 MethodNotAllowed"),
        ("GET", "/nothings", json!(null), "404 NotFound"),
    ] {
        assert_eq!(scene.ask(method, path, body.clone()).await.summary(), expected, "{method} {path} {body}");
    }
    let request = scene.cloud.caller(&scene.token).request("GET", &format!("{KV1}/secrets?api-version=7.4%26x%3D1"));
    let unknown = cloud::Answer::of(request).await;
    assert_eq!(unknown.summary(), "400 BadParameter");
    assert!(unknown.message().starts_with("The specified version (7.4&x=1) is not recognized."), "{}", unknown.text);
}
