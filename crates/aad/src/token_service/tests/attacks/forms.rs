//! Requests that are too large, too deep, doubled, or no text.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use proptest::prelude::*;

use super::super::people::{ADA_NAME, CLI, carried, of_cli, peopled, query, refusal};
use crate::testing::{HOST, TENANT};

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

#[tokio::test]
async fn forms_are_small_plain_and_say_everything_once() {
    let world = peopled().await;
    let long = format!("grant_type=client_credentials&scope={}", "a".repeat(70_000));
    let many: String = (0..100).map(|n| format!("&n{n}=")).collect();
    let app = b"grant_type=client_credentials&client_id=%00&client_secret=%00&scope=a%00/.default";
    for (what, body, expected) in [
        ("too long", long.as_bytes(), "413 invalid_request 9002313"),
        ("too many", many.as_bytes(), "400 invalid_request 9002313"),
        ("twice", b"grant_type=password&grant_type=client_credentials", "400 invalid_request 9000411"),
        ("twice, spelt differently", b"client_id=a&client%5Fid=b&grant_type=x", "400 invalid_request 9000411"),
        ("twice, once empty", b"client_id=&client_id=a&grant_type=x", "400 invalid_request 9000411"),
        ("NULs", app, "400 unauthorized_client 700016"),
        ("a NUL in the grant", b"grant_type=client_credentials%00", "400 unsupported_grant_type 70003"),
        ("no text", b"grant_type=\xff\xfe", "400 invalid_request 9002313"),
        ("half an escape", b"grant_type=%f", "400 unsupported_grant_type 70003"),
        ("an escape that is no text", b"grant_type=%ff%fe", "400 unsupported_grant_type 70003"),
        ("nothing", b"", "400 invalid_request 900144"),
        ("separators", b"&&&&=&=", "400 invalid_request 9000411"),
    ] {
        let reply = world.post_text(&format!("/{TENANT}/oauth2/v2.0/token"), body.to_vec()).await;
        assert_eq!(refusal(&reply), expected, "{what}: {}", reply.text);
        // One client reads the description in place (IDENTITY-WIRE 3.10).
        assert!(!reply.text.contains('\\'), "{what}: {}", reply.text);
    }
}

#[tokio::test]
async fn claims_stop_nobody_from_signing_in() {
    let world = peopled().await;
    let (deep, wide) = ("{\"a\":".repeat(1_000), format!("[{}1]", "1,".repeat(4_000)));
    for text in [deep.as_str(), &wide, "{", "\0"] {
        let asked = [of_cli().as_slice(), &[("claims", text)]].concat();
        let sent = carried(&world.type_in(&query(&asked), &[("login", ADA_NAME)]).await);
        assert!(sent["code"].is_string(), "a code says nothing of claims: {sent}");
    }
}

#[tokio::test]
async fn headers_are_no_way_in() {
    let world = peopled().await;
    for (name, value, expected) in [
        ("authorization", "Basic ////", "400 invalid_grant 70000"),
        // A public client that brings a secret.
        ("authorization", "Basic OjpvOjo6", "401 invalid_client 700025"),
        ("authorization", "Bearer a.b.c", "400 invalid_grant 70000"),
        ("cookie", "ESTSAUTH=../../etc/passwd; ESTSAUTH==;;=;ESTSAUTH", "400 invalid_grant 70000"),
        ("origin", "null", "400 invalid_grant 70000"),
        ("client-request-id", "' OR 1=1 --", "400 invalid_grant 70000"),
        ("x-forwarded-host", "evil.example", "400 invalid_grant 70000"),
        ("x-forwarded-proto", "http", "400 invalid_grant 70000"),
        ("forwarded", "host=evil.example", "400 invalid_grant 70000"),
    ] {
        let request = Request::post(format!("/{TENANT}/oauth2/v2.0/token"))
            .header(header::HOST, HOST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value);
        let form = format!("grant_type=refresh_token&refresh_token=x&client_id={CLI}");
        let reply = world.send(request.body(Body::from(form)).unwrap()).await;
        assert_eq!(refusal(&reply), expected, "{name}: {value}");
        let document = world.get_with(&format!("/{TENANT}/v2.0/.well-known/openid-configuration"), name, value).await;
        assert_eq!(document.status, StatusCode::OK, "{name}: {value}");
        assert!(!document.text.contains("evil.example"), "{}", document.text);
    }
}
