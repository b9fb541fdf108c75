//! IP configurations: where an interface stands, and under which addresses.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use model::{JsonMap, Resource, Scope};
use serde_json::{Value, json};
use store::{Snapshot, Tx};

use super::NetworkInterfaces;
use crate::error::ArmError;
use crate::render::plain;
use crate::resource_types::network::{self, IpPrefix};
use crate::resource_types::{ResourceType, Write, public_ip_addresses, subnets};

const COLLECTION: &str = "ipConfigurations";

/// A configuration that stands in a subnet.
pub(in crate::resource_types) struct Occupant {
    /// The configuration's id.
    pub(in crate::resource_types) id: String,
    pub(in crate::resource_types) address: Option<IpAddr>,
    nic: Scope,
}

/// Everything that stands in a subnet. It is asked of the interfaces, so that no list of them can be out of date.
pub(in crate::resource_types) fn occupants(world: &Snapshot, subnet: &Resource) -> Vec<Occupant> {
    let mut found = Vec::new();
    let everywhere = network::subscription(&subnet.id);
    for nic in world.resources_of_type(&everywhere, NetworkInterfaces.name()) {
        for (name, properties) in configurations(nic) {
            if network::references(properties, "subnet").iter().any(|id| id.eq_ignore_ascii_case(&subnet.id)) {
                found.push(Occupant {
                    id: network::part_id(nic, COLLECTION, name),
                    address: address(properties),
                    nic: nic.scope(),
                });
            }
        }
    }
    found
}

/// Names and properties of an interface's configurations.
fn configurations(nic: &Resource) -> impl Iterator<Item = (&str, &JsonMap)> {
    let listed = nic.spec.get(COLLECTION).and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(|item| Some((item["name"].as_str()?, item["properties"].as_object()?)))
}

fn address(properties: &JsonMap) -> Option<IpAddr> {
    properties.get("privateIPAddress")?.as_str()?.parse().ok()
}

/// Checks the configurations of `nic`, gives each its private address and takes the public ones that they name.
pub(super) fn settle(write: &mut Write<'_>, nic: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
    let given = nic.spec.get(COLLECTION).and_then(Value::as_array).cloned().unwrap_or_default();
    if given.is_empty() {
        return Err(ArmError::bad(
            "IpConfigurationsNotSpecified",
            format!("Network interface {} must have at least one IP configuration.", nic.id),
        ));
    }
    let is_primary_named = given.iter().any(|item| item["properties"]["primary"] == json!(true));
    let mut settled: Vec<Value> = Vec::new();
    let mut public = Vec::new();
    let mut own = BTreeMap::new();
    for (i, item) in given.iter().enumerate() {
        let (name, properties) = network::named(item)?;
        let mut properties = plain(&properties, &["provisioningState", "privateLinkConnectionProperties"]);
        network::fill(
            &mut properties,
            json!({
                "privateIPAllocationMethod": "Dynamic", "privateIPAddressVersion": "IPv4",
                "primary": i == 0 && !is_primary_named,
            }),
        );
        let id = network::part_id(nic, COLLECTION, &name);
        let subnet = network::resolve(&write.tx, nic, &mut properties, "subnet")?;
        if let Some(address) = network::resolve(&write.tx, nic, &mut properties, "publicIPAddress")? {
            public.push((id.clone(), address));
        }
        if let Some(subnet) = subnet {
            let held = before.and_then(|b| configurations(b).find(|(n, _)| *n == name)).and_then(|(_, p)| address(p));
            let mut taken = taken(&write.tx, &subnet, nic);
            taken.extend(own.clone());
            let chosen = private_address(&id, &subnet, &properties, &taken, held)?;
            properties.insert("privateIPAddress".into(), json!(chosen.to_string()));
            own.insert(chosen, id);
        } else {
            properties.shift_remove("privateIPAddress");
        }
        settled.push(json!({"name": name, "properties": properties}));
    }
    nic.spec.insert(COLLECTION.into(), Value::Array(settled));
    take_public_addresses(write, before, &public)
}

