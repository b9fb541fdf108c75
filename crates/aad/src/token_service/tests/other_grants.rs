//! Device code, password, on-behalf-of; and what a challenge asks for.

use axum::http::StatusCode;
use serde_json::json;
use time::Duration;

use super::people::{ADA, ADA_NAME, ARM, CLI, LOCAL, PASSWORD, carried, claims, of_cli, peopled, query, refusal};
use crate::testing::{APP, BEGIN, HOST, SECRET, TENANT, World, jwt, masked, rsa_key};

const DEVICE: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");

async fn poll(world: &World, code: &str) -> String {
    let reply = world.post("v2", &[DEVICE, ("client_id", CLI), ("device_code", code)]).await;
    if reply.status == StatusCode::OK { "tokens".to_owned() } else { refusal(&reply) }
}

async fn begin(world: &World) -> (String, String) {
    let path = format!("/{TENANT}/oauth2/v2.0/devicecode");
    let started = world.post_to(&path, &[("client_id", CLI), ("scope", ARM)]).await.json();
    let text = |name: &str| started[name].as_str().unwrap().to_owned();
    (text("device_code"), text("user_code"))
}

#[tokio::test]
async fn a_device_waits_for_its_person() {
    let world = peopled().await;
    let path = format!("/{TENANT}/oauth2/v2.0/devicecode");
    let mut started = world.post_to(&path, &[("client_id", CLI), ("scope", ARM)]).await.json();
    let user_code = started["user_code"].as_str().unwrap().to_owned();
    started["message"] = json!(started["message"].as_str().unwrap().replace(&user_code, "[user_code]"));
    insta::assert_json_snapshot!(masked(started.clone(), &["device_code", "user_code"]), @r#"
    {
      "user_code": "[user_code]",
      "device_code": "[device_code]",
      "verification_uri": "https://localhost:8444/devicelogin",
      "expires_in": 900,
      "interval": 5,
      "message": "To sign in, use a web browser to open the page https://localhost:8444/devicelogin and enter the code [user_code] to authenticate."
    }
    "#);
    let device_code = started["device_code"].as_str().unwrap();
    assert_eq!(poll(&world, device_code).await, "400 authorization_pending 70016");
    let asked = world.get(HOST, "/devicelogin").await;
    assert!(asked.text.contains("name=\"otc\""), "{}", asked.text);
    let wrong = world.type_in("/devicelogin", &[("otc", "NONSENSE")]).await;
    assert!(wrong.text.contains("AADSTS90114"), "{}", wrong.text);
    let typed = user_code.to_lowercase();
    let offer = world.type_in("/devicelogin", &[("otc", &typed)]).await;
    assert!(offer.text.contains("Microsoft Azure CLI") && offer.text.contains(ADA_NAME), "{}", offer.text);
    let done = world.type_in("/common/oauth2/deviceauth", &[("otc", &typed), ("login", ADA_NAME)]).await;
    assert!(done.text.contains("You have signed in"), "{}", done.text);
    let again = world.type_in("/devicelogin", &[("otc", &typed), ("login", ADA_NAME)]).await;
    assert!(again.text.contains("AADSTS90114"), "{}", again.text);
    assert_eq!(poll(&world, device_code).await, "tokens");
    assert_eq!(poll(&world, device_code).await, "400 invalid_grant 54005");
}

/// A grant stands for what was asked, whichever of the endpoints it was asked at and is brought back to.
#[tokio::test]
async fn grants_are_good_at_either_endpoint() {
    let world = peopled().await;
    let asked = |version| if version == "v1" { ("resource", "https://management.azure.com/") } else { ("scope", ARM) };
    for (begun, redeemed) in [("v1", "v2"), ("v2", "v1"), ("v1", "v1"), ("v2", "v2")] {
        let within = if begun == "v1" { "oauth2" } else { "oauth2/v2.0" };
        let started =
            world.post_to(&format!("/{TENANT}/{within}/devicecode"), &[("client_id", CLI), asked(begun)]).await;
        let started = started.json();
        world.type_in("/devicelogin", &[("otc", started["user_code"].as_str().unwrap()), ("login", ADA_NAME)]).await;
        let of_device = [DEVICE, ("client_id", CLI), ("device_code", started["device_code"].as_str().unwrap())];

        let query = [("client_id", CLI), ("response_type", "code"), ("redirect_uri", LOCAL), asked(begun)];
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let page = format!("/{TENANT}/{within}/authorize?{query}");
        let code = carried(&world.type_in(&page, &[("login", ADA_NAME)]).await);
        let code = ("code", code["code"].as_str().unwrap());
        let of_code = [("grant_type", "authorization_code"), ("client_id", CLI), ("redirect_uri", LOCAL), code];

        let password = [("grant_type", "password"), ("username", ADA_NAME), ("password", PASSWORD)];
        let before =
            world.post(begun, &[password.as_slice(), &[("client_id", CLI), asked(begun)]].concat()).await.json();
        let refresh = ("refresh_token", before["refresh_token"].as_str().unwrap());
        let of_refresh = [("grant_type", "refresh_token"), ("client_id", CLI), refresh];

        for form in [of_device.as_slice(), &of_code, &of_refresh] {
            let given = world.post(redeemed, form).await;
            assert_eq!(given.status, StatusCode::OK, "{begun} {redeemed} {form:?}: {}", given.text);
            let said = claims(&given.json()["access_token"]);
            let audience = said["aud"].as_str().unwrap();
            assert!(audience.starts_with("https://management."), "{begun} {redeemed} {form:?}: {audience}");
        }
    }
}

#[tokio::test]
async fn a_device_may_wait_in_vain() {
    let world = peopled().await;
    let ((declined, typed), (late, _)) = (begin(&world).await, begin(&world).await);
    world.type_in("/devicelogin", &[("otc", &typed), ("cancel", "1")]).await;
    assert_eq!(poll(&world, &declined).await, "400 authorization_declined 70018");
    assert_eq!(poll(&world, "unheard").await, "400 bad_verification_code 70019");
    let clock = &world.aad.clock;
    clock.set_state(clock.state_running());
    assert_eq!(poll(&world, &late).await, "400 authorization_pending 70016");
    assert_eq!(poll(&world, &late).await, "400 slow_down 70016");
    clock.set_state(clock.state_at(BEGIN + Duration::minutes(16)));
    assert_eq!(poll(&world, &late).await, "400 expired_token 70020");
}

#[tokio::test]
async fn a_password_does_without_a_browser() {
    let world = peopled().await;
    let form = |name, password| {
        [("grant_type", "password"), ("client_id", CLI), ("username", name), ("password", password), ("scope", ARM)]
    };
    let tokens = world.post("v2", &form(ADA_NAME, PASSWORD)).await.json();
    assert_eq!(claims(&tokens["access_token"])["oid"], json!(ADA));
    assert!(tokens["refresh_token"].is_string());
    for (name, password, expected) in [
        (ADA_NAME, "wrong", "400 invalid_grant 50126"),
        ("eve@t.example", PASSWORD, "400 invalid_grant 50034"),
        ("bob@t.example", PASSWORD, "400 invalid_grant 50057"),
    ] {
        assert_eq!(refusal(&world.post("v2", &form(name, password)).await), expected);
    }
    let common = world.post_to("/common/oauth2/v2.0/token", &form(ADA_NAME, PASSWORD)).await;
    assert_eq!(refusal(&common), "400 invalid_request 9001023");
    let app = APP.to_string();
    let mut confidential = form(ADA_NAME, PASSWORD);
    confidential[1].1 = &app;
    assert_eq!(refusal(&world.post("v2", &confidential).await), "401 invalid_client 7000218");
    let mut proven = form(ADA_NAME, PASSWORD).to_vec();
    proven.push(("client_secret", SECRET));
    assert_eq!(refusal(&world.post("v2", &proven).await), "401 invalid_client 700025");
}

#[tokio::test]
async fn a_service_calls_on_for_whoever_called_it() {
    let world = peopled().await;
    let app = APP.to_string();
    let scope = format!("{app}/act");
    let mut asked = of_cli();
    asked[3] = ("scope", &scope);
    let code = world.sign_in(&asked).await;
    let called_with = world.redeem(code["code"].as_str().unwrap()).await.json();
    let form = |assertion| {
        [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("client_id", app.as_str()),
            ("client_secret", SECRET),
            ("assertion", assertion),
            ("requested_token_use", "on_behalf_of"),
            ("scope", "https://management.azure.com/.default"),
        ]
    };
    let token = called_with["access_token"].as_str().unwrap();
    let given = world.post("v2", &form(token)).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.text);
    let said = claims(&given.json()["access_token"]);
    let family = &claims(&called_with["access_token"])["sid"];
    assert_eq!(
        [&said["oid"], &said["appid"], &said["appidacr"], &said["scp"], &said["sid"]],
        [&json!(ADA), &json!(APP), &json!("1"), &json!("user_impersonation"), family]
    );
    let for_arm = world.tokens_of_ada().await;
    let own = [
        ("grant_type", "client_credentials"),
        ("client_id", &app),
        ("client_secret", SECRET),
        ("scope", &format!("{app}/.default")),
    ];
    let own = world.post("v2", &own).await.json();
    let unsigned = format!("{}.AAAA", token.rsplit_once('.').unwrap().0);
    let signed_by_another =
        |issuer: &str| jwt(&json!({"alg": "RS256", "kid": "k"}), &json!({"iss": issuer}), &rsa_key(0), false);
    let foreign = signed_by_another("https://evil.example");
    let forgotten = signed_by_another(&format!("https://sts.windows.net/{TENANT}/"));
    for (assertion, expected) in [
        (for_arm["access_token"].as_str().unwrap(), "400 invalid_grant 500131"),
        (own["access_token"].as_str().unwrap(), "400 invalid_grant 7000114"),
        (&unsigned, "400 invalid_grant 50013"),
        (&forgotten, "400 invalid_grant 50013"),
        (&foreign, "400 invalid_request 50107"),
        ("garbage", "400 invalid_request 50027"),
    ] {
        assert_eq!(refusal(&world.post("v2", &form(assertion)).await), expected);
    }
    let forged = world.post("v2", &form(&unsigned)).await.text;
    assert!(forged.contains("Found key 'Start=08/01/2026 10:11:00, End=07/31/2031 10:11:00']"), "{forged}");
    let unknown = world.post("v2", &form(&forgotten)).await.text;
    assert!(unknown.contains("[Reason - The key was not found., Thumbprint of key used by client: 'k']"), "{unknown}");
    world.aad.clock.set_state(world.aad.clock.state_at(BEGIN + Duration::hours(2)));
    assert_eq!(refusal(&world.post("v2", &form(token)).await), "400 invalid_grant 500133");
}

