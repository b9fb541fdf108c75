//! Tokens: what is asked of the token service, what is kept, and when it ends.

use axum::http::StatusCode;
use model::Scope;
use serde_json::json;
use time::Duration;
use tokens::{Assertion, ParsedCertificate, RsaKey, SignerKey};
use uuid::Uuid;

use crate::testing::{SYSTEM, TENANT, VM, World, key_of, service_principal, user_assigned};

const ARM: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/";

#[tokio::test]
async fn the_answer_of_a_first_request() {
    let world = World::new(true, &[]).await;
    let answer = world.get(ARM).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    insta::assert_snapshot!(answer.body, @r#"{"access_token":"token-1","client_id":"00000000-0000-0000-0000-000000000065","expires_in":"86400","expires_on":"1785665472","ext_expires_in":"86399","not_before":"1785578772","resource":"https://management.azure.com/","token_type":"Bearer"}"#);
}

#[tokio::test]
async fn the_token_service_is_asked_with_the_certificate() {
    let world = World::new(true, &[]).await;
    world.get(ARM).await;
    let form = world.service.forms.lock().unwrap()[0].clone();
    let client = Uuid::from_u128(SYSTEM + 100).to_string();
    assert_eq!(form["grant_type"], "client_credentials");
    assert_eq!(form["client_id"], client);
    assert_eq!(form["resource"], "https://management.azure.com/");
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert_eq!(form.len(), 5);

    let assertion = Assertion::parse(&form["client_assertion"]).unwrap();
    let (certificate, _) = ParsedCertificate::from_text(&key_of(Uuid::nil()).certificate).unwrap();
    assert!(assertion.is_signed_by(&certificate.public_der));
    assert_eq!(assertion.thumbprint.as_ref().map(tokens::Thumbprint::hex), Some(certificate.thumbprint));
    assert_eq!((assertion.issuer.as_str(), assertion.subject.as_str()), (client.as_str(), client.as_str()));
    assert!(assertion.audiences[0].ends_with(&format!("/{TENANT}/oauth2/token")));
    let claims = tokens::decode(&form["client_assertion"]).unwrap().claims;
    assert_eq!(claims["xms_az_rid"], json!(VM.replace("resourceGroups", "resourcegroups")));
}

#[tokio::test]
async fn every_spelling_of_a_resource_is_asked_for_and_echoed_as_it_is() {
    let world = World::new(true, &[]).await;
    let target = "/metadata/identity/oauth2/token/?api-version=2019-08-01&resource=";
    for (written, read) in [
        ("https://management.azure.com", "https://management.azure.com"),
        ("https%3A%2F%2Fmanagement.azure.com%2F", "https://management.azure.com/"),
        ("https://management.azure.com//", "https://management.azure.com//"),
        ("api%3A%2F%2Fm%C3%BCll%22", "api://müll\""),
    ] {
        let answer = world.get(&format!("/{target}{written}")).await;
        assert_eq!(answer.json()["resource"], read);
        assert_eq!(world.service.forms.lock().unwrap().last().unwrap()["resource"], read);
    }
    assert_eq!(world.service.asked(), 4);
}

#[tokio::test]
async fn a_token_is_kept_for_half_its_life_and_counts_down() {
    let world = World::new(true, &[]).await;
    world.get(ARM).await;
    world.advance(Duration::seconds(89));
    let kept = world.get(ARM).await.json();
    assert_eq!((&kept["access_token"], &kept["expires_in"]), (&json!("token-1"), &json!("86311")));
    let fresh = world.get(&format!("{ARM}&bypass_cache=true")).await.json();
    assert_eq!((&fresh["access_token"], &fresh["expires_in"]), (&json!("token-2"), &json!("86400")));
    assert_eq!(world.get(ARM).await.json()["access_token"], "token-2");
    // Half of 86,700 seconds, the first 300 of which lie before the grant.
    world.advance(Duration::seconds(43_049));
    assert_eq!(world.get(ARM).await.json()["access_token"], "token-2");
    world.advance(Duration::seconds(1));
    assert_eq!(world.get(ARM).await.json()["access_token"], "token-3");
}

/// On a VM no program can say that its token was refused: whatever ends a token ends its place in the cache.
#[tokio::test]
async fn a_token_that_counts_no_more_is_not_handed_out_again() {
    let revoke = async |world: &World| {
        let mut tx = world.store.begin().await;
        tx.revoke_tokens(Uuid::from_u128(SYSTEM), world.clock.now());
        tx.commit().await.unwrap();
    };
    let world = World::new(true, &[]).await;
    assert_eq!(world.get(ARM).await.json()["access_token"], "token-1");
    world.advance(Duration::minutes(1));
    revoke(&world).await;
    // The tokens of this token service begin five minutes before they are issued, whatever was revoked.
    world.advance(Duration::minutes(5));
    for _ in 0..2 {
        assert_eq!(world.get(ARM).await.json()["access_token"], "token-2", "a revocation ends what was before it");
    }

    let key =
        || SignerKey::new(RsaKey::from_base64(&key_of(Uuid::nil()).private_key).unwrap(), "k1", "", None).unwrap();
    let world = World::new(true, &[]).await;
    *world.service.kid.lock().unwrap() = Some("k1");
    let retires_at = world.clock.now() + Duration::minutes(2);
    world.verifier.replace_keys(&[(key().jwk, Some(retires_at))]).unwrap();
    let first = world.get(ARM).await.json()["access_token"].clone();
    world.advance(Duration::minutes(1));
    assert_eq!(world.get(ARM).await.json()["access_token"], first);
    world.advance(Duration::minutes(1));
    assert_ne!(world.get(ARM).await.json()["access_token"], first, "its key has retired");
    world.verifier.replace_keys(&[(key().jwk, None)]).unwrap();
    let kept = world.get(ARM).await.json()["access_token"].clone();
    assert_eq!(world.get(ARM).await.json()["access_token"], kept);
    world.verifier.replace_keys(&[]).unwrap();
    assert_ne!(world.get(ARM).await.json()["access_token"], kept, "its key is forgotten");
}

#[tokio::test]
async fn callers_that_come_together_get_one_token() {
    let world = World::new(true, &[]).await;
    let (a, b, c) = tokio::join!(world.get(ARM), world.get(ARM), world.get(ARM));
    assert_eq!((&a.body, &a.body), (&b.body, &c.body));
    assert_eq!(world.service.asked(), 1);
}

#[tokio::test]
async fn tokens_outlive_their_sockets_but_not_their_vm() {
    let world = World::new(true, &[]).await;
    world.get(ARM).await;
    world.get(ARM).await;
    assert_eq!(world.service.asked(), 1, "each request came through a router of its own");
    let vm = world.store.read().resource(&Scope::new(VM)).unwrap().as_ref().clone();
    let mut tx = world.store.begin().await;
    tx.delete_resource(&Scope::new(VM));
    tx.commit().await.unwrap();
    drop(world.imds.service(Scope::new("/another")));
    let mut tx = world.store.begin().await;
    tx.put_resource(vm);
    tx.commit().await.unwrap();
    world.get(ARM).await;
    assert_eq!(world.service.asked(), 2);
}

#[tokio::test]
async fn an_identity_s_end_is_its_tokens_end() {
    let world = World::new(false, &[2, 3]).await;
    let of_two = format!("{ARM}&object_id={}", Uuid::from_u128(2));
    let by_name = format!("{ARM}&msi_res_id={}", user_assigned(2).id);
    assert_eq!(world.get(&of_two).await.status, 200);
    assert_eq!(world.get(&by_name).await.status, 200);

    let mut tx = world.store.begin().await;
    tx.delete_object(Uuid::from_u128(2));
    tx.delete_managed_identity_key(Uuid::from_u128(2));
    // Made anew under the same name, it is another principal, which is not attached.
    tx.put_object(service_principal(22));
    tx.commit().await.unwrap();
    for target in [&of_two, &by_name] {
        let answer = world.get(target).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["error_description"].clone()),
            (400, json!("Identity not found"))
        );
    }

    let of_three = format!("{ARM}&object_id={}", Uuid::from_u128(3));
    assert_eq!(world.get(&of_three).await.status, 200);
    world.change_vm(|vm| vm.identity.user.clear()).await;
    assert_eq!(world.get(&of_three).await.status, 400);
}

