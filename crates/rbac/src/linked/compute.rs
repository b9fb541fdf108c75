//! Rights on disks, images and what machines are placed in.

use super::Right;

pub(super) const RIGHTS: &[Right] = &[
    (
        "Microsoft.Compute/diskEncryptionSets/read",
        &[
            ("Microsoft.Compute/virtualMachines", "properties.storageProfile.**.diskEncryptionSet.id"),
            ("Microsoft.Compute/virtualMachineScaleSets", "properties.**.storageProfile.**.diskEncryptionSet.id"),
            (
                "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
                "properties.storageProfile.**.diskEncryptionSet.id",
            ),
            ("Microsoft.Compute/images", "properties.storageProfile.**.diskEncryptionSet.id"),
            ("Microsoft.Compute/disks", "properties.encryption.diskEncryptionSetId"),
            ("Microsoft.Compute/snapshots", "properties.encryption.diskEncryptionSetId"),
            ("Microsoft.ContainerService/managedClusters", "properties.diskEncryptionSetID"),
        ],
    ),
    // An image of one's own, or one of a gallery.
    (
        "*/read",
        &[
            ("Microsoft.Compute/virtualMachines", "properties.storageProfile.imageReference.id"),
            (
                "Microsoft.Compute/virtualMachineScaleSets",
                "properties.virtualMachineProfile.storageProfile.imageReference.id",
            ),
            (
                "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
                "properties.storageProfile.imageReference.id",
            ),
        ],
    ),
    // The disk or snapshot that is copied.
    (
        "*/beginGetAccess/action",
        &[
            ("Microsoft.Compute/disks", "properties.creationData.sourceResourceId"),
            ("Microsoft.Compute/snapshots", "properties.creationData.sourceResourceId"),
        ],
    ),
    (
        "Microsoft.Compute/capacityReservationGroups/deploy/action",
        &[
            ("Microsoft.Compute/virtualMachines", "properties.capacityReservation.capacityReservationGroup.id"),
            (
                "Microsoft.Compute/virtualMachineScaleSets",
                "properties.virtualMachineProfile.capacityReservation.capacityReservationGroup.id",
            ),
        ],
    ),
];
