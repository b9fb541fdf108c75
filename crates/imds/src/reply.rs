//! An answer before it has its headers.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue, SERVER};
use axum::http::{Response, StatusCode};
use model::{Time, http_date};
use serde_json::Value;
use uuid::Uuid;

/// The newest build that clients' test data show (IDENTITY-WIRE 1.1).
const SERVER_NAME: HeaderValue = HeaderValue::from_static("IMDS/150.870.65.1854");
const JSON: &str = "application/json; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");

/// Status, type and body of an answer.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    content_type: &'static str,
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

    /// What stands in for the service while the host's side restarts: another server's text and name (IDENTITY-WIRE 1.1). Its
    /// other headers were not recorded; they are as always.
    pub(crate) fn of_the_host() -> Self {
        let reply = Self::text("The service is unavailable.".to_owned());
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, content_type: "text/plain", ..reply }
            .with(SERVER, HeaderValue::from_static("Microsoft-IIS/10.0"))
    }

    /// With one header of its own, which may stand in place of a usual one.
    pub(crate) fn with(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { header: Some((name, value)), ..self }
    }

    /// The whole answer. It has no `Cache-Control`: real ones have none (IDENTITY-WIRE 1.1).
    pub(crate) fn into_response(self, request_id: Uuid, now: Time) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(SERVER, SERVER_NAME);
        if let Ok(date) = HeaderValue::from_str(&http_date(now)) {
            headers.insert(DATE, date);
        }
        if let Ok(id) = HeaderValue::from_str(request_id.hyphenated().encode_lower(&mut Uuid::encode_buffer())) {
            headers.insert(REQUEST_ID, id);
        }
        if let Some((name, value)) = self.header {
            headers.insert(name, value);
        }
        response
    }
}
