//! The requests that a deployment sends down the road, on behalf of who asked for it.

use std::fmt::Write as _;

use axum::body::Bytes;
use axum::http::Method;
use serde_json::Value;
use uuid::Uuid;

use crate::caller::Caller;
use crate::query::Query;
use crate::request::Request;

/// Who deploys, and how the client's own request came in.
#[derive(Debug, Clone)]
pub(crate) struct Behalf {
    pub(crate) caller: Caller,
    /// The id of that request.
    pub(crate) request_id: Uuid,
    /// The client's `Host`: URLs in what templates read begin with it.
    pub(crate) host: String,
    /// What follows a vault's name in its host name, for that client.
    pub(crate) vault_dns: String,
    /// Every request of a deployment carries its correlation id.
    pub(crate) correlation_id: String,
}

impl Behalf {
    /// A request for the resource `id`, an unencoded id as templates compute it.
    pub(crate) fn request(&self, method: Method, id: &str, api_version: &str, body: Option<&Value>) -> Request {
        Request {
            id: self.request_id,
            method,
            path: encode(id),
            query: Query::parse(&format!("api-version={}", encode(api_version))),
            body: body.map(|body| Bytes::from(body.to_string())).unwrap_or_default(),
            host: self.host.clone(),
            vault_dns: self.vault_dns.clone(),
            correlation_id: Some(self.correlation_id.clone()),
            is_system: false,
        }
    }
}

/// Percent-encodes an id for a path or a header; slashes stay.
pub(crate) fn encode(id: &str) -> String {
    id.bytes().fold(String::with_capacity(id.len()), |mut out, b| {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' | b'(' | b')' => {
                out.push(char::from(b));
            }
            _ => drop(write!(out, "%{b:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use model::ArmPath;

    use super::*;

    #[test]
    fn a_name_that_a_path_cannot_hold_comes_through() {
        let id = "/subscriptions/s/resourceGroups/gruppe ü/providers/A.B/c/50% of?x#(1)";
        let caller = Caller::known_by_id(Uuid::nil());
        let behalf = Behalf {
            caller,
            request_id: Uuid::nil(),
            host: "h".into(),
            vault_dns: "v".into(),
            correlation_id: "c".into(),
        };
        let request = behalf.request(Method::PUT, id, "2024-11-01", Some(&Value::Bool(true)));
        assert_eq!(ArmPath::parse(&request.path).map(|p| p.canonical()), Ok(id.to_owned()));
        assert_eq!(request.query.get("api-version"), Some("2024-11-01"));
        assert_eq!(&request.body[..], b"true");
    }
}
