//! How Management Groups refuses: `code`, `message` and `details`, which is a text or null (recordings).

use axum::http::StatusCode;

use crate::error::ArmError;

pub(super) fn bad(message: impl Into<String>) -> ArmError {
    ArmError::ManagementGroups {
        status: StatusCode::BAD_REQUEST,
        code: "BadRequest",
        message: message.into(),
        details: None,
    }
}

/// The same, with what it is about.
pub(super) fn bad_about(message: impl Into<String>, details: String) -> ArmError {
    ArmError::ManagementGroups {
        status: StatusCode::BAD_REQUEST,
        code: "BadRequest",
        message: message.into(),
        details: Some(details),
    }
}

pub(super) fn not_found(id: &str) -> ArmError {
    ArmError::ManagementGroups {
        status: StatusCode::NOT_FOUND,
        code: "NotFound",
        message: format!("'{id}' not found"),
        details: None,
    }
}
