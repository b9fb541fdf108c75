//! Public IP addresses. A static one has its address from the start, a dynamic one while something uses it.

use std::net::Ipv6Addr;

use model::{Ids, JsonMap, Resource, Scope};
use serde_json::{Value, json};
use store::{Snapshot, Tx};

use super::{ResourceType, Style, Write, network};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::tracked;

pub(crate) struct PublicIpAddresses;

impl ResourceType for PublicIpAddresses {
    fn name(&self) -> &'static str {
        "Microsoft.Network/publicIPAddresses"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        network::API_VERSIONS
    }

    fn style(&self) -> Style {
        network::STYLE
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "resourceGuid", "ipAddress", "ipConfiguration"]
    }

    fn complete(
        &self,
        write: &mut Write<'_>,
        draft: &mut Resource,
        _before: Option<&Resource>,
    ) -> Result<(), ArmError> {
        network::stamp(&write.arm.ids, draft);
        network::keep_guid(&write.arm.ids, draft);
        let is_standard = complete_sku(&mut draft.envelope);
        network::fill(
            &mut draft.spec,
            json!({
                "publicIPAddressVersion": "IPv4", "publicIPAllocationMethod": "Dynamic", "idleTimeoutInMinutes": 4, "ipTags": [],
                "ddosSettings": {"protectionMode": "VirtualNetworkInherited"},
            }),
        );
        if is_standard && !is_static(draft) {
            return Err(ArmError::bad(
                "StandardSkuPublicIPAddressesMustBeStatic",
                format!("Standard sku publicIp {} must have AllocationMethod set to Static.", draft.id),
            ));
        }
        complete_name(&write.tx, draft)?;
        if is_static(draft) || draft.status.contains_key("ipConfiguration") {
            keep_address(&write.tx, &write.arm.ids, draft);
        } else {
            draft.status.shift_remove("ipAddress");
        }
        Ok(())
    }

    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        if let Some(address) = write.tx.resource(&write.scope())
            && let Some(user) = user(address)
        {
            return Err(ArmError::bad(
                "PublicIPAddressCannotBeDeleted",
                format!(
                    "Public IP address {} can not be deleted since it is still allocated to resource {user}. In order to delete the public \
                     IP, disassociate/detach the Public IP address from the resource.  To learn how to do this, see aka.ms/deletepublicip.",
                    address.id
                ),
            ));
        }
        tracked::delete(self, write)
    }
}

/// Ties the address at `scope` to an IP configuration; it has one user at most.
pub(super) fn attach(write: &mut Write<'_>, scope: &Scope, configuration: &str) -> Result<(), ArmError> {
    let Some(address) = write.tx.resource(scope).cloned() else { return Ok(()) };
    match user(&address) {
        Some(user) if !user.eq_ignore_ascii_case(configuration) => Err(ArmError::bad(
            "PublicIPAddressInUse",
            format!(
                "Resource {configuration} is referencing public IP address {} that is already allocated to resource {user}.",
                address.id
            ),
        )),
        Some(_) => Ok(()),
        None => {
            let mut address = Resource::clone(&address);
            address.status.insert("ipConfiguration".into(), json!({"id": configuration}));
            keep_address(&write.tx, &write.arm.ids, &mut address);
            network::stamp(&write.arm.ids, &mut address);
            write.tx.put_resource(address);
            Ok(())
        }
    }
}

/// Frees the address at `scope` from an IP configuration. It may be gone already, or be another's by now.
pub(super) fn detach(tx: &mut Tx, scope: &Scope, configuration: &str) {
    let Some(address) = tx.resource(scope).filter(|a| user(a).is_some_and(|u| u.eq_ignore_ascii_case(configuration)))
    else {
        return;
    };
    let mut address = Resource::clone(address);
    address.status.shift_remove("ipConfiguration");
    if !is_static(&address) {
        address.status.shift_remove("ipAddress");
    }
    tx.put_resource(address);
}

/// The IP configuration that has the address.
fn user(address: &Resource) -> Option<&str> {
    address.status.get("ipConfiguration")?["id"].as_str()
}

fn is_static(address: &Resource) -> bool {
    is(address, "publicIPAllocationMethod", "Static")
}

