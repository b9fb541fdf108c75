//! What is refused about deployments, and what of a template's errors reaches the client.

use axum::http::StatusCode;
use model::{Resource, Time};
use serde_json::{Value, json};
use template::TemplateError;

use super::times::{LONGEST_RUN, american};
use crate::error::ArmError;

/// The longest name of a deployment, in characters.
const LONGEST_NAME: usize = 64;

impl From<TemplateError> for ArmError {
    fn from(error: TemplateError) -> Self {
        Self::Template { code: error.code, message: error.message }
    }
}

/// 404 for a deployment that is not there.
pub(crate) fn not_found(name: &str) -> ArmError {
    ArmError::Provider {
        status: StatusCode::NOT_FOUND,
        code: "DeploymentNotFound",
        message: format!("Deployment '{name}' could not be found."),
    }
}

/// 409 while an earlier run goes on.
pub(crate) fn active(deployment: &Resource) -> ArmError {
    let started = deployment.changed_at;
    ArmError::conflict(
        "DeploymentActive",
        format!(
            "Unable to edit or replace deployment '{}': previous deployment from '{}' is still active (expiration time is '{}'). \
             Please see https://aka.ms/arm-deploy for usage details.",
            deployment.name,
            american(started),
            american(started + LONGEST_RUN)
        ),
    )
}

/// 409 for a cancellation that comes too late.
pub(crate) fn not_cancellable(name: &str, state: &str, started: Time) -> ArmError {
    ArmError::conflict(
        "DeploymentCannotBeCancelled",
        format!(
            "The deployment '{name}' cannot be cancelled because it has provisioning state '{state}' or it has already expired \
             (expiration time is '{}').",
            american(started + LONGEST_RUN)
        ),
    )
}

/// Letters, digits and `-_.()`, at most [`LONGEST_NAME`] of them.
pub(crate) fn check_name(name: &str) -> Result<(), ArmError> {
    let wrong: String = name.chars().filter(|c| !c.is_ascii_alphanumeric() && !"-_.()".contains(*c)).collect();
    let length = name.chars().count();
    let why = match wrong.is_empty() {
        false => format!(
            "The provided deployment name '{name}' has these invalid characters: '{wrong}'. The name can only be a letter, digit, \
             '-', '.', '(', ')' or '_'."
        ),
        true if length > LONGEST_NAME => format!(
            "The provided deployment name '{name}' has a length of '{length}' which exceeds the maximum length of '{LONGEST_NAME}'."
        ),
        true => return Ok(()),
    };
    Err(ArmError::bad("InvalidDeploymentName", why))
}

/// A template's error as it stands in a deployment's `error`.
pub(crate) fn template_error(error: &TemplateError) -> Value {
    let mut shown = json!({"code": error.code, "message": error.message});
    if let Some(target) = &error.target {
        shown["target"] = json!(target);
    }
    if !error.details.is_empty() {
        shown["details"] = error.details.iter().map(template_error).collect();
    }
    shown
}

/// What a deployment ends with when one of its resources could not be made. A template that turns out not to hold
/// together, or outputs that cannot be computed, are errors of the deployment itself and are not wrapped.
pub(crate) fn deployment_failed(id: &str, cause: Value) -> Value {
    let code = cause.get("code").and_then(Value::as_str);
    match code {
        Some("InvalidTemplate" | "DeploymentOutputEvaluationFailed") => cause,
        _ => json!({
            "code": "DeploymentFailed",
            "target": id,
            "message": "At least one resource deployment operation failed. Please list deployment operations for details. \
                        Please see https://aka.ms/arm-deployment-operations for usage details.",
            "details": [cause],
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_a_few_signs() {
        for good in ["a", "vm_deploy_TsvmARzR8XawiS209mqJ9bvU8bPbQNCQ", "x-1.(2)", &"n".repeat(64)] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for wrong in ["a b", "ä", "x/y", "x%", &"n".repeat(65)] {
            assert!(check_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_resources_error_is_a_detail_and_the_templates_own_is_not() {
        let of_a_resource = json!({"code": "AuthorizationFailed", "message": "m"});
        let shown = deployment_failed("/d", of_a_resource.clone());
        assert_eq!((&shown["code"], &shown["details"][0]), (&json!("DeploymentFailed"), &of_a_resource));
        let own = json!({"code": "InvalidTemplate", "message": "m"});
        assert_eq!(deployment_failed("/d", own.clone()), own);
    }
}
