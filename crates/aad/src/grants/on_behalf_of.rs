//! On behalf of: a service that was called with a person's token calls the next one for them.

use std::sync::Arc;

use model::SignIn;
use serde_json::Value;
use tokens::{AccessToken, Authority, ParsedCertificate, Proof, TokenError};
use uuid::Uuid;

use super::delegated::{self, Delegation};
use crate::client;
use crate::error::Aadsts;
use crate::registration::Registration;
use crate::scope::Scopes;
use crate::target::answers_to;
use crate::tenant::TenantName;
use crate::token_endpoint::TokenRequest;

/// The body of the answer. The new token is of the same family as the one that it stands on: it falls with it.
///
/// # Errors
/// [`Aadsts`].
pub(super) async fn answer(request: &TokenRequest<'_>) -> Result<String, Aadsts> {
    if matches!(request.tenant_name, TenantName::Common | TenantName::Consumers) {
        return Err(Aadsts::TenantNeeded);
    }
    let form = request.form;
    let assertion = form.required("assertion")?;
    if form.required("requested_token_use")? != "on_behalf_of" {
        return Err(Aadsts::MALFORMED);
    }
    let scopes = Scopes::asked(form, request.version, None)?;
    let (client, proof) = client::identify(request)?;
    if proof == Proof::Public {
        return Err(Aadsts::NoCredential);
    }
    let token = believed(request, &client, assertion)?;
    if !token.is_delegated() {
        return Err(Aadsts::AssertionOfApplication { client_id: client.app_id });
    }
    let sign_in = SignIn {
        family: token.family.unwrap_or_else(|| request.aad.ids.guid()),
        user_id: token.object_id,
        client_id: client.app_id,
        at: request.call.now,
    };
    let delegation = Delegation { sign_in, client, proof, scopes, nonce: None, refresh_until: None };
    let mut tx = request.aad.store.begin().await;
    let body = delegated::answer(request, &mut tx, &delegation)?;
    tx.commit().await.map_err(|_| Aadsts::Internal)?;
    Ok(body)
}

/// The token that the client was called with, if it was meant for the client and still counts.
fn believed(
    request: &TokenRequest<'_>,
    client: &Registration<'_>,
    assertion: &str,
) -> Result<Arc<AccessToken>, Aadsts> {
    let now = request.call.now;
    let is_client = |audience: &str| {
        let by_uri = || client.application.is_some_and(|app| answers_to(app, audience));
        Uuid::parse_str(audience) == Ok(client.app_id) || by_uri()
    };
    let verified = request.aad.verifier.verify(assertion, now, is_client).and_then(|token| {
        match request.world.token_revoked_at(token.object_id, token.family, token.issued) {
            Some(at) => Err(TokenError::Revoked(at)),
            None => Ok(token),
        }
    });
    verified.map_err(|error| match error {
        TokenError::Invalid | TokenError::ForgottenKey | TokenError::Issuer(_) => unsigned(request, assertion),
        TokenError::Revoked(valid_from) => Aadsts::AssertionRevoked { valid_from },
        TokenError::Audience(found) => {
            Aadsts::AssertionForAnother { found, client_id: client.app_id, name: client.name.to_owned() }
        }
        TokenError::Expired(expires) => Aadsts::AssertionExpired { now, expires },
        TokenError::NotYetValid(begins) => Aadsts::AssertionExpired { now, expires: begins },
    })
}

/// Why a token is refused that this token service did not sign: it is none, or of somebody else, or forged.
fn unsigned(request: &TokenRequest<'_>, assertion: &str) -> Aadsts {
    let Some(token) = tokens::decode(assertion) else { return Aadsts::MalformedAssertion };
    let Some(issuer) = token.claims.get("iss").and_then(Value::as_str) else { return Aadsts::MalformedAssertion };
    let own = Authority { tenant: request.tenant.id, domain: request.tenant.domain.clone() };
    if ![own.issuer_v1(), own.issuer_v2()].iter().any(|own| own == issuer) {
        return Aadsts::UnknownRealm(issuer.to_owned());
    }
    let kid = token.header.get("kid").and_then(Value::as_str).unwrap_or_default();
    let key = request.aad.signer.published(request.call.now).into_iter().find(|key| key.kid == kid);
    let found = key.and_then(|key| ParsedCertificate::from_text(&key.x5c).ok()).map(|(certificate, _)| certificate);
    Aadsts::AssertionSignature {
        thumbprint: found.as_ref().map_or_else(|| kid.to_owned(), |found| found.thumbprint.clone()),
        found: found.map(|found| (found.not_before, found.not_after)),
    }
}
