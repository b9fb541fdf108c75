//! What every token answer tells of its access token, in the words of the endpoint.

use serde::Serialize;
use tokens::Lifetime;

use crate::route::Version;
use crate::token_endpoint::TokenRequest;

/// How long the token holds (IDENTITY-WIRE 3.6).
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Holds<'a> {
    /// Every value is a text.
    Version1 { expires_in: String, ext_expires_in: String, expires_on: String, not_before: String, resource: &'a str },
    /// Lifetimes are numbers.
    Version2 { expires_in: i64, ext_expires_in: i64 },
}

impl<'a> Holds<'a> {
    /// Of a token for `resource`.
    pub(super) fn of(request: &TokenRequest<'_>, lifetime: Lifetime, resource: &'a str) -> Self {
        let left = lifetime.seconds_left(request.call.now);
        match request.version {
            Version::V1 => Self::Version1 {
                expires_in: left.to_string(),
                ext_expires_in: left.to_string(),
                expires_on: lifetime.expires.unix_timestamp().to_string(),
                not_before: lifetime.not_before.unix_timestamp().to_string(),
                resource,
            },
            Version::V2 => Self::Version2 { expires_in: left, ext_expires_in: left },
        }
    }
}
