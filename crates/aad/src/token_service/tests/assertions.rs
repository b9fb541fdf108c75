//! Assertions in every spelling of real clients (IDENTITY-WIRE 2.7).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use model::DirectoryObject;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tokens::ParsedCertificate;

use crate::testing::{APP, BEGIN, HOST, TENANT, certificate, jwt, rsa_key, world};

pub(super) fn form<'a>(client_id: &'a str, assertion: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("scope", "https://management.azure.com/.default"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ]
}

pub(super) fn claims() -> Value {
    let now = BEGIN.unix_timestamp();
    let aud = format!("https://{HOST}/{TENANT}/oauth2/v2.0/token");
    json!({"aud": aud, "iss": APP, "sub": APP, "exp": now + 600, "nbf": now, "jti": "j"})
}

/// SHA-1 and SHA-256 of the application's certificate.
fn digests() -> (Vec<u8>, Vec<u8>, String) {
    let (parsed, _) = ParsedCertificate::from_text(&certificate(0).certificate).unwrap();
    let hex = parsed.thumbprint.clone();
    let sha1 = (0..20).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    (sha1, parsed.sha256, hex)
}

#[tokio::test]
async fn every_client_s_spelling_is_believed() {
    let world = world().await;
    let (sha1, sha256, hex) = digests();
    let now = BEGIN.unix_timestamp();
    #[expect(clippy::cast_precision_loss, reason = "seconds of this century are exact")]
    let float = now as f64 + 600.25;
    let der = certificate(0).certificate;
    let pem = STANDARD.encode(format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n"));
    let headers = [
        json!({"alg": "PS256", "x5t#S256": URL_SAFE.encode(&sha256), "x5c": [der]}),
        json!({"alg": "RS256", "typ": "JWT", "x5t": URL_SAFE.encode(&sha1)}),
        json!({"alg": "PS256", "typ": "JWT", "x5t#S256": URL_SAFE_NO_PAD.encode(&sha256)}),
        json!({"alg": "PS256", "typ": "JWT", "x5t#S256": STANDARD.encode(&sha256)}),
        json!({"alg": "RS256", "x5t": URL_SAFE_NO_PAD.encode(&sha1), "x5c": der}),
        json!({"alg": "RS256", "x5t#S256": URL_SAFE_NO_PAD.encode(&sha256)}),
        json!({"alg": "RS256", "typ": "JWT", "x5t": STANDARD.encode(&sha1), "x5c": [pem]}),
        json!({"alg": "RS256", "typ": "http://openid.net/specs/jwt/1.0", "kid": URL_SAFE.encode(&sha1)}),
        json!({"alg": "RS256", "x5t": hex.to_lowercase()}),
    ];
    let mut dates = vec![claims(); 3];
    dates[0]["exp"] = json!(float);
    dates[0].as_object_mut().unwrap().remove("nbf");
    dates[1]["exp"] = json!((now + 600).to_string());
    dates[1]["nbf"] = json!(now.to_string());
    dates[2]["iat"] = json!(now);
    for header in &headers {
        for claims in &dates {
            for padding in [false, true] {
                let assertion = jwt(header, claims, &rsa_key(0), padding);
                let reply = world.post("v2", &form(&APP.to_string(), &assertion)).await;
                assert_eq!(reply.status, StatusCode::OK, "{header} {claims}: {}", reply.text);
            }
        }
    }
}

#[tokio::test]
async fn every_address_of_the_tenant_is_an_audience() {
    let world = world().await;
    let header = json!({"alg": "RS256", "x5t": URL_SAFE_NO_PAD.encode(digests().0)});
    for (audience, status) in [
        (format!("https://{HOST}/{TENANT}/oauth2/token"), StatusCode::OK),
        (format!("https://{HOST}/t.example/oauth2/v2.0/token"), StatusCode::OK),
        (format!("https://login.windows.net/{TENANT}/oauth2/v2.0/token"), StatusCode::OK),
        (format!("https://sts.windows.net/{TENANT}/"), StatusCode::OK),
        (format!("https://localhost:9999/{TENANT}/oauth2/token"), StatusCode::UNAUTHORIZED),
        (format!("https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token"), StatusCode::UNAUTHORIZED),
    ] {
        let mut claims = claims();
        claims["aud"] = json!(audience);
        let reply = world.post("v2", &form(&APP.to_string(), &jwt(&header, &claims, &rsa_key(0), false))).await;
        assert_eq!(reply.status, status, "{audience}: {}", reply.text);
    }
}

/// Terraform with a certificate on P-256: the SHA-1 as `kid`, no `x5t`, no `iat`, the signature in ASN.1.
#[tokio::test]
async fn terraform_s_elliptic_curve_is_believed() {
    let world = world().await;
    let (key, stranger) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let der = CertificateParams::default().self_signed(&key).unwrap().der().to_vec();
    let (parsed, _) = ParsedCertificate::from_text(&STANDARD.encode(&der)).unwrap();
    let mut tx = world.aad.store.begin().await;
    let mut app = tx.application_by_app_id(APP).unwrap().clone();
    let mut credential = app.key_credentials[0].clone();
    (credential.thumbprint, credential.certificate) = (parsed.thumbprint.clone(), STANDARD.encode(&der));
    app.key_credentials.push(credential);
    tx.put_object(DirectoryObject::Application(app));
    tx.commit().await.unwrap();
    let sha1: Vec<u8> =
        (0..20).map(|i| u8::from_str_radix(&parsed.thumbprint[2 * i..2 * i + 2], 16).unwrap()).collect();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "ES256", "typ": "JWT", "kid": URL_SAFE.encode(sha1)});
    let message = format!("{}.{}", part(&header), part(&claims()));
    for (signer, algorithm, status) in [
        (&key, &ECDSA_P256_SHA256_ASN1_SIGNING, StatusCode::OK),
        (&key, &ECDSA_P256_SHA256_FIXED_SIGNING, StatusCode::OK),
        (&stranger, &ECDSA_P256_SHA256_ASN1_SIGNING, StatusCode::UNAUTHORIZED),
    ] {
        let signer = EcdsaKeyPair::from_pkcs8(algorithm, &signer.serialize_der()).unwrap();
        let signature = signer.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        let assertion = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
        let reply = world.post("v2", &form(&APP.to_string(), &assertion)).await;
        assert_eq!(reply.status, status, "{}", reply.text);
    }
}
