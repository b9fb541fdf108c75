//! Assertions that the client did not sign, or not for this.

use std::fmt::Write;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;
use time::Duration;
use tokens::ParsedCertificate;
use uuid::Uuid;

use super::super::assertions;
use super::super::people::{peopled, refusal};
use crate::testing::{APP, BEGIN, HOST, certificate, jwt, rsa_key};

/// Assertions that the application did not sign, or not for this.
#[tokio::test]
async fn forged_assertions_prove_nothing() {
    let world = peopled().await;
    let (parsed, _) = ParsedCertificate::from_text(&certificate(0).certificate).unwrap();
    let good = assertions::claims();
    let with = |name: &str, value: serde_json::Value| {
        let mut changed = good.clone();
        changed[name] = value;
        changed
    };
    let own = json!({"alg": "RS256", "kid": parsed.thumbprint});
    let (ended, _) = ParsedCertificate::from_text(&certificate(1).certificate).unwrap();
    let ended = json!({"alg": "RS256", "kid": ended.thumbprint});
    let public = pem(&parsed.public_der);
    let mut hmac = Header::new(Algorithm::HS256);
    hmac.kid = Some(parsed.thumbprint.clone());
    let keyed = |secret: &[u8]| jsonwebtoken::encode(&hmac, &good, &EncodingKey::from_secret(secret)).unwrap();
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let later = (BEGIN + Duration::hours(1)).unix_timestamp();
    let stranger = Uuid::from_u128(99);
    let traversing = json!({"alg": "RS256", "kid": "../../../../dev/null"});
    let injecting = json!({"alg": "RS256", "kid": "' OR 1=1 --"});
    let bringing = json!({"alg": "RS256", "jwk": {"kty": "RSA"}, "jku": "https://evil.example/keys", "x5c": ["AAAA"]});
    let fetching = json!({"alg": "RS256", "kid": "https://evil.example/key.pem"});
    let key = |header: &serde_json::Value, claims: &serde_json::Value, n| jwt(header, claims, &rsa_key(n), false);
    let signed = key(&own, &good, 0);
    // Signed one way, by the right key, under the name of another.
    let relabelled = |truth: tokens::Algorithm, name: &str| {
        let message = format!("{}.{}", part(&json!({"alg": name, "kid": parsed.thumbprint})), part(&good));
        let signature = rsa_key(0).sign(truth, message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    for (what, assertion, expected) in [
        ("alg none", format!("{}.{}.", part(&json!({"alg": "none"})), part(&good)), "400 invalid_request 50027"),
        ("HS256 with the certificate", keyed(certificate(0).certificate.as_bytes()), "400 invalid_request 50027"),
        ("HS256 with the public key", keyed(public.as_bytes()), "400 invalid_request 50027"),
        ("HS256 with the public key in DER", keyed(&parsed.public_der), "400 invalid_request 50027"),
        ("RS256 that is PS256", relabelled(tokens::Algorithm::Ps256, "RS256"), "401 invalid_client 700027"),
        ("PS256 that is RS256", relabelled(tokens::Algorithm::Rs256, "PS256"), "401 invalid_client 700027"),
        ("ES256 that is RS256", relabelled(tokens::Algorithm::Rs256, "ES256"), "401 invalid_client 700027"),
        ("no algorithm", key(&json!({"kid": parsed.thumbprint}), &good, 0), "400 invalid_request 50027"),
        ("nothing signed", format!("{}.", signed.rsplit_once('.').unwrap().0), "401 invalid_client 700027"),
        ("a fourth part", format!("{signed}.AAAA"), "400 invalid_request 50027"),
        ("a kid that is a URL", key(&fetching, &good, 0), "401 invalid_client 700027"),
        ("a kid with a NUL", key(&json!({"alg": "RS256", "kid": "\0"}), &good, 0), "401 invalid_client 700027"),
        ("a kid that is no text", key(&json!({"alg": "RS256", "kid": [1]}), &good, 0), "401 invalid_client 700027"),
        ("an ended certificate", key(&ended, &good, 1), "401 invalid_client 700027"),
        ("HS256 with nothing", keyed(b""), "400 invalid_request 50027"),
        ("a kid that is a path", key(&traversing, &good, 0), "401 invalid_client 700027"),
        ("a kid that is SQL", key(&injecting, &good, 0), "401 invalid_client 700027"),
        ("a key that it brings", key(&bringing, &good, 1), "401 invalid_client 700027"),
        ("another's signature", key(&own, &good, 1), "401 invalid_client 700027"),
        (
            "another endpoint",
            key(&own, &with("aud", json!("https://evil.example/token")), 0),
            "401 invalid_client 700023",
        ),
        (
            "another tenant",
            key(&own, &with("aud", json!(format!("https://{HOST}/{stranger}/oauth2/v2.0/token"))), 0),
            "401 invalid_client 700023",
        ),
        ("over", key(&own, &with("exp", json!(1_000_000)), 0), "401 invalid_client 700024"),
        ("to come", key(&own, &with("nbf", json!(later)), 0), "401 invalid_client 700024"),
        ("times beyond all", key(&own, &with("exp", json!(1e300)), 0), "400 invalid_request 50027"),
        ("about another", key(&own, &with("sub", json!(stranger)), 0), "401 invalid_client 700021"),
        ("deep", format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(&deep), part(&good)), "400 invalid_request 50027"),
        ("deep claims", format!("{}.{}.AAAA", part(&own), URL_SAFE_NO_PAD.encode(&deep)), "400 invalid_request 50027"),
    ] {
        let reply = world.post("v2", &assertions::form(&APP.to_string(), &assertion)).await;
        assert_eq!(refusal(&reply), expected, "{what}: {}", reply.text);
    }
}

/// A public key as its holder would publish it.
fn pem(der: &[u8]) -> String {
    let mut text = "-----BEGIN PUBLIC KEY-----\n".to_owned();
    for line in STANDARD.encode(der).as_bytes().chunks(64) {
        writeln!(text, "{}", std::str::from_utf8(line).unwrap()).unwrap();
    }
    text + "-----END PUBLIC KEY-----\n"
}

/// An assertion counts until it ends, however often it comes: MSALs use one for its whole life, and Entra does not look at
/// `jti` (IDENTITY-WIRE 3.8).
#[tokio::test]
async fn an_assertion_counts_until_it_ends() {
    let world = peopled().await;
    let (parsed, _) = ParsedCertificate::from_text(&certificate(0).certificate).unwrap();
    let header = json!({"alg": "RS256", "kid": parsed.thumbprint});
    let assertion = jwt(&header, &assertions::claims(), &rsa_key(0), false);
    let app = APP.to_string();
    for _ in 0..3 {
        assert_eq!(world.post("v2", &assertions::form(&app, &assertion)).await.status, StatusCode::OK);
    }
    // Ten minutes of its own, five of forgiveness.
    world.aad.clock.set_state(world.aad.clock.state_at(BEGIN + Duration::seconds(901)));
    let late = world.post("v2", &assertions::form(&app, &assertion)).await;
    assert_eq!(refusal(&late), "401 invalid_client 700024");
}
