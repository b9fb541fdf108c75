//! Federated assertions, as clients present them.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use model::{DirectoryObject, FederatedIdentityCredential};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::issuers::{self, Job};
use crate::testing::{APP, BEGIN, KEYS, MACHINE, MACHINE_CLIENT, Reply, TENANT, World, jwt, rsa_key, world};

const LOGIN: &str = "https://localhost:8444";
const EXCHANGE: &str = "api://AzureADTokenExchange";
const MAIN: &str = "repo:octo-org/octo-repo:ref:refs/heads/main";
const POD: &str = "system:serviceaccount:ns:web";

fn form<'a>(client_id: &'a str, assertion: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("scope", "https://management.azure.com/.default"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ]
}

impl World {
    /// The application trusts `issuer` when it speaks of `subject`.
    pub(crate) async fn trust(&self, issuer: &str, subject: &str, audience: &str) {
        let mut tx = self.aad.store.begin().await;
        let mut application = tx.application_by_app_id(APP).unwrap().clone();
        application.federated_identity_credentials.push(FederatedIdentityCredential {
            id: Uuid::from_u128(application.federated_identity_credentials.len() as u128),
            name: "fic".to_owned(),
            issuer: issuer.to_owned(),
            subject: Some(subject.to_owned()),
            claims_matching_expression: None,
            audiences: vec![audience.to_owned()],
            description: None,
        });
        tx.put_object(DirectoryObject::Application(application));
        tx.commit().await.unwrap();
    }

    /// A token of the issuer that smalt plays under this name.
    async fn issued(&self, name: &str, subject: &str, audience: &str) -> String {
        let (store, ids) = (&self.aad.store, &self.aad.ids);
        let issuer = issuers::ensure(store, ids, name, None, LOGIN, BEGIN).await.unwrap();
        let job = Job { subject, audience, lifetime: Duration::minutes(10) };
        issuers::issue(store, ids, &issuer, job, BEGIN).await.unwrap()
    }

    async fn present(&self, client: Uuid, assertion: &str) -> Reply {
        self.post("v2", &form(&client.to_string(), assertion)).await
    }
}

/// `200`, or the status with the first sentence of the refusal.
fn told(reply: &Reply) -> String {
    let refusal = reply.json();
    let description = refusal["error_description"].as_str().unwrap_or_default();
    let text = description.split(" Trace ID: ").next().unwrap_or_default();
    let page = if refusal["error_uri"].is_string() { " (page)" } else { "" };
    let error = refusal["error"].as_str().unwrap_or_default();
    format!("{} {error} {text}{page}", reply.status.as_u16()).trim_end().to_owned()
}

#[tokio::test]
async fn a_job_s_token_is_taken_for_the_application_it_is_trusted_with() {
    let world = world().await;
    world.trust(&format!("{LOGIN}/issuers/ci"), MAIN, EXCHANGE).await;
    world.trust(&format!("{LOGIN}/issuers/cluster"), POD, EXCHANGE).await;
    for (name, subject) in [("ci", MAIN), ("cluster", POD)] {
        let token = world.issued(name, subject, EXCHANGE).await;
        for version in ["v1", "v2"] {
            let app = APP.to_string();
            let mut form = form(&app, &token);
            if version == "v1" {
                form[2] = ("resource", "https://management.azure.com/");
            }
            let reply = world.post(version, &form).await;
            assert_eq!(reply.status, StatusCode::OK, "{name} {version}: {}", reply.text);
            let claims = tokens::decode(reply.json()["access_token"].as_str().unwrap()).unwrap().claims;
            assert_eq!((&claims["appid"], &claims["appidacr"]), (&json!(APP), &json!("2")));
        }
    }
}

