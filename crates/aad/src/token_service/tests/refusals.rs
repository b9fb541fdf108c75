//! Every refusal, with its whole text.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokens::ParsedCertificate;

use super::assertions;
use crate::testing::{
    APP, BEGIN, DISABLED, FUTURE_SECRET, HOST, MACHINE, OLD_SECRET, ORPHAN, Reply, SECRET, TENANT, World, certificate,
    jwt, masked, rsa_key, world,
};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const ARM: (&str, &str) = ("scope", "https://management.azure.com/.default");

/// Status, error and description without what differs from request to request.
fn line(what: &str, reply: &Reply) -> String {
    let body = reply.json();
    let description = body["error_description"].as_str().unwrap();
    let (text, trace) = description.split_once(" Trace ID: ").unwrap();
    assert_eq!(
        trace,
        format!(
            "{} Correlation ID: {} Timestamp: 2026-08-01 10:11:00Z",
            body["trace_id"].as_str().unwrap(),
            body["correlation_id"].as_str().unwrap()
        )
    );
    let code = body["error_codes"][0].as_u64().unwrap();
    assert!(text.starts_with(&format!("AADSTS{code}: ")), "{text}");
    assert_eq!(reply.header("x-ms-clitelem"), format!("1,{code},0,,"));
    assert_eq!(reply.header("x-ms-request-id"), body["trace_id"]);
    assert!(!reply.text[20..].contains('\\'), "some clients cannot read escapes: {}", reply.text);
    format!("{what}: {} {} {text}", reply.status.as_u16(), body["error"].as_str().unwrap())
}

fn secret<'a>(client_id: &'a str, secret: &'a str) -> [(&'a str, &'a str); 4] {
    [GRANT, ("client_id", client_id), ("client_secret", secret), ARM]
}