#[tokio::test]
async fn a_client_that_understands_it_gets_a_long_token_and_may_ask_for_a_later_one() {
    let world = peopled().await;
    let tokens = world.tokens_of_ada().await;
    let since = BEGIN.unix_timestamp() - 60;
    let claims_asked = json!({"access_token": {
        "xms_cc": {"values": ["cp1"]}, "nbf": {"essential": true, "value": since.to_string()},
    }});
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", CLI),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("claims", &claims_asked.to_string()),
    ];
    let given = world.post("v2", &form).await.json();
    let said = claims(&given["access_token"]);
    assert_eq!((&said["xms_cc"], &said["nbf"]), (&json!(["CP1"]), &json!(since)));
    assert!(said["exp"].as_i64().unwrap() >= BEGIN.unix_timestamp() + 20 * 3600);
}

#[tokio::test]
async fn what_was_given_before_a_revocation_is_over() {
    let world = peopled().await;
    let before = world.tokens_of_ada().await;
    let page = world.type_in(&query(&of_cli()), &[("login", ADA_NAME)]).await;
    let cookie = page.header("set-cookie").split_once(';').unwrap().0.to_owned();
    let clock = &world.aad.clock;
    clock.set_state(clock.state_at(BEGIN + Duration::minutes(1)));
    let mut tx = world.aad.store.begin().await;
    tx.revoke_tokens(ADA, clock.now());
    tx.commit().await.unwrap();
    let refreshed = world.refresh(before["refresh_token"].as_str().unwrap(), ARM).await;
    assert_eq!(refusal(&refreshed), "400 invalid_grant 50173");
    let silent = query(&[of_cli().as_slice(), &[("prompt", "none")]].concat());
    assert_eq!(carried(&world.get_with(&silent, "cookie", &cookie).await)["error"], "login_required");
    // Who signs in again is let in again, at the same moment.
    let after = claims(&world.tokens_of_ada().await["access_token"]);
    assert_eq!(after["iat"], json!(clock.now().unix_timestamp()));
}

