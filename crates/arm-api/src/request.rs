//! A request, read off HTTP, whoever sent it: a client, or a deployment on behalf of its caller.

use axum::body::Bytes;
use axum::http::Method;
use uuid::Uuid;

use crate::query::Query;

/// What a caller asks.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The answer's `x-ms-request-id`, and the name by which a refusal can be explained.
    pub(crate) id: Uuid,
    pub(crate) method: Method,
    /// The path, percent-encoded as sent.
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) body: Bytes,
    /// The `Host` header: absolute URLs in answers begin with it.
    pub(crate) host: String,
    /// What follows a vault's name in its host name, for who came in that way.
    pub(crate) vault_dns: String,
    /// `x-ms-correlation-request-id` of the caller, echoed in its own form.
    pub(crate) correlation_id: Option<String>,
    /// Whether the caller plays Azure itself (`x-smalt-system: true`) and may do what Azure keeps to itself. It still needs
    /// the rights.
    pub(crate) is_system: bool,
}

impl Request {
    /// `https://{host}`: smalt's faces speak TLS.
    pub(crate) fn origin(&self) -> String {
        format!("https://{}", self.host)
    }

    /// A canonical id with `resourceGroups` spelt as in this request's path, which what is said of locks repeats
    /// (RECORDED-FACTS 4).
    pub(crate) fn as_spelt(&self, id: &str) -> String {
        match self.path.split('/').filter(|s| !s.is_empty()).nth(2) {
            Some(word) if word.eq_ignore_ascii_case("resourceGroups") => {
                id.replacen("/resourceGroups/", &format!("/{word}/"), 1)
            }
            _ => id.to_owned(),
        }
    }
}
