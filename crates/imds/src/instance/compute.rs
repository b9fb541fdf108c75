//! `compute`: the machine. Members stand in the order of the published schema.

use model::{Resource, Tags};
use serde_json::{Value, json};
use store::Snapshot;

use super::storage::storage_profile;
use crate::fields::Fields;

/// The whole branch.
pub(crate) fn compute(world: &Snapshot, vm: &Resource) -> Value {
    let (properties, envelope) = (Value::Object(vm.properties()), Value::Object(vm.envelope.clone()));
    let (properties, envelope) = (Fields(&properties), Fields(&envelope));
    let image = properties.at("/storageProfile/imageReference");
    let (location, zone) = (vm.location.as_deref().unwrap_or_default(), envelope.text("/zones/0"));
    let temporary_disk = vm.runtime.get("temporaryDiskMB").and_then(Value::as_u64);
    let host = properties.text("/host/id");
    // Never both (IDENTITY-WIRE 1.4).
    let host_group = if host.is_empty() { properties.text("/hostGroup/id") } else { String::new() };
    let scale_set = properties.text("/virtualMachineScaleSet/id");
    json!({
        "additionalCapabilities": {
            "hibernationEnabled": properties.text_or("/additionalCapabilities/hibernationEnabled", "false"),
        },
        "azEnvironment": "AzurePublicCloud",
        // Azure has switched it off: programs read userData instead.
        "customData": "",
        "evictionPolicy": properties.text("/evictionPolicy"),
        "extendedLocation": {
            "name": envelope.text("/extendedLocation/name"),
            "type": envelope.text("/extendedLocation/type"),
        },
        "host": {"id": host},
        "hostGroup": {"id": host_group},
        "isHostCompatibilityLayerVm": "false",
        "licenseType": properties.text("/licenseType"),
        "location": location,
        "name": vm.name,
        "offer": image.text("/offer"),
        "osProfile": os_profile(properties),
        "osType": os_type(properties),
        "physicalZone": if zone.is_empty() { String::new() } else { format!("{location}-AZ0{zone}") },
        "placementGroupId": "",
        "plan": {
            "name": envelope.text("/plan/name"),
            "product": envelope.text("/plan/product"),
            "publisher": envelope.text("/plan/publisher"),
        },
        "platformFaultDomain": properties.text_or("/platformFaultDomain", "0"),
        "platformSubFaultDomain": "",
        "platformUpdateDomain": properties.text_or("/platformUpdateDomain", "0"),
        "priority": properties.text_or("/priority", "Regular"),
        "provider": vm.resource_type.split('/').next(),
        "publicKeys": public_keys(properties),
        "publisher": image.text("/publisher"),
        "resourceGroupName": after(&vm.id, "resourceGroups"),
        "resourceId": vm.id,
        "securityProfile": {
            "encryptionAtHost": properties.text_or("/securityProfile/encryptionAtHost", "false"),
            "secureBootEnabled": properties.text_or("/securityProfile/uefiSettings/secureBootEnabled", "false"),
            "securityType": properties.text("/securityProfile/securityType"),
            "virtualTpmEnabled": properties.text_or("/securityProfile/uefiSettings/vTpmEnabled", "false"),
        },
        "sku": image.text("/sku"),
        "storageProfile": storage_profile(world, properties.at("/storageProfile"), &os_type(properties), temporary_disk),
        "subscriptionId": after(&vm.id, "subscriptions"),
        "tags": joined(vm.tags.as_ref()),
        "tagsList": list(vm.tags.as_ref()),
        "userData": properties.text("/userData"),
        "version": image.text_or("/exactVersion", &image.text("/version")),
        "virtualMachineScaleSet": {"id": scale_set},
        "vmId": properties.text("/vmId"),
        "vmScaleSetName": scale_set.rsplit('/').next(),
        "vmSize": properties.text("/hardwareProfile/vmSize"),
        "zone": zone,
    })
}

/// What the disk says, or else the kind of configuration.
fn os_type(properties: Fields<'_>) -> String {
    let by_configuration = if properties.at("/osProfile/windowsConfiguration").is_some() { "Windows" } else { "Linux" };
    properties.text_or("/storageProfile/osDisk/osType", by_configuration)
}

fn os_profile(properties: Fields<'_>) -> Value {
    let profile = properties.at("/osProfile");
    // The member means nothing on Windows, where it is empty.
    let no_password = match os_type(properties).as_str() {
        "Windows" => String::new(),
        _ => profile.text_or("/linuxConfiguration/disablePasswordAuthentication", "false"),
    };
    json!({
        "adminUsername": profile.text("/adminUsername"),
        "computerName": profile.text("/computerName"),
        "disablePasswordAuthentication": no_password,
    })
}

fn public_keys(properties: Fields<'_>) -> Vec<Value> {
    let key = |key: Fields<'_>| json!({"keyData": key.text("/keyData"), "path": key.text("/path")});
    properties.each("/osProfile/linuxConfiguration/ssh/publicKeys").map(key).collect()
}

/// `name:value;name:value`.
fn joined(tags: Option<&Tags>) -> String {
    let pair = |(name, value): (&String, &Value)| format!("{name}:{}", Fields(value).text(""));
    tags.into_iter().flatten().map(pair).collect::<Vec<_>>().join(";")
}

fn list(tags: Option<&Tags>) -> Vec<Value> {
    let pair = |(name, value): (&String, &Value)| json!({"name": name, "value": Fields(value).text("")});
    tags.into_iter().flatten().map(pair).collect()
}

/// The segment of an id that follows `keyword`, whatever its case.
fn after<'i>(id: &'i str, keyword: &str) -> &'i str {
    let mut segments = id.split('/');
    segments.find(|segment| segment.eq_ignore_ascii_case(keyword));
    segments.next().unwrap_or_default()
}