fn is(address: &Resource, member: &str, value: &str) -> bool {
    address.spec.get(member).and_then(Value::as_str).is_some_and(|found| found.eq_ignore_ascii_case(value))
}

/// The sku with what was left out; whether it is `Standard`.
fn complete_sku(envelope: &mut JsonMap) -> bool {
    let sku = envelope.entry("sku").or_insert_with(|| json!({}));
    if let Value::Object(sku) = sku {
        network::fill(sku, json!({"name": "Basic", "tier": "Regional"}));
    }
    sku["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("Standard"))
}

/// The DNS name that follows from a label. There is one of each in the world.
fn complete_name(world: &Snapshot, address: &mut Resource) -> Result<(), ArmError> {
    address.status.shift_remove("dnsSettings");
    let Some(Value::Object(dns)) = address.spec.get_mut("dnsSettings") else { return Ok(()) };
    dns.shift_remove("fqdn");
    let Some(label) = dns.get("domainNameLabel").and_then(Value::as_str) else { return Ok(()) };
    let fqdn = format!(
        "{}.{}.cloudapp.azure.com",
        label.to_ascii_lowercase(),
        address.location.as_deref().unwrap_or_default()
    );
    let is_taken = others(world, address)
        .any(|other| other.status.get("dnsSettings").is_some_and(|dns| dns["fqdn"] == json!(fqdn)));
    if is_taken {
        return Err(ArmError::bad(
            "DnsRecordInUse",
            format!("DNS record {fqdn} is already used by another public IP."),
        ));
    }
    address.status.insert("dnsSettings".into(), json!({"fqdn": fqdn}));
    Ok(())
}

/// Gives an address to one that has none.
fn keep_address(world: &Snapshot, ids: &Ids, address: &mut Resource) {
    if address.status.contains_key("ipAddress") {
        return;
    }
    let is_v6 = is(address, "publicIPAddressVersion", "IPv6");
    let is_taken = |text: &str| others(world, address).any(|other| other.status.get("ipAddress") == Some(&json!(text)));
    let drawn = std::iter::repeat_with(|| draw(ids, is_v6)).find(|text| !is_taken(text));
    address.status.insert("ipAddress".into(), json!(drawn));
}

/// Every other public address there is, in all subscriptions.
fn others<'a>(world: &'a Snapshot, address: &Resource) -> impl Iterator<Item = &'a Resource> {
    let own = address.scope();
    let all = world.resources_of_type(&Scope::new(Scope::ROOT), PublicIpAddresses.name());
    all.map(|other| &**other).filter(move |other| other.scope() != own)
}

/// An address of a range that is Azure's in the real world: 20.0.0.0/8, or 2603:1000::/24.
fn draw(ids: &Ids, is_v6: bool) -> String {
    if is_v6 {
        let random = u128::from_be_bytes(ids.bytes()) >> 24;
        return Ipv6Addr::from_bits(0x2603_1000 << 96 | random).to_string();
    }
    let [a, b, c] = ids.bytes::<3>();
    // Neither the network's address nor the broadcast address of a /24.
    format!("20.{a}.{b}.{}", c % 254 + 1)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn drawn_addresses_are_of_the_kind_that_was_asked_for() {
        let ids = Ids::seeded(1);
        for _ in 0..200 {
            let v4 = draw(&ids, false);
            assert!(
                matches!(v4.parse().unwrap(), IpAddr::V4(a) if a.octets()[0] == 20 && !matches!(a.octets()[3], 0 | 255)),
                "{v4}"
            );
            let v6 = draw(&ids, true);
            assert!(v6.parse::<Ipv6Addr>().unwrap().segments()[0] == 0x2603 && v6.starts_with("2603:10"), "{v6}");
        }
    }

    #[test]
    fn a_sku_is_completed() {
        for (given, shown, is_standard) in [
            (json!({}), json!({"name": "Basic", "tier": "Regional"}), false),
            (json!({"sku": {"name": "standard"}}), json!({"name": "standard", "tier": "Regional"}), true),
            (
                json!({"sku": {"name": "Standard", "tier": "Global"}}),
                json!({"name": "Standard", "tier": "Global"}),
                true,
            ),
        ] {
            let mut envelope = given.as_object().unwrap().clone();
            assert_eq!(complete_sku(&mut envelope), is_standard);
            assert_eq!(envelope["sku"], shown);
        }
    }
}
