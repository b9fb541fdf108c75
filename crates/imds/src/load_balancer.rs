//! `/metadata/loadbalancer`: through which addresses the VM is reached and reaches out (IDENTITY-WIRE 1.8). Only what has
//! the Standard SKU is told of.

use model::{Resource, Scope};
use serde_json::{Value, json};
use store::Snapshot;

use crate::error::Error;
use crate::fields::Fields;
use crate::reply::Reply;

/// One of the VM's private addresses, and what it belongs to.
struct Address {
    private: String,
    /// Backend pools and inbound NAT rules of load balancers.
    parts: Vec<String>,
    public: Option<String>,
}

/// The document.
///
/// # Errors
/// [`Error::NoLoadBalancer`] when there is nothing to tell.
pub(crate) fn answer(world: &Snapshot, vm: &Resource) -> Result<Reply, Error> {
    let (mut public, mut inbound, mut outbound) = (Vec::new(), Vec::new(), Vec::new());
    for address in addresses(world, vm) {
        if let Some(ip) = &address.public {
            public.push(json!({"frontendIpAddress": ip, "privateIpAddress": address.private}));
        }
        for balancer in balancers(world, &address) {
            let properties = Value::Object(balancer.properties());
            let properties = Fields(&properties);
            let frontend = |rule: Fields<'_>| frontend(world, properties, &rule.text("/frontendIPConfiguration/id"));
            for rule in properties.each("/loadBalancingRules").map(|rule| rule.at("/properties")) {
                if pools(rule).any(|pool| address.is_in(&pool)) {
                    inbound.push(inbound_rule(rule, &frontend(rule), &address.private));
                }
            }
            for rule in properties.each("/inboundNatRules") {
                if address.is_in(&format!("{}/inboundNatRules/{}", balancer.id, rule.text("/name"))) {
                    let rule = rule.at("/properties");
                    inbound.push(inbound_rule(rule, &frontend(rule), &address.private));
                }
            }
            for rule in properties.each("/outboundRules").map(|rule| rule.at("/properties")) {
                if pools(rule).any(|pool| address.is_in(&pool)) {
                    outbound.extend(rule.each("/frontendIPConfigurations").map(|configuration| {
                        let ip = self::frontend(world, properties, &configuration.text("/id"));
                        json!({"frontendIpAddress": ip, "privateIpAddress": address.private})
                    }));
                }
            }
        }
    }
    if public.is_empty() && inbound.is_empty() && outbound.is_empty() {
        return Err(Error::NoLoadBalancer);
    }
    Ok(Reply::json(&json!({"loadbalancer": {
        "publicIpAddresses": public,
        "inboundRules": inbound,
        "outboundRules": outbound,
    }})))
}

impl Address {
    fn is_in(&self, part: &str) -> bool {
        let part = Scope::new(part);
        self.parts.iter().any(|own| Scope::new(own) == part)
    }
}

/// The addresses of all of the VM's interfaces.
fn addresses(world: &Snapshot, vm: &Resource) -> Vec<Address> {
    let properties = Value::Object(vm.properties());
    let interfaces = Fields(&properties).each("/networkProfile/networkInterfaces").map(|nic| nic.text("/id"));
    let interfaces: Vec<_> = interfaces.filter_map(|id| world.resource(&Scope::new(&id))).collect();
    let mut found = Vec::new();
    for interface in interfaces {
        let properties = Value::Object(interface.properties());
        for configuration in Fields(&properties).each("/ipConfigurations").map(|c| c.at("/properties")) {
            let private = configuration.text("/privateIPAddress");
            let pools = configuration.each("/loadBalancerBackendAddressPools");
            let rules = configuration.each("/loadBalancerInboundNatRules");
            let named = pools.chain(rules).map(|part| part.text("/id"));
            let parts = named.chain(pools_with(world, &configuration.text("/subnet/id"), &private)).collect();
            let public = world.resource(&Scope::new(&configuration.text("/publicIPAddress/id")));
            found.push(Address {
                private,
                parts,
                public: public.filter(|address| is_standard(address)).map(|address| ip_of(address)),
            });
        }
    }
    found
}

/// The pools that name an address of a network themselves, in place of the interface that has it.
fn pools_with(world: &Snapshot, subnet: &str, private: &str) -> Vec<String> {
    let (network, _) = subnet.rsplit_once("/subnets/").unwrap_or_default();
    let network = Scope::new(network);
    let is_here = |address: Fields<'_>| {
        let address = address.at("/properties");
        let id =
            address.text_or("/virtualNetwork/id", address.text("/subnet/id").split("/subnets/").next().unwrap_or(""));
        address.text("/ipAddress") == private && Scope::new(&id) == network
    };
    let mut found = Vec::new();
    for balancer in world.resources_of_type(&Scope::new(Scope::ROOT), "Microsoft.Network/loadBalancers") {
        let properties = Value::Object(balancer.properties());
        for pool in Fields(&properties).each("/backendAddressPools") {
            if pool.each("/properties/loadBalancerBackendAddresses").any(is_here) {
                found.push(format!("{}/backendAddressPools/{}", balancer.id, pool.text("/name")));
            }
        }
    }
    found
}

/// The load balancers whose parts these are, each once.
fn balancers<'w>(world: &'w Snapshot, address: &Address) -> Vec<&'w Resource> {
    let mut ids: Vec<Scope> = Vec::new();
    for part in &address.parts {
        let scope = Scope::new(part);
        let words: Vec<&str> = scope.as_str().split('/').collect();
        // …/loadBalancers/{name}/backendAddressPools/{name}
        let balancer = Scope::new(&words[..words.len().saturating_sub(2)].join("/"));
        if !ids.contains(&balancer) {
            ids.push(balancer);
        }
    }
    let found = ids.iter().filter_map(|id| world.resource(id)).map(|balancer| &**balancer);
    found.filter(|balancer| is_standard(balancer)).collect()
}

/// A rule's pools: one, or several in the newer spelling.
fn pools<'r>(rule: Fields<'r>) -> impl Iterator<Item = String> + 'r {
    let several = rule.each("/backendAddressPools").map(|pool| pool.text("/id"));
    std::iter::once(rule.text("/backendAddressPool/id")).chain(several).filter(|id| !id.is_empty())
}

fn inbound_rule(rule: Fields<'_>, frontend: &str, private: &str) -> Value {
    json!({
        "frontendIpAddress": frontend,
        "protocol": rule.text("/protocol").to_lowercase(),
        "frontendPort": rule.at("/frontendPort").0,
        "backendPort": rule.at("/backendPort").0,
        "privateIpAddress": private,
    })
}

/// The address of a load balancer's frontend, public or private.
fn frontend(world: &Snapshot, balancer: Fields<'_>, id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or_default();
    let mut all = balancer.each("/frontendIPConfigurations");
    let Some(found) = all.find(|frontend| frontend.text("/name").eq_ignore_ascii_case(name)) else {
        return String::new();
    };
    match world.resource(&Scope::new(&found.text("/properties/publicIPAddress/id"))) {
        Some(address) => ip_of(address),
        None => found.text("/properties/privateIPAddress"),
    }
}

fn ip_of(address: &Resource) -> String {
    Fields(&Value::Object(address.properties())).text("/ipAddress")
}

fn is_standard(resource: &Resource) -> bool {
    let sku = resource.envelope.get("sku").and_then(|sku| sku["name"].as_str());
    sku.is_some_and(|name| name.eq_ignore_ascii_case("Standard"))
}