#[tokio::test]
async fn whoever_asks_with_a_token_for_graph_hears_who_it_acts_for() {
    let world = peopled().await;
    let mut asked = of_cli();
    asked[3] = ("scope", "openid profile email User.Read");
    let code = world.sign_in(&asked).await;
    let tokens = world.redeem(code["code"].as_str().unwrap()).await.json();
    assert_eq!(tokens["scope"], "User.Read openid profile email");
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let told = world.get_with(&format!("/{TENANT}/openid/userinfo"), "authorization", &bearer).await.json();
    assert_eq!((&told["name"], &told["email"]), (&json!("Ada <Lovelace>"), &json!(ADA_NAME)));
    let arm = world.tokens_of_ada().await;
    let bearer = format!("Bearer {}", arm["access_token"].as_str().unwrap());
    let refused = world.get_with(&format!("/{TENANT}/openid/userinfo"), "authorization", &bearer).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.header("www-authenticate"), "Bearer error=\"invalid_token\"");
}

/// Nobody of the tenant has a personal account: whatever was given elsewhere is worth nothing there.
#[tokio::test]
async fn personal_accounts_are_not_of_the_tenant() {
    let world = peopled().await;
    let tokens = world.tokens_of_ada().await;
    let code = world.sign_in(&of_cli()).await;
    let (device_code, _) = begin(&world).await;
    for (name, value, grant) in [
        ("refresh_token", &tokens["refresh_token"], "refresh_token"),
        ("code", &code["code"], "authorization_code"),
        ("device_code", &json!(device_code), "device_code"),
    ] {
        let form = [("grant_type", grant), ("client_id", CLI), (name, value.as_str().unwrap())];
        let reply = world.post_to("/consumers/oauth2/v2.0/token", &form).await;
        assert_eq!(refusal(&reply), "400 invalid_request 9002332", "{grant}");
    }
    assert_eq!(world.refresh(tokens["refresh_token"].as_str().unwrap(), ARM).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_flood_is_told_to_wait_where_that_is_switched_on() {
    let world = peopled().await;
    let form = [("grant_type", "client_credentials"), ("client_id", CLI)];
    for _ in 0..30 {
        assert_ne!(world.post("v2", &form).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    let mut tx = world.aad.store.begin().await;
    tx.put_throttling(true);
    tx.commit().await.unwrap();
    // Seconds are the machine's, so that only so much is certain: whoever goes on is refused.
    let mut refused = None;
    for _ in 0..1000 {
        let reply = world.post("v2", &form).await;
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.unwrap();
    assert_eq!(refusal(&refused), "429 temporarily_unavailable 90055");
    assert_eq!(refused.header("retry-after"), "2");
}
