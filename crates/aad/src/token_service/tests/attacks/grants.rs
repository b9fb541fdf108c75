//! Codes and refresh tokens that come back, or come from somebody else.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use uuid::Uuid;

use super::super::people::{ADA, ARM, CLI, SPA, VERIFIER, WEB, carried, claims, of_cli, peopled, query, refusal};
use crate::testing::{APP, BEGIN, HOST, SECRET, TENANT};

#[tokio::test]
async fn a_code_that_comes_back_takes_its_tokens_with_it() {
    let world = peopled().await;
    let code = world.sign_in(&of_cli()).await;
    let code = code["code"].as_str().unwrap();
    let tokens = world.redeem(code).await.json();
    assert_eq!(refusal(&world.redeem(code).await), "400 invalid_grant 54005");
    let family: Uuid = claims(&tokens["access_token"])["sid"].as_str().unwrap().parse().unwrap();
    assert!(world.aad.store.read().token_revoked_at(ADA, Some(family), BEGIN).is_some());
    let refreshed = world.refresh(tokens["refresh_token"].as_str().unwrap(), ARM).await;
    assert_eq!(refusal(&refreshed), "400 invalid_grant 50173");
}

#[tokio::test]
async fn codes_and_refresh_tokens_are_their_client_s_own() {
    let world = peopled().await;
    let tokens = world.tokens_of_ada().await;
    let code = world.sign_in(&of_cli()).await;
    let (code, token) = (code["code"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    // A program of Microsoft that is not of the family of the Azure CLI.
    let graph_tools = "14d82eec-204b-4c2f-b7e8-296a70dab67e";
    for (form, expected) in [
        ([("grant_type", "authorization_code"), ("client_id", graph_tools), ("code", code)], "400 invalid_grant 70000"),
        (
            [("grant_type", "refresh_token"), ("client_id", graph_tools), ("refresh_token", token)],
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
        ("redirect_uri", SPA),
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
async fn a_refresh_token_that_comes_back_takes_its_family_with_it() {
    let world = peopled().await;
    let (tokens, other) = (world.tokens_of_ada().await, world.tokens_of_ada().await);
    let stolen = tokens["refresh_token"].as_str().unwrap();
    let next = world.refresh(stolen, ARM).await.json();
    assert_eq!(refusal(&world.refresh(stolen, ARM).await), "400 invalid_grant 70000");
    assert_eq!(refusal(&world.refresh(next["refresh_token"].as_str().unwrap(), ARM).await), "400 invalid_grant 50173");
    // Another sign-in of the same person is none of it.
    assert_eq!(world.refresh(other["refresh_token"].as_str().unwrap(), ARM).await.status, StatusCode::OK);
}

/// Whoever steals the refresh token of a web application has to steal its secret too.
#[tokio::test]
async fn a_web_application_s_refresh_token_is_worth_nothing_alone() {
    let world = peopled().await;
    let app = APP.to_string();
    let asked = [
        ("client_id", app.as_str()),
        ("response_type", "code"),
        ("redirect_uri", WEB),
        ("scope", "openid offline_access"),
    ];
    let code = world.sign_in(&asked).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &app),
        ("client_secret", SECRET),
        ("code", code["code"].as_str().unwrap()),
        ("redirect_uri", WEB),
    ];
    let tokens = world.post("v2", &form).await.json();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("client_id", app.as_str()), ("refresh_token", refresh)];
    assert_eq!(refusal(&world.post("v2", &form).await), "401 invalid_client 7000218");
    let proven = [form.as_slice(), &[("client_secret", SECRET)]].concat();
    assert_eq!(world.post("v2", &proven).await.status, StatusCode::OK);
}
