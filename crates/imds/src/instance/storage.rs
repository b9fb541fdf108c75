//! `compute/storageProfile`: image and disks. What a managed disk is, its own resource tells: the machine knows it only
//! as it was when it was attached.

use model::{JsonMap, Scope};
use serde_json::{Value, json};
use store::Snapshot;

use crate::fields::Fields;

/// The whole branch.
pub(super) fn storage_profile(
    world: &Snapshot,
    profile: Fields<'_>,
    os_type: &str,
    temporary_disk: Option<u64>,
) -> Value {
    let data_disks = profile.each("/dataDisks").map(|disk| data_disk(disk, &ManagedDisk::of(world, disk)));
    let os = profile.at("/osDisk");
    json!({
        "dataDisks": data_disks.collect::<Vec<_>>(),
        "imageReference": image_reference(profile.at("/imageReference")),
        "osDisk": os_disk(os, &ManagedDisk::of(world, os), os_type),
        // In kB; zero where the machine's size brings none.
        "resourceDisk": {"size": (temporary_disk.unwrap_or(0) * 1024).to_string()},
    })
}

/// The resource behind an attached disk; of disks without one, what the machine says.
struct ManagedDisk {
    id: String,
    account: String,
    properties: Value,
}

impl ManagedDisk {
    fn of(world: &Snapshot, attached: Fields<'_>) -> Self {
        let id = attached.text("/managedDisk/id");
        let account = attached.text("/managedDisk/storageAccountType");
        match world.resource(&Scope::new(&id)) {
            Some(disk) => {
                let sku = disk.envelope.get("sku").and_then(|sku| sku["name"].as_str());
                let account = sku.map_or(account, str::to_owned);
                Self { id, account, properties: Value::Object(disk.properties()) }
            }
            None => Self { id, account, properties: Value::Object(JsonMap::new()) },
        }
    }

    fn size(&self, attached: Fields<'_>) -> String {
        Fields(&self.properties).text_or("/diskSizeGB", &attached.text("/diskSizeGB"))
    }

    fn shown(&self) -> Value {
        json!({"id": self.id, "storageAccountType": self.account})
    }
}

fn image_reference(image: Fields<'_>) -> Value {
    let (community, shared) = (image.text("/communityGalleryImageId"), image.text("/sharedGalleryImageId"));
    // Only images of these two galleries tell their exact version here; others tell it in `compute/version`.
    let is_shared = !community.is_empty() || !shared.is_empty();
    json!({
        "communityGalleryImageId": community,
        "exactVersion": if is_shared { image.text("/exactVersion") } else { String::new() },
        "id": image.text("/id"),
        "offer": image.text("/offer"),
        "publisher": image.text("/publisher"),
        "sharedGalleryImageId": shared,
        "sku": image.text("/sku"),
        "version": image.text("/version"),
    })
}

fn os_disk(disk: Fields<'_>, managed: &ManagedDisk, os_type: &str) -> Value {
    let encryption = disk.at("/encryptionSettings");
    json!({
        "caching": disk.text_or("/caching", "None"),
        "createOption": disk.text("/createOption"),
        "diffDiskSettings": {"option": disk.text("/diffDiskSettings/option")},
        "diskSizeGB": managed.size(disk),
        "encryptionSettings": {
            "diskEncryptionKey": {
                "secretUrl": encryption.text("/diskEncryptionKey/secretUrl"),
                "sourceVault": {"id": encryption.text("/diskEncryptionKey/sourceVault/id")},
            },
            "enabled": encryption.text_or("/enabled", "false"),
            "keyEncryptionKey": {
                "keyUrl": encryption.text("/keyEncryptionKey/keyUrl"),
                "sourceVault": {"id": encryption.text("/keyEncryptionKey/sourceVault/id")},
            },
        },
        "image": {"uri": disk.text("/image/uri")},
        "managedDisk": managed.shown(),
        "name": disk.text("/name"),
        "osType": os_type,
        "vhd": {"uri": disk.text("/vhd/uri")},
        "writeAcceleratorEnabled": disk.text_or("/writeAcceleratorEnabled", "false"),
    })
}

fn data_disk(disk: Fields<'_>, managed: &ManagedDisk) -> Value {
    let is_ultra = managed.account.eq_ignore_ascii_case("UltraSSD_LRS");
    let is_shared = Fields(&managed.properties).at("/maxShares").0.as_u64().is_some_and(|shares| shares > 1);
    // Throttles and capacity are told of Ultra disks alone. ARM counts throughput in millions of bytes a second.
    let told = |pointer: &str| Fields(&managed.properties).at(pointer).0.as_u64().or(disk.at(pointer).0.as_u64());
    let of_ultra = |pointer: &str, factor: u64| match told(pointer) {
        Some(number) if is_ultra => number.saturating_mul(factor).to_string(),
        _ => String::new(),
    };
    json!({
        "bytesPerSecondThrottle": of_ultra("/diskMBpsReadWrite", 1_000_000),
        "caching": disk.text_or("/caching", "None"),
        "createOption": disk.text("/createOption"),
        "diskCapacityBytes": of_ultra("/diskSizeGB", 1 << 30),
        "diskSizeGB": managed.size(disk),
        "image": {"uri": disk.text("/image/uri")},
        "isSharedDisk": is_shared.to_string(),
        "isUltraDisk": is_ultra.to_string(),
        "lun": disk.text("/lun"),
        "managedDisk": managed.shown(),
        "name": disk.text("/name"),
        "opsPerSecondThrottle": of_ultra("/diskIOPSReadWrite", 1),
        "vhd": {"uri": disk.text("/vhd/uri")},
        "writeAcceleratorEnabled": disk.text_or("/writeAcceleratorEnabled", "false"),
    })
}
