//! Proof by a secret.

use super::Account;
use crate::error::Aadsts;
use crate::token_endpoint::TokenRequest;

/// Whether `secret` is one of the account's and counts now.
///
/// # Errors
/// [`Aadsts::WrongSecret`], also for one that does not count yet; [`Aadsts::ExpiredSecret`].
pub(super) fn check(request: &TokenRequest<'_>, account: &Account<'_>, secret: &str) -> Result<(), Aadsts> {
    let now = request.call.now;
    let client_id = account.principal.app_id;
    let hasher = &request.aad.hasher;
    let known = account.secrets().find(|known| hasher.verify(secret, &known.hash));
    match known {
        Some(known) if now > known.end => Err(Aadsts::ExpiredSecret { client_id }),
        Some(known) if now >= known.start => Ok(()),
        _ => Err(Aadsts::WrongSecret { client_id }),
    }
}
