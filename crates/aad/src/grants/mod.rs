//! The grants: by what right a token is asked for.
//!
//! What it is: one file per grant, each from a [`TokenRequest`] to the JSON of a token answer.
//!
//! What it is not: it does not know how clients prove themselves (`client`) nor what tokens say (crate `tokens`).
//!
//! How to add the next: a file with `answer`, and its `grant_type` here.

mod client_credentials;

use crate::call::Answer;
use crate::error::Aadsts;
use crate::token_endpoint::TokenRequest;

/// Picks the grant and lets it answer.
///
/// # Errors
/// [`Aadsts`].
pub(crate) fn answer(request: &TokenRequest<'_>) -> Result<Answer, Aadsts> {
    match request.form.required("grant_type")? {
        "client_credentials" => client_credentials::answer(request).map(Answer::Token),
        other => Err(Aadsts::UnsupportedGrant(other.to_owned())),
    }
}
