//! What goes back to the caller.

use axum::http::StatusCode;
use serde_json::Value;

use crate::pipeline::AfterCommit;

/// An answer before it is bytes.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
    /// Work that goes on once the request's own change is durable: a deployment's resources.
    pub(crate) after_commit: Option<AfterCommit>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, body: impl Into<Option<Value>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), after_commit: None }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, body)
    }

    /// 201 for what is new, 200 for what was there.
    pub(crate) fn put(is_new: bool, body: Value) -> Self {
        Self::new(if is_new { StatusCode::CREATED } else { StatusCode::OK }, body)
    }

    /// With the relative address of what is new, as Managed Identity gives it (RECORDED-FACTS 6).
    pub(crate) fn with_address_of_new(self) -> Self {
        let id = self.body.as_ref().and_then(|body| body["id"].as_str()).unwrap_or_default().to_owned();
        if self.status == StatusCode::CREATED { self.with_header("location", id) } else { self }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self::new(status, None)
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
