//! `…/locations/{location}/vmSizes`: sizes that machines come in, the same in all regions.

use serde_json::{Value, json};

use super::{Read, ResourceType};
use crate::answer::Answer;
use crate::error::ArmError;

/// Name, cores, memory and temporary disk in MiB, data disks at most. Facts of the public cloud; `s` in the last part of a
/// name means premium disks, `d` (or an old series) a temporary disk.
const SIZES: [(&str, u32, u32, u32, u32); 24] = [
    ("Standard_B1ls", 1, 512, 4096, 2),
    ("Standard_B1s", 1, 1024, 4096, 2),
    ("Standard_B1ms", 1, 2048, 4096, 2),
    ("Standard_B2s", 2, 4096, 8192, 4),
    ("Standard_B2ms", 2, 8192, 16384, 4),
    ("Standard_B4ms", 4, 16384, 32768, 8),
    ("Standard_B2s_v2", 2, 8192, 0, 4),
    ("Standard_B2ats_v2", 2, 1024, 0, 4),
    ("Standard_DS1_v2", 1, 3584, 7168, 4),
    ("Standard_DS2_v2", 2, 7168, 14336, 8),
    ("Standard_D2s_v3", 2, 8192, 16384, 4),
    ("Standard_D4s_v3", 4, 16384, 32768, 8),
    ("Standard_D8s_v3", 8, 32768, 65536, 16),
    ("Standard_D2s_v5", 2, 8192, 0, 4),
    ("Standard_D4s_v5", 4, 16384, 0, 8),
    ("Standard_D8s_v5", 8, 32768, 0, 16),
    ("Standard_D16s_v5", 16, 65536, 0, 32),
    ("Standard_D2ds_v5", 2, 8192, 76800, 4),
    ("Standard_D2ps_v5", 2, 8192, 0, 4),
    ("Standard_E2s_v5", 2, 16384, 0, 4),
    ("Standard_E4s_v5", 4, 32768, 0, 8),
    ("Standard_F2s_v2", 2, 4096, 16384, 4),
    ("Standard_F4s_v2", 4, 8192, 32768, 8),
    ("Standard_NC6s_v3", 6, 114688, 344064, 12),
];

/// The largest system disk, in MiB: the same for all.
const SYSTEM_DISK: u32 = 1_047_552;

/// The temporary disk of machines of a size, in MiB; none for a size that is not known.
pub(super) fn temporary_disk(size: &str) -> Option<u32> {
    SIZES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(size)).map(|(_, _, _, temporary, _)| *temporary)
}

pub(crate) struct VirtualMachineSizes;

impl ResourceType for VirtualMachineSizes {
    fn name(&self) -> &'static str {
        "Microsoft.Compute/locations/vmSizes"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-11-01", "2024-07-01", "2024-03-01"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["LIST"]
    }

    fn is_listed_as_resource(&self) -> bool {
        false
    }

    fn list(&self, _read: &Read<'_>) -> Result<Answer, ArmError> {
        let size = |(name, cores, memory, temporary, disks): (&str, u32, u32, u32, u32)| {
            json!({
                "name": name,
                "numberOfCores": cores,
                "osDiskSizeInMB": SYSTEM_DISK,
                "resourceDiskSizeInMB": temporary,
                "memoryInMB": memory,
                "maxDataDiskCount": disks,
            })
        };
        let shown: Vec<Value> = SIZES.into_iter().map(size).collect();
        Ok(Answer::ok(json!({"value": shown})))
    }
}
