//! A request, read off HTTP, whoever sent it: a client, or a deployment on behalf of its caller.

use axum::body::Bytes;
use axum::http::Method;

use crate::query::Query;

/// What a caller asks.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path, percent-encoded as sent.
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) body: Bytes,
    /// The `Host` header: absolute URLs in answers begin with it.
    pub(crate) host: String,
    /// `x-ms-correlation-request-id` of the caller, echoed in its own form.
    pub(crate) correlation_id: Option<String>,
}

impl Request {
    /// `https://{host}`: smalt's faces speak TLS.
    pub(crate) fn origin(&self) -> String {
        format!("https://{}", self.host)
    }
}
