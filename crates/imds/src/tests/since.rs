//! What each version brought to the instance document.

use std::collections::BTreeSet;

use super::described::described;
use crate::versions;

/// Members of `compute` in some versions, those of objects and of the first data disk among them.
#[tokio::test]
async fn a_version_knows_what_it_knew() {
    let world = described().await;
    let mut before = BTreeSet::new();
    let mut brought = Vec::new();
    for version in versions::ascending().into_iter().filter(|v| *v >= "2017-04-02") {
        let compute = world.get(&format!("/metadata/instance/compute?api-version={version}")).await.json();
        let mut members = BTreeSet::new();
        collect("", &compute, &mut members);
        let news: Vec<_> =
            members.difference(&before).filter(|name| !is_below(name, &members, &before)).cloned().collect();
        assert!(before.is_subset(&members), "{version} forgot something");
        if !news.is_empty() {
            brought.push(format!("{version} {}", news.join(" ")));
        }
        before = members;
    }
    insta::assert_snapshot!(brought.join("\n"), @"
    2017-04-02 /location /name /offer /osType /platformFaultDomain /platformUpdateDomain /publisher /sku /version /vmId /vmSize
    2017-08-01 /placementGroupId /resourceGroupName /subscriptionId /tags
    2017-12-01 /vmScaleSetName /zone
    2018-04-02 /plan /publicKeys
    2018-10-01 /azEnvironment /provider
    2019-02-01 /customData
    2019-03-11 /resourceId
    2019-06-01 /storageProfile
    2019-06-04 /tagsList
    2020-06-01 /isHostCompatibilityLayerVm /securityProfile
    2020-07-15 /osProfile
    2020-09-01 /licenseType
    2020-10-01 /osProfile/disablePasswordAuthentication
    2020-12-01 /evictionPolicy /priority
    2021-01-01 /userData
    2021-02-01 /storageProfile/resourceDisk
    2021-03-01 /extendedLocation /virtualMachineScaleSet
    2021-05-01 /storageProfile/dataDisks/bytesPerSecondThrottle /storageProfile/dataDisks/diskCapacityBytes /storageProfile/dataDisks/isSharedDisk /storageProfile/dataDisks/isUltraDisk /storageProfile/dataDisks/opsPerSecondThrottle
    2021-10-01 /platformSubFaultDomain
    2021-11-01 /additionalCapabilities /securityProfile/encryptionAtHost /storageProfile/osDisk/encryptionSettings/diskEncryptionKey /storageProfile/osDisk/encryptionSettings/keyEncryptionKey
    2021-11-15 /host /hostGroup
    2021-12-13 /securityProfile/securityType
    2023-07-01 /storageProfile/imageReference/communityGalleryImageId /storageProfile/imageReference/exactVersion /storageProfile/imageReference/sharedGalleryImageId
    2023-11-15 /physicalZone
    ");
}

fn collect(path: &str, element: &serde_json::Value, into: &mut BTreeSet<String>) {
    let element = if element.is_array() { &element[0] } else { element };
    for (name, member) in element.as_object().into_iter().flatten() {
        let path = format!("{path}/{name}");
        collect(&path, member, into);
        into.insert(path);
    }
}

/// Whether an object that is new itself holds it.
fn is_below(path: &str, all: &BTreeSet<String>, before: &BTreeSet<String>) -> bool {
    let above = path.rsplit_once('/').map_or("", |(above, _)| above);
    all.contains(above) && !before.contains(above)
}
