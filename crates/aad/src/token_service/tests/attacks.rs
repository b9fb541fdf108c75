//! What strangers try at the token service, each refused with its code.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proptest::prelude::*;
use serde_json::json;
use time::Duration;
use tokens::ParsedCertificate;
use uuid::Uuid;

use super::assertions;
use super::people::{ADA, ADA_NAME, CLI, LOCAL, SPA, VERIFIER, WEB, carried, claims, of_cli, peopled, query, refusal};
use crate::testing::{APP, BEGIN, HOST, TENANT, certificate, jwt, rsa_key};

#[tokio::test]
async fn a_code_that_comes_back_takes_its_tokens_with_it() {
    let world = peopled().await;
    let code = world.sign_in(&of_cli()).await;
    let code = code["code"].as_str().unwrap();
    let tokens = world.redeem(code).await.json();
    assert_eq!(refusal(&world.redeem(code).await), "400 invalid_grant 54005");
    let family: Uuid = claims(&tokens["access_token"])["sid"].as_str().unwrap().parse().unwrap();
    assert!(world.aad.store.read().token_revoked_at(ADA, Some(family), BEGIN).is_some());
    let refreshed = world.refresh(tokens["refresh_token"].as_str().unwrap(), super::people::ARM).await;
    assert_eq!(refusal(&refreshed), "400 invalid_grant 50173");
}

