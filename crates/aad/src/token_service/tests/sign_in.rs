//! A person signs in with a browser, and the client gets its tokens.

use axum::http::StatusCode;
use model::Time;
use serde_json::json;
use time::Duration;

use super::people::{
    ADA, ADA_NAME, ARM, CLI, LOCAL, PASSWORD, VERIFIER, WEB, carried, claims, of_cli, peopled, query, refusal,
};
use crate::SignInMode;
use crate::testing::{APP, BEGIN, HOST, SECRET, TENANT, masked};

#[tokio::test]
async fn a_click_gives_a_code_and_the_code_tokens() {
    let world = peopled().await;
    let page = world.get(HOST, &query(&of_cli())).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Sign in to Microsoft Azure CLI"), "{}", page.text);
    assert!(page.text.contains("Ada &lt;Lovelace&gt;") && !page.text.contains("bob@"), "{}", page.text);
    let code = world.sign_in(&of_cli()).await;
    assert_eq!(code["state"], "s&1");
    let tokens = world.redeem(code["code"].as_str().unwrap()).await.json();
    insta::assert_json_snapshot!(masked(tokens.clone(), &["access_token", "refresh_token", "id_token"]), @r#"
    {
      "token_type": "Bearer",
      "scope": "https://management.core.windows.net//user_impersonation https://management.core.windows.net//.default openid profile",
      "expires_in": 3624,
      "ext_expires_in": 3624,
      "access_token": "[access_token]",
      "refresh_token": "[refresh_token]",
      "id_token": "[id_token]",
      "foci": "1"
    }
    "#);
    let mut access = claims(&tokens["access_token"]);
    let life = access["exp"].as_i64().unwrap() - BEGIN.unix_timestamp();
    assert!((3600..=5400).contains(&life), "{life}");
    access["exp"] = json!("[exp]");
    insta::assert_json_snapshot!(masked(access, &["aio", "rh", "uti"]), @r#"
    {
      "aud": "https://management.core.windows.net/",
      "iss": "https://sts.windows.net/c0ffee00-1111-4222-8333-0123456789ab/",
      "iat": 1785578760,
      "nbf": 1785578760,
      "exp": "[exp]",
      "acr": "1",
      "aio": "[aio]",
      "amr": [
        "pwd"
      ],
      "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
      "appidacr": "0",
      "given_name": "Ada",
      "groups": [
        "00000000-0000-0000-0000-000000000090"
      ],
      "idtyp": "user",
      "ipaddr": "127.0.0.1",
      "name": "Ada <Lovelace>",
      "oid": "0b1ec700-00ad-4000-8000-0000000000ad",
      "puid": "10032000000000AD",
      "rh": "[rh]",
      "scp": "user_impersonation",
      "sid": "f13547cf-5861-44ef-a39a-ffcd0295c86e",
      "sub": "LzyT86j17jYcUNx9iHL1ViN9kRMgzmMCxiCMPtUo5a4",
      "tid": "c0ffee00-1111-4222-8333-0123456789ab",
      "unique_name": "ada@t.example",
      "upn": "ada@t.example",
      "uti": "[uti]",
      "ver": "1.0",
      "wids": [
        "b79fbf4d-3ef9-4689-8143-76b194e85509"
      ],
      "xms_tcdt": "1776939060"
    }
    "#);
    insta::assert_json_snapshot!(masked(claims(&tokens["id_token"]), &["aio", "rh", "uti"]), @r#"
    {
      "aud": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
      "iss": "https://localhost:8444/c0ffee00-1111-4222-8333-0123456789ab/v2.0",
      "iat": 1785578760,
      "nbf": 1785578760,
      "exp": 1785582660,
      "aio": "[aio]",
      "auth_time": 1785579060,
      "given_name": "Ada",
      "name": "Ada <Lovelace>",
      "oid": "0b1ec700-00ad-4000-8000-0000000000ad",
      "preferred_username": "ada@t.example",
      "rh": "[rh]",
      "sid": "f13547cf-5861-44ef-a39a-ffcd0295c86e",
      "sub": "nkCVpjZEkXw-MLv714CUJyjmMEKOJKpo2tioAAFONeQ",
      "tid": "c0ffee00-1111-4222-8333-0123456789ab",
      "uti": "[uti]",
      "ver": "2.0"
    }
    "#);
}

#[tokio::test]
async fn a_refresh_token_is_good_for_any_resource_and_for_one_use() {
    let world = peopled().await;
    let first = world.tokens_of_ada().await;
    let old = first["refresh_token"].as_str().unwrap();
    let graph = world.refresh(old, "https://graph.microsoft.com//.default").await.json();
    assert_eq!(claims(&graph["access_token"])["aud"], "https://graph.microsoft.com/");
    assert_eq!(
        claims(&graph["access_token"])["scp"],
        "AuditLog.Read.All Directory.AccessAsUser.All Group.ReadWrite.All User.ReadWrite.All"
    );
    let new = graph["refresh_token"].as_str().unwrap();
    assert_eq!(refusal(&world.refresh(old, ARM).await), "400 invalid_grant 70000");
    // The thief and the owner cannot be told apart: both are out.
    assert_eq!(refusal(&world.refresh(new, ARM).await), "400 invalid_grant 50173");
    let family = claims(&first["access_token"])["sid"].as_str().unwrap().parse().unwrap();
    let issued = BEGIN - Duration::minutes(5);
    assert!(world.aad.store.read().token_revoked_at(ADA, Some(family), issued).is_some());
    assert_eq!(world.aad.store.read().token_revoked_at(ADA, None, issued), None);
}

/// The programs of Microsoft's family sign a person in for each other; a client of the tenant is none of it.
#[tokio::test]
async fn a_refresh_token_is_good_for_its_client_s_family() {
    let world = peopled().await;
    let tokens = world.tokens_of_ada().await;
    assert_eq!(tokens["foci"], "1");
    let mut token = tokens["refresh_token"].as_str().unwrap().to_owned();
    for (client, is_family) in [
        ("1950a258-227b-4e31-a9cf-717495945fc2", true),
        ("14d82eec-204b-4c2f-b7e8-296a70dab67e", false),
        (&APP.to_string(), false),
        (CLI, true),
    ] {
        let form = [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", &token), ("scope", ARM)];
        let reply = world.post("v2", &form).await;
        assert_eq!(reply.status == StatusCode::OK, is_family, "{client}: {}", reply.text);
        if is_family {
            let given = reply.json();
            assert_eq!(claims(&given["access_token"])["appid"], client);
            token = given["refresh_token"].as_str().unwrap().to_owned();
        }
    }
}

#[tokio::test]
async fn grants_end_with_their_time() {
    let world = peopled().await;
    let code = world.sign_in(&of_cli()).await;
    let tokens = world.tokens_of_ada().await;
    let at = |moment: Time| world.aad.clock.set_state(world.aad.clock.state_at(moment));
    at(BEGIN + Duration::minutes(10));
    assert_eq!(refusal(&world.redeem(code["code"].as_str().unwrap()).await), "400 invalid_grant 70008");
    at(BEGIN + Duration::days(90));
    let refreshed = world.refresh(tokens["refresh_token"].as_str().unwrap(), ARM).await;
    assert_eq!(refusal(&refreshed), "400 invalid_grant 700082");
}

#[tokio::test]
async fn a_web_application_proves_itself() {
    let world = peopled().await;
    let app = APP.to_string();
    let scope = format!("{app}/act openid profile email");
    let asked = [
        ("client_id", app.as_str()),
        ("response_type", "code id_token"),
        ("redirect_uri", WEB),
        ("scope", &scope),
        ("nonce", "n1"),
        ("client_info", "1"),
    ];
    let given = world.sign_in(&asked).await;
    let front = claims(&given["id_token"]);
    assert_eq!((&front["nonce"], &front["aud"]), (&json!("n1"), &json!(APP)));
    assert!(front["c_hash"].is_string());
    let form = |code| [("grant_type", "authorization_code"), ("client_id", app.as_str()), ("code", code)];
    let code = given["code"].as_str().unwrap();
    assert_eq!(refusal(&world.post("v2", &form(code)).await), "401 invalid_client 7000218");
    let proven = [form(code).as_slice(), &[("client_secret", SECRET), ("redirect_uri", WEB)]].concat();
    let tokens = world.post("v2", &proven).await.json();
    let access = claims(&tokens["access_token"]);
    let said = [&access["ver"], &access["aud"], &access["scp"], &access["azpacr"], &access["preferred_username"]];
    assert_eq!(said, [&json!("2.0"), &json!(APP), &json!("act"), &json!("1"), &json!(ADA_NAME)]);
    assert_eq!(tokens.get("refresh_token"), None);
    assert_eq!(claims(&tokens["id_token"])["email"], ADA_NAME);
}

#[tokio::test]
async fn a_session_saves_the_second_question() {
    let world = peopled().await;
    let signed_in = world.type_in(&query(&of_cli()), &[("login", ADA_NAME)]).await;
    let (cookie, attributes) = signed_in.header("set-cookie").split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=None");
    let with = |extra: &'static [(&'static str, &'static str)]| query(&[of_cli().as_slice(), extra].concat());
    assert!(carried(&world.get_with(&query(&of_cli()), "cookie", cookie).await)["code"].is_string());
    assert!(carried(&world.get_with(&with(&[("prompt", "none")]), "cookie", cookie).await)["code"].is_string());
    let again = world.get_with(&with(&[("prompt", "select_account")]), "cookie", cookie).await;
    assert_eq!(again.status, StatusCode::OK);
    let other = world.get_with(&with(&[("prompt", "none"), ("login_hint", "bob@t.example")]), "cookie", cookie).await;
    assert_eq!(carried(&other)["error"], "interaction_required");
    assert_eq!(carried(&world.get(HOST, &with(&[("prompt", "none")])).await)["error"], "login_required");
    let path = format!("/{TENANT}/oauth2/v2.0/logout?client_id={APP}&post_logout_redirect_uri={WEB}&state=x");
    let out = world.get_with(&path, "cookie", cookie).await;
    assert_eq!(out.header("location"), "https://app.example/cb?state=x");
    let silent = world.get_with(&with(&[("prompt", "none")]), "cookie", cookie).await;
    assert_eq!(carried(&silent)["error"], "login_required");
}

#[tokio::test]
async fn answers_travel_as_the_client_wants() {
    let world = peopled().await;
    let with = |mode: &'static str| query(&[of_cli().as_slice(), &[("response_mode", mode)]].concat());
    let typed = [("login", ADA_NAME)];
    assert!(world.type_in(&with("query"), &typed).await.header("location").starts_with("http://localhost:8400?code="));
    assert!(
        world.type_in(&with("fragment"), &typed).await.header("location").starts_with("http://localhost:8400#code=")
    );
    let posted = world.type_in(&with("form_post"), &typed).await;
    assert!(posted.text.contains("action=\"http://localhost:8400\""), "{}", posted.text);
    assert!(posted.text.contains("name=\"state\" value=\"s&amp;1\""), "{}", posted.text);
    assert!(posted.header("content-security-policy").contains("script-src 'nonce-"));
    let mut out_of_band = of_cli();
    out_of_band[2] = ("redirect_uri", "urn:ietf:wg:oauth:2.0:oob");
    let shown = world.type_in(&query(&out_of_band), &typed).await;
    assert!(shown.text.contains("<title>Success code="), "{}", shown.text);
    let declined = world.type_in(&with("query"), &[("cancel", "1")]).await;
    assert_eq!(carried(&declined)["error"], "access_denied");
}

#[tokio::test]
async fn passwords_are_asked_for_where_it_is_configured() {
    let mut world = peopled().await;
    world.aad.sign_in = SignInMode::Password;
    let path = query(&of_cli());
    for (fields, text) in [
        (vec![("login", ADA_NAME)], "AADSTS900144"),
        (vec![("login", ADA_NAME), ("passwd", "wrong")], "AADSTS50126"),
        (vec![("login", "eve@t.example"), ("passwd", PASSWORD)], "AADSTS50034"),
        (vec![("login", "bob@t.example"), ("passwd", PASSWORD)], "AADSTS50057"),
    ] {
        let page = world.type_in(&path, &fields).await;
        assert!(page.status == StatusCode::OK && page.text.contains(text), "{text}: {}", page.text);
    }
    let right = world.type_in(&path, &[("login", ADA_NAME), ("passwd", PASSWORD)]).await;
    assert!(carried(&right)["code"].is_string());
}

#[tokio::test]
async fn a_challenge_is_met_by_its_verifier() {
    let world = peopled().await;
    let challenge = tokens::fingerprint(VERIFIER);
    for (method, challenge) in [("S256", challenge.as_str()), ("plain", VERIFIER)] {
        let extra = [("code_challenge", challenge), ("code_challenge_method", method)];
        let code = world.sign_in(&[of_cli().as_slice(), &extra].concat()).await;
        let code = code["code"].as_str().unwrap();
        let form = |verifier| {
            [
                ("grant_type", "authorization_code"),
                ("client_id", CLI),
                ("redirect_uri", LOCAL),
                ("code", code),
                ("code_verifier", verifier),
            ]
        };
        assert_eq!(refusal(&world.redeem(code).await), "400 invalid_grant 50148", "{method}");
        assert_eq!(refusal(&world.post("v2", &form("wrong")).await), "400 invalid_grant 501481", "{method}");
        assert_eq!(world.post("v2", &form(VERIFIER)).await.status, StatusCode::OK, "{method}");
    }
}

#[tokio::test]
async fn version_1_speaks_of_resources_and_in_texts() {
    let world = peopled().await;
    let path = format!(
        "/common/oauth2/authorize?client_id={CLI}&response_type=code&redirect_uri={LOCAL}&resource=https://management.core.windows.net/"
    );
    let code = carried(&world.type_in(&path, &[("login", ADA_NAME)]).await);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", CLI),
        ("redirect_uri", LOCAL),
        ("code", code["code"].as_str().unwrap()),
    ];
    let mut tokens = world.post("v1", &form).await.json();
    for member in ["expires_in", "ext_expires_in", "expires_on"] {
        assert!(tokens[member].is_string());
        tokens[member] = json!(format!("[{member}]"));
    }
    insta::assert_json_snapshot!(masked(tokens.clone(), &["access_token", "refresh_token", "id_token"]), @r#"
    {
      "token_type": "Bearer",
      "scope": "user_impersonation",
      "expires_in": "[expires_in]",
      "ext_expires_in": "[ext_expires_in]",
      "expires_on": "[expires_on]",
      "not_before": "1785578760",
      "resource": "https://management.core.windows.net/",
      "access_token": "[access_token]",
      "refresh_token": "[refresh_token]",
      "id_token": "[id_token]",
      "foci": "1"
    }
    "#);
    let id = claims(&tokens["id_token"]);
    assert_eq!((&id["ver"], &id["upn"]), (&json!("1.0"), &json!(ADA_NAME)));
}

/// Azure AD Graph is what version 1 is about where nobody says otherwise.
#[tokio::test]
async fn version_1_without_a_resource_is_about_the_directory() {
    let world = peopled().await;
    let app = APP.to_string();
    let path = format!("/common/oauth2/authorize?client_id={CLI}&response_type=code&redirect_uri={LOCAL}");
    let code = carried(&world.type_in(&path, &[("login", ADA_NAME)]).await);
    let code = code["code"].as_str().unwrap();
    for (form, scopes) in [
        (
            vec![("grant_type", "authorization_code"), ("client_id", CLI), ("redirect_uri", LOCAL), ("code", code)],
            json!("User.Read"),
        ),
        (
            vec![("grant_type", "password"), ("client_id", CLI), ("username", ADA_NAME), ("password", PASSWORD)],
            json!("User.Read"),
        ),
        (vec![("grant_type", "client_credentials"), ("client_id", &app), ("client_secret", SECRET)], json!(null)),
    ] {
        let given = world.post("v1", &form).await.json();
        let said = claims(&given["access_token"]);
        let directory = json!("00000002-0000-0000-c000-000000000000");
        assert_eq!([&given["resource"], &said["aud"], &said["scp"]], [&directory, &directory, &scopes], "{form:?}");
    }
}
