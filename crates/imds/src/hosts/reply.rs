//! Answers of hosts, before and after they have the headers that all answers of a host have.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue, SERVER};
use axum::response::Response;
use model::{Time, http_date};
use uuid::Uuid;

use super::Host;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");

/// An answer with no body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// An answer with JSON on one line.
pub(super) fn json(status: StatusCode, body: impl Into<serde_json::Value>) -> Response {
    bytes(status, body.into().to_string())
}

/// An answer with JSON that is already written.
pub(super) fn bytes(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = empty(status);
    *response.body_mut() = body.into();
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// The headers by which a host is known.
pub(super) fn dressed(mut response: Response, host: Host, request_id: Uuid, now: Time) -> Response {
    let headers = response.headers_mut();
    if let Ok(date) = HeaderValue::from_str(&http_date(now)) {
        headers.insert(DATE, date);
    }
    let (server, id_name) = match host {
        Host::AppService | Host::ContainerApps => (Some("Kestrel"), CORRELATION_ID),
        Host::ContainerInstances => (Some("Kestrel"), REQUEST_ID),
        Host::ServiceFabric => (Some("Microsoft-HTTPAPI/2.0"), REQUEST_ID),
        Host::Arc | Host::CloudShell | Host::MachineLearning => (None, REQUEST_ID),
    };
    if let Some(server) = server {
        headers.insert(SERVER, HeaderValue::from_static(server));
    }
    if let Ok(id) = HeaderValue::from_str(request_id.hyphenated().encode_lower(&mut Uuid::encode_buffer())) {
        headers.insert(id_name, id);
    }
    response
}
