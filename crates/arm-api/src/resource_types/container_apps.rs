//! Container Apps: an application of an environment, of which the environment itself is not modelled.

use axum::http::StatusCode;
use model::Resource;
use serde_json::json;
use store::Tx;

use super::{ResourceType, Style, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::token_endpoint;

pub(crate) struct ContainerApps;

impl ResourceType for ContainerApps {
    fn name(&self) -> &'static str {
        "Microsoft.App/containerApps"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2025-01-01", "2024-03-01", "2023-05-01", "2022-10-01"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "PATCH", "DELETE", "start", "stop"]
    }

    fn style(&self) -> Style {
        Style { polling: None, created: 201, deleted: 200 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "runningStatus", "latestRevisionName", "latestReadyRevisionName", "outboundIpAddresses"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        token_endpoint::open(write, draft, before);
        let revision = format!("{}--{:07}", draft.name.to_lowercase(), draft.version);
        draft.status.insert("provisioningState".into(), json!("Succeeded"));
        draft.status.insert("latestRevisionName".into(), json!(revision));
        draft.status.insert("latestReadyRevisionName".into(), json!(revision));
        show_state(draft);
        Ok(())
    }

    fn release(&self, tx: &mut Tx, app: &Resource) -> Result<(), ArmError> {
        token_endpoint::close(tx, app);
        Ok(())
    }

    fn act(&self, write: &mut Write<'_>, action: &str) -> Result<Answer, ArmError> {
        token_endpoint::switch(write, action, StatusCode::OK, show_state)
    }
}

fn show_state(app: &mut Resource) {
    let state = if app.is_running() { "Running" } else { "Stopped" };
    app.status.insert("runningStatus".into(), json!(state));
}
