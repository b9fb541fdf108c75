//! `compute/storageProfile`: image and disks.

use serde_json::{Value, json};

use crate::fields::Fields;

/// The whole branch.
pub(super) fn storage_profile(profile: Fields<'_>, os_type: &str) -> Value {
    json!({
        "dataDisks": profile.each("/dataDisks").map(data_disk).collect::<Vec<_>>(),
        "imageReference": image_reference(profile.at("/imageReference")),
        "osDisk": os_disk(profile.at("/osDisk"), os_type),
        // Simulated machines have no temporary disk; Azure says so with a zero.
        "resourceDisk": {"size": "0"},
    })
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

fn os_disk(disk: Fields<'_>, os_type: &str) -> Value {
    let encryption = disk.at("/encryptionSettings");
    json!({
        "caching": disk.text_or("/caching", "None"),
        "createOption": disk.text("/createOption"),
        "diffDiskSettings": {"option": disk.text("/diffDiskSettings/option")},
        "diskSizeGB": disk.text("/diskSizeGB"),
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
        "managedDisk": managed_disk(disk),
        "name": disk.text("/name"),
        "osType": os_type,
        "vhd": {"uri": disk.text("/vhd/uri")},
        "writeAcceleratorEnabled": disk.text_or("/writeAcceleratorEnabled", "false"),
    })
}

fn data_disk(disk: Fields<'_>) -> Value {
    let is_ultra = disk.text("/managedDisk/storageAccountType").eq_ignore_ascii_case("UltraSSD_LRS");
    // Throttles and capacity are told of Ultra disks alone. ARM counts throughput in millions of bytes a second.
    let of_ultra = |pointer: &str, factor: u64| match disk.at(pointer).0.as_u64() {
        Some(number) if is_ultra => number.saturating_mul(factor).to_string(),
        _ => String::new(),
    };
    json!({
        "bytesPerSecondThrottle": of_ultra("/diskMBpsReadWrite", 1_000_000),
        "caching": disk.text_or("/caching", "None"),
        "createOption": disk.text("/createOption"),
        "diskCapacityBytes": of_ultra("/diskSizeGB", 1 << 30),
        "diskSizeGB": disk.text("/diskSizeGB"),
        "image": {"uri": disk.text("/image/uri")},
        "isSharedDisk": "false",
        "isUltraDisk": is_ultra.to_string(),
        "lun": disk.text("/lun"),
        "managedDisk": managed_disk(disk),
        "name": disk.text("/name"),
        "opsPerSecondThrottle": of_ultra("/diskIOPSReadWrite", 1),
        "vhd": {"uri": disk.text("/vhd/uri")},
        "writeAcceleratorEnabled": disk.text_or("/writeAcceleratorEnabled", "false"),
    })
}

fn managed_disk(disk: Fields<'_>) -> Value {
    json!({
        "id": disk.text("/managedDisk/id"),
        "storageAccountType": disk.text("/managedDisk/storageAccountType"),
    })
}
