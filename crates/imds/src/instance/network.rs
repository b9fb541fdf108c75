//! `network`: the machine's interfaces, read from the NICs it names, their subnets and public addresses.

use model::{Resource, Scope};
use serde_json::{Value, json};
use store::Snapshot;

use crate::fields::Fields;

/// The whole branch. NICs that are no more are left out.
pub(super) fn network(world: &Snapshot, vm: &Resource) -> Value {
    let properties = Value::Object(vm.properties());
    let interfaces: Vec<Value> = Fields(&properties)
        .each("/networkProfile/networkInterfaces")
        .filter_map(|nic| properties_of(world, &nic.text("/id")))
        .map(|nic| interface(world, &nic))
        .collect();
    json!({"interface": interfaces})
}

fn interface(world: &Snapshot, nic: &Value) -> Value {
    let (mut ipv4, mut ipv6, mut subnets) = (Vec::new(), Vec::new(), Vec::new());
    for configuration in Fields(nic).each("/ipConfigurations") {
        let private = configuration.text("/properties/privateIPAddress");
        if configuration.text("/properties/privateIPAddressVersion").eq_ignore_ascii_case("IPv6") {
            ipv6.push(json!({"privateIpAddress": private}));
            continue;
        }
        let public = properties_of(world, &configuration.text("/properties/publicIPAddress/id"));
        let public = public.map(|address| Fields(&address).text("/ipAddress")).unwrap_or_default();
        ipv4.push(json!({"privateIpAddress": private, "publicIpAddress": public}));
        let subnet = subnet(world, &configuration.text("/properties/subnet/id"));
        if let Some(subnet) = subnet.filter(|subnet| !subnets.contains(subnet)) {
            subnets.push(subnet);
        }
    }
    // ARM separates the digits, IMDS does not.
    let mac: String = Fields(nic).text("/macAddress").chars().filter(char::is_ascii_hexdigit).collect();
    json!({
        "ipv4": {"ipAddress": ipv4, "subnet": subnets},
        "ipv6": {"ipAddress": ipv6},
        "macAddress": mac.to_ascii_uppercase(),
    })
}

/// The IPv4 range of a subnet, which is a resource of its own or stands in its network.
fn subnet(world: &Snapshot, id: &str) -> Option<Value> {
    let properties = properties_of(world, id).or_else(|| {
        let scope = Scope::new(id);
        let (network, name) = scope.as_str().rsplit_once("/subnets/")?;
        let network = properties_of(world, network)?;
        let mut subnets = Fields(&network).each("/subnets");
        subnets.find(|s| s.text("/name").eq_ignore_ascii_case(name)).map(|s| s.at("/properties").0.clone())
    })?;
    let properties = Fields(&properties);
    let several = properties.each("/addressPrefixes").map(|prefix| prefix.text(""));
    let range = std::iter::once(properties.text("/addressPrefix")).chain(several).find(|p| p.contains('.'))?;
    let (address, prefix) = range.split_once('/')?;
    Some(json!({"address": address, "prefix": prefix}))
}

/// The properties of the resource with this id.
fn properties_of(world: &Snapshot, id: &str) -> Option<Value> {
    world.resource(&Scope::new(id)).map(|resource| Value::Object(resource.properties()))
}
