//! Talking the challenge away (RFC 7636): downgrades of PKCE.

use axum::http::StatusCode;

use super::super::people::{CLI, LOCAL, VERIFIER, carried, of_cli, peopled, query, refusal};
use crate::testing::HOST;

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
        ("redirect_uri", LOCAL),
        ("code", code["code"].as_str().unwrap()),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(refusal(&world.post("v2", &form).await), "400 invalid_grant 50148");
}

#[tokio::test]
async fn a_verifier_fits_its_own_challenge_alone() {
    let world = peopled().await;
    let hashed = tokens::fingerprint(VERIFIER);
    let (plain, s256) = (("code_challenge_method", "plain"), ("code_challenge_method", "S256"));
    let other = "4210987654321098765432109876543210987654321";
    for (what, method, verifier, expected) in [
        ("left out", Some(s256), None, "400 invalid_grant 50148"),
        ("another", Some(s256), Some(other), "400 invalid_grant 501481"),
        ("the challenge itself", Some(s256), Some(hashed.as_str()), "400 invalid_grant 501481"),
        ("taken for plain", Some(plain), Some(VERIFIER), "400 invalid_grant 501481"),
        ("taken for plain by default", None, Some(VERIFIER), "400 invalid_grant 501481"),
    ] {
        let mut asked = of_cli();
        asked.push(("code_challenge", &hashed));
        asked.extend(method);
        let code = world.sign_in(&asked).await;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", CLI),
            ("redirect_uri", LOCAL),
            ("code", code["code"].as_str().unwrap()),
        ];
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        assert_eq!(refusal(&world.post("v2", &form).await), expected, "{what}");
    }
}

/// The code alone does not say where it was sent: the redeemer has to.
#[tokio::test]
async fn a_code_is_redeemed_with_its_address() {
    let world = peopled().await;
    let code = world.sign_in(&of_cli()).await;
    let code = code["code"].as_str().unwrap();
    let form = [("grant_type", "authorization_code"), ("client_id", CLI), ("code", code)];
    assert_eq!(refusal(&world.post("v2", &form).await), "400 invalid_request 900144");
    assert_eq!(world.redeem(code).await.status, StatusCode::OK);
}
