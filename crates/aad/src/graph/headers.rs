//! What every answer of Graph carries beside its body (RECORDED-FACTS 9).

use axum::http::header::{CACHE_CONTROL, STRICT_TRANSPORT_SECURITY, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use model::Time;
use time::macros::format_description;
use uuid::Uuid;

use crate::host;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const DIAGNOSTIC: &str = concat!(
    r#"{"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5","ScaleUnit":"001","#,
    r#""RoleInstance":"AM2PEPF00000001"}}"#
);

/// What names one request in its answer.
pub(super) struct Stamp {
    /// When it came.
    now: Time,
    /// The host it named, with or without a port.
    pub(super) host: String,
    /// Its own id.
    pub(super) request_id: Uuid,
    /// The id that the client gave it.
    client: Option<HeaderValue>,
}

impl Stamp {
    /// The stamp of a request that came at `now`.
    pub(super) fn of(head: &Parts, now: Time, request_id: Uuid) -> Self {
        let host = host::named(&head.headers, &head.uri).unwrap_or("localhost").to_owned();
        Self { now, host, request_id, client: head.headers.get(CLIENT_REQUEST_ID).cloned() }
    }

    /// The name of the host, without its port.
    pub(super) fn host_name(&self) -> String {
        host::without_port(&self.host)
    }

    /// The client's id of the request; its own, where the client gave none.
    pub(super) fn client_request_id(&self) -> String {
        let given = self.client.as_ref().and_then(|id| id.to_str().ok());
        given.map_or_else(|| self.request_id.to_string(), str::to_owned)
    }

    /// The moment as errors show it: no zone at the end.
    pub(super) fn date(&self) -> String {
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
        self.now.format(format).unwrap_or_default()
    }

    /// Adds the headers that every answer has.
    pub(super) fn put_on(&self, headers: &mut HeaderMap) {
        let request_id = HeaderValue::from_str(&self.request_id.to_string());
        for (name, value) in [
            (CACHE_CONTROL, "no-cache"),
            (VARY, "Accept-Encoding"),
            (HeaderName::from_static("x-ms-ags-diagnostic"), DIAGNOSTIC),
            (HeaderName::from_static("x-ms-resource-unit"), "1"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        // Under any other name a browser would force the learner's own pages on that host to HTTPS, for a year.
        if self.host_name().eq_ignore_ascii_case("graph.microsoft.com") {
            headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        }
        if let Ok(id) = request_id {
            headers.insert(CLIENT_REQUEST_ID, self.client.clone().unwrap_or_else(|| id.clone()));
            headers.insert("request-id", id);
        }
    }
}
