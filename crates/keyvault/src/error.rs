//! Key Vault's refusals: `{"error": {"code", "message", "innererror": {"code"}}}` (RECORDED-FACTS 2, 8).

use axum::http::StatusCode;
use model::Time;
use request_body::Unread;
use serde_json::{Value, json};
use store::StoreError;
use tokens::TokenError;

/// Why a request is refused.
#[derive(Debug)]
pub(crate) enum VaultError {
    /// No token; the answer says where to get one.
    MissingToken,
    /// A token that does not count.
    Token(TokenError),
    /// No vault has this name.
    NoSuchVault(String),
    /// Key Vault has nothing at this path, or not here.
    NoSuchOperation(String),
    /// The path knows other verbs.
    MethodNotAllowed(String),
    /// The body is larger than any that is read.
    TooLarge,
    /// The body did not come in time.
    TooLate,
    /// Something in the request cannot be so.
    BadParameter(String),
    /// The caller may not, or what it asks for may not be had; and Key Vault's word for why, where it has one.
    Forbidden { message: String, inner: Option<&'static str> },
    /// It is not there.
    NotFound { code: &'static str, message: String },
    /// It is there already, in a state that does not allow this.
    Conflict { message: String, inner: Option<&'static str> },
    /// The state cannot be read or written.
    Store(StoreError),
    /// A certificate could not be made.
    Internal(String),
}

impl From<StoreError> for VaultError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Unread> for VaultError {
    fn from(why: Unread) -> Self {
        match why {
            Unread::TooLarge => Self::TooLarge,
            Unread::TooLate => Self::TooLate,
            Unread::Broken => Self::BadParameter("The request body could not be read".to_owned()),
        }
    }
}

impl VaultError {
    /// The value at `path` in the request's body is none that can be there.
    pub(crate) fn invalid(path: &str) -> Self {
        Self::BadParameter(format!("Property {path} has invalid value"))
    }

    /// Status and body.
    pub(crate) fn parts(&self) -> (StatusCode, Value) {
        let (status, code, message, inner) = self.words();
        let mut body = json!({"error": {"code": code, "message": message}});
        if let Some(inner) = inner {
            body["error"]["innererror"] = json!({"code": inner});
        }
        (status, body)
    }

    fn words(&self) -> (StatusCode, &str, String, Option<&'static str>) {
        use StatusCode as S;
        match self {
            Self::MissingToken => {
                let message = "AKV10000: Request is missing a Bearer or PoP token.".to_owned();
                (S::UNAUTHORIZED, "Unauthorized", message, None)
            }
            Self::Token(TokenError::Audience(found)) => {
                let message = format!("AKV10022: Invalid audience. Expected https://vault.azure.net, found: {found}.");
                (S::UNAUTHORIZED, "Unauthorized", message, None)
            }
            Self::Token(error) => (S::UNAUTHORIZED, "Unauthorized", format!("AKV10022: {error}"), None),
            Self::NoSuchVault(name) => {
                (S::NOT_FOUND, "VaultNotFound", format!("The vault '{name}' does not exist."), None)
            }
            Self::NoSuchOperation(path) => {
                (S::NOT_FOUND, "NotFound", format!("There is nothing at '{path}' of a vault."), None)
            }
            Self::MethodNotAllowed(method) => {
                (S::METHOD_NOT_ALLOWED, "MethodNotAllowed", format!("Method {method} is not allowed here."), None)
            }
            Self::TooLarge => {
                (S::PAYLOAD_TOO_LARGE, "RequestBodyTooLarge", "The request body is too large.".to_owned(), None)
            }
            Self::TooLate => {
                (S::REQUEST_TIMEOUT, "RequestTimeout", "The request body did not come in time.".to_owned(), None)
            }
            Self::BadParameter(message) => (S::BAD_REQUEST, "BadParameter", message.clone(), None),
            Self::Forbidden { message, inner } => (S::FORBIDDEN, "Forbidden", message.clone(), *inner),
            Self::NotFound { code, message } => (S::NOT_FOUND, code, message.clone(), None),
            Self::Conflict { message, inner } => (S::CONFLICT, "Conflict", message.clone(), *inner),
            Self::Store(_) | Self::Internal(_) => {
                let message = "An error occurred while processing the request.".to_owned();
                (S::INTERNAL_SERVER_ERROR, "InternalServerError", message, None)
            }
        }
    }

    /// What went wrong on our side; no caller is told.
    pub(crate) fn failure(&self) -> Option<String> {
        match self {
            Self::Store(cause) => Some(cause.to_string()),
            Self::Internal(cause) => Some(cause.clone()),
            _ => None,
        }
    }

    /// Whether the answer tells where to get a token, and from when on it must be.
    pub(crate) fn challenge(&self, now: Time) -> Option<Option<Time>> {
        match self {
            Self::MissingToken => Some(None),
            Self::Token(error) => Some(error.better_since(now)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_was_not_read_is_refused_by_what_was_wrong_with_it() {
        for (why, code) in [
            (Unread::TooLarge, "RequestBodyTooLarge"),
            (Unread::TooLate, "RequestTimeout"),
            (Unread::Broken, "BadParameter"),
        ] {
            let error = VaultError::from(why);
            let (status, found, ..) = error.words();
            assert_eq!((status, found), (why.status(), code));
        }
    }
}
