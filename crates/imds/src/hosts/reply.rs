//! Answers of hosts, before and after they have the headers that all answers of a host have.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::response::Response;
use model::Time;
use uuid::Uuid;

use super::Host;
use crate::dress::dress;
use crate::reply::{JSON, REQUEST_ID};

const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

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
    let (server, id_name) = match host {
        Host::AppService | Host::ContainerApps => (Some("Kestrel"), CORRELATION_ID),
        Host::ContainerInstances => (Some("Kestrel"), REQUEST_ID),
        Host::ServiceFabric => (Some("Microsoft-HTTPAPI/2.0"), REQUEST_ID),
        Host::Arc | Host::CloudShell | Host::MachineLearning => (None, REQUEST_ID),
    };
    dress(&mut response, server.map(HeaderValue::from_static), id_name, request_id, now);
    response
}
