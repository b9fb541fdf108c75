//! Availability sets: how many domains of faults and of updates machines are spread over. No machine moves for them here.

use model::{JsonMap, Resource};
use serde_json::json;
use store::Snapshot;

use super::{ResourceType, Style, Write, network};
use crate::error::ArmError;
use crate::request::Request;

pub(crate) struct AvailabilitySets;

impl ResourceType for AvailabilitySets {
    fn name(&self) -> &'static str {
        "Microsoft.Compute/availabilitySets"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-11-01", "2024-07-01", "2022-11-01", "2019-07-01"]
    }

    /// Synchronous, and never 201 (RECORDED-FACTS 3).
    fn style(&self) -> Style {
        Style { polling: None, created: 200, deleted: 200 }
    }

    /// Which machines are in a set is the machines' to say.
    fn read_only(&self) -> &'static [&'static str] {
        &["virtualMachines", "statuses"]
    }

    fn complete(
        &self,
        _write: &mut Write<'_>,
        draft: &mut Resource,
        _before: Option<&Resource>,
    ) -> Result<(), ArmError> {
        network::fill(&mut draft.spec, json!({"platformUpdateDomainCount": 5, "platformFaultDomainCount": 3}));
        draft.envelope.entry("sku").or_insert_with(|| json!({"name": "Classic"}));
        Ok(())
    }

    fn finish(&self, world: &Snapshot, set: &Resource, request: &Request, shown: &mut JsonMap) {
        // The answer to a write does not say who is in the set.
        if request.method == axum::http::Method::GET
            && let Some(properties) = shown.get_mut("properties")
        {
            properties["virtualMachines"] = members(world, set);
        }
        // The order of Compute's answers.
        if let Some(sku) = shown.shift_remove("sku") {
            shown.insert("sku".into(), sku);
        }
    }
}

/// The machines that say of themselves that they are in the set.
fn members(world: &Snapshot, set: &Resource) -> serde_json::Value {
    let subscription = network::subscription(&set.id);
    let machines = world.resources_of_type(&subscription, "Microsoft.Compute/virtualMachines");
    let is_in = |machine: &&std::sync::Arc<Resource>| {
        network::references(&machine.spec, "availabilitySet").iter().any(|id| model::Scope::new(id) == set.scope())
    };
    machines.filter(is_in).map(|machine| json!({"id": machine.id})).collect()
}
