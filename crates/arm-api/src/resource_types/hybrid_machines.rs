//! Machines outside Azure that Azure Arc has connected: the agent on one is there and connected from the start.

use model::Resource;
use serde_json::json;
use store::Tx;
use time::format_description::well_known::Rfc3339;

use super::{ResourceType, Style, Write, network};
use crate::error::ArmError;
use crate::token_endpoint;

pub(crate) struct HybridMachines;

impl ResourceType for HybridMachines {
    fn name(&self) -> &'static str {
        "Microsoft.HybridCompute/machines"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-07-10", "2024-03-31-preview", "2023-10-03-preview", "2022-12-27"]
    }

    /// A new machine answers like a changed one.
    fn style(&self) -> Style {
        Style { polling: None, created: 200, deleted: 200 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "status", "lastStatusChange", "agentVersion", "machineFqdn"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        token_endpoint::open(write, draft, before);
        let name = draft.name.clone();
        // The agent tells these; whoever connects a machine by hand may tell others.
        network::fill(
            &mut draft.spec,
            json!({
                "vmId": write.arm.ids.guid(), "osType": "linux", "osName": "linux", "displayName": name,
                "osProfile": {"computerName": name},
            }),
        );
        draft.status.insert("provisioningState".into(), json!("Succeeded"));
        draft.status.insert("status".into(), json!("Connected"));
        draft.status.insert("agentVersion".into(), json!("1.50.02986.643"));
        draft.status.insert("machineFqdn".into(), json!(name));
        let since = write.now.format(&Rfc3339).unwrap_or_default();
        draft.status.entry("lastStatusChange").or_insert_with(|| json!(since));
        Ok(())
    }

    fn release(&self, tx: &mut Tx, machine: &Resource) -> Result<(), ArmError> {
        token_endpoint::close(tx, machine);
        Ok(())
    }
}
