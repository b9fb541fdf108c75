//! `…/virtualMachines/{vm}/instanceView`: how a machine is right now.

use serde_json::Value;

use super::virtual_machines::instance_view;
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
        let machine = read.world.resource(&read.scope()).ok_or_else(|| tracked::missing(read.world, read.route, "read"))?;
        Ok(Answer::ok(Value::Object(instance_view(machine))))
    }
}