#[tokio::test]
async fn what_no_credential_fits_is_refused_by_its_first_fault() {
    let world = world().await;
    let mut lines =
        vec![format!("none at all: {}", told(&world.present(APP, &world.issued("ci", MAIN, EXCHANGE).await).await))];
    world.trust(&format!("{LOGIN}/issuers/ci"), MAIN, EXCHANGE).await;
    world.trust(&format!("{LOGIN}/issuers/ci/"), "slash", EXCHANGE).await;
    world.trust(&format!("{LOGIN}/issuers/ci"), "elsewhere", "api://other").await;
    for (what, name, subject, audience) in [
        ("issuer", "other", MAIN, EXCHANGE),
        ("issuer with a slash more", "ci", "slash", EXCHANGE),
        ("audience", "ci", MAIN, "api://nobody"),
        ("audience in another case", "ci", MAIN, "api://azureadtokenexchange"),
        ("subject", "ci", "repo:octo-org/octo-repo:ref:refs/heads/dev", EXCHANGE),
        ("subject in another case", "ci", "repo:Octo-Org/octo-repo:ref:refs/heads/main", EXCHANGE),
        ("subject of another audience", "ci", "elsewhere", EXCHANGE),
    ] {
        let token = world.issued(name, subject, audience).await;
        lines.push(format!("{what}: {}", told(&world.present(APP, &token).await)));
    }
    let token = world.issued("ci", MAIN, EXCHANGE).await;
    lines.push(format!("unknown client: {}", told(&world.present(Uuid::nil(), &token).await)));
    insta::assert_snapshot!(lines.join("\n"), @r"
    none at all: 401 invalid_client AADSTS70025: The client 'aaaaaaaa-0001-4000-8000-000000000001'(app1) has no configured federated identity credentials. (page)
    issuer: 401 invalid_client AADSTS700211: No matching federated identity record found for presented assertion issuer 'https://localhost:8444/issuers/other'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation
    issuer with a slash more: 401 invalid_client AADSTS700213: No matching federated identity record found for presented assertion subject 'slash'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation
    audience: 401 invalid_client AADSTS700212: No matching federated identity record found for presented assertion audience 'api://nobody'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation
    audience in another case: 401 invalid_client AADSTS700212: No matching federated identity record found for presented assertion audience 'api://azureadtokenexchange'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation
    subject: 401 invalid_client AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:octo-org/octo-repo:ref:refs/heads/dev'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation
    subject in another case: 401 invalid_client AADSTS7002138: No matching federated identity record found for presented assertion subject 'repo:Octo-Org/octo-repo:ref:refs/heads/main'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. See documentation at: https://learn.microsoft.com/entra/workload-id/workload-identity-federation. See breaking change notification and remediation at: https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024.
    subject of another audience: 401 invalid_client AADSTS700213: No matching federated identity record found for presented assertion subject 'elsewhere'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation
    unknown client: 400 unauthorized_client AADSTS700016: Application with identifier '00000000-0000-0000-0000-000000000000' was not found in the directory 'Test Tenant'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant. (page)
    ");
}

#[tokio::test]
async fn what_the_issuer_did_not_sign_is_refused() {
    let world = world().await;
    let issuer = format!("{LOGIN}/issuers/ci");
    world.trust(&issuer, MAIN, EXCHANGE).await;
    let honest = world.issued("ci", MAIN, EXCHANGE).await;
    let kid = tokens::decode(&honest).unwrap().header["kid"].clone();
    let claims = json!({"iss": issuer, "sub": MAIN, "aud": EXCHANGE, "exp": BEGIN.unix_timestamp() + 600});
    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        changed
    };
    let header = json!({"alg": "RS256", "kid": kid});
    let mut lines = Vec::new();
    for (what, header, claims) in [
        ("another key", header.clone(), claims.clone()),
        ("unknown kid", json!({"alg": "RS256", "kid": "another"}), claims.clone()),
        (
            "a kid of another's certificate",
            json!({"alg": "RS256", "kid": "-_v7-_v7-_v7-_v7-_v7-_v7-_s"}),
            claims.clone(),
        ),
        ("HMAC with the public key", json!({"alg": "HS256", "kid": kid}), claims.clone()),
        ("no algorithm", json!({"alg": "none", "kid": kid}), claims.clone()),
        (
            "a key of its own",
            json!({"alg": "RS256", "kid": "own", "jwk": {"kty": "RSA"}, "jku": "https://evil.example"}),
            claims.clone(),
        ),
        ("over", header.clone(), with("exp", json!(BEGIN.unix_timestamp() - 301))),
        ("not begun", header.clone(), with("nbf", json!(BEGIN.unix_timestamp() + 301))),
        ("no end", header.clone(), with("exp", Value::Null)),
        ("no audience", header.clone(), with("aud", Value::Null)),
        ("no subject", header.clone(), with("sub", json!(["a"]))),
        ("plain HTTP", header.clone(), with("iss", json!("http://localhost:8444/issuers/ci"))),
    ] {
        let reply = world.present(APP, &jwt(&header, &claims, &rsa_key(1), false)).await;
        lines.push(format!("{what}: {}", told(&reply)));
    }
    // One bit of the signature.
    let mut spoiled = honest.clone().into_bytes();
    let middle = spoiled.len() - 100;
    spoiled[middle] = if spoiled[middle] == b'A' { b'B' } else { b'A' };
    lines.push(format!("spoiled: {}", told(&world.present(APP, std::str::from_utf8(&spoiled).unwrap()).await)));
    let text = lines.join("\n").replace(kid.as_str().unwrap(), "[kid]");
    insta::assert_snapshot!(text, @r"
    another key: 401 invalid_client AADSTS700027: Client assertion contains an invalid signature. [Reason - The provided signature value did not match the expected signature value., Thumbprint of key used by client: '[kid]'] (page)
    unknown kid: 401 invalid_client AADSTS7000272: The certificate with identifier another used to sign the federated credential could not be found in the metadata of identity provider https://localhost:8444/issuers/ci. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token. (page)
    a kid of another's certificate: 401 invalid_client AADSTS7000272: The certificate with identifier FBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFBFB used to sign the federated credential could not be found in the metadata of identity provider https://localhost:8444/issuers/ci. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token. (page)
    HMAC with the public key: 400 invalid_request AADSTS50027: JWT token is invalid or malformed. (page)
    no algorithm: 400 invalid_request AADSTS50027: JWT token is invalid or malformed. (page)
    a key of its own: 401 invalid_client AADSTS7000272: The certificate with identifier own used to sign the federated credential could not be found in the metadata of identity provider https://localhost:8444/issuers/ci. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token. (page)
    over: 401 invalid_client AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-08-01T10:11:00.0000000Z, assertion valid from 0001-01-01T00:00:00.0000000Z, expiry time of assertion 2026-08-01T10:05:59.0000000Z. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials . (page)
    not begun: 401 invalid_client AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-08-01T10:11:00.0000000Z, assertion valid from 2026-08-01T10:16:01.0000000Z, expiry time of assertion 2026-08-01T10:21:00.0000000Z. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials . (page)
    no end: 400 invalid_request AADSTS50027: JWT token is invalid or malformed. (page)
    no audience: 400 invalid_request AADSTS50027: JWT token is invalid or malformed. (page)
    no subject: 400 invalid_request AADSTS50027: JWT token is invalid or malformed. (page)
    plain HTTP: 401 invalid_client AADSTS700021: Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials . (page)
    spoiled: 401 invalid_client AADSTS700027: Client assertion contains an invalid signature. [Reason - The provided signature value did not match the expected signature value., Thumbprint of key used by client: '[kid]'] (page)
    ");
    assert_eq!(world.present(APP, &honest).await.status, StatusCode::OK);
}

/// A managed identity's token for the exchange proves an application (CONTRACT 14); nothing else of Entra's does.
#[tokio::test]
async fn entra_vouches_with_application_tokens_of_its_own() {
    let world = world().await;
    let entra = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    world.trust(&entra, &MACHINE.to_string(), EXCHANGE).await;
    world.trust(&format!("https://sts.windows.net/{TENANT}/"), &MACHINE.to_string(), EXCHANGE).await;
    world.trust("https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/v2.0", "s", EXCHANGE).await;
    let now = BEGIN.unix_timestamp();
    let exchange = tokens::ResourceApp::TokenExchange.app_id();
    let claims = |iss: &str, sub: &str, idtyp: &str| {
        let client = MACHINE_CLIENT;
        json!({"iss": iss, "sub": sub, "oid": sub, "appid": client, "aud": exchange, "idtyp": idtyp, "nbf": now, "exp": now + 60})
    };
    let jwk = &world.aad.signer.published(BEGIN)[0];
    let (machine, other) =
        (MACHINE.to_string(), "https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/v2.0");
    let cases = BTreeMap::from([
        ("application", (claims(&entra, &machine, "app"), KEYS)),
        ("person", (claims(&entra, &machine, "user"), KEYS)),
        ("forged", (claims(&entra, &machine, "app"), 0)),
        ("version 1", (claims(&format!("https://sts.windows.net/{TENANT}/"), &machine, "app"), KEYS)),
        ("another tenant", (claims(other, "s", "app"), KEYS)),
        ("another subject", (claims(&entra, &MACHINE_CLIENT.to_string(), "app"), KEYS)),
    ]);
    let mut lines = Vec::new();
    for (what, (claims, key)) in cases {
        let token = jwt(&json!({"alg": "RS256", "typ": "JWT", "kid": jwk.kid}), &claims, &rsa_key(key), false);
        lines.push(format!("{what}: {}", told(&world.present(APP, &token).await)));
    }
    // The thumbprint differs from run to run, as the key does.
    let (parsed, _) = tokens::ParsedCertificate::from_text(&jwk.x5c).unwrap();
    insta::assert_snapshot!(lines.join("\n").replace(&parsed.thumbprint, "[thumbprint]"), @r"
    another subject: 401 invalid_client AADSTS700213: No matching federated identity record found for presented assertion subject 'aaaaaaaa-0002-4000-8000-000000000002'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation
    another tenant: 401 invalid_client AADSTS700222: AAD-issued tokens may not be used for federated identity flows. (page)
    application: 200
    forged: 401 invalid_client AADSTS700027: Client assertion contains an invalid signature. [Reason - The provided signature value did not match the expected signature value., Thumbprint of key used by client: '[thumbprint]'] (page)
    person: 401 invalid_client AADSTS700229: Forbidden token type. Only app-only tokens may be used as Federated Identity Credentials for AAD issuer. (page)
    version 1: 401 invalid_client AADSTS700222: AAD-issued tokens may not be used for federated identity flows. (page)
    ");
}

/// The issuer is trusted and out of reach: at an address that is not asked, or where nobody answers.
#[tokio::test]
async fn an_issuer_out_of_reach_proves_nothing() {
    let world = world().await;
    for issuer in [
        "https://169.254.169.254/latest",
        "https://[fd00:ec2::254]",
        "https://127.0.0.1:8444/issuers/ci",
        "https://0x7f000001",
        "https://2130706433:8444",
        "https://[::ffff:169.254.169.254]",
        "https://localhost:1",
    ] {
        world.trust(issuer, MAIN, EXCHANGE).await;
        let claims = json!({"iss": issuer, "sub": MAIN, "aud": EXCHANGE, "exp": BEGIN.unix_timestamp() + 600});
        let token = jwt(&json!({"alg": "RS256", "kid": "k"}), &claims, &rsa_key(0), false);
        let reply = world.present(APP, &token).await;
        let refused = "400 invalid_request AADSTS90061: Request to External OIDC endpoint failed. (page)";
        assert_eq!(told(&reply), refused, "{issuer}");
    }
}
