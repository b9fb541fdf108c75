//! The life of a certificate.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokens::{KeyBundle, ParsedCertificate};

use super::{KV1, Scene};

fn policy(content_type: &str, more: Value) -> Value {
    let mut key = json!({"kty": "RSA", "key_size": 2048});
    if let Value::Object(more) = more {
        key.as_object_mut().unwrap().extend(more);
    }
    json!({"policy": {
        "key_props": key, "secret_props": {"contentType": content_type}, "issuer": {"name": "Self"},
        "x509_props": {"subject": "CN=one", "validity_months": 12, "sans": {"dns_names": ["one.example"]}},
    }})
}

fn der(shown: &Value) -> Vec<u8> {
    STANDARD.decode(shown["cer"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_certificate_s_secret_is_its_file() {
    let scene = Scene::set().await;
    for (name, verb, content_type) in
        [("pem", "create", "application/x-pem-file"), ("pfx", "Create/", "application/x-pkcs12")]
    {
        let path = format!("/certificates/{name}");
        let wanted = scene.ask("POST", &format!("{path}/{verb}"), policy(content_type, json!({}))).await;
        assert_eq!((wanted.status, &wanted.body["status"]), (202, &json!("inProgress")), "{}", wanted.text);
        let location = format!("{KV1}{path}/pending?api-version=7.4&request_id=");
        assert!(wanted.header("location").starts_with(&location), "{:?}", wanted.headers);
        let pending = scene.ask("GET", &format!("{path}/pending"), None).await.ok().body;
        assert_eq!((&pending["status"], &pending["csr"]), (&json!("completed"), &wanted.body["csr"]));
        assert_eq!(pending["target"], format!("{KV1}{path}"));
        let shown = scene.ask("GET", &path, None).await.ok().body;
        let parsed = ParsedCertificate::from_der(&der(&shown)).unwrap();
        assert_eq!(parsed.subject, "CN=one");
        assert_eq!(shown["attributes"]["exp"], json!(parsed.not_after.unix_timestamp()));
        // Twelve months after 2027-01-15T08:00:00Z.
        assert_eq!(parsed.not_after.unix_timestamp(), 1_800_000_000 + 365 * 24 * 60 * 60);
        let sid = shown["sid"].as_str().unwrap().strip_prefix(KV1).unwrap();
        let secret = scene.ask("GET", sid, None).await.ok().body;
        assert_eq!((&secret["contentType"], &secret["managed"]), (&json!(content_type), &json!(true)));
        let value = secret["value"].as_str().unwrap();
        let bundle = match name {
            "pem" => KeyBundle::from_pem(value),
            _ => KeyBundle::from_pkcs12(&STANDARD.decode(value).unwrap(), ""),
        };
        assert_eq!(bundle.unwrap().certificate, der(&shown));
        let own = scene.ask("DELETE", &format!("/secrets/{name}"), None).await;
        assert_eq!(own.summary(), "403 Forbidden", "it is the certificate's");
    }
    let listed = scene.ask("GET", "/certificates", None).await.ok().body;
    let ids: Vec<&str> = listed["value"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [format!("{KV1}/certificates/pem"), format!("{KV1}/certificates/pfx")]);
}

#[tokio::test]
async fn a_key_is_reused_when_the_policy_says_so() {
    let scene = Scene::set().await;
    for (name, reuse) in [("same", true), ("new", false)] {
        let path = format!("/certificates/{name}");
        let wish = policy("application/x-pem-file", json!({"reuse_key": reuse, "kty": "EC", "crv": "P-256"}));
        let mut keys = Vec::new();
        for _ in 0..2 {
            scene.ask("POST", &format!("{path}/create"), wish.clone()).await.ok();
            let shown = scene.ask("GET", &path, None).await.ok().body;
            keys.push(ParsedCertificate::from_der(&der(&shown)).unwrap().public_der);
        }
        assert_eq!(keys[0] == keys[1], reuse, "{name}");
        let versions = scene.ask("GET", &format!("{path}/versions"), None).await.ok().body;
        assert_eq!(versions["value"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_key_that_is_not_exportable_stays_inside() {
    let scene = Scene::set().await;
    let wish = policy("application/x-pem-file", json!({"exportable": false}));
    scene.ask("POST", "/certificates/c1/create", wish).await.ok();
    let secret = scene.ask("GET", "/secrets/c1", None).await.ok().body;
    assert!(secret["value"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----"), "{secret}");
    assert!(!secret.to_string().contains("PRIVATE KEY"));
}

#[tokio::test]
async fn what_was_exported_can_be_imported() {
    let scene = Scene::set().await;
    for (name, content_type) in [("pem", "application/x-pem-file"), ("pfx", "application/x-pkcs12")] {
        let wish = policy(content_type, json!({"kty": "EC", "crv": "P-384"}));
        scene.ask("POST", &format!("/certificates/{name}/create"), wish).await.ok();
        let value = scene.ask("GET", &format!("/secrets/{name}"), None).await.ok().body["value"].clone();
        let path = format!("/certificates/{name}-again");
        let imported = scene.ask("POST", &format!("{path}/import"), json!({"value": value})).await;
        assert_eq!(imported.status, 200, "{}", imported.text);
        let first = scene.ask("GET", &format!("/certificates/{name}"), None).await.ok().body;
        assert_eq!(imported.body["cer"], first["cer"]);
        assert_eq!(imported.body["policy"]["secret_props"]["contentType"], content_type);
        assert_eq!(imported.body["policy"]["issuer"]["name"], "Unknown");
        assert_eq!(scene.ask("GET", &format!("{path}/pending"), None).await.code(), "PendingCertificateNotFound");
    }
    let nothing = scene.ask("POST", "/certificates/c/import", json!({"value": "AAAA"})).await;
    assert_eq!(nothing.summary(), "400 BadParameter");
    // A salt, and four thousand million iterations behind it.
    let endless = STANDARD.encode([0x30, 9, 0x04, 0, 0x02, 5, 0, 0xff, 0xff, 0xff, 0xff]);
    let endless = scene.ask("POST", "/certificates/c/import", json!({"value": endless})).await;
    assert!(endless.message().ends_with("too many iterations."), "{}", endless.text);
}

#[tokio::test]
async fn a_deleted_certificate_takes_its_secret_along() {
    let scene = Scene::set().await;
    let wish = policy("application/x-pem-file", json!({"kty": "EC", "crv": "P-256"}));
    scene.ask("POST", "/certificates/c1/create", wish.clone()).await.ok();
    let deleted = scene.ask("DELETE", "/certificates/c1", None).await.ok().body;
    assert_eq!(deleted["recoveryId"], format!("{KV1}/deletedcertificates/c1"));
    assert_eq!(scene.ask("GET", "/secrets/c1", None).await.status, 404);
    assert_eq!(scene.ask("POST", "/certificates/c1/create", wish.clone()).await.summary(), "409 Conflict");
    scene.ask("POST", "/deletedcertificates/c1/recover", None).await.ok();
    scene.ask("GET", "/secrets/c1", None).await.ok();
    scene.ask("DELETE", "/certificates/c1", None).await.ok();
    assert_eq!(scene.ask("DELETE", "/deletedcertificates/c1", None).await.status, 204);
    scene.ask("PUT", "/secrets/c1", json!({"value": "mine"})).await.ok();
    let taken = scene.ask("POST", "/certificates/c1/create", wish).await;
    assert_eq!(taken.summary(), "409 Conflict", "somebody's secret is not overwritten");
}

#[tokio::test]
async fn a_secret_outlives_the_certificate_that_had_its_name() {
    let scene = Scene::set().await;
    let wish = policy("application/x-pem-file", json!({"kty": "EC", "crv": "P-256"}));
    scene.ask("POST", "/certificates/a/create", wish.clone()).await.ok();
    scene.ask("DELETE", "/certificates/a", None).await.ok();
    let scene = scene.later("90d").await;
    scene.ask("PUT", "/secrets/a", json!({"value": "mine"})).await.ok();
    scene.ask("POST", "/certificates/b/create", wish).await.ok();
    assert_eq!(scene.ask("GET", "/secrets/a", None).await.ok().body["value"], "mine");
}

#[tokio::test]
async fn a_disabled_version_gives_no_file_and_its_dates_stay() {
    let scene = Scene::set().await;
    let wish = policy("application/x-pem-file", json!({"kty": "EC", "crv": "P-256"}));
    for _ in 0..2 {
        scene.ask("POST", "/certificates/c1/create", wish.clone()).await.ok();
    }
    let versions = scene.ask("GET", "/certificates/c1/versions", None).await.ok().body;
    let path = versions["value"][0]["id"].as_str().unwrap().strip_prefix(KV1).unwrap();
    let before = scene.ask("GET", path, None).await.ok().body;
    let file = before["sid"].as_str().unwrap().strip_prefix(KV1).unwrap();
    for (enabled, expected) in [(false, "403 Forbidden"), (true, "200")] {
        let change = json!({"attributes": {"enabled": enabled, "nbf": 1, "exp": "never"}, "tags": {"a": "b"}});
        let changed = scene.ask("PATCH", path, change).await.ok().body;
        let attributes = &changed["attributes"];
        assert_eq!((&attributes["enabled"], &changed["tags"]), (&json!(enabled), &json!({"a": "b"})));
        for date in ["nbf", "exp"] {
            assert_eq!(attributes[date], before["attributes"][date], "{date} is the certificate's own");
        }
        assert!(scene.ask("GET", file, None).await.summary().starts_with(expected), "{enabled}");
        assert_eq!(scene.ask("GET", "/secrets/c1", None).await.status, 200, "the latest is another");
    }
}
