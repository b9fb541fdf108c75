//! Load balancers, as the VM behind them is told of them.

use serde_json::{Value, json};

use crate::testing::{VM, World, object, resource};

const TARGET: &str = "/metadata/loadbalancer?api-version=2020-10-01";

fn network_id(rest: &str) -> String {
    VM.replace("Microsoft.Compute/virtualMachines/vm-web-0", &format!("Microsoft.Network/{rest}"))
}

fn reference(rest: &str) -> Value {
    json!({"id": network_id(rest)})
}

/// A VM behind a public load balancer, with a public address of its own; both of one SKU.
async fn balanced(sku: &str) -> World {
    let world = World::new(false, &[]).await;
    let nics = json!({"networkProfile": {"networkInterfaces": [reference("networkInterfaces/nic")]}});
    world.change_vm(|vm| vm.spec = object(nics)).await;
    let frontends = json!([
        {"name": "front", "properties": {"publicIPAddress": reference("publicIPAddresses/shared")}},
        {"name": "inside", "properties": {"privateIPAddress": "10.4.0.100"}},
    ]);
    let rule = |frontend: &str, pool: &str, protocol: &str, ports: (u16, u16)| {
        json!({"name": "r", "properties": {
            "frontendIPConfiguration": reference(&format!("loadBalancers/lb/frontendIPConfigurations/{frontend}")),
            "backendAddressPool": reference(&format!("loadBalancers/lb/backendAddressPools/{pool}")),
            "protocol": protocol, "frontendPort": ports.0, "backendPort": ports.1,
        }})
    };
    let mut nat = rule("Front", "", "Tcp", (2222, 22));
    nat["name"] = json!("ssh");
    let balancer = json!({
        "frontendIPConfigurations": frontends,
        "loadBalancingRules": [
            rule("front", "POOL", "Tcp", (443, 8443)), rule("inside", "pool", "Udp", (53, 53)),
            rule("front", "another", "Tcp", (80, 80)), rule("front", "named", "Tcp", (25, 2525)),
            rule("front", "elsewhere", "Tcp", (26, 26)),
        ],
        "backendAddressPools": [
            {"name": "named", "properties": {"loadBalancerBackendAddresses": [
                {"name": "x", "properties": {"ipAddress": "10.4.0.8", "virtualNetwork": reference("virtualNetworks/v")}},
                {"name": "y", "properties": {"ipAddress": "10.4.0.7", "virtualNetwork": reference("virtualNetworks/V")}},
            ]}},
            {"name": "elsewhere", "properties": {"loadBalancerBackendAddresses": [
                {"name": "z", "properties": {"ipAddress": "10.4.0.7", "virtualNetwork": reference("virtualNetworks/other")}},
            ]}},
        ],
        "inboundNatRules": [nat],
        "outboundRules": [{"name": "o", "properties": {
            "frontendIPConfigurations": [reference("loadBalancers/lb/frontendIPConfigurations/front")],
            "backendAddressPool": reference("loadBalancers/lb/backendAddressPools/pool"),
        }}],
    });
    let nic = json!({"ipConfigurations": [{"name": "a", "properties": {
        "privateIPAddress": "10.4.0.7",
        "subnet": reference("virtualNetworks/v/subnets/s"),
        "publicIPAddress": reference("publicIPAddresses/own"),
        "loadBalancerBackendAddressPools": [reference("loadBalancers/LB/backendAddressPools/Pool")],
        "loadBalancerInboundNatRules": [reference("loadBalancers/lb/inboundNatRules/SSH")],
    }}]});
    let mut tx = world.store.begin().await;
    for (path, spec) in [
        ("networkInterfaces/nic", nic),
        ("publicIPAddresses/own", json!({"ipAddress": "203.0.113.10"})),
        ("publicIPAddresses/shared", json!({"ipAddress": "203.0.113.9"})),
        ("loadBalancers/lb", balancer),
    ] {
        let kind = path.split('/').next().unwrap();
        let mut made = resource(&network_id(path), &format!("Microsoft.Network/{kind}"), spec);
        made.envelope = object(json!({"sku": {"name": sku}}));
        tx.put_resource(made);
    }
    tx.commit().await.unwrap();
    world
}

#[tokio::test]
async fn rules_of_each_pool_and_ports_as_numbers() {
    let answer = balanced("Standard").await.get(TARGET).await;
    insta::assert_snapshot!(answer.body, @r#"{"loadbalancer":{"publicIpAddresses":[{"frontendIpAddress":"203.0.113.10","privateIpAddress":"10.4.0.7"}],"inboundRules":[{"frontendIpAddress":"203.0.113.9","protocol":"tcp","frontendPort":443,"backendPort":8443,"privateIpAddress":"10.4.0.7"},{"frontendIpAddress":"10.4.0.100","protocol":"udp","frontendPort":53,"backendPort":53,"privateIpAddress":"10.4.0.7"},{"frontendIpAddress":"203.0.113.9","protocol":"tcp","frontendPort":25,"backendPort":2525,"privateIpAddress":"10.4.0.7"},{"frontendIpAddress":"203.0.113.9","protocol":"tcp","frontendPort":2222,"backendPort":22,"privateIpAddress":"10.4.0.7"}],"outboundRules":[{"frontendIpAddress":"203.0.113.9","privateIpAddress":"10.4.0.7"}]}}"#);
}

#[tokio::test]
async fn the_basic_sku_is_not_told_of() {
    assert_eq!(balanced("Basic").await.get(TARGET).await.status, 404);
}
