//! Container Instances: a group of containers that share an address, a life and a token endpoint.

use axum::http::StatusCode;
use model::Resource;
use serde_json::{Value, json};
use store::Tx;

use super::{ResourceType, Style, Write, network};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::token_endpoint;

pub(crate) struct ContainerGroups;

impl ResourceType for ContainerGroups {
    fn name(&self) -> &'static str {
        "Microsoft.ContainerInstance/containerGroups"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2023-05-01", "2022-09-01", "2021-10-01", "2021-09-01"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "PATCH", "DELETE", "start", "stop", "restart"]
    }

    fn style(&self) -> Style {
        Style { polling: None, created: 201, deleted: 200 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "instanceView"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        let containers = draft.spec.get("containers").and_then(Value::as_array);
        if containers.is_none_or(Vec::is_empty) {
            let message = format!("The containers in container group '{}' are not specified.", draft.name);
            return Err(ArmError::bad("ContainerGroupMissingContainers", message));
        }
        token_endpoint::open(write, draft, before);
        network::fill(&mut draft.spec, json!({"osType": "Linux", "restartPolicy": "Always", "sku": "Standard"}));
        draft.status.insert("provisioningState".into(), json!("Succeeded"));
        show_state(draft);
        Ok(())
    }

    fn release(&self, tx: &mut Tx, group: &Resource) -> Result<(), ArmError> {
        token_endpoint::close(tx, group);
        Ok(())
    }

    fn act(&self, write: &mut Write<'_>, action: &str) -> Result<Answer, ArmError> {
        token_endpoint::switch(write, action, StatusCode::NO_CONTENT, show_state)
    }
}

fn show_state(group: &mut Resource) {
    let state = if group.is_running() { "Running" } else { "Stopped" };
    group.status.insert("instanceView".into(), json!({"events": [], "state": state}));
}