#[tokio::test]
async fn codes_and_refresh_tokens_are_their_client_s_own() {
    let world = peopled().await;
    let tokens = world.tokens_of_ada().await;
    let code = world.sign_in(&of_cli()).await;
    let (code, token) = (code["code"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let powershell = "1950a258-227b-4e31-a9cf-717495945fc2";
    for (form, expected) in [
        ([("grant_type", "authorization_code"), ("client_id", powershell), ("code", code)], "400 invalid_grant 70000"),
        (
            [("grant_type", "refresh_token"), ("client_id", powershell), ("refresh_token", token)],
            "400 invalid_grant 70000",
        ),
        // One is not the other.
        ([("grant_type", "refresh_token"), ("client_id", CLI), ("refresh_token", code)], "400 invalid_grant 70000"),
        ([("grant_type", "authorization_code"), ("client_id", CLI), ("code", token)], "400 invalid_grant 70000"),
        ([("grant_type", "device_code"), ("client_id", CLI), ("device_code", code)], "400 bad_verification_code 70019"),
    ] {
        assert_eq!(refusal(&world.post("v2", &form).await), expected, "{form:?}");
    }
    let elsewhere = [
        ("grant_type", "authorization_code"),
        ("client_id", CLI),
        ("code", code),
        ("redirect_uri", "http://localhost:8401"),
    ];
    assert_eq!(refusal(&world.post("v2", &elsewhere).await), "400 invalid_grant 500112");
    // None of it used anything up.
    assert_eq!(world.redeem(code).await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_answer_goes_to_an_address_that_is_not_the_client_s() {
    let world = peopled().await;
    let app = APP.to_string();
    for (client, address) in [
        (CLI, "https://evil.example/"),
        (CLI, "http://localhost.evil.example:8400"),
        (CLI, "http://localhost:8400@evil.example"),
        (CLI, "http://localhost:8400/#"),
        (CLI, "javascript:alert(1)"),
        (CLI, "//evil.example"),
        (app.as_str(), "https://app.example/cb/../../evil"),
        (app.as_str(), "https://app.example/cb?next=https://evil.example"),
        (app.as_str(), "https://app.example:444/cb"),
        (app.as_str(), "HTTPS://APP.EXAMPLE/cb"),
        (app.as_str(), "https://app.example/cb\r\nSet-Cookie: a=b"),
    ] {
        let asked = [("client_id", client), ("response_type", "code"), ("redirect_uri", address), ("scope", "openid")];
        for reply in
            [world.get(HOST, &query(&asked)).await, world.type_in(&query(&asked), &[("login", ADA_NAME)]).await]
        {
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{address}");
            assert!(reply.text.contains("AADSTS50011"), "{address}: {}", reply.text);
            assert_eq!((reply.header("location"), reply.header("set-cookie")), ("", ""), "{address}");
            assert!(!reply.text.contains("<a ") && !reply.text.contains("<form"), "{address}: {}", reply.text);
        }
    }
    let logout = format!("/{TENANT}/oauth2/v2.0/logout?client_id={APP}&post_logout_redirect_uri=https://evil.example");
    let left = world.get(HOST, &logout).await;
    assert_eq!((left.status, left.header("location")), (StatusCode::OK, ""));
}

#[tokio::test]
async fn a_challenge_cannot_be_talked_away() {
    let world = peopled().await;
    let with = |extra: &[(&'static str, &'static str)]| query(&[of_cli().as_slice(), extra].concat());
    for (extra, code) in [
        (&[("code_challenge", "short")][..], "AADSTS501491"),
        (&[("code_challenge", VERIFIER), ("code_challenge_method", "s256")], "AADSTS50149"),
        (&[("code_challenge_method", "S256")], "AADSTS900144"),
    ] {
        let refused = carried(&world.get(HOST, &with(extra)).await);
        assert!(refused["error_description"].as_str().unwrap().starts_with(code), "{refused}");
        assert_eq!(refused["state"], "s&1");
    }
    // A verifier where no challenge was given: the request was tampered with on its way.
    let code = world.sign_in(&of_cli()).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", CLI),
        ("code", code["code"].as_str().unwrap()),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(refusal(&world.post("v2", &form).await), "400 invalid_grant 50148");
}

#[tokio::test]
async fn a_browser_s_code_stays_in_the_browser() {
    let world = peopled().await;
    let app = APP.to_string();
    let challenge = tokens::fingerprint(VERIFIER);
    let asked = |challenged: bool| {
        let mut asked = vec![
            ("client_id", app.as_str()),
            ("response_type", "code"),
            ("redirect_uri", SPA),
            ("scope", "openid offline_access"),
        ];
        if challenged {
            asked.extend([("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")]);
        }
        asked
    };
    let refused = carried(&world.get(HOST, &query(&asked(false))).await);
    assert!(refused["error_description"].as_str().unwrap().starts_with("AADSTS9002325"), "{refused}");
    let code = world.sign_in(&asked(true)).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &app),
        ("code", code["code"].as_str().unwrap()),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(refusal(&world.post("v2", &form).await), "400 invalid_request 9002327");
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = Request::post(format!("/{TENANT}/oauth2/v2.0/token"))
        .header(header::HOST, HOST)
        .header(header::ORIGIN, "https://spa.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let given = world.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!((given.status, given.header("access-control-allow-origin")), (StatusCode::OK, "*"), "{}", given.text);
    // And a web application's code stays out of it.
    let mut asked = asked(false);
    asked[2] = ("redirect_uri", WEB);
    assert!(world.sign_in(&asked).await["code"].is_string());
}

#[tokio::test]
async fn another_site_s_page_signs_nobody_in() {
    let world = peopled().await;
    for (origin, status) in [("https://evil.example", StatusCode::OK), ("null", StatusCode::OK)] {
        let request = Request::post(query(&of_cli()))
            .header(header::HOST, HOST)
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let reply = world.send(request.body(Body::from(format!("login={ADA_NAME}"))).unwrap()).await;
        assert_eq!((reply.status, reply.header("set-cookie")), (status, ""), "{origin}");
        assert!(reply.text.contains("AADSTS9002313"), "{}", reply.text);
    }
}

#[tokio::test]
async fn tokens_do_not_travel_where_they_are_written_down() {
    let world = peopled().await;
    let app = APP.to_string();
    let asked = |kind, mode| {
        let scope = ("scope", "openid");
        let (id, to) = (("client_id", app.as_str()), ("redirect_uri", WEB));
        query(&[id, to, scope, ("nonce", "n"), ("response_type", kind), ("response_mode", mode)])
    };
    for (kind, mode, code) in [
        ("id_token", "query", "AADSTS70007"),
        ("id_token", "okay", "AADSTS70007"),
        ("token", "fragment", "AADSTS700051"),
        ("code nonsense", "query", "AADSTS70005"),
    ] {
        let refused = carried(&world.get(HOST, &asked(kind, mode)).await);
        assert!(refused["error_description"].as_str().unwrap().starts_with(code), "{refused}");
    }
    let cli = [("client_id", CLI), ("redirect_uri", LOCAL), ("scope", "openid"), ("response_type", "id_token")];
    let refused = carried(&world.get(HOST, &query(&cli)).await);
    assert!(refused["error_description"].as_str().unwrap().starts_with("AADSTS700054"), "{refused}");
}

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
    let key = |header: &serde_json::Value, claims: &serde_json::Value, n| jwt(header, claims, &rsa_key(n), false);
    for (what, assertion, expected) in [
        ("alg none", format!("{}.{}.", part(&json!({"alg": "none"})), part(&good)), "400 invalid_request 50027"),
        ("HS256 with the certificate", keyed(certificate(0).certificate.as_bytes()), "400 invalid_request 50027"),
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

#[tokio::test]
async fn claims_that_are_asked_for_are_read_with_care() {
    let world = peopled().await;
    let deep = format!("{}1{}", "{\"a\":".repeat(1_000), "}".repeat(1_000));
    for text in [deep.as_str(), "[]", "1", "{", "\"x\""] {
        let tokens = world.tokens_of_ada().await;
        let token = tokens["refresh_token"].as_str().unwrap();
        let form = [("grant_type", "refresh_token"), ("client_id", CLI), ("refresh_token", token), ("claims", text)];
        assert_eq!(refusal(&world.post("v2", &form).await), "400 invalid_request 9002313");
    }
}

#[test]
fn whatever_comes_to_the_pages_is_answered() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(peopled());
    let text = "[ -~\u{80}-\u{2000}]{0,40}";
    let names = "client_id|redirect_uri|response_type|scope|state|nonce|prompt|claims|otc|login|code_challenge";
    proptest!(ProptestConfig::with_cases(64), |(pairs in proptest::collection::vec((names, text), 0..6), post: bool)| {
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        for path in ["/common/oauth2/v2.0/authorize", "/common/oauth2/authorize", "/devicelogin", "/common/oauth2/logout"] {
            let reply = runtime.block_on(async {
                match post {
                    true => world.post_text(path, encoded.clone().into_bytes()).await,
                    false => world.get(HOST, &format!("{path}?{encoded}")).await,
                }
            });
            prop_assert!(reply.status.is_success() || reply.status.is_client_error(), "{} {}", reply.status, reply.text);
            prop_assert!(!reply.text.contains("<script"), "{}", reply.text);
        }
    });
}
