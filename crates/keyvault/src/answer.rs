//! What an operation answers.

use axum::http::StatusCode;
use serde_json::Value;

/// Status, body, and where an operation is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Value>,
    pub(crate) location: Option<String>,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Value>) -> Self {
        Self { status: StatusCode::OK, body: Some(body.into()), location: None }
    }

    pub(crate) fn accepted(body: impl Into<Value>, location: String) -> Self {
        Self { status: StatusCode::ACCEPTED, body: Some(body.into()), location: Some(location) }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, location: None }
    }
}
