//! A VM with everything that the instance document tells of.

use model::Resource;
use serde_json::json;

use crate::testing::{VM, World, object, resource};

/// The id of a network resource in the VM's group.
fn network_id(rest: &str) -> String {
    VM.replace("Microsoft.Compute/virtualMachines/vm-web-0", &format!("Microsoft.Network/{rest}"))
}

/// A disk that was attached as another than it is now.
fn disk_id() -> String {
    VM.replace("virtualMachines/vm-web-0", "disks/shared")
}

fn describe(vm: &mut Resource) {
    vm.tags = Some(object(json!({"env": "dev", "owner": "sim"})));
    vm.envelope = object(json!({"zones": ["1"], "plan": {"name": "p", "publisher": "simco", "product": "q"}}));
    vm.spec = object(json!({
        "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
        "storageProfile": {
            "imageReference": {"publisher": "simco", "offer": "sim-linux", "sku": "24_04", "version": "latest"},
            "osDisk": {"osType": "Linux", "name": "os0", "createOption": "FromImage", "caching": "ReadWrite", "diskSizeGB": 30,
                       "managedDisk": {"storageAccountType": "Premium_LRS"}},
            "dataDisks": [
                {"lun": 0, "name": "data0", "createOption": "Empty", "diskSizeGB": 64, "managedDisk": {"storageAccountType": "Premium_LRS"}},
                {"lun": 1, "name": "data1", "createOption": "Empty", "diskSizeGB": 4, "diskIOPSReadWrite": 500, "diskMBpsReadWrite": 8,
                 "managedDisk": {"storageAccountType": "UltraSSD_LRS"}, "caching": "None"},
                {"lun": 2, "name": "shared", "createOption": "Attach", "managedDisk": {"id": disk_id(), "storageAccountType": "Premium_LRS"}},
            ],
        },
        "osProfile": {
            "computerName": "vm-web-0", "adminUsername": "simadmin",
            "linuxConfiguration": {"disablePasswordAuthentication": true, "ssh": {"publicKeys": [
                {"path": "/home/simadmin/.ssh/authorized_keys", "keyData": "ssh-rsa AAAA-made-up"}]}},
        },
        "securityProfile": {"securityType": "TrustedLaunch", "uefiSettings": {"secureBootEnabled": true, "vTpmEnabled": true}},
        "networkProfile": {"networkInterfaces": [
            {"id": network_id("networkInterfaces/NIC0")}, {"id": network_id("networkInterfaces/nic1")},
            {"id": network_id("networkInterfaces/gone")}]},
        "userData": "c2lt",
        "priority": "Spot", "evictionPolicy": "Delete", "licenseType": "RHEL_BYOS",
        "virtualMachineScaleSet": {"id": network_id("").replace("Microsoft.Network/", "Microsoft.Compute/virtualMachineScaleSets/flex")},
        "host": {"id": "/h"}, "hostGroup": {"id": "/g"},
    }));
    vm.runtime.insert("temporaryDiskMB".to_owned(), json!(16384));
    vm.status = object(json!({
        "vmId": "0c1d2e3f-0000-4000-8000-00000000abcd",
        "storageProfile": {"imageReference": {"exactVersion": "24.04.202601010"}},
    }));
}

pub(super) async fn described() -> World {
    let world = World::new(false, &[]).await;
    world.change_vm(describe).await;
    let configuration =
        |address: &str, subnet: &str| json!({"privateIPAddress": address, "subnet": {"id": network_id(subnet)}});
    let mut first = configuration("10.4.0.7", "virtualNetworks/vnet/subnets/inside");
    first["publicIPAddress"] = json!({"id": network_id("publicIPAddresses/ip0")});
    let second = configuration("10.4.0.8", "virtualNetworks/VNET/subnets/INSIDE");
    let mut sixth = configuration("fd00::7", "virtualNetworks/vnet/subnets/inside");
    sixth["privateIPAddressVersion"] = json!("IPv6");
    let other = configuration("10.5.0.4", "virtualNetworks/vnet/subnets/apart");
    let mut tx = world.store.begin().await;
    for (path, kind, spec) in [
        (
            "networkInterfaces/nic0",
            "networkInterfaces",
            json!({"macAddress": "00-0d-3a-1b-2c-3d", "ipConfigurations": [
            {"name": "a", "properties": first}, {"name": "b", "properties": second}, {"name": "c", "properties": sixth}]}),
        ),
        (
            "networkInterfaces/nic1",
            "networkInterfaces",
            json!({"macAddress": "000D3A1B2C3E", "ipConfigurations": [{"properties": other}]}),
        ),
        ("publicIPAddresses/ip0", "publicIPAddresses", json!({"ipAddress": "203.0.113.9"})),
        (
            "virtualNetworks/vnet",
            "virtualNetworks",
            json!({"subnets": [
            {"name": "Inside", "properties": {"addressPrefixes": ["fd00::/64", "10.4.0.0/24"]}}]}),
        ),
        ("virtualNetworks/vnet/subnets/apart", "virtualNetworks/subnets", json!({"addressPrefix": "10.5.0.0/16"})),
    ] {
        tx.put_resource(resource(&network_id(path), &format!("Microsoft.Network/{kind}"), spec));
    }
    let mut disk = resource(
        &disk_id(),
        "Microsoft.Compute/disks",
        json!({"diskSizeGB": 256, "maxShares": 2, "diskIOPSReadWrite": 900}),
    );
    disk.envelope = object(json!({"sku": {"name": "UltraSSD_LRS"}}));
    tx.put_resource(disk);
    tx.commit().await.unwrap();
    world
}
