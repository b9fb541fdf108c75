//! Tokens of this tenant that vouch for an application although they do not count any more.

use axum::http::StatusCode;
use model::DirectoryObject;
use serde_json::json;
use time::Duration;
use tokens::ResourceApp;

use super::super::{assertions, people::refusal};
use crate::testing::{APP, BEGIN, KEYS, MACHINE, MACHINE_CLIENT, TENANT, jwt, rsa_key, world};

#[tokio::test]
async fn what_does_not_count_any_more_vouches_for_nobody() {
    for (what, expected) in [
        ("the key is forgotten", "401 invalid_client 7000272"),
        ("the key is retired", "401 invalid_client 7000272"),
        ("the token is taken back", "400 invalid_grant 50173"),
        ("the principal is switched off", "400 unauthorized_client 7000112"),
        ("the principal is gone", "400 unauthorized_client 700016"),
        ("the principal is another", "400 unauthorized_client 700016"),
    ] {
        let world = world().await;
        let (issuer, subject) = (format!("https://login.microsoftonline.com/{TENANT}/v2.0"), MACHINE.to_string());
        world.trust(&issuer, &subject, "api://AzureADTokenExchange").await;
        let (aud, now) = (ResourceApp::TokenExchange.app_id(), BEGIN.unix_timestamp());
        let jwk = world.aad.signer.published(BEGIN)[0].clone();
        let claims = json!({
            "iss": issuer, "sub": subject, "oid": subject, "azp": MACHINE_CLIENT, "aud": aud, "idtyp": "app",
            "iat": now, "nbf": now, "exp": now + 600,
        });
        let token = jwt(&json!({"alg": "RS256", "typ": "JWT", "kid": jwk.kid}), &claims, &rsa_key(KEYS), false);
        let app = APP.to_string();
        let form = assertions::form(&app, &token);
        // It counts, and is remembered from then on.
        assert_eq!(world.post("v2", &form).await.status, StatusCode::OK, "{what}");

        let verifier = &world.aad.verifier;
        let mut tx = world.aad.store.begin().await;
        let mut principal = tx.service_principal(MACHINE).unwrap().clone();
        match what {
            "the key is forgotten" => verifier.replace_keys(&[]).unwrap(),
            "the key is retired" => verifier.replace_keys(&[(jwk, Some(BEGIN))]).unwrap(),
            "the token is taken back" => tx.revoke_tokens(MACHINE, BEGIN + Duration::SECOND),
            "the principal is gone" => tx.delete_object(MACHINE),
            "the principal is another" => {
                tx.delete_object(MACHINE);
                principal.id = APP;
                tx.put_object(DirectoryObject::ServicePrincipal(principal));
            }
            _ => {
                principal.account_enabled = false;
                tx.put_object(DirectoryObject::ServicePrincipal(principal));
            }
        }
        tx.commit().await.unwrap();
        assert_eq!(refusal(&world.post("v2", &form).await), expected, "{what}");
    }
}
