//! An answer before it has its headers.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use axum::response::Response;
use model::Time;
use serde_json::Value;
use uuid::Uuid;

use crate::dress::dress;

/// The newest build that clients' test data show (IDENTITY-WIRE 1.1).
const SERVER_NAME: HeaderValue = HeaderValue::from_static("IMDS/150.870.65.1854");
/// The type of every answer with JSON, of other hosts too.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// Under which most hosts tell the request's id.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");

/// Status, type and body of an answer.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    content_type: HeaderValue,
    body: Bytes,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// 200 with a JSON value on one line.
    pub(crate) fn json(value: &Value) -> Self {
        Self::json_bytes(StatusCode::OK, value.to_string().into())
    }

    /// `status` with JSON that is already written.
    pub(crate) fn json_bytes(status: StatusCode, body: Bytes) -> Self {
        Self { status, content_type: JSON, body, header: None }
    }

    /// 200 with bare text.
    pub(crate) fn text(text: String) -> Self {
        Self { status: StatusCode::OK, content_type: TEXT, body: text.into(), header: None }
    }

    /// What stands in for the service while the host's side restarts: another server's text and name
    /// (IDENTITY-WIRE 1.1). Its other headers were not recorded; they are as always.
    pub(crate) fn of_the_host() -> Self {
        let reply = Self::text("The service is unavailable.".to_owned());
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            content_type: HeaderValue::from_static("text/plain"),
            ..reply
        }
        .with(SERVER, HeaderValue::from_static("Microsoft-IIS/10.0"))
    }

    /// With one header of its own, which may stand in place of a usual one.
    pub(crate) fn with(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { header: Some((name, value)), ..self }
    }

    /// The whole answer. It has no `Cache-Control`: real ones have none (IDENTITY-WIRE 1.1).
    pub(crate) fn into_response(self, request_id: Uuid, now: Time) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, self.content_type);
        dress(&mut response, Some(SERVER_NAME), REQUEST_ID, request_id, now);
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
