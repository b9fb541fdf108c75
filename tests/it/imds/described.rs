//! What a VM is told of itself is what Resource Manager says of it, of its interfaces and disks, and of the load balancer
//! in front of it: a machine with everything, made by a client of Resource Manager.

use cloud::Cloud;
use serde_json::{Value, json};

/// Makes what `path` names below the group, and answers what it became.
async fn make(cloud: &Cloud, group: &str, path: &str, mut body: Value) -> Value {
    body["location"] = json!("West Europe");
    cloud.arm("PUT", &format!("{group}/providers/{path}"), body).await.ok().body
}

/// A machine with two interfaces, four addresses and three disks, behind a load balancer; answers its id.
async fn make_machine(cloud: &Cloud, group: &str) -> String {
    let id = |path: &str| json!({"id": format!("{group}/providers/{path}")});
    let network = |path: &str| id(&format!("Microsoft.Network/{path}"));
    let subnets = json!([
        {"name": "a", "properties": {"addressPrefixes": ["10.4.0.0/24", "fd00:db8:0:1::/64"]}},
        {"name": "b", "properties": {"addressPrefix": "10.4.1.0/26"}},
    ]);
    let space = json!({"addressSpace": {"addressPrefixes": ["10.4.0.0/16", "fd00:db8::/48"]}, "subnets": subnets});
    make(cloud, group, "Microsoft.Network/virtualNetworks/v", json!({"properties": space})).await;
    for name in ["own", "shared"] {
        let body = json!({"sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}});
        make(cloud, group, &format!("Microsoft.Network/publicIPAddresses/{name}"), body).await;
    }
    let balancer = json!({"sku": {"name": "Standard"}, "properties": {
        "frontendIPConfigurations": [{"name": "f", "properties": {"publicIPAddress": network("publicIPAddresses/shared")}}],
        "backendAddressPools": [{"name": "p"}],
        "loadBalancingRules": [{"name": "r", "properties": {
            "frontendIPConfiguration": network("loadBalancers/lb/frontendIPConfigurations/f"),
            "backendAddressPool": network("loadBalancers/lb/backendAddressPools/p"),
            "protocol": "Tcp", "frontendPort": 443, "backendPort": 8443,
        }}],
    }});
    make(cloud, group, "Microsoft.Network/loadBalancers/lb", balancer).await;
    let (a, b) = (network("virtualNetworks/v/subnets/a"), network("virtualNetworks/v/subnets/b"));
    let first = json!([
        {"name": "c1", "properties": {
            "subnet": a, "publicIPAddress": network("publicIPAddresses/own"),
            "loadBalancerBackendAddressPools": [network("loadBalancers/lb/backendAddressPools/p")],
        }},
        {"name": "c2", "properties": {"subnet": a}},
        {"name": "c6", "properties": {"subnet": a, "privateIPAddressVersion": "IPv6"}},
    ]);
    let second = json!([{"name": "c1", "properties": {"subnet": b}}]);
    for (name, configurations) in [("n1", first), ("n2", second)] {
        let body = json!({"properties": {"ipConfigurations": configurations}});
        make(cloud, group, &format!("Microsoft.Network/networkInterfaces/{name}"), body).await;
    }
    let disk = json!({"sku": {"name": "UltraSSD_LRS"}, "zones": ["2"], "properties": {
        "creationData": {"createOption": "Empty"}, "diskSizeGB": 256, "maxShares": 2,
    }});
    make(cloud, group, "Microsoft.Compute/disks/shared", disk).await;
    let machine = json!({
        "zones": ["2"], "tags": {"env": "dev", "owner": "sim"},
        "properties": {
            "hardwareProfile": {"vmSize": "Standard_D2ds_v5"}, "userData": "aGVsbG8=", "priority": "Spot",
            "storageProfile": {
                "imageReference": {"publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest"},
                "osDisk": {"createOption": "FromImage", "diskSizeGB": 64},
                "dataDisks": [
                    {"lun": 0, "createOption": "Empty", "diskSizeGB": 32, "caching": "ReadOnly"},
                    {"lun": 3, "createOption": "Attach", "managedDisk": id("Microsoft.Compute/disks/shared")},
                ],
            },
            "osProfile": {"computerName": "host1", "adminUsername": "sim"},
            "networkProfile": {"networkInterfaces": [
                {"id": network("networkInterfaces/n1")["id"], "properties": {"primary": false}},
                {"id": network("networkInterfaces/n2")["id"], "properties": {"primary": true}},
            ]},
        },
    });
    let made = make(cloud, group, "Microsoft.Compute/virtualMachines/vm1", machine).await;
    let vm = made["id"].as_str().unwrap().to_owned();
    cloud.wait_for(cloud.imds_address(&vm)).await;
    vm
}

#[tokio::test]
async fn a_machine_is_told_what_resource_manager_says() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = make_machine(&cloud, &group).await;
    let arm = async |path: &str| cloud.arm("GET", path, None).await.ok().body;
    let said = arm(&format!("{vm}?$expand=userData")).await;
    let told = cloud.imds(&vm, "/metadata/instance?api-version=2025-04-07").await.ok().body;
    let (compute, properties) = (&told["compute"], &said["properties"]);

    for (told, said) in [
        (&compute["vmId"], &properties["vmId"]),
        (&compute["resourceId"], &said["id"]),
        (&compute["location"], &said["location"]),
        (&compute["zone"], &said["zones"][0]),
        (&compute["userData"], &properties["userData"]),
        (&compute["evictionPolicy"], &properties["evictionPolicy"]),
        (&compute["version"], &properties["storageProfile"]["imageReference"]["exactVersion"]),
    ] {
        assert!(told.is_string() && told == said, "{told} is not {said}");
    }
    assert_eq!((&compute["tags"], &compute["evictionPolicy"]), (&json!("env:dev;owner:sim"), &json!("Deallocate")));

    let storage = &compute["storageProfile"];
    let attached = std::iter::once(&storage["osDisk"]).chain(storage["dataDisks"].as_array().unwrap());
    let mut shown = String::new();
    for disk in attached {
        let resource = arm(disk["managedDisk"]["id"].as_str().unwrap()).await;
        assert_eq!(disk["name"], resource["name"]);
        assert_eq!(disk["managedDisk"]["storageAccountType"], resource["sku"]["name"]);
        assert_eq!(disk["diskSizeGB"], resource["properties"]["diskSizeGB"].to_string());
        let text = |name: &str| disk[name].as_str().unwrap_or("-").to_owned();
        let members = ["lun", "diskSizeGB", "caching", "createOption", "isUltraDisk", "isSharedDisk"].map(text);
        shown += &format!("{}\n", members.join(" "));
    }
    insta::assert_snapshot!(shown, @"
    - 64 ReadWrite FromImage - -
    0 32 ReadOnly Empty false false
    3 256 None Attach true true
    ");
    let attached = properties["storageProfile"]["dataDisks"][1].clone();
    assert_eq!((&attached["name"], &attached["diskSizeGB"]), (&json!("shared"), &json!(256)));
}

/// Put again, a machine keeps its disk, which grows with what is asked of it and never shrinks.
#[tokio::test]
async fn a_disk_grows_with_its_machine() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = cloud.make_vm(&group, "vm1").await;
    for (asked, size) in [(64, "64"), (32, "64"), (128, "128")] {
        let body = json!({"properties": {"storageProfile": {"osDisk": {"diskSizeGB": asked}}}});
        let said = cloud.arm("PATCH", &vm, body).await.ok().body;
        let disk = &said["properties"]["storageProfile"]["osDisk"];
        let kept = cloud.arm("GET", disk["managedDisk"]["id"].as_str().unwrap(), None).await.ok().body;
        let gibibytes = kept["properties"]["diskSizeBytes"].as_i64().unwrap() >> 30;
        let path = "/metadata/instance/compute/storageProfile/osDisk/diskSizeGB?api-version=2021-02-01&format=text";
        let told = cloud.imds(&vm, path).await.text;
        assert_eq!([disk["diskSizeGB"].to_string(), gibibytes.to_string(), told], [size; 3]);
    }
}

#[tokio::test]
async fn a_disk_in_a_storage_account_is_no_resource() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let mut body = cloud::machine("vm1", &cloud.make_interface(&group, "vm1").await);
    let blob = "https://account.blob.core.windows.net/vhds/os.vhd";
    body["properties"]["storageProfile"]["osDisk"] =
        json!({"name": "os", "createOption": "FromImage", "vhd": {"uri": blob}});
    let vm = format!("{group}/providers/Microsoft.Compute/virtualMachines/vm1");
    cloud.arm("PUT", &vm, body).await.ok();
    cloud.wait_for(cloud.imds_address(&vm)).await;
    let disk = cloud.imds(&vm, "/metadata/instance/compute/storageProfile/osDisk?api-version=2021-02-01").await.body;
    assert_eq!(
        (&disk["vhd"]["uri"], &disk["managedDisk"]["id"], &disk["name"]),
        (&json!(blob), &json!(""), &json!("os"))
    );
    let disks = cloud.arm("GET", &format!("{group}/providers/Microsoft.Compute/disks"), None).await.ok().body;
    assert_eq!(disks["value"], json!([]));
}

