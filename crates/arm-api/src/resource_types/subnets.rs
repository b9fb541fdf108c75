//! Subnets: children of a virtual network, put by themselves or with it.

use model::{JsonMap, Resource};
use serde_json::{Value, json};
use store::Snapshot;

use super::network::{self, IpPrefix, children};
use super::network_interfaces::occupants;
use super::virtual_networks::address_space;
use super::{Read, ResourceType, Style, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::request::Request;
use crate::tracked;

/// What a subnet may be tied to.
const TIES: [&str; 3] = ["networkSecurityGroup", "routeTable", "natGateway"];

pub(crate) struct Subnets;

impl ResourceType for Subnets {
    fn name(&self) -> &'static str {
        "Microsoft.Network/virtualNetworks/subnets"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        network::API_VERSIONS
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "DELETE"]
    }

    fn style(&self) -> Style {
        network::STYLE
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "ipConfigurations", "purpose"]
    }

    fn is_listed_as_resource(&self) -> bool {
        false
    }

    fn complete(
        &self,
        write: &mut Write<'_>,
        draft: &mut Resource,
        _before: Option<&Resource>,
    ) -> Result<(), ArmError> {
        network::stamp(&write.arm.ids, draft);
        let mut spec = std::mem::take(&mut draft.spec);
        for member in TIES {
            network::resolve(&write.tx, draft, &mut spec, member)?;
        }
        network::fill(
            &mut spec,
            json!({"delegations": [], "privateEndpointNetworkPolicies": "Disabled", "privateLinkServiceNetworkPolicies": "Enabled"}),
        );
        draft.spec = spec;
        let Some(parent) = network::parent(&write.tx, draft) else {
            return Err(tracked::not_found(&draft.id));
        };
        check_place(&write.tx, parent, draft)?;
        check_occupants(&write.tx, draft)
    }

    fn finish(&self, world: &Snapshot, resource: &Resource, _request: &Request, shown: &mut JsonMap) {
        let Some(Value::Object(properties)) = shown.get_mut("properties") else { return };
        if let Some(Value::Array(endpoints)) = properties.get_mut("serviceEndpoints") {
            for endpoint in endpoints.iter_mut().filter_map(Value::as_object_mut) {
                network::fill(endpoint, json!({"provisioningState": "Succeeded", "locations": ["*"]}));
            }
        }
        let standing: Vec<Value> = occupants(world, resource).iter().map(|o| json!({"id": o.id})).collect();
        if !standing.is_empty() {
            properties.insert("ipConfigurations".into(), Value::Array(standing));
        }
    }

    /// The network is there and the subnet is not: then the provider answers, not Resource Manager (RECORDED-FACTS 2).
    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        match tracked::get(self, read) {
            Err(ArmError::ResourceNotFound { resource_type, .. })
                if resource_type.eq_ignore_ascii_case(self.name()) =>
            {
                Err(ArmError::NotFound(format!("Resource {} not found.", read.id())))
            }
            other => other,
        }
    }

    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        if let Some(subnet) = write.tx.resource(&write.scope()) {
            check_unused(&write.tx, subnet)?;
        }
        tracked::delete(self, write)
    }
}

/// The ranges of a subnet: one, or a list of them.
pub(super) fn prefixes(subnet: &Resource) -> Result<Vec<IpPrefix>, ArmError> {
    let one = subnet.spec.get("addressPrefix").and_then(Value::as_str);
    let several = subnet.spec.get("addressPrefixes").and_then(Value::as_array);
    let texts: Vec<&str> = match one {
        Some(one) => vec![one],
        None => several.into_iter().flatten().filter_map(Value::as_str).collect(),
    };
    if texts.is_empty() {
        return Err(ArmError::bad(
            "NoAddressPrefixOrPoolProvided",
            format!("Subnet {} has no address prefix.", subnet.id),
        ));
    }
    texts.into_iter().map(|text| IpPrefix::parse(text, &subnet.id)).collect()
}

/// A subnet lies inside its network and beside the other subnets.
pub(super) fn check_place(world: &Snapshot, parent: &Resource, subnet: &Resource) -> Result<(), ArmError> {
    let space = address_space(parent)?;
    let own = prefixes(subnet)?;
    if !own.iter().all(|prefix| space.iter().any(|range| range.encloses(*prefix))) {
        return Err(ArmError::bad(
            "NetcfgSubnetRangeOutsideVnet",
            format!(
                "Subnet '{}' is not valid because its IP address range is outside the IP address range of virtual network '{}'.",
                subnet.name, parent.name
            ),
        ));
    }
    for sibling in children::of(world, parent, &Subnets).filter(|other| other.scope() != subnet.scope()) {
        if prefixes(sibling)?.iter().any(|theirs| own.iter().any(|prefix| prefix.overlaps(*theirs))) {
            return Err(ArmError::bad(
                "NetcfgSubnetRangesOverlap",
                format!(
                    "Subnet '{}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '{}'.",
                    subnet.name, parent.name
                ),
            ));
        }
    }
    Ok(())
}

/// A range cannot move away from the addresses that are given out of it.
fn check_occupants(world: &Snapshot, subnet: &Resource) -> Result<(), ArmError> {
    let own = prefixes(subnet)?;
    let strays = |address: std::net::IpAddr| !own.iter().any(|prefix| prefix.holds(address));
    match occupants(world, subnet).iter().any(|o| o.address.is_some_and(strays)) {
        true => Err(ArmError::bad(
            "InUsePrefixCannotBeDeleted",
            format!("The address prefix of subnet {} has active allocations and cannot be changed.", subnet.name),
        )),
        false => Ok(()),
    }
}

/// A subnet in which something stands cannot go.
pub(super) fn check_unused(world: &Snapshot, subnet: &Resource) -> Result<(), ArmError> {
    match occupants(world, subnet).first() {
        None => Ok(()),
        Some(occupant) => Err(ArmError::bad(
            "InUseSubnetCannotBeDeleted",
            format!(
                "Subnet {} is in use by {} and cannot be deleted. In order to delete the subnet, delete all the resources within the \
                 subnet. See aka.ms/deletesubnet.",
                subnet.name, occupant.id
            ),
        )),
    }
}
