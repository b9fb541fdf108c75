//! The grants: by what right a token is asked for.
//!
//! What it is: one file per grant, each from a [`TokenRequest`] to the JSON of a token answer; [`delegated`] is what those
//! for people share, [`token_body`] what all do.
//!
//! What it is not: it does not know how clients prove themselves (`client`) nor what tokens say (crate `tokens`).
//!
//! How to add the next: a file with `answer`, and its `grant_type` here.

mod authorization_code;
mod client_credentials;
pub(crate) mod delegated;
mod device_code;
mod on_behalf_of;
mod password;
mod refresh_token;
mod token_body;

use crate::error::Aadsts;
use crate::token_endpoint::TokenRequest;

/// Picks the grant and lets it answer.
///
/// # Errors
/// [`Aadsts`].
pub(crate) async fn answer(request: &TokenRequest<'_>) -> Result<String, Aadsts> {
    match request.form.required("grant_type")? {
        "client_credentials" => client_credentials::answer(request),
        "authorization_code" => authorization_code::answer(request).await,
        "refresh_token" => refresh_token::answer(request).await,
        // The plain name is what clients sent before the standard had one.
        "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => device_code::answer(request).await,
        "password" => password::answer(request).await,
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => on_behalf_of::answer(request).await,
        other => Err(Aadsts::UnsupportedGrant(other.to_owned())),
    }
}
