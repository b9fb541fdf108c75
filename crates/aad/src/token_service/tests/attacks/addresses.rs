//! Addresses that answers must not go to, and pages that must not send them.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::super::people::{ADA_NAME, CLI, LOCAL, WEB, carried, of_cli, peopled, query};
use crate::testing::{APP, HOST, TENANT};

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
        (" ", "query", "AADSTS900144"),
    ] {
        let refused = carried(&world.get(HOST, &asked(kind, mode)).await);
        assert!(refused["error_description"].as_str().unwrap().starts_with(code), "{refused}");
    }
    let cli = [("client_id", CLI), ("redirect_uri", LOCAL), ("scope", "openid"), ("response_type", "id_token")];
    let refused = carried(&world.get(HOST, &query(&cli)).await);
    assert!(refused["error_description"].as_str().unwrap().starts_with("AADSTS700054"), "{refused}");
}

#[tokio::test]
async fn signing_out_leads_nobody_astray() {
    let world = peopled().await;
    let app = APP.to_string();
    for (client, address, goes_on) in [
        (app.as_str(), WEB, true),
        (&app, "https://evil.example", false),
        (&app, "//evil.example", false),
        (&app, "https://app.example/cb@evil.example", false),
        (&app, "https://app.example/cb\r\nSet-Cookie: a=b", false),
        (&app, "javascript:alert(1)", false),
        ("", WEB, false),
        ("11111111-1111-4111-8111-111111111111", WEB, false),
    ] {
        let pairs = [("client_id", client), ("post_logout_redirect_uri", address), ("state", "x\r\nSet-Cookie: a=b")];
        let asked = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let left = world.get(HOST, &format!("/{TENANT}/oauth2/v2.0/logout?{asked}")).await;
        assert_eq!(left.header("location").starts_with(&format!("{WEB}?state=x%0D%0A")), goes_on, "{address}");
        assert_eq!(left.status, if goes_on { StatusCode::FOUND } else { StatusCode::OK }, "{address}");
        assert_eq!(left.headers.get_all(header::SET_COOKIE).iter().count(), 1, "{address}");
    }
}

/// What the client repeats to itself comes back encoded, never as a header or as markup.
#[tokio::test]
async fn a_state_is_text_whatever_it_is() {
    let world = peopled().await;
    let hostile = "\r\nSet-Cookie: a=b\0\"><script>";
    for mode in ["query", "fragment", "form_post"] {
        let mut asked = of_cli();
        asked.retain(|(name, _)| *name != "state");
        asked.extend([("state", hostile), ("response_mode", mode)]);
        let reply = world.type_in(&query(&asked), &[("login", ADA_NAME)]).await;
        assert!(!reply.text.contains("<script>"), "{}", reply.text);
        assert_eq!(reply.headers.get_all(header::SET_COOKIE).iter().count(), 1, "the session's own");
        if mode != "form_post" {
            assert_eq!(carried(&reply)["state"], hostile);
        }
    }
}
