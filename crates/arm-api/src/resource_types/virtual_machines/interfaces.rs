//! A machine's network interfaces.

use model::{JsonMap, Resource, Scope};
use serde_json::json;

use super::super::Write;
use crate::error::ArmError;

/// Every interface must exist; each remembers its machine.
pub(super) fn join(write: &mut Write<'_>, draft: &Resource, before: Option<&Resource>) -> Result<(), ArmError> {
    let nics = references(&draft.spec);
    let primary = primary(&draft.spec);
    for (n, id) in nics.iter().enumerate() {
        let Some(nic) = write.tx.resource(&Scope::new(id)).cloned() else {
            return Err(ArmError::bad(
                "InvalidResourceReference",
                format!(
                    "Resource {id} referenced by resource {} was not found. Please make sure that the referenced resource exists, and that both \
                 resources are in the same region.",
                    draft.id
                ),
            ));
        };
        let user = nic.status.get("virtualMachine").and_then(|v| v["id"].as_str());
        if let Some(other) = user.filter(|other| Scope::new(other) != draft.scope()) {
            return Err(ArmError::bad(
                "NicInUse",
                format!("Network Interface {id} is used by existing resource {other}."),
            ));
        }
        let mut nic = Resource::clone(&nic);
        nic.status.insert("virtualMachine".into(), json!({"id": draft.id}));
        nic.status.insert("primary".into(), json!(n == primary));
        write.tx.put_resource(nic);
    }
    // An interface that the machine no longer names is free.
    for id in before.map(|b| references(&b.spec)).unwrap_or_default() {
        let scope = Scope::new(&id);
        if let Some(nic) = write.tx.resource(&scope).filter(|_| !nics.iter().any(|n| Scope::new(n) == scope)) {
            let mut nic = Resource::clone(nic);
            nic.status.shift_remove("virtualMachine");
            write.tx.put_resource(nic);
        }
    }
    Ok(())
}

/// Which interface the machine calls its primary one; the first, if none.
fn primary(properties: &JsonMap) -> usize {
    let listed = properties.get("networkProfile").and_then(|profile| profile["networkInterfaces"].as_array());
    listed.and_then(|all| all.iter().position(|nic| nic["properties"]["primary"] == json!(true))).unwrap_or(0)
}

fn references(properties: &JsonMap) -> Vec<String> {
    let listed = properties.get("networkProfile").and_then(|profile| profile["networkInterfaces"].as_array());
    listed.into_iter().flatten().filter_map(|entry| entry["id"].as_str().map(str::to_owned)).collect()
}
