//! Graph's refusals: a variant is an Azure code with its text (RECORDED-FACTS 2, 9).

use axum::http::StatusCode;
use model::Time;
use request_body::Unread;
use serde_json::{Value, json};
use store::StoreError;
use tokens::TokenError;

use super::access::Denial;
use super::headers::Stamp;

/// Why Graph does not do what was asked.
#[derive(Debug)]
pub(super) enum GraphError {
    /// The bearer token is missing or not accepted; with what is wrong.
    InvalidAuthenticationToken(&'static str),
    /// The caller may not do this; with the reason, which only smalt's own explanation tells.
    RequestDenied(Denial),
    /// The token was taken back, or its key is forgotten: one from that moment on would do.
    StaleToken(Time),
    /// Nothing has this id.
    NotFound(String),
    /// The path leads nowhere from this segment on.
    UnknownSegment(String),
    /// The verb has no meaning here.
    MethodNotAllowed,
    /// The URL or the payload cannot be read.
    Malformed(String),
    /// The payload is readable and wrong.
    Invalid(String),
    /// The query is readable and not answered.
    UnsupportedQuery(String),
    /// `/me` without a person.
    NoPerson,
    /// A service principal without an application.
    NoBackingApplication(String),
    /// The proof that the caller has one of the object's keys does not hold.
    WrongProof,
    /// A grant for the same client, resource and person is there.
    EntryExists,
    /// Changes since the token are not all known any more.
    SyncStateNotFound,
    /// A permission that is in force cannot be taken out.
    EnabledEntitlement,
    /// The key belongs to another object.
    KeyInUse(String),
    /// A federated identity credential that cannot be.
    FederatedIdentityCredential(String),
    /// The application has a federated identity credential of this name.
    FederatedIdentityCredentialExists(String),
    /// The body is longer than is taken.
    TooLarge,
    /// The body did not come in time.
    TooLate,
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for GraphError {
    fn from(cause: StoreError) -> Self {
        Self::Store(cause)
    }
}

impl From<Unread> for GraphError {
    fn from(why: Unread) -> Self {
        match why {
            Unread::TooLarge => Self::TooLarge,
            Unread::TooLate => Self::TooLate,
            Unread::Broken => Self::Malformed("The request body could not be read.".to_owned()),
        }
    }
}

impl From<TokenError> for GraphError {
    fn from(cause: TokenError) -> Self {
        Self::InvalidAuthenticationToken(match cause {
            TokenError::Invalid | TokenError::ForgottenKey | TokenError::Revoked(_) => {
                "Access token validation failure."
            }
            TokenError::Audience(_) => "Access token validation failure. Invalid audience.",
            TokenError::Issuer(_) => "Access token validation failure. Invalid issuer.",
            TokenError::Expired(_) => "Lifetime validation failed, the token is expired.",
            TokenError::NotYetValid(_) => "Lifetime validation failed, the token is not yet valid.",
        })
    }
}

impl GraphError {
    /// The value of a property is not of its kind.
    pub(super) fn invalid_value(property: &str, class: &str) -> Self {
        Self::Invalid(format!("Invalid value specified for property '{property}' of resource '{class}'."))
    }

    /// The type has no such property.
    pub(super) fn no_property(property: &str, type_name: &str) -> Self {
        Self::Malformed(format!(
            "The property '{property}' does not exist on type 'microsoft.graph.{type_name}'. Make sure to only use \
             property names that are defined by the type."
        ))
    }

    /// A property must be given.
    pub(super) fn required(property: &str, class: &str) -> Self {
        Self::Invalid(format!("A value is required for property '{property}' of resource '{class}'."))
    }

    /// A property that only the service sets, or that never changes.
    pub(super) fn read_only(property: &str) -> Self {
        Self::Invalid(format!("Property '{property}' is read-only and cannot be set."))
    }

    /// Another object has the same value.
    pub(super) fn same_value(property: &str) -> Self {
        Self::Invalid(format!("Another object with the same value for property {property} already exists."))
    }

    /// A reference that is to be added is there.
    pub(super) fn already_referenced(property: &str) -> Self {
        Self::Invalid(format!(
            "One or more added object references already exist for the following modified properties: '{property}'."
        ))
    }

    /// Status, code and message.
    fn parts(&self) -> (StatusCode, &'static str, String) {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        match self {
            Self::InvalidAuthenticationToken(text) => {
                (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", (*text).to_owned())
            }
            Self::StaleToken(_) => (
                StatusCode::UNAUTHORIZED,
                "InvalidAuthenticationToken",
                "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: \
                 TokenIssuedBeforeRevocationTimestamp"
                    .to_owned(),
            ),
            Self::RequestDenied(_) => (
                StatusCode::FORBIDDEN,
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation.".to_owned(),
            ),
            Self::NotFound(id) => (
                StatusCode::NOT_FOUND,
                "Request_ResourceNotFound",
                format!(
                    "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
                ),
            ),
            Self::UnknownSegment(name) => (BAD, "BadRequest", format!("Resource not found for the segment '{name}'.")),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "Request_BadRequest",
                "Specified HTTP method is not allowed for the request target.".to_owned(),
            ),
            Self::Malformed(text) => (BAD, "BadRequest", text.clone()),
            Self::Invalid(text) => (BAD, "Request_BadRequest", text.clone()),
            Self::UnsupportedQuery(text) => (BAD, "Request_UnsupportedQuery", text.clone()),
            Self::NoPerson => {
                (BAD, "BadRequest", "/me request is only valid with delegated authentication flow.".to_owned())
            }
            Self::NoBackingApplication(app_id) => (
                BAD,
                "NoBackingApplicationObject",
                format!("The appId '{app_id}' of the service principal does not reference a valid application object."),
            ),
            Self::WrongProof => (
                StatusCode::UNAUTHORIZED,
                "Authentication_MissingOrMalformed",
                "Access Token missing or malformed.".to_owned(),
            ),
            Self::EntryExists => (
                StatusCode::CONFLICT,
                "Request_MultipleObjectsWithSameKeyValue",
                "Permission entry already exists.".to_owned(),
            ),
            Self::SyncStateNotFound => (
                StatusCode::GONE,
                "syncStateNotFound",
                "The sync state generation is not found; the deltaToken is too old. Start again without one."
                    .to_owned(),
            ),
            Self::EnabledEntitlement => (
                BAD,
                "CannotDeleteOrUpdateEnabledEntitlement",
                "Permission (scope or role) cannot be deleted or updated unless disabled first.".to_owned(),
            ),
            Self::KeyInUse(name) => (
                StatusCode::CONFLICT,
                "Request_MultipleObjectsWithSameKeyValue",
                format!(
                    "The service principal cannot be created, updated, or restored because the service principal name \
                     {name} is already in use."
                ),
            ),
            Self::FederatedIdentityCredential(text) => (BAD, "InvalidFederatedIdentityCredentialValue", text.clone()),
            Self::FederatedIdentityCredentialExists(name) => (
                StatusCode::CONFLICT,
                "Request_MultipleObjectsWithSameKeyValue",
                format!("FederatedIdentityCredential with name {name} already exists."),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLarge",
                "The request body is larger than the service accepts.".to_owned(),
            ),
            Self::TooLate => {
                (StatusCode::REQUEST_TIMEOUT, "RequestTimeout", "The request body did not come in time.".to_owned())
            }
            Self::Store(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Service_InternalServerError",
                "Encountered an internal server error.".to_owned(),
            ),
        }
    }

    /// Status and body. What went wrong in the store is logged here, once, and not told.
    pub(super) fn describe(&self, stamp: &Stamp) -> (StatusCode, Value) {
        if let Self::Store(cause) = self {
            tracing::error!(%cause, request = %stamp.request_id, "the store failed");
        }
        let (status, code, message) = self.parts();
        let inner = json!({
            "date": stamp.date(),
            "request-id": stamp.request_id,
            "client-request-id": stamp.client_request_id(),
        });
        (status, json!({"error": {"code": code, "message": message, "innerError": inner}}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_was_not_read_is_refused_by_what_was_wrong_with_it() {
        for (why, code) in [
            (Unread::TooLarge, "RequestEntityTooLarge"),
            (Unread::TooLate, "RequestTimeout"),
            (Unread::Broken, "BadRequest"),
        ] {
            let (status, found, _) = GraphError::from(why).parts();
            assert_eq!((status, found), (why.status(), code));
        }
    }
}
