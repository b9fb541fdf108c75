//! Which version brought which member (IDENTITY-WIRE 1.4). A program that asks in an old version sees the old document.

use serde_json::Value;

/// Members below `instance/compute` and their first versions; those of the first version of all are not listed. A member
/// of an array's elements stands behind the array's name.
const SINCE: [(&str, &str); 42] = [
    ("placementGroupId", "2017-08-01"),
    ("resourceGroupName", "2017-08-01"),
    ("subscriptionId", "2017-08-01"),
    ("tags", "2017-08-01"),
    ("vmScaleSetName", "2017-12-01"),
    ("zone", "2017-12-01"),
    ("plan", "2018-04-02"),
    ("publicKeys", "2018-04-02"),
    ("azEnvironment", "2018-10-01"),
    ("provider", "2018-10-01"),
    ("customData", "2019-02-01"),
    ("resourceId", "2019-03-11"),
    ("storageProfile", "2019-06-01"),
    ("tagsList", "2019-06-04"),
    ("isHostCompatibilityLayerVm", "2020-06-01"),
    ("securityProfile", "2020-06-01"),
    ("osProfile", "2020-07-15"),
    ("licenseType", "2020-09-01"),
    ("osProfile/disablePasswordAuthentication", "2020-10-01"),
    ("evictionPolicy", "2020-12-01"),
    ("priority", "2020-12-01"),
    ("userData", "2021-01-01"),
    ("storageProfile/resourceDisk", "2021-02-01"),
    ("extendedLocation", "2021-03-01"),
    ("virtualMachineScaleSet", "2021-03-01"),
    ("storageProfile/dataDisks/isUltraDisk", "2021-05-01"),
    ("storageProfile/dataDisks/isSharedDisk", "2021-05-01"),
    ("storageProfile/dataDisks/bytesPerSecondThrottle", "2021-05-01"),
    ("storageProfile/dataDisks/opsPerSecondThrottle", "2021-05-01"),
    ("storageProfile/dataDisks/diskCapacityBytes", "2021-05-01"),
    ("platformSubFaultDomain", "2021-10-01"),
    ("additionalCapabilities", "2021-11-01"),
    ("securityProfile/encryptionAtHost", "2021-11-01"),
    ("storageProfile/osDisk/encryptionSettings/diskEncryptionKey", "2021-11-01"),
    ("storageProfile/osDisk/encryptionSettings/keyEncryptionKey", "2021-11-01"),
    ("host", "2021-11-15"),
    ("hostGroup", "2021-11-15"),
    ("securityProfile/securityType", "2021-12-13"),
    ("storageProfile/imageReference/communityGalleryImageId", "2023-07-01"),
    ("storageProfile/imageReference/sharedGalleryImageId", "2023-07-01"),
    ("storageProfile/imageReference/exactVersion", "2023-07-01"),
    ("physicalZone", "2023-11-15"),
];

/// Takes out of the whole document what `version` did not know.
pub(super) fn trim(document: &mut Value, version: &str) {
    for (path, _) in SINCE.iter().filter(|(_, since)| version < *since) {
        let steps: Vec<&str> = path.split('/').collect();
        remove(&mut document["instance"]["compute"], &steps);
    }
}

fn remove(element: &mut Value, path: &[&str]) {
    match (element, path) {
        (Value::Array(elements), _) => elements.iter_mut().for_each(|element| remove(element, path)),
        (Value::Object(members), [last]) => drop(members.shift_remove(*last)),
        (Value::Object(members), [first, rest @ ..]) => {
            if let Some(member) = members.get_mut(*first) {
                remove(member, rest);
            }
        }
        _ => {}
    }
}
