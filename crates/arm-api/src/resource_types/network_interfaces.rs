//! Network interfaces. Their IP configurations take private addresses out of subnets and hold public addresses. That a
//! machine uses an interface is written into it by the machine.

mod ip_configurations;

use model::{Ids, JsonMap, Resource};
use serde_json::{Value, json};
use store::{Snapshot, Tx};

use super::{ResourceType, Style, Write, network};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::request::Request;
use crate::tracked;

pub(super) use ip_configurations::occupants;

pub(crate) struct NetworkInterfaces;

impl ResourceType for NetworkInterfaces {
    fn name(&self) -> &'static str {
        "Microsoft.Network/networkInterfaces"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        network::API_VERSIONS
    }

    fn style(&self) -> Style {
        network::STYLE
    }

    fn read_only(&self) -> &'static [&'static str] {
        &[
            "provisioningState",
            "resourceGuid",
            "macAddress",
            "primary",
            "virtualMachine",
            "hostedWorkloads",
            "tapConfigurations",
            "vnetEncryptionSupported",
        ]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        network::stamp(&write.arm.ids, draft);
        network::keep_guid(&write.arm.ids, draft);
        keep_hardware(&write.arm.ids, draft);
        draft.envelope.insert("kind".into(), json!("Regular"));
        let mut spec = std::mem::take(&mut draft.spec);
        network::resolve(&write.tx, draft, &mut spec, "networkSecurityGroup")?;
        network::fill(
            &mut spec,
            json!({
                "enableAcceleratedNetworking": false, "enableIPForwarding": false, "disableTcpStateTracking": false,
                "nicType": "Standard", "auxiliaryMode": "None", "auxiliarySku": "None",
            }),
        );
        let dns = spec.entry("dnsSettings").or_insert_with(|| json!({}));
        if let Value::Object(dns) = dns {
            network::fill(dns, json!({"dnsServers": []}));
        }
        draft.spec = spec;
        ip_configurations::settle(write, draft, before)
    }

    fn release(&self, tx: &mut Tx, resource: &Resource) -> Result<(), ArmError> {
        ip_configurations::release_public_addresses(tx, resource);
        Ok(())
    }

    fn finish(&self, _world: &Snapshot, resource: &Resource, _request: &Request, shown: &mut JsonMap) {
        let Some(Value::Object(properties)) = shown.get_mut("properties") else { return };
        properties.insert("ipConfigurations".into(), ip_configurations::shown(resource));
        // An interface shows hardware once a machine has it.
        if !properties.contains_key("virtualMachine") {
            properties.shift_remove("macAddress");
            properties.shift_remove("primary");
        }
    }

    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        if let Some(nic) = write.tx.resource(&write.scope())
            && let Some(machine) = nic.status.get("virtualMachine").and_then(|v| v["id"].as_str())
        {
            return Err(ArmError::bad(
                "NicInUse",
                format!(
                    "Network Interface {} is used by existing resource {machine}. In order to delete the network interface, it must be \
                     dissociated from the resource. To learn more, see aka.ms/deletenic.",
                    nic.id
                ),
            ));
        }
        tracked::delete(self, write)
    }
}

/// What an interface is born with: a hardware address of Microsoft's range, and a name space of its own.
fn keep_hardware(ids: &Ids, nic: &mut Resource) {
    if nic.status.contains_key("macAddress") {
        return;
    }
    let [a, b, c] = ids.bytes::<3>();
    let suffix = ids.text(26, b"abcdefghijklmnopqrstuvwxyz0123456789");
    let own = json!({
        "macAddress": format!("00-0D-3A-{a:02X}-{b:02X}-{c:02X}"),
        "dnsSettings": {"appliedDnsServers": [], "internalDomainNameSuffix": format!("{suffix}.bx.internal.cloudapp.net")},
        "vnetEncryptionSupported": false,
        "hostedWorkloads": [],
        "tapConfigurations": [],
        "allowPort25Out": true,
    });
    if let Value::Object(own) = own {
        nic.status.extend(own);
    }
}