#[tokio::test]
async fn of_the_request() {
    let world = world().await;
    let app = APP.to_string();
    let [id, good] = [("client_id", app.as_str()), ("client_secret", SECRET)];
    let mut lines = Vec::new();
    for (what, path, form) in [
        ("unknown tenant", "/11111111-1111-4111-8111-111111111111/oauth2/v2.0/token", vec![GRANT]),
        ("unknown domain", "/other.example/oauth2/v2.0/token", vec![GRANT]),
        ("no tenant", "/nonsense/oauth2/v2.0/token", vec![GRANT]),
        ("any tenant", "/common/oauth2/v2.0/token", vec![GRANT, id, good, ARM]),
        ("no grant", "/t.example/oauth2/v2.0/token", vec![id]),
        ("unknown grant", "/t.example/oauth2/v2.0/token", vec![("grant_type", "x\"y\\z")]),
        ("twice", "/t.example/oauth2/v2.0/token", vec![GRANT, GRANT]),
        ("no client", "/t.example/oauth2/v2.0/token", vec![GRANT, good, ARM]),
        ("no scope", "/t.example/oauth2/v2.0/token", vec![GRANT, id, good]),
        ("resource", "/t.example/oauth2/v2.0/token", vec![GRANT, id, good, ("resource", "https://a")]),
        ("only openid", "/t.example/oauth2/v2.0/token", vec![GRANT, id, good, ("scope", "openid profile")]),
        (
            "two",
            "/t.example/oauth2/v2.0/token",
            vec![GRANT, id, good, ("scope", "https://a/.default https://b/.default")],
        ),
        (
            "not default",
            "/t.example/oauth2/v2.0/token",
            vec![GRANT, id, good, ("scope", "https://management.azure.com/x")],
        ),
        ("only default", "/t.example/oauth2/v2.0/token", vec![GRANT, id, good, ("scope", "/.default")]),
        ("strange", "/t.example/oauth2/v2.0/token", vec![GRANT, id, good, ("scope", "api://none/.default")]),
        (
            "orphan",
            "/organizations/oauth2/token",
            vec![GRANT, id, good, ("resource", "aaaaaaaa-0003-4000-8000-000000000003")],
        ),
        ("no route", "/t.example/oauth2/v3.0/token", vec![]),
        ("undecodable", "/%ff%fe/%zz", vec![]),
    ] {
        lines.push(line(what, &world.post_to(path, &form).await));
    }
    for (what, method, path) in [
        ("verb", Method::GET, "/t.example/oauth2/v2.0/token"),
        ("verb of a document", Method::POST, "/common/discovery/keys"),
        ("document of nobody", Method::GET, "/other.example/v2.0/.well-known/openid-configuration"),
        ("keys of nonsense", Method::GET, "/nonsense/discovery/v2.0/keys"),
        ("instance", Method::GET, "/common/discovery/instance?authorization_endpoint=https://evil.example/t"),
        ("no instance", Method::GET, "/common/discovery/instance"),
    ] {
        let request = Request::builder().method(method).uri(path).header(header::HOST, HOST).body(Body::empty());
        lines.push(line(what, &world.send(request.unwrap()).await));
    }
    lines.push(line("no text", &world.post_text("/t.example/oauth2/token", b"grant_type=\xff".to_vec()).await));
    lines.push(line("too long", &world.post_text("/t.example/oauth2/token", vec![b'a'; 70_000]).await));
    let json = Request::post("/t.example/oauth2/token").header(header::CONTENT_TYPE, "application/json");
    lines.push(line("json", &world.send(json.body(Body::from(r#"{"grant_type":"x"}"#)).unwrap()).await));
    insta::assert_snapshot!(lines.join("\n"), @r#"
    unknown tenant: 400 invalid_request AADSTS90002: Tenant '11111111-1111-4111-8111-111111111111' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.
    unknown domain: 400 invalid_request AADSTS90002: Tenant 'other.example' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.
    no tenant: 400 invalid_request AADSTS900023: Specified tenant identifier 'nonsense' is neither a valid DNS name, nor a valid external domain.
    any tenant: 400 invalid_request AADSTS9001023: The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.
    no grant: 400 invalid_request AADSTS900144: The request body must contain the following parameter: 'grant_type'.
    unknown grant: 400 unsupported_grant_type AADSTS70003: The app requested an unsupported grant type 'x'y/z'.
    twice: 400 invalid_request AADSTS9000411: The request is not properly formatted. The parameter 'grant_type' is duplicated.
    no client: 400 invalid_request AADSTS900144: The request body must contain the following parameter: 'client_id'.
    no scope: 400 invalid_request AADSTS900144: The request body must contain the following parameter: 'scope'.
    resource: 400 invalid_request AADSTS901002: The 'resource' request parameter is not supported.
    only openid: 400 invalid_scope AADSTS70011: The provided value for the input parameter 'scope' is not valid. The scope openid profile is not valid.
    two: 400 invalid_scope AADSTS70011: The provided value for the input parameter 'scope' is not valid. The scope https://a/.default https://b/.default is not valid.
    not default: 400 invalid_scope AADSTS1002012: The provided value for scope https://management.azure.com/x is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).
    only default: 400 invalid_scope AADSTS1002012: The provided value for scope /.default is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).
    strange: 400 invalid_resource AADSTS500011: The resource principal named api://none was not found in the tenant named Test Tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.
    orphan: 400 invalid_resource AADSTS500011: The resource principal named aaaaaaaa-0003-4000-8000-000000000003 was not found in the tenant named Test Tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.
    no route: 404 invalid_request AADSTS9002313: Invalid request. Request is malformed or invalid.
    undecodable: 404 invalid_request AADSTS9002313: Invalid request. Request is malformed or invalid.
    verb: 400 invalid_request AADSTS900561: The endpoint only accepts POST requests. Received a GET request.
    verb of a document: 405 invalid_request AADSTS9002313: Invalid request. Request is malformed or invalid.
    document of nobody: 400 invalid_tenant AADSTS90002: Tenant 'other.example' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.
    keys of nonsense: 400 invalid_request AADSTS900023: Specified tenant identifier 'nonsense' is neither a valid DNS name, nor a valid external domain.
    instance: 400 invalid_instance AADSTS50049: Unknown or invalid instance.
    no instance: 400 invalid_request AADSTS900144: The request body must contain the following parameter: 'authorization_endpoint'.
    no text: 400 invalid_request AADSTS9002313: Invalid request. Request is malformed or invalid.
    too long: 413 invalid_request AADSTS9002313: Invalid request. Request is malformed or invalid.
    json: 400 invalid_request AADSTS900144: The request body must contain the following parameter: 'grant_type'.
    "#);
}

#[tokio::test]
async fn of_a_secret() {
    let world = world().await;
    let [app, orphan, disabled] = [APP, ORPHAN, DISABLED].map(|id| id.to_string());
    let mut lines = Vec::new();
    for (what, form) in [
        ("unknown", secret("11111111-1111-4111-8111-111111111111", SECRET)),
        ("no guid", secret("my-app", SECRET)),
        ("orphan", secret(&orphan, SECRET)),
        ("disabled", secret(&disabled, SECRET)),
        ("wrong", secret(&app, "wrong")),
        ("ended", secret(&app, OLD_SECRET)),
        ("not begun", secret(&app, FUTURE_SECRET)),
        ("none", secret(&app, "")),
    ] {
        lines.push(line(what, &world.post("v2", &form).await));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    unknown: 400 unauthorized_client AADSTS700016: Application with identifier '11111111-1111-4111-8111-111111111111' was not found in the directory 'Test Tenant'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.
    no guid: 400 unauthorized_client AADSTS700016: Application with identifier 'my-app' was not found in the directory 'Test Tenant'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.
    orphan: 400 unauthorized_client AADSTS7000229: The client application aaaaaaaa-0003-4000-8000-000000000003 is missing service principal in the tenant c0ffee00-1111-4222-8333-0123456789ab. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119
    disabled: 400 unauthorized_client AADSTS7000112: Application 'aaaaaaaa-0004-4000-8000-000000000004'(app1) is disabled.
    wrong: 401 invalid_client AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'aaaaaaaa-0001-4000-8000-000000000001'.
    ended: 401 invalid_client AADSTS7000222: The provided client secret keys for app 'aaaaaaaa-0001-4000-8000-000000000001' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.
    not begun: 401 invalid_client AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'aaaaaaaa-0001-4000-8000-000000000001'.
    none: 401 invalid_client AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.
    "#);
}

fn thumbprint(n: usize) -> String {
    let (parsed, _) = ParsedCertificate::from_text(&certificate(n).certificate).unwrap();
    let hex = parsed.thumbprint;
    let bytes: Vec<u8> = (0..20).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

async fn asserted(world: &World, header: &Value, change: impl FnOnce(&mut Value), key: usize) -> Reply {
    let mut claims = assertions::claims();
    change(&mut claims);
    let assertion = jwt(header, &claims, &rsa_key(key), false);
    world.post("v2", &assertions::form(&APP.to_string(), &assertion)).await
}

#[tokio::test]
async fn of_an_assertion() {
    let world = world().await;
    let now = BEGIN.unix_timestamp();
    let good = json!({"alg": "RS256", "x5t": thumbprint(0)});
    let mut lines = Vec::new();
    for (what, header, key) in [
        ("typ", json!({"alg": "RS256", "typ": "at+jwt", "x5t": thumbprint(0)}), 0),
        ("alg", json!({"alg": "HS256", "x5t": thumbprint(0)}), 0),
        ("no thumbprint", json!({"alg": "RS256"}), 0),
        ("unknown key", json!({"alg": "RS256", "x5t": URL_SAFE_NO_PAD.encode([0xfb; 20])}), 0),
        ("unknown key by SHA-256", json!({"alg": "PS256", "x5t#S256": URL_SAFE_NO_PAD.encode([0xfb; 32])}), 0),
        ("ended key", json!({"alg": "RS256", "x5t": thumbprint(1)}), 1),
        ("another signer", good.clone(), 1),
    ] {
        lines.push(line(what, &asserted(&world, &header, |_| {}, key).await));
    }
    for (what, claim, value) in [
        ("of another", "iss", json!(MACHINE)),
        ("about another", "sub", json!(MACHINE)),
        ("federated", "iss", json!("https://token.actions.githubusercontent.com")),
        ("for another", "aud", json!("https://login.microsoftonline.us/t.example/oauth2/token")),
        ("over", "exp", json!(now - 301)),
        ("not begun", "nbf", json!(now + 301)),
        ("the end of time", "nbf", json!("253402300799")),
        ("no end", "exp", json!(null)),
    ] {
        lines.push(line(what, &asserted(&world, &good, |claims| claims[claim] = value, 0).await));
    }
    let app = APP.to_string();
    lines.push(line("no JWT", &world.post("v2", &assertions::form(&app, "a.b")).await));
    let mut form = assertions::form(&app, "a.b.c");
    form[3].1 = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    lines.push(line("another kind", &world.post("v2", &form).await));
    form[3].1 = "";
    lines.push(line("no kind", &world.post("v2", &form).await));
    // Thumbprints differ from run to run, as the keys do.
    let hex = [0, 1].map(|n| ParsedCertificate::from_text(&certificate(n).certificate).unwrap().0.thumbprint);
    let text = lines.join("\n").replace(&hex[0], "[application's]").replace(&hex[1], "[principal's]");
    insta::assert_snapshot!(text, @r"
    typ: 400 invalid_request AADSTS5002727: Invalid JWT header type specified. Allowed types: 'JWT','http://openid.net/specs/jwt/1.0'.
    alg: 400 invalid_request AADSTS50027: JWT token is invalid or malformed.
    no thumbprint: 401 invalid_client AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id 'aaaaaaaa-0001-4000-8000-000000000001'.]
    unknown key: 401 invalid_client AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: 'FBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFB', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id 'aaaaaaaa-0001-4000-8000-000000000001'.]
    unknown key by SHA-256: 401 invalid_client AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: 'FBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFB', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id 'aaaaaaaa-0001-4000-8000-000000000001'.]
    ended key: 401 invalid_client AADSTS700027: Client assertion contains an invalid signature. [Reason - The key used is expired., Thumbprint of key used by client: '[principal's]', Found key 'Start=08/02/2020 10:11:00, End=08/01/2025 10:11:00']
    another signer: 401 invalid_client AADSTS700027: Client assertion contains an invalid signature. [Reason - The provided signature value did not match the expected signature value., Thumbprint of key used by client: '[application's]', Found key 'Start=07/22/2026 10:11:00, End=07/21/2031 10:11:00']
    of another: 401 invalid_client AADSTS700021: Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .
    about another: 401 invalid_client AADSTS700021: Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .
    federated: 401 invalid_client AADSTS70025: The client 'aaaaaaaa-0001-4000-8000-000000000001'(app1) has no configured federated identity credentials.
    for another: 401 invalid_client AADSTS700023: Client assertion audience claim does not match Realm issuer. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .
    over: 401 invalid_client AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-08-01T10:11:00.0000000Z, assertion valid from 2026-08-01T10:11:00.0000000Z, expiry time of assertion 2026-08-01T10:05:59.0000000Z. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .
    not begun: 401 invalid_client AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-08-01T10:11:00.0000000Z, assertion valid from 2026-08-01T10:16:01.0000000Z, expiry time of assertion 2026-08-01T10:21:00.0000000Z. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .
    the end of time: 401 invalid_client AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-08-01T10:11:00.0000000Z, assertion valid from 9999-12-31T23:59:59.0000000Z, expiry time of assertion 2026-08-01T10:21:00.0000000Z. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .
    no end: 400 invalid_request AADSTS50027: JWT token is invalid or malformed.
    no JWT: 400 invalid_request AADSTS50027: JWT token is invalid or malformed.
    another kind: 400 invalid_request AADSTS50027: JWT token is invalid or malformed.
    no kind: 400 invalid_request AADSTS900144: The request body must contain the following parameter: 'client_assertion_type'.
    ");
}

#[tokio::test]
async fn five_minutes_of_difference_between_clocks_are_forgiven() {
    let world = world().await;
    let now = BEGIN.unix_timestamp();
    let good = json!({"alg": "RS256", "x5t": thumbprint(0)});
    for (claim, value) in [("exp", now - 300), ("nbf", now + 300), ("exp", 253_402_300_799)] {
        let reply = asserted(&world, &good, |claims| claims[claim] = json!(value), 0).await;
        assert_eq!(reply.status, StatusCode::OK, "{claim} {value}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_revoked_certificate_proves_nothing_more() {
    let world = world().await;
    let good = json!({"alg": "RS256", "x5t": thumbprint(0)});
    assert_eq!(asserted(&world, &good, |_| {}, 0).await.status, StatusCode::OK);
    crate::certificates::revoke(&world.aad.store, crate::testing::APP_PRINCIPAL, None).await.unwrap();
    let reply = asserted(&world, &good, |_| {}, 0).await;
    assert_eq!((reply.status, &reply.json()["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_client")));
    assert!(reply.text.contains("AADSTS700027: ") && reply.text.contains("The key was not found."), "{}", reply.text);
}

#[tokio::test]
async fn the_whole_body() {
    let world = world().await;
    let request = Request::post(format!("/{TENANT}/oauth2/token"))
        .header(header::HOST, HOST)
        .header("client-request-id", "7AF3AAF0-b42a-44b4-872c-f01862d65522");
    let reply = world.send(request.body(Body::empty()).unwrap()).await;
    insta::assert_json_snapshot!(masked(reply.json(), &["trace_id", "error_description"]), @r#"
    {
      "error": "invalid_request",
      "error_description": "[error_description]",
      "error_codes": [
        900144
      ],
      "timestamp": "2026-08-01 10:11:00Z",
      "trace_id": "[trace_id]",
      "correlation_id": "7af3aaf0-b42a-44b4-872c-f01862d65522",
      "error_uri": "https://login.microsoftonline.com/error?code=900144"
    }
    "#);
    assert_eq!(reply.header("client-request-id"), "7af3aaf0-b42a-44b4-872c-f01862d65522");
    assert_eq!(reply.header("cache-control"), "no-store, no-cache");
    let garbage = Request::get("/x?client-request-id=%22%0d%0a").header("client-request-id", "<script>");
    let reply = world.send(garbage.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.json()["correlation_id"].as_str(), Some(reply.header("client-request-id")));
}

/// Bits of honest requests, so that garbage gets past the first checks.
fn fragment() -> impl Strategy<Value = String> {
    let assertion = jwt(&json!({"alg": "RS256", "x5t": thumbprint(0)}), &assertions::claims(), &rsa_key(0), false);
    let known = [
        "grant_type=client_credentials".to_owned(),
        format!("client_id={APP}"),
        format!("client_secret={SECRET}"),
        "scope=https://management.azure.com/.default".to_owned(),
        "resource=".to_owned(),
        "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned(),
        format!("client_assertion={assertion}"),
        "client_assertion=".to_owned(),
        "scope=".to_owned(),
        "client_id=".to_owned(),
        "&".to_owned(),
    ];
    prop_oneof![3 => prop::sample::select(known.to_vec()), 1 => ".{0,20}", 1 => "[A-Za-z0-9._%=-]{0,40}"]
}

#[test]
fn garbage_is_the_client_s_fault() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(world());
    proptest!(ProptestConfig::with_cases(300), |(
        path in prop_oneof![Just("/t.example/oauth2/token"), Just("/t.example/oauth2/v2.0/token")],
        parts in prop::collection::vec(fragment(), 0..8),
        basic in prop::option::of("[ -~]{0,30}"),
        separator in prop_oneof![4 => Just("&"), 1 => Just("")],
    )| {
        let mut request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(basic) = basic {
            request = request.header(header::AUTHORIZATION, format!("Basic {basic}"));
        }
        let reply = runtime.block_on(world.send(request.body(Body::from(parts.join(separator))).unwrap()));
        prop_assert!(!reply.status.is_server_error(), "{}", reply.text);
        let body: Value = serde_json::from_str(&reply.text).unwrap();
        prop_assert_eq!(body.get("access_token").is_some(), reply.status == StatusCode::OK);
    });
}
