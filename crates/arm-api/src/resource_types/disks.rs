//! Managed disks. A machine attaches them and makes its own; what a disk says of its size and speed follows from its sku.

use model::{Ids, Resource, Time};
use serde_json::{Value, json};

use super::{Polling, ResourceType, Style, Write, network};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::{render, tracked};

/// Premium disks come in steps: up to so many GiB a disk has this tier, these operations and MB per second.
const PREMIUM: [(i64, &str, u32, u32); 14] = [
    (4, "P1", 120, 25),
    (8, "P2", 120, 25),
    (16, "P3", 120, 25),
    (32, "P4", 120, 25),
    (64, "P6", 240, 50),
    (128, "P10", 500, 100),
    (256, "P15", 1100, 125),
    (512, "P20", 2300, 150),
    (1024, "P30", 5000, 200),
    (2048, "P40", 7500, 250),
    (4096, "P50", 7500, 250),
    (8192, "P60", 16000, 500),
    (16384, "P70", 18000, 750),
    (32767, "P80", 20000, 900),
];

pub(crate) struct Disks;

impl ResourceType for Disks {
    fn name(&self) -> &'static str {
        "Microsoft.Compute/disks"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-03-02", "2023-10-02", "2023-04-02", "2022-07-02"]
    }

    /// A client takes 201 for an error (IAC-WIRE 3.4).
    fn style(&self) -> Style {
        Style { polling: Some(Polling::Compute), created: 202, deleted: 202 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "diskState", "timeCreated", "uniqueId", "diskSizeBytes"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        // Machines say who holds a disk; whoever puts it cannot.
        draft.envelope.shift_remove("managedBy");
        if let Some(holder) = before.and_then(|b| b.envelope.get("managedBy")) {
            draft.envelope.insert("managedBy".into(), holder.clone());
        }
        let Some(creation) = draft.spec.get("creationData").filter(|data| data.is_object()).cloned() else {
            return Err(missing("disk.creationData"));
        };
        if !draft.spec.contains_key("diskSizeGB") {
            let copied = copied_size(write, &creation);
            let size =
                copied.or_else(|| image_size(&creation, &draft.spec)).ok_or_else(|| missing("disk.diskSizeGB"))?;
            draft.spec.insert("diskSizeGB".into(), json!(size));
        }
        network::fill(
            &mut draft.spec,
            json!({
                "encryption": {"type": "EncryptionAtRestWithPlatformKey"}, "networkAccessPolicy": "AllowAll",
                "publicNetworkAccess": "Enabled",
            }),
        );
        describe(draft, &write.arm.ids, write.now);
        Ok(())
    }

    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        if let Some(disk) = write.tx.resource(&write.scope())
            && let Some(machine) = disk.envelope.get("managedBy").and_then(Value::as_str)
        {
            return Err(ArmError::conflict(
                "OperationNotAllowed",
                format!("Disk {} is attached to VM {machine}.", disk.name),
            ));
        }
        tracked::delete(self, write)
    }
}

/// What a disk says of itself, once its size and sku are known.
pub(super) fn describe(disk: &mut Resource, ids: &Ids, now: Time) {
    let sku = disk.envelope.entry("sku").or_insert_with(|| json!({}));
    if let Value::Object(sku) = sku {
        network::fill(sku, json!({"name": "Standard_LRS"}));
        let family = sku["name"].as_str().map(tier).unwrap_or_default();
        sku.insert("tier".into(), json!(family));
    }
    let sku = sku["name"].as_str().unwrap_or_default().to_owned();
    let size = disk.spec.get("diskSizeGB").and_then(Value::as_i64).unwrap_or_default();
    let chosen = disk.spec.get("tier").and_then(Value::as_str);
    let (performance_tier, operations, throughput) = performance(&sku, size, chosen);
    let mut speed = json!({"diskIOPSReadWrite": operations, "diskMBpsReadWrite": throughput});
    if let Some(name) = performance_tier {
        speed["tier"] = json!(name);
    }
    match speed {
        Value::Object(speed) if !is_tunable(&sku) => disk.spec.extend(speed),
        speed => network::fill(&mut disk.spec, speed),
    }
    disk.status.insert("provisioningState".into(), json!("Succeeded"));
    disk.status.insert("diskSizeBytes".into(), json!(size << 30));
    network::fill(
        &mut disk.status,
        json!({"timeCreated": render::moment(now), "diskState": "Unattached", "uniqueId": ids.guid()}),
    );
}

