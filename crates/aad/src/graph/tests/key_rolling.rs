//! An application changes its own certificates.

use serde_json::{Value, json};
use time::Duration;

use crate::graph::in_process::{Cloud, MACHINE, NOW};
use crate::testing::{jwt, rsa_key};

/// The certificate of the key with this number.
fn certificate(n: usize) -> Value {
    let issued = tokens::token_signing(&rsa_key(n), [1; 16], NOW - Duration::days(1)).unwrap();
    json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": issued.certificate})
}

fn proof(signer: usize, claims: &Value) -> String {
    jwt(&json!({"alg": "RS256", "typ": "JWT"}), claims, &rsa_key(signer), false)
}

#[tokio::test]
async fn a_key_is_rolled_by_whoever_has_the_old_one() {
    let cloud = Cloud::new().await;
    let (id, _) = cloud.application("rolling").await;
    let path = format!("/v1.0/applications/{id}");
    cloud.patch(&path, json!({"keyCredentials": [certificate(0)]})).await;
    let now = NOW.unix_timestamp();
    let audience = "00000002-0000-0000-c000-000000000000";
    let claims = |aud: &str, iss: &str, exp: i64| json!({"aud": aud, "iss": iss, "nbf": now - 60, "exp": exp});
    for (case, wrong) in [
        ("another's key", proof(1, &claims(audience, &id, now + 300))),
        ("another's name", proof(0, &claims(audience, &MACHINE.to_string(), now + 300))),
        ("for somebody else", proof(0, &claims("00000003-0000-0000-c000-000000000000", &id, now + 300))),
        ("over", proof(0, &claims(audience, &id, now - 1))),
        ("too long", proof(0, &claims(audience, &id, now + 3600))),
        ("none", "x".to_owned()),
    ] {
        let body = json!({"keyCredential": certificate(1), "passwordCredential": null, "proof": wrong});
        let refused = cloud.ask_as(MACHINE, "POST", &format!("{path}/addKey"), Some(body)).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (401, "Authentication_MissingOrMalformed"), "{case}");
    }
    let good = proof(0, &claims(audience, &id, now + 300));
    let body = json!({"keyCredential": certificate(1), "passwordCredential": null, "proof": good});
    // No permission is wanted: the proof is enough.
    let added = cloud.ask_as(MACHINE, "POST", &format!("{path}/addKey"), Some(body)).await;
    assert_eq!((added.status.as_u16(), added.text("usage").as_str()), (200, "Verify"), "{}", added.body);
    let keys = cloud.get(&format!("{path}?$select=keyCredentials")).await.body["keyCredentials"].clone();
    let old = &keys[0]["keyId"];
    let body = json!({"keyId": old, "proof": proof(1, &claims(audience, &id, now + 300))});
    let removed = cloud.ask_as(MACHINE, "POST", &format!("{path}/removeKey"), Some(body.clone())).await;
    assert_eq!(removed.status.as_u16(), 204);
    let again = cloud.ask_as(MACHINE, "POST", &format!("{path}/removeKey"), Some(body)).await;
    assert_eq!(again.code(), "Request_BadRequest");
    let left = cloud.get(&path).await.body["keyCredentials"].clone();
    assert_eq!(left.as_array().unwrap().iter().map(|key| &key["keyId"]).collect::<Vec<_>>(), [&added.body["keyId"]]);
}

#[tokio::test]
async fn a_managed_identity_s_certificate_is_its_resource_s() {
    let cloud = Cloud::new().await;
    let body = json!({"keyCredential": certificate(1), "passwordCredential": null, "proof": "x"});
    let refused = cloud.post(&format!("/v1.0/servicePrincipals/{MACHINE}/addKey"), body).await;
    assert_eq!(refused.code(), "Authorization_RequestDenied");
}
