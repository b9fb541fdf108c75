//! What an operation answers.

use axum::http::StatusCode;
use serde_json::Value;

/// Status and body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Value>,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Value>) -> Self {
        Self { status: StatusCode::OK, body: Some(body.into()) }
    }

    pub(crate) fn accepted(body: impl Into<Value>) -> Self {
        Self { status: StatusCode::ACCEPTED, body: Some(body.into()) }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None }
    }
}