#[tokio::test]
async fn a_machine_is_told_its_network() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = make_machine(&cloud, &group).await;
    let network = async |path: &str| {
        cloud.arm("GET", &format!("{group}/providers/Microsoft.Network/{path}"), None).await.ok().body
    };
    let (own, shared) = (network("publicIPAddresses/own").await, network("publicIPAddresses/shared").await);
    let told = cloud.imds(&vm, "/metadata/instance/network?api-version=2021-02-01").await.ok();
    let balancer = cloud.imds(&vm, "/metadata/loadbalancer?api-version=2020-10-01").await.ok();
    let mut text = format!("{}\n{}", told.text, balancer.text);
    for (address, name) in [(own, "OWN"), (shared, "SHARED")] {
        text = text.replace(address["properties"]["ipAddress"].as_str().unwrap(), name);
    }
    for (name, is_primary) in [("n1", false), ("n2", true)] {
        let nic = network(&format!("networkInterfaces/{name}")).await;
        assert_eq!(nic["properties"]["primary"], is_primary);
        text = text.replace(&nic["properties"]["macAddress"].as_str().unwrap().replace('-', ""), name);
    }
    insta::assert_snapshot!(text, @r#"
    {"interface":[{"ipv4":{"ipAddress":[{"privateIpAddress":"10.4.0.4","publicIpAddress":"OWN"},{"privateIpAddress":"10.4.0.5","publicIpAddress":""}],"subnet":[{"address":"10.4.0.0","prefix":"24"}]},"ipv6":{"ipAddress":[{"privateIpAddress":"fd00:db8:0:1::4"}]},"macAddress":"n1"},{"ipv4":{"ipAddress":[{"privateIpAddress":"10.4.1.4","publicIpAddress":""}],"subnet":[{"address":"10.4.1.0","prefix":"26"}]},"ipv6":{"ipAddress":[]},"macAddress":"n2"}]}
    {"loadbalancer":{"publicIpAddresses":[{"frontendIpAddress":"OWN","privateIpAddress":"10.4.0.4"}],"inboundRules":[{"frontendIpAddress":"SHARED","protocol":"tcp","frontendPort":443,"backendPort":8443,"privateIpAddress":"10.4.0.4"}],"outboundRules":[]}}
    "#);
}
