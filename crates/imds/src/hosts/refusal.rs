//! Why a host's endpoint gives no token. Each door has its own words and shape for it.

use axum::body::Bytes;
use axum::http::StatusCode;

use crate::error::Error;

#[derive(Debug)]
pub(super) enum Refusal {
    /// There is nothing here.
    Path,
    /// The wrong verb.
    Method,
    /// No `Metadata: true`.
    NoMetadata,
    /// It came through a proxy.
    Forwarded,
    /// The header with the secret that proves that the caller is on the host is missing.
    NoSecret,
    /// It is there and wrong.
    WrongSecret,
    /// A parameter stands twice, or there are too many.
    Query,
    /// No api-version, or none that the endpoint knows.
    ApiVersion,
    /// No `resource`.
    Resource,
    /// A `resource` for which the host gives no tokens.
    Audience(String),
    /// No identity is named, and there is none to fall back on.
    NoDefault,
    /// The host has no such identity.
    Identity,
    /// One identity is named in two ways.
    Selectors,
    /// What the token service answered.
    TokenService {
        /// Its status.
        status: StatusCode,
        /// Its body, JSON.
        body: Bytes,
    },
    /// smalt itself failed; the log says how.
    Failure,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::MetadataHeader => Self::NoMetadata,
            Error::ForwardedFor => Self::Forwarded,
            Error::Repeated => Self::Query,
            Error::IdentityNotFound => Self::Identity,
            Error::ManyIdentities => Self::NoDefault,
            Error::ManySelectors => Self::Selectors,
            Error::TokenService { status, body } => Self::TokenService { status, body },
            Error::ApiVersion => Self::ApiVersion,
            // The rest is about what else a VM's own service has, and no door: its categories, limits and faults.
            _ => Self::Failure,
        }
    }
}