/// `Premium` of `PremiumV2_LRS`; both kinds of standard disks are one tier.
fn tier(sku: &str) -> &'static str {
    match sku.split('_').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "premium" | "premiumv2" => "Premium",
        "ultrassd" => "Ultra",
        _ => "Standard",
    }
}

/// Skus whose speed the caller sets.
fn is_tunable(sku: &str) -> bool {
    ["premiumv2_", "ultrassd_"].iter().any(|family| sku.to_ascii_lowercase().starts_with(family))
}

/// Tier, operations per second and MB per second of a disk of so many GiB. A premium disk may be raised to a higher tier
/// than its size has, not lowered.
fn performance(sku: &str, size: i64, chosen: Option<&str>) -> (Option<&'static str>, u32, u32) {
    if sku.to_ascii_lowercase().starts_with("premium_") {
        let of_size = PREMIUM.iter().position(|(up_to, ..)| size <= *up_to).unwrap_or(PREMIUM.len() - 1);
        let of_choice = PREMIUM.iter().position(|(_, tier, ..)| Some(*tier) == chosen).unwrap_or(0);
        let (_, tier, operations, throughput) = PREMIUM[of_size.max(of_choice)];
        return (Some(tier), operations, throughput);
    }
    match size {
        ..=4096 => (None, 500, 60),
        4097..=8192 => (None, 1300, 300),
        _ => (None, 2000, 500),
    }
}

/// The size of the disk or snapshot that is copied.
fn copied_size(write: &Write<'_>, creation: &Value) -> Option<i64> {
    let source = model::Scope::new(creation["sourceResourceId"].as_str()?);
    write.tx.resource(&source)?.spec.get("diskSizeGB")?.as_i64()
}

/// The size of a disk that comes with its content: of a system's image, or of a file that was imported.
fn image_size(creation: &Value, spec: &model::JsonMap) -> Option<i64> {
    let option = creation["createOption"].as_str()?;
    let is_windows = spec.get("osType").and_then(Value::as_str).is_some_and(|os| os.eq_ignore_ascii_case("Windows"));
    let has_content =
        ["FromImage", "Import", "ImportSecure", "Restore"].iter().any(|known| known.eq_ignore_ascii_case(option));
    has_content.then_some(if is_windows { 127 } else { 30 })
}

fn missing(parameter: &str) -> ArmError {
    ArmError::InvalidParameter {
        code: "InvalidParameter",
        message: format!("Required parameter '{parameter}' is missing (null)."),
        target: Some(parameter.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_follows_from_size_and_sku() {
        for (sku, size, expected) in [
            ("Premium_LRS", 10, (Some("P3"), 120, 25)),
            ("Premium_LRS", 30, (Some("P4"), 120, 25)),
            ("Premium_ZRS", 128, (Some("P10"), 500, 100)),
            ("Premium_LRS", 129, (Some("P15"), 1100, 125)),
            ("Premium_LRS", 40000, (Some("P80"), 20000, 900)),
            ("PremiumV2_LRS", 10, (None, 500, 60)),
            ("Standard_LRS", 4096, (None, 500, 60)),
            ("StandardSSD_LRS", 5000, (None, 1300, 300)),
        ] {
            assert_eq!(performance(sku, size, None), expected, "{sku} {size}");
        }
        assert_eq!(performance("Premium_LRS", 30, Some("P10")), (Some("P10"), 500, 100), "raised");
        assert_eq!(performance("Premium_LRS", 200, Some("P10")), (Some("P15"), 1100, 125), "outgrown");
    }

    #[test]
    fn a_sku_has_a_tier() {
        for (sku, expected) in [
            ("Premium_LRS", "Premium"),
            ("PremiumV2_LRS", "Premium"),
            ("UltraSSD_LRS", "Ultra"),
            ("StandardSSD_ZRS", "Standard"),
            ("Standard_LRS", "Standard"),
        ] {
            assert_eq!(tier(sku), expected);
        }
    }
}