/// Addresses of a subnet that others than `nic` have, and who.
fn taken(world: &Snapshot, subnet: &Resource, nic: &Resource) -> BTreeMap<IpAddr, String> {
    let others = occupants(world, subnet).into_iter().filter(|o| o.nic != nic.scope());
    others.filter_map(|o| Some((o.address?, o.id))).collect()
}

/// The address that a configuration gets: the one it asks for, the one it had, or the lowest that is free.
fn private_address(
    id: &str,
    subnet: &Resource,
    properties: &JsonMap,
    taken: &BTreeMap<IpAddr, String>,
    held: Option<IpAddr>,
) -> Result<IpAddr, ArmError> {
    let text = |member: &str| properties.get(member).and_then(Value::as_str).unwrap_or_default();
    let is_v6 = text("privateIPAddressVersion").eq_ignore_ascii_case("IPv6");
    let prefixes: Vec<IpPrefix> = subnets::prefixes(subnet)?.into_iter().filter(|p| p.is_v6() == is_v6).collect();
    if !text("privateIPAllocationMethod").eq_ignore_ascii_case("Static") {
        return choose(&prefixes, taken, held).ok_or_else(|| {
            let ranges: Vec<String> = prefixes.iter().map(ToString::to_string).collect();
            ArmError::bad(
                "SubnetIsFull",
                format!(
                    "Subnet {} with address prefix {} does not have enough capacity for 1 IP addresses.",
                    subnet.name,
                    ranges.join(",")
                ),
            )
        });
    }
    let wanted = text("privateIPAddress");
    let Ok(wanted) = wanted.parse::<IpAddr>() else {
        return Err(ArmError::bad(
            "InvalidIPAddress",
            format!("Private static IP address '{wanted}' of {id} is not valid."),
        ));
    };
    let Some(home) = prefixes.iter().find(|prefix| prefix.holds(wanted)) else {
        return Err(ArmError::bad(
            "PrivateIPAddressNotInSubnet",
            format!("Private static IP address {wanted} does not belong to the range of subnet {}.", subnet.id),
        ));
    };
    if home.reserves(wanted) {
        return Err(ArmError::bad(
            "PrivateIPAddressInReservedRange",
            format!("Private static IP address {wanted} falls within reserved IP range of subnet prefix {home}."),
        ));
    }
    match taken.get(&wanted) {
        None => Ok(wanted),
        Some(other) => Err(ArmError::bad(
            "PrivateIPAddressIsAllocated",
            format!(
                "IP configuration {id} is using the private IP address {wanted} which is already allocated to resource {other}."
            ),
        )),
    }
}

/// The address of a configuration that leaves the choice to Azure; none where the ranges are used up.
fn choose(prefixes: &[IpPrefix], taken: &BTreeMap<IpAddr, String>, held: Option<IpAddr>) -> Option<IpAddr> {
    let is_free = |address: &IpAddr| !taken.contains_key(address);
    let keeps = held.filter(|a| is_free(a) && prefixes.iter().any(|p| p.holds(*a)));
    keeps.or_else(|| prefixes.iter().flat_map(|prefix| prefix.usable()).find(is_free))
}

/// Lets go of the public addresses that are no longer named, then takes those that are: one may move between two
/// configurations of an interface.
fn take_public_addresses(
    write: &mut Write<'_>,
    before: Option<&Resource>,
    public: &[(String, Arc<Resource>)],
) -> Result<(), ArmError> {
    for (id, address) in before.map(public_addresses).unwrap_or_default() {
        if !public.iter().any(|(kept, target)| *kept == id && target.scope() == address) {
            public_ip_addresses::detach(&mut write.tx, &address, &id);
        }
    }
    public.iter().try_for_each(|(id, address)| public_ip_addresses::attach(write, &address.scope(), id))
}

/// The configurations of `nic` that have a public address, and where that is.
fn public_addresses(nic: &Resource) -> Vec<(String, Scope)> {
    configurations(nic)
        .flat_map(|(name, properties)| {
            let id = network::part_id(nic, COLLECTION, name);
            network::references(properties, "publicIPAddress")
                .into_iter()
                .map(move |target| (id.clone(), Scope::new(&target)))
        })
        .collect()
}

