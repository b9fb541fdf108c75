//! Key Vault's data plane, as far as it goes: the challenge, and the truth that there is no vault yet.
//!
//! What it is: a face with Key Vault's errors. A request without a token is told where to get one, as every client of
//! Key Vault expects; one with a token is told that its vault does not exist.
//!
//! What it is not: it keeps no secrets yet.
//!
//! How to add the next: one file per noun.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use model::{Clock, FacePorts};
use serde_json::json;
use store::Store;
use tokens::{ResourceApp, TokenError, Verifier, claims_challenge, resource_app};

/// What the face works with. Cheap to clone.
#[derive(Clone)]
pub struct KeyVault {
    /// The world.
    pub store: Store,
    /// Read once per request.
    pub clock: Arc<Clock>,
    /// Verifies the callers' tokens.
    pub verifier: Arc<Verifier>,
    /// Where the faces are.
    pub ports: FacePorts,
}

/// The face as a router.
pub fn router(vault: KeyVault) -> Router {
    Router::new().fallback(answer).with_state(vault)
}

async fn answer(State(face): State<KeyVault>, request: Request) -> Response {
    let text = |name| request.headers().get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let own_host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let accepts = |aud: &str| resource_app(aud, own_host, face.ports) == Some(ResourceApp::KeyVault);
    let token = text(header::AUTHORIZATION).and_then(|v| v.strip_prefix("Bearer "));
    let now = face.clock.now();
    let verified = token.map(|token| {
        let token = face.verifier.verify(token, now, accepts)?;
        match face.store.read().token_revoked_at(token.object_id, token.family, token.issued) {
            Some(at) => Err(TokenError::Revoked(at)),
            None => Ok(()),
        }
    });
    match verified {
        Some(Ok(_)) => {
            let message = format!("The vault '{own_host}' does not exist: smalt keeps no vaults yet.");
            (StatusCode::NOT_FOUND, Json(json!({"error": {"code": "VaultNotFound", "message": message}})))
                .into_response()
        }
        refused => {
            let stale = refused.as_ref().and_then(|result| result.as_ref().err()?.better_since(now));
            let message = match refused {
                None => "AKV10000: Request is missing a Bearer or PoP token.".to_owned(),
                Some(result) => format!("AKV10022: {}", result.err().map(|e| e.to_string()).unwrap_or_default()),
            };
            let body = Json(json!({"error": {"code": "Unauthorized", "message": message}}));
            let mut response = (StatusCode::UNAUTHORIZED, body).into_response();
            let claims =
                stale.map(|since| format!(", error=\"insufficient_claims\", claims=\"{}\"", claims_challenge(since)));
            let challenge = challenge(&face, host) + &claims.unwrap_or_default();
            if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            response
        }
    }
}

/// Where to get a token, and for what (RECORDED-FACTS 8). The resource is the public one on the public name and smalt's
/// own on its port: clients compare it with the host they asked.
fn challenge(face: &KeyVault, host: &str) -> String {
    let at = face.ports.origins(host);
    let tenant = face.store.read().tenant().map(|t| t.id).unwrap_or_default();
    format!("Bearer authorization=\"{}/{tenant}\", resource=\"https://{}\"", at.login, at.vault_dns)
}
