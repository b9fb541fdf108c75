//! `…/virtualMachines/{vm}/instanceView`: how a machine is right now.

use model::{JsonMap, POWER_STATE, RUNNING, Resource};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::image_catalogue::image;
use super::{Read, ResourceType};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::tracked;

pub(crate) struct InstanceViews;

impl ResourceType for InstanceViews {
    fn name(&self) -> &'static str {
        "Microsoft.Compute/virtualMachines/instanceView"
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["LIST"]
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        // Read as a collection below the machine, it is one object.
        let machine =
            read.world.resource(&read.scope()).ok_or_else(|| tracked::missing(read.world, read.route, "read"))?;
        Ok(Answer::ok(Value::Object(instance_view(machine))))
    }
}

/// How the machine is: provisioned, running or not, what its disks and its agent say. No guest runs, so nothing is said of
/// the system that one would report.
pub(super) fn instance_view(machine: &Resource) -> JsonMap {
    let properties = Value::Object(machine.properties());
    let state = machine.runtime.get(POWER_STATE).and_then(Value::as_str).unwrap_or(RUNNING);
    let moment = machine.changed_at.format(&Rfc3339).unwrap_or_default();
    let succeeded = |level: &str, code: &str, text: &str| json!({"code": code, "level": level, "displayStatus": text, "time": moment});
    let is_windows = properties["storageProfile"]["osDisk"]["osType"] == "Windows";
    let mut view = JsonMap::new();
    if state == RUNNING {
        view.insert("computerName".into(), properties["osProfile"]["computerName"].clone());
        view.insert(
            "vmAgent".into(),
            json!({
                "vmAgentVersion": if is_windows { "2.7.41491.1172" } else { "2.14.0.1" },
                "statuses": [{"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Ready",
                              "message": "Guest Agent is running", "time": moment}],
                "extensionHandlers": [],
            }),
        );
    }
    view.insert(
        "disks".into(),
        json!([{
            "name": properties["storageProfile"]["osDisk"]["name"],
            "statuses": [succeeded("Info", "ProvisioningState/succeeded", "Provisioning succeeded")],
        }]),
    );
    let named = |part: &str| properties["storageProfile"]["imageReference"][part].as_str().unwrap_or_default();
    let generation = image(named("publisher"), named("offer"), named("sku")).generation;
    view.insert("hyperVGeneration".into(), json!(generation));
    view.insert(
        "statuses".into(),
        json!([
            succeeded("Info", "ProvisioningState/succeeded", "Provisioning succeeded"),
            {"code": format!("PowerState/{state}"), "level": "Info", "displayStatus": format!("VM {state}")},
        ]),
    );
    view
}