/// The public addresses of an interface that goes are free again.
pub(super) fn release_public_addresses(tx: &mut Tx, nic: &Resource) {
    for (id, address) in public_addresses(nic) {
        public_ip_addresses::detach(tx, &address, &id);
    }
}

/// The configurations as answers show them.
pub(super) fn shown(nic: &Resource) -> Value {
    configurations(nic).map(|(name, properties)| network::part(nic, COLLECTION, name, properties)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefixes(texts: &[&str]) -> Vec<IpPrefix> {
        texts.iter().map(|text| IpPrefix::parse(text, "/x").unwrap()).collect()
    }

    fn taken(texts: &[&str]) -> BTreeMap<IpAddr, String> {
        texts.iter().map(|text| (text.parse().unwrap(), format!("/holder-of-{text}"))).collect()
    }

    #[test]
    fn the_lowest_free_address_is_given() {
        let small = ["10.0.0.4", "10.0.0.5", "10.0.0.6"];
        for (ranges, used, held, expected) in [
            (&["10.0.0.0/24"][..], &[][..], None, Some("10.0.0.4")),
            (&["10.0.0.0/24"], &["10.0.0.4", "10.0.0.5", "10.0.0.7"], None, Some("10.0.0.6")),
            (&["10.0.0.0/24"], &[], Some("10.0.0.9"), Some("10.0.0.9")),
            (&["10.0.0.0/24"], &["10.0.0.9"], Some("10.0.0.9"), Some("10.0.0.4")),
            (&["10.0.1.0/24"], &[], Some("10.0.0.9"), Some("10.0.1.4")),
            (&["10.0.0.0/29", "10.0.1.0/29"], &small, None, Some("10.0.1.4")),
            (&["10.0.0.0/29"], &small, None, None),
        ] {
            let parse = |text: &str| text.parse::<IpAddr>().unwrap();
            let chosen = choose(&prefixes(ranges), &taken(used), held.map(parse));
            assert_eq!(chosen, expected.map(parse), "{ranges:?} {used:?} {held:?}");
        }
    }

    #[test]
    fn what_a_caller_asks_for_is_checked() {
        let spec = json!({"addressPrefixes": ["10.0.0.0/24", "fd00::/64"]});
        let subnet = Resource {
            id: "/s".into(),
            resource_type: "Microsoft.Network/virtualNetworks/subnets".into(),
            name: "s".into(),
            location: None,
            tags: None,
            identity: model::Identity::default(),
            envelope: JsonMap::new(),
            spec: spec.as_object().unwrap().clone(),
            status: JsonMap::new(),
            runtime: JsonMap::new(),
            created_at: model::Time::UNIX_EPOCH,
            changed_at: model::Time::UNIX_EPOCH,
            version: 1,
        };
        for (version, address, expected) in [
            ("IPv4", "10.0.0.10", Ok("10.0.0.10")),
            ("IPv4", "10.0.0.4", Err("PrivateIPAddressIsAllocated")),
            ("IPv4", "10.0.0.3", Err("PrivateIPAddressInReservedRange")),
            ("IPv4", "10.0.0.255", Err("PrivateIPAddressInReservedRange")),
            ("IPv4", "10.0.1.4", Err("PrivateIPAddressNotInSubnet")),
            ("IPv4", "fd00::9", Err("PrivateIPAddressNotInSubnet")),
            ("IPv6", "fd00::9", Ok("fd00::9")),
            ("IPv4", "", Err("InvalidIPAddress")),
        ] {
            let wish = json!({"privateIPAllocationMethod": "Static", "privateIPAddressVersion": version, "privateIPAddress": address});
            let got = private_address("/c", &subnet, wish.as_object().unwrap(), &taken(&["10.0.0.4"]), None);
            match (got, expected) {
                (Ok(got), Ok(expected)) => assert_eq!(got.to_string(), expected),
                (Err(got), Err(expected)) => assert_eq!(got.parts().1, expected),
                (got, expected) => panic!("{address}: {got:?} is not {expected:?}"),
            }
        }
    }
}
