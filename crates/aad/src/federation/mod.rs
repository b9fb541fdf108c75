//! Federation: somebody else vouches for a client, and the directory trusts them in that (IDENTITY-WIRE 3.9).
//!
//! What it is: an assertion is first held against the client's federated credentials ([`matching`]); only one that fits
//! is looked at further: its time, and its signature by the keys of its issuer ([`issuer`]). Keys of issuers that are
//! neither Entra nor played by smalt come over the network ([`foreign_keys`]), before the request's turn comes and
//! without anybody else waiting.
//!
//! What it is not: it neither keeps credentials (Graph and Resource Manager do) nor makes other issuers' tokens
//! (`issuers`).
//!
//! How to add the next kind of issuer: a variant of [`issuer::Issuer`].

mod fetch;
mod foreign_keys;
mod issuer;
mod matching;
mod reach;
#[cfg(test)]
mod tests;

use tokens::{Assertion, Unverified};
use uuid::Uuid;

pub use self::foreign_keys::ForeignKeys;
use self::issuer::Issuer;
pub(crate) use self::issuer::keys_of;
use crate::Aad;
use crate::client::{Account, check_time};
use crate::error::Aadsts;
use crate::form::Form;
use crate::token_endpoint::TokenRequest;

/// Takes the assertion of another issuer as proof of the client.
///
/// # Errors
/// [`Aadsts`], the first that holds: no credential fits, the time, the key, the signature, what became of the issuing
/// application.
pub(crate) fn prove(request: &TokenRequest<'_>, account: &Account<'_>, assertion: &Assertion) -> Result<(), Aadsts> {
    let trusted = matching::trusted_by(request.world, account.principal.app_id);
    if trusted.is_empty() {
        let client_id = account.principal.app_id;
        return Err(Aadsts::NoFederatedCredentials { client_id, name: account.principal.display_name.clone() });
    }
    let issuer = Issuer::of(request.world, assertion);
    matching::check(&trusted, assertion, &issuer)?;
    check_time(assertion, request.call.now)?;
    issuer.verify(request, assertion)?.map_err(|unverified| {
        let key = assertion.thumbprint.as_ref().map(tokens::Thumbprint::hex).or(assertion.kid.clone());
        let (key, issuer) = (key.unwrap_or_default(), assertion.issuer.clone());
        match unverified {
            Unverified::UnknownKey => Aadsts::FederatedKeyNotFound { key, issuer },
            Unverified::WrongSignature => Aadsts::FederatedSignature { key },
        }
    })
}

/// Sees to it that the keys are known that will decide about the form's assertion. Nothing is asked of an issuer unless
/// a credential of the very client fits the assertion: strangers cannot make smalt call anybody.
pub(crate) async fn learn_keys(aad: &Aad, form: &Form<'_>) {
    let Some(assertion) = form.get("client_assertion").and_then(|text| Assertion::parse(text).ok()) else { return };
    let Some(app_id) = form.get("client_id").and_then(|id| Uuid::parse_str(id).ok()) else { return };
    let fits = {
        let world = aad.store.read();
        let issuer = Issuer::of(&world, &assertion);
        matches!(issuer, Issuer::Foreign)
            && matching::check(&matching::trusted_by(&world, app_id), &assertion, &issuer).is_ok()
    };
    if fits {
        aad.foreign_keys.learn(&assertion).await;
    }
}
