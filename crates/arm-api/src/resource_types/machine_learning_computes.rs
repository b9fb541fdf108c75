//! Computes of a Machine Learning workspace, of which the workspace itself is not modelled: where notebooks and jobs run.

use axum::http::StatusCode;
use model::Resource;
use serde_json::{Value, json};
use store::Tx;
use time::format_description::well_known::Rfc3339;

use super::{ResourceType, Style, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::token_endpoint;

pub(crate) struct MachineLearningComputes;

impl ResourceType for MachineLearningComputes {
    fn name(&self) -> &'static str {
        "Microsoft.MachineLearningServices/workspaces/computes"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-10-01", "2024-04-01", "2023-10-01", "2023-04-01"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "PATCH", "DELETE", "start", "stop", "restart"]
    }

    fn style(&self) -> Style {
        Style { polling: None, created: 201, deleted: 202 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "createdOn", "modifiedOn", "provisioningErrors", "isAttachedCompute"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        if draft.spec.get("computeType").and_then(Value::as_str).is_none() {
            return Err(ArmError::bad("UserError", "The ComputeType field is required."));
        }
        token_endpoint::open(write, draft, before);
        let now = write.now.format(&Rfc3339).unwrap_or_default();
        draft.status.insert("provisioningState".into(), json!("Succeeded"));
        draft.status.insert("isAttachedCompute".into(), json!(false));
        draft.status.entry("createdOn").or_insert_with(|| json!(now));
        draft.status.insert("modifiedOn".into(), json!(now));
        show_state(draft);
        Ok(())
    }

    fn release(&self, tx: &mut Tx, compute: &Resource) -> Result<(), ArmError> {
        token_endpoint::close(tx, compute);
        Ok(())
    }

    fn act(&self, write: &mut Write<'_>, action: &str) -> Result<Answer, ArmError> {
        token_endpoint::switch(write, action, StatusCode::ACCEPTED, show_state)
    }
}

/// Inside `properties` a compute has properties of its sort.
fn show_state(compute: &mut Resource) {
    let state = if compute.is_running() { "Running" } else { "Stopped" };
    compute.status.insert("properties".into(), json!({"state": state}));
}