#[tokio::test]
async fn the_token_service_s_refusals_are_passed_on_and_kept_tokens_outlive_them() {
    const BODY: &str = r#"{"error":"invalid_client","error_description":"AADSTS700027: The key was not found.","error_codes":[700027],"error_uri":"https://x/error?code=700027"}"#;
    let world = World::new(true, &[]).await;
    world.get(ARM).await;
    *world.service.refusal.lock().unwrap() = Some((StatusCode::UNAUTHORIZED, BODY));
    assert_eq!(world.get(ARM).await.status, 200);
    let answer = world.get(&format!("{ARM}&bypass_cache=true")).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, BODY));
    assert_eq!(answer.headers["server"], "IMDS/150.870.65.1854");
    assert_eq!(world.get(ARM).await.json()["access_token"], "token-1");

    // No JSON object: not the token service's own words.
    *world.service.refusal.lock().unwrap() = Some((StatusCode::BAD_GATEWAY, ""));
    let answer = world.get(&format!("{ARM}&bypass_cache=true")).await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"].clone()), (500, json!("server_error")));
}

/// A host asks the token service of its region, and that is where the page about an error is; all else stays as it was said.
#[tokio::test]
async fn pages_about_errors_are_those_of_the_region() {
    const BODY: &str = r#"{"error":"invalid_resource","error_description":"AADSTS500011: …","error_uri":"https://login.microsoftonline.com/error?code=500011","suberror":"x"}"#;
    let world = World::new(true, &[]).await;
    *world.service.refusal.lock().unwrap() = Some((StatusCode::BAD_REQUEST, BODY));
    let answer = world.get(ARM).await;
    let regional = BODY.replace("login.microsoftonline.com", "westeurope.login.microsoft.com");
    assert_eq!((answer.status.as_u16(), answer.body), (400, regional));
    world.change_vm(|vm| vm.location = None).await;
    assert_eq!(world.get(ARM).await.body, BODY);
}

#[tokio::test]
async fn an_identity_without_a_key_is_a_failure_and_not_a_refusal() {
    let world = World::new(true, &[]).await;
    let mut tx = world.store.begin().await;
    tx.delete_managed_identity_key(Uuid::from_u128(SYSTEM));
    tx.commit().await.unwrap();
    let answer = world.get(ARM).await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.body, r#"{"error":"server_error","error_description":"The metadata service failed to answer"}"#);
    assert_eq!(world.service.asked(), 0);
}

#[tokio::test]
async fn the_tenant_is_told() {
    let world = World::new(true, &[]).await;
    let answer = world.get("/metadata/identity/info?api-version=2018-02-01").await;
    assert_eq!(answer.body, format!(r#"{{"tenantId":"{TENANT}"}}"#));
}
