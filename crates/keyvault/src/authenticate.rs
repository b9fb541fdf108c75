//! Who asks: the token, and where to get one.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use model::Time;
use tokens::{AccessToken, ResourceApp, TokenError, claims_challenge, resource_app};

use crate::KeyVault;
use crate::error::VaultError;

/// The caller's token, if it is one for Key Vault and still counts.
pub(crate) fn authenticate(
    face: &KeyVault,
    host: &str,
    headers: &HeaderMap,
    now: Time,
) -> Result<Arc<AccessToken>, VaultError> {
    let own_host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let accepts = |audience: &str| resource_app(audience, own_host, face.ports) == Some(ResourceApp::KeyVault);
    let header = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let token = header.and_then(|v| v.strip_prefix("Bearer ")).ok_or(VaultError::MissingToken)?;
    let token = face.verifier.verify(token, now, accepts).map_err(VaultError::Token)?;
    match face.store.read().token_revoked_at(token.object_id, token.family, token.issued) {
        Some(at) => Err(VaultError::Token(TokenError::Revoked(at))),
        None => Ok(token),
    }
}

/// Where to get a token, for what (RECORDED-FACTS 8), and from when on it must be. The resource is the public one on the
/// public name and smalt's own on its port: clients compare it with the host they asked.
pub(crate) fn challenge(face: &KeyVault, host: &str, since: Option<Time>) -> String {
    let at = face.ports.origins(host);
    let tenant = face.store.read().tenant().map(|t| t.id).unwrap_or_default();
    let claims = since.map(|since| format!(", error=\"insufficient_claims\", claims=\"{}\"", claims_challenge(since)));
    let claims = claims.unwrap_or_default();
    format!("Bearer authorization=\"{}/{tenant}\", resource=\"https://{}\"{claims}", at.login, at.vault_dns)
}
