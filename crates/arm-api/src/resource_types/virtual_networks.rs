//! Virtual networks. Their subnets are resources of their own; a network's body may bring them along.

use model::{JsonMap, Resource};
use serde_json::{Value, json};
use store::Snapshot;

use super::network::{self, IpPrefix, children};
use super::subnets::{self, Subnets};
use super::{ResourceType, Style, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::request::Request;
use crate::{render, tracked};

/// Nobody modelled peerings; a network shows those that were put.
const PEERINGS: &str = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings";

pub(crate) struct VirtualNetworks;

impl ResourceType for VirtualNetworks {
    fn name(&self) -> &'static str {
        "Microsoft.Network/virtualNetworks"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        network::API_VERSIONS
    }

    fn style(&self) -> Style {
        network::STYLE
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "resourceGuid", "virtualNetworkPeerings"]
    }

    fn complete(
        &self,
        write: &mut Write<'_>,
        draft: &mut Resource,
        _before: Option<&Resource>,
    ) -> Result<(), ArmError> {
        network::stamp(&write.arm.ids, draft);
        network::keep_guid(&write.arm.ids, draft);
        network::fill(&mut draft.spec, json!({"enableDdosProtection": false}));
        address_space(draft)?;
        children::replace(write, draft, &Subnets, subnets::check_unused)?;
        // The range may have changed under subnets that the body does not name.
        children::of(&write.tx, draft, &Subnets).try_for_each(|subnet| subnets::check_place(&write.tx, draft, subnet))
    }

    fn finish(&self, world: &Snapshot, resource: &Resource, request: &Request, shown: &mut JsonMap) {
        let Some(Value::Object(properties)) = shown.get_mut("properties") else { return };
        properties.insert("subnets".into(), Value::Array(children::shown(world, resource, &Subnets, request)));
        let peerings = world.resources_of_type(&resource.scope(), PEERINGS).map(|peering| {
            let mut shown = render::envelope(world, peering, &[]);
            shown.insert("properties".into(), Value::Object(peering.properties()));
            Value::Object(shown)
        });
        properties.insert("virtualNetworkPeerings".into(), peerings.collect());
    }

    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        if let Some(network) = write.tx.resource(&write.scope()) {
            children::of(&write.tx, network, &Subnets)
                .try_for_each(|subnet| subnets::check_unused(&write.tx, subnet))?;
        }
        tracked::delete(self, write)
    }
}

/// The ranges of a network, of which there must be one.
pub(super) fn address_space(network: &Resource) -> Result<Vec<IpPrefix>, ArmError> {
    let listed = network.spec.get("addressSpace").and_then(|space| space["addressPrefixes"].as_array());
    let prefixes: Vec<&str> = listed.into_iter().flatten().filter_map(Value::as_str).collect();
    if prefixes.is_empty() {
        return Err(ArmError::bad(
            "NoAddressPrefixOrPoolProvided",
            format!("Virtual network {} has no address prefix.", network.id),
        ));
    }
    prefixes.into_iter().map(|text| IpPrefix::parse(text, &network.id)).collect()
}
