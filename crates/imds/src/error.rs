//! Every refusal, its text and its two shapes (IDENTITY-WIRE 1.3, 1.10).

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::{ALLOW, HeaderValue, RETRY_AFTER};
use request_body::Unread;
use serde_json::json;

use crate::reply::Reply;
use crate::versions;

/// Why a request gets no answer.
#[derive(Debug)]
pub(crate) enum Error {
    /// No `Metadata: true`.
    MetadataHeader,
    /// It came through a proxy.
    ForwardedFor,
    /// It names a host that is not this service.
    Host,
    /// None of these methods.
    Method(&'static str),
    /// A parameter stands twice, or there are too many.
    Repeated,
    /// No api-version, or none that the category knows.
    ApiVersion,
    /// `format` is neither `json` nor `text`.
    Format,
    /// `nonce` is too long, or has more than letters and digits.
    Nonce,
    /// A leaf was asked for as JSON.
    Leaf,
    /// The body acknowledges nothing.
    StartRequests,
    /// The body did not come in time.
    TooLate,
    /// There is nothing here.
    NotFound,
    /// Neither a load balancer nor a public address, or none of the Standard SKU.
    NoLoadBalancer,
    /// Too many requests, or so it is wanted.
    Throttled,
    /// The host's side is being updated.
    HostUpdating,
    /// The service is being updated.
    Updating,
    /// The host's side is starting, and something else answers.
    Restarting,
    /// The service cannot answer now.
    Unavailable,
    /// The VM does not run or is no more. Clients read 410 as "try again in a minute" (IDENTITY-WIRE 2.4).
    Gone,
    /// The VM has no such identity, or none at all.
    IdentityNotFound,
    /// Several identities and none is named.
    ManyIdentities,
    /// One identity is named in two ways.
    ManySelectors,
    /// No `resource`.
    Resource,
    /// `bypass_cache` is not `true`.
    BypassCache,
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

impl From<Unread> for Error {
    fn from(why: Unread) -> Self {
        match why {
            Unread::TooLate => Self::TooLate,
            // What is read only in part says nothing.
            Unread::TooLarge | Unread::Broken => Self::StartRequests,
        }
    }
}

impl Error {
    /// The answer; errors of the identity category have a shape of their own.
    pub(crate) fn reply(self, is_identity: bool) -> Reply {
        let (status, text) = match self {
            Self::TokenService { status, body } => return Reply::json_bytes(status, body),
            Self::MetadataHeader => (StatusCode::BAD_REQUEST, "Required metadata header not specified"),
            Self::ForwardedFor => (StatusCode::BAD_REQUEST, "Requests with the header X-Forwarded-For are not allowed"),
            Self::Host => (StatusCode::BAD_REQUEST, "The host of the request is not allowed"),
            Self::Repeated => (StatusCode::BAD_REQUEST, "A query parameter is repeated or there are too many of them"),
            Self::ApiVersion => (
                StatusCode::BAD_REQUEST,
                "api-version is invalid or was not specified in the request. \
                 For more information refer to aka.ms/azureimds",
            ),
            Self::Format => (StatusCode::BAD_REQUEST, "format is invalid: it must be json or text"),
            Self::Nonce => (StatusCode::BAD_REQUEST, "nonce is invalid: it must be up to 32 letters and digits"),
            Self::Leaf => (StatusCode::BAD_REQUEST, "The requested element is a leaf: it needs format=text"),
            Self::StartRequests => (
                StatusCode::BAD_REQUEST,
                "The request body must have the form {\"StartRequests\":[{\"EventId\":\"...\"}]}",
            ),
            Self::TooLate => (StatusCode::REQUEST_TIMEOUT, "The request body did not come in time"),
            Self::NotFound => (StatusCode::NOT_FOUND, "Not found"),
            Self::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
            Self::NoLoadBalancer => (
                StatusCode::NOT_FOUND,
                "No load balancer metadata is found. \
                 Please check if your VM is using any non-basic SKU load balancer and retry later.",
            ),
            Self::Throttled if is_identity => {
                (StatusCode::TOO_MANY_REQUESTS, "Temporarily throttled, too many requests")
            }
            Self::Throttled => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Self::HostUpdating => (StatusCode::GONE, "The metadata service is being updated"),
            Self::Updating => (StatusCode::NOT_FOUND, "The metadata service is not available now"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Internal service unavailable. Please retry later"),
            Self::Restarting => return Reply::of_the_host(),
            Self::Gone => (StatusCode::GONE, "The virtual machine is not running"),
            Self::IdentityNotFound => (StatusCode::BAD_REQUEST, "Identity not found"),
            Self::ManyIdentities => (
                StatusCode::BAD_REQUEST,
                "Multiple user assigned identities exist, \
                 please specify the clientId / resourceId of the identity in the token request",
            ),
            Self::ManySelectors => {
                (StatusCode::BAD_REQUEST, "Only one of client_id, object_id and msi_res_id may be specified")
            }
            Self::Resource => (StatusCode::BAD_REQUEST, "Required audience parameter not specified"),
            Self::BypassCache => (StatusCode::BAD_REQUEST, "The only value of bypass_cache is true"),
            Self::Failure => (StatusCode::INTERNAL_SERVER_ERROR, "The metadata service failed to answer"),
        };
        let mut body = if is_identity {
            // Both are codes of the OpenAPI.
            let code = if status.is_server_error() { "server_error" } else { "invalid_request" };
            json!({"error": code, "error_description": text})
        } else if status == StatusCode::BAD_REQUEST {
            json!({"error": format!("Bad request. {text}")})
        } else {
            json!({"error": text})
        };
        // MSAL.NET reads the newest version out of this refusal to find its region (IDENTITY-WIRE 1.3).
        if let Self::ApiVersion = self {
            body["newest-versions"] = json!(versions::newest());
        }
        let reply = Reply::json_bytes(status, body.to_string().into());
        match self {
            // What was asked a second ago counts no more.
            Self::Throttled => reply.with(RETRY_AFTER, HeaderValue::from_static("1")),
            Self::Method(allowed) => reply.with(ALLOW, HeaderValue::from_static(allowed)),
            _ => reply,
        }
    }
}
