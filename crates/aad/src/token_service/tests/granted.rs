//! Tokens that are given.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};
use tokens::{AssertionClaims, client_assertion};

use crate::testing::{
    APP, BEGIN, HOST, MACHINE, MACHINE_CLIENT, Reply, SECRET, TENANT, World, certificate, masked, rsa_key, world,
};

const ARM: &str = "https://management.azure.com/.default";

fn with_secret<'a>(client_id: &'a str, what: (&'a str, &'a str)) -> [(&'a str, &'a str); 4] {
    [("grant_type", "client_credentials"), ("client_id", client_id), ("client_secret", SECRET), what]
}

/// The token's claims, its signature verified with the published keys.
async fn claims(world: &World, reply: &Reply) -> Value {
    let keys = world.get(HOST, &format!("/{TENANT}/discovery/v2.0/keys")).await.json();
    let key = &keys["keys"][0];
    let decoding = DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    let token = reply.json()["access_token"].as_str().unwrap().to_owned();
    let data = decode::<Value>(&token, &decoding, &validation).unwrap();
    assert_eq!(data.header.kid.as_deref(), key["kid"].as_str());
    data.claims
}

fn without_token(reply: &Reply) -> Value {
    masked(reply.json(), &["access_token"])
}

#[tokio::test]
async fn a_secret_gives_a_token_of_either_version() {
    let world = world().await;
    let app = APP.to_string();
    let v2 = world.post("v2", &with_secret(&app, ("scope", ARM))).await;
    insta::assert_json_snapshot!(without_token(&v2), @r#"
    {
      "token_type": "Bearer",
      "expires_in": 3599,
      "ext_expires_in": 3599,
      "access_token": "[access_token]"
    }
    "#);
    let v1 = world.post("v1", &with_secret(&app, ("resource", "https://management.azure.com/"))).await;
    insta::assert_json_snapshot!(without_token(&v1), @r#"
    {
      "token_type": "Bearer",
      "expires_in": "3599",
      "ext_expires_in": "3599",
      "expires_on": "1785582660",
      "not_before": "1785578760",
      "resource": "https://management.azure.com/",
      "access_token": "[access_token]"
    }
    "#);
    insta::assert_json_snapshot!(masked(claims(&world, &v2).await, &["aio", "rh", "uti"]), @r#"
    {
      "aud": "https://management.azure.com",
      "iss": "https://sts.windows.net/c0ffee00-1111-4222-8333-0123456789ab/",
      "iat": 1785578760,
      "nbf": 1785578760,
      "exp": 1785582660,
      "aio": "[aio]",
      "appid": "aaaaaaaa-0001-4000-8000-000000000001",
      "appidacr": "1",
      "idp": "https://sts.windows.net/c0ffee00-1111-4222-8333-0123456789ab/",
      "idtyp": "app",
      "oid": "0b1ec700-0001-4000-8000-000000000001",
      "rh": "[rh]",
      "sub": "0b1ec700-0001-4000-8000-000000000001",
      "tid": "c0ffee00-1111-4222-8333-0123456789ab",
      "uti": "[uti]",
      "ver": "1.0",
      "xms_tcdt": "1776939060"
    }
    "#);
    assert_eq!(claims(&world, &v1).await["aud"], "https://management.azure.com/");
}

#[tokio::test]
async fn the_audience_keeps_the_caller_s_spelling() {
    let world = world().await;
    let app = APP.to_string();
    let own = format!("api://{APP}");
    let own_scope = format!("{own}/.default");
    for (scope, audience) in [
        (ARM, "https://management.azure.com"),
        ("https://management.azure.com//.default", "https://management.azure.com/"),
        ("openid https://graph.microsoft.com/.default profile offline_access", "https://graph.microsoft.com"),
        ("https://localhost:8443/.default", "https://localhost:8443"),
        ("https://Vault.azure.net/.default", "https://Vault.azure.net"),
        (&own_scope, &own),
        ("aaaaaaaa-0001-4000-8000-000000000001/.default", "aaaaaaaa-0001-4000-8000-000000000001"),
        ("https://T.example/app1/.default", "https://T.example/app1"),
    ] {
        let reply = world.post("v2", &with_secret(&app, ("scope", scope))).await;
        assert_eq!(reply.status, StatusCode::OK, "{scope}: {}", reply.text);
        assert_eq!(claims(&world, &reply).await["aud"], audience, "{scope}");
    }
}

#[tokio::test]
async fn a_secret_may_come_in_the_header() {
    let world = world().await;
    for (secret, code) in [(SECRET, None), ("wrong", Some(7_000_215)), ("", Some(7_000_218))] {
        let request = Request::post("//T.Example/OAuth2/V2.0/Token/")
            .header(header::HOST, HOST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(format!("{APP}:{secret}"))));
        let body = format!("grant_type=client_credentials&scope={ARM}");
        let reply = world.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(reply.status == StatusCode::OK, code.is_none(), "{}", reply.text);
        assert_eq!(reply.json()["error_codes"][0].as_i64(), code, "{}", reply.text);
    }
}

#[tokio::test]
async fn a_managed_identity_proves_itself_and_says_where_it_is() {
    let world = world().await;
    let store = &world.aad.store;
    let key = store.managed_identity_key(MACHINE).await.unwrap().unwrap();
    let host = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/other";
    let said =
        AssertionClaims { client_id: MACHINE_CLIENT, audience: &format!("https://{HOST}/{TENANT}/oauth2/token"), host };
    let assertion = client_assertion(&rsa_key(2), &key.certificate, said, BEGIN, &world.aad.ids).unwrap();
    let client = MACHINE_CLIENT.to_string();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &client),
        ("resource", "https://management.azure.com/"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
    ];
    let reply = world.post("v1", &form).await;
    assert_eq!(without_token(&reply)["expires_in"], "86399");
    insta::assert_json_snapshot!(masked(claims(&world, &reply).await, &["aio", "rh", "uti"]), @r#"
    {
      "aud": "https://management.azure.com/",
      "iss": "https://sts.windows.net/c0ffee00-1111-4222-8333-0123456789ab/",
      "iat": 1785578760,
      "nbf": 1785578760,
      "exp": 1785665460,
      "aio": "[aio]",
      "appid": "aaaaaaaa-0002-4000-8000-000000000002",
      "appidacr": "2",
      "idp": "https://sts.windows.net/c0ffee00-1111-4222-8333-0123456789ab/",
      "idtyp": "app",
      "oid": "0b1ec700-0002-4000-8000-000000000002",
      "rh": "[rh]",
      "sub": "0b1ec700-0002-4000-8000-000000000002",
      "tid": "c0ffee00-1111-4222-8333-0123456789ab",
      "uti": "[uti]",
      "ver": "1.0",
      "xms_az_rid": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/other",
      "xms_mirid": "/subscriptions/s/resourcegroups/g/providers/Microsoft.Compute/virtualMachines/vm1",
      "xms_tcdt": "1776939060"
    }
    "#);
}

#[tokio::test]
async fn an_application_cannot_say_that_it_runs_on_a_machine() {
    let world = world().await;
    let said = AssertionClaims {
        client_id: APP,
        audience: &format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        host: "/vm",
    };
    let assertion = client_assertion(&rsa_key(0), &certificate(0).certificate, said, BEGIN, &world.aad.ids).unwrap();
    let reply = world.post("v2", &super::assertions::form(&APP.to_string(), &assertion)).await;
    let claims = claims(&world, &reply).await;
    assert_eq!((&claims["appidacr"], claims.get("xms_az_rid")), (&json!("2"), None));
}

#[tokio::test]
async fn answers_carry_the_headers_of_real_ones() {
    let world = world().await;
    let path = format!("/{TENANT}/oauth2/v2.0/token?client-request-id=7af3aaf0-b42a-44b4-872c-f01862d65522");
    let reply = world.post_to(&path, &with_secret(&APP.to_string(), ("scope", ARM))).await;
    assert_eq!(reply.header("x-ms-request-id").len(), 36);
    let names = reply.headers.iter().filter(|(name, _)| *name != "x-ms-request-id");
    let headers: Vec<String> = names.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    insta::assert_snapshot!(headers.join("\n"), @r#"
    cache-control: no-store, no-cache
    strict-transport-security: max-age=31536000; includeSubDomains
    x-content-type-options: nosniff
    x-xss-protection: 0
    x-ms-ests-server: 2.1.24100.6 - WUS3 ProdSlices
    pragma: no-cache
    expires: -1
    content-type: application/json; charset=utf-8
    p3p: CP="DSP CUR OTPi IND OTRi ONL FIN"
    set-cookie: x-ms-gateway-slice=estsfd; path=/; secure; samesite=none; httponly
    set-cookie: stsservicecookie=estsfd; path=/; secure; samesite=none; httponly
    x-ms-clitelem: 1,0,0,,
    client-request-id: 7af3aaf0-b42a-44b4-872c-f01862d65522
    content-length: 1376
    "#);
}

/// A client that a resource can tell of a revocation gets a long token for it: Graph is the one that tells applications.
#[tokio::test]
async fn an_application_that_understands_revocation_gets_a_long_token_for_graph() {
    let world = world().await;
    let app = APP.to_string();
    let asked = json!({"access_token": {"xms_cc": {"values": ["CP1"]}}}).to_string();
    for (scope, capabilities, life) in [
        ("https://graph.microsoft.com/.default", Some(asked.as_str()), 86_399),
        ("https://graph.microsoft.com/.default", None, 3_599),
        (ARM, Some(asked.as_str()), 3_599),
    ] {
        let mut form = with_secret(&app, ("scope", scope)).to_vec();
        form.extend(capabilities.map(|asked| ("claims", asked)));
        let reply = world.post("v2", &form).await;
        assert_eq!(reply.json()["expires_in"], life, "{scope}");
        assert_eq!(claims(&world, &reply).await.get("xms_cc").is_some(), capabilities.is_some(), "{scope}");
    }
}

/// The key's second name stands in the header of version 1 tokens alone (IDENTITY-WIRE 4.1).
#[tokio::test]
async fn a_header_fits_its_token() {
    let world = world().await;
    let app = APP.to_string();
    for (scope, version, has_x5t) in [(ARM, "1.0", true), ("api://AzureADTokenExchange/.default", "2.0", false)] {
        let reply = world.post("v2", &with_secret(&app, ("scope", scope))).await;
        assert_eq!(claims(&world, &reply).await["ver"], version);
        let header = tokens::decode(reply.json()["access_token"].as_str().unwrap()).unwrap().header;
        assert_eq!(header.get("x5t").is_some(), has_x5t, "{scope}");
        assert!(!has_x5t || header["x5t"] == header["kid"]);
    }
}
