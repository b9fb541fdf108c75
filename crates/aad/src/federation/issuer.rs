//! Whose keys decide about an assertion.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use store::{Snapshot, TokenIssuer};
use tokens::{AccessToken, Assertion, Authority, KeySet, ResourceApp, TokenError, Unverified};

use crate::client::Account;
use crate::error::Aadsts;
use crate::realm::Realm;

/// The three kinds of issuers.
#[derive(Debug)]
pub(super) enum Issuer {
    /// Entra: this tenant, or another one of it.
    Entra {
        /// Whether it is this tenant, and its tokens of version 2, the only ones that are taken (IDENTITY-WIRE 3.9).
        is_own: bool,
    },
    /// One that smalt plays: its key is here, whatever its URL, so nobody is asked.
    Played(Arc<TokenIssuer>),
    /// Anybody else, who publishes keys on the network.
    Foreign,
}

impl Issuer {
    /// The issuer of an assertion.
    pub(super) fn of(world: &Snapshot, assertion: &Assertion) -> Self {
        if let Some(played) = world.token_issuers().find(|known| known.url == assertion.issuer) {
            return Self::Played(played.clone());
        }
        if !Authority::is_entra(&assertion.issuer) {
            return Self::Foreign;
        }
        let own = world.tenant().map(|tenant| Authority { tenant: tenant.id, domain: tenant.domain.clone() });
        Self::Entra { is_own: own.is_some_and(|own| own.issuer_v2() == assertion.issuer) }
    }

    /// Whether `aud` is how this issuer spells the audience `wanted`: Entra's tokens of version 2 name the application
    /// behind `api://AzureADTokenExchange` by its id.
    pub(super) fn spells(&self, aud: &str, wanted: &str) -> bool {
        let exchange = ResourceApp::TokenExchange;
        matches!(self, Self::Entra { .. }) && aud == exchange.app_id().to_string() && exchange.is_named(wanted)
    }

    /// Judges the signature, and of this tenant's own tokens also whether they still count.
    ///
    /// # Errors
    /// [`Aadsts`] where no key can be asked: tokens of Entra that are not taken, an issuer out of reach. As [`still_counts`].
    pub(super) fn verify(&self, realm: &Realm<'_>, assertion: &Assertion) -> Result<Result<(), Unverified>, Aadsts> {
        match self {
            Self::Entra { is_own: false } => Err(Aadsts::EntraIssuer),
            Self::Entra { is_own: true } => match realm.aad.verifier.signed_at(assertion.text(), realm.call.now) {
                Ok(token) => still_counts(realm, &token).map(Ok),
                Err(TokenError::ForgottenKey) => Ok(Err(Unverified::UnknownKey)),
                Err(_) => Ok(Err(Unverified::WrongSignature)),
            },
            Self::Played(issuer) => Ok(keys_of(issuer).ok_or(Aadsts::Internal)?.verify(assertion)),
            Self::Foreign => {
                let keys = realm.aad.foreign_keys.known(&assertion.issuer);
                Ok(keys.ok_or(Aadsts::IssuerOutOfReach)?.verify(assertion))
            }
        }
    }
}

/// Lets a token of this tenant vouch whose application is still here, enabled, and not stripped of its tokens.
///
/// # Errors
/// [`Aadsts::NotAppOnly`], [`Aadsts::AssertionRevoked`], [`Aadsts::ApplicationNotFound`]; as [`Account::find`].
fn still_counts(realm: &Realm<'_>, token: &AccessToken) -> Result<(), Aadsts> {
    if token.claims.get("idtyp").is_none_or(|kind| kind != "app") {
        return Err(Aadsts::NotAppOnly);
    }
    if let Some(valid_from) = realm.world.token_revoked_at(token.object_id, token.family, token.issued) {
        return Err(Aadsts::AssertionRevoked { valid_from });
    }
    let account = Account::find(realm, &token.app_id)?;
    // A principal that was made anew is somebody else.
    match account.principal.id == token.object_id {
        true => Ok(()),
        false => Err(Aadsts::ApplicationNotFound {
            client_id: token.app_id.clone(),
            directory: realm.tenant.display_name.clone(),
        }),
    }
}

/// The key of an issuer that smalt plays.
pub(crate) fn keys_of(issuer: &TokenIssuer) -> Option<KeySet> {
    KeySet::of_key(&issuer.kid, &STANDARD.decode(&issuer.public_key).ok()?).ok()
}
