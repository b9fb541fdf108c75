//! Rights on what hosts applications, and on what workflows are tied to.

use super::Right;

pub(super) const RIGHTS: &[Right] = &[
    (
        "Microsoft.Web/serverfarms/Join/Action",
        &[("Microsoft.Web/sites", "properties.serverFarmId"), ("Microsoft.Web/sites/slots", "properties.serverFarmId")],
    ),
    (
        "Microsoft.Web/hostingEnvironments/Join/Action",
        &[
            ("Microsoft.Web/serverfarms", "properties.hostingEnvironmentProfile.id"),
            ("Microsoft.Web/sites", "properties.hostingEnvironmentProfile.id"),
            ("Microsoft.Web/sites/slots", "properties.hostingEnvironmentProfile.id"),
        ],
    ),
    (
        "Microsoft.Web/kubeEnvironments/join/action",
        &[("Microsoft.Web/serverfarms", "properties.kubeEnvironmentProfile.id")],
    ),
    (
        "microsoft.app/managedenvironments/join/action",
        &[
            ("Microsoft.App/containerApps", "properties.managedEnvironmentId"),
            ("Microsoft.Web/sites", "properties.managedEnvironmentId"),
        ],
    ),
    // Of Azure's own or on a connected cluster.
    (
        "*/join/action",
        &[
            ("Microsoft.App/containerApps", "properties.environmentId"),
            ("Microsoft.App/jobs", "properties.environmentId"),
        ],
    ),
    // An API that Azure offers in a region, or a custom one.
    ("*/Join/Action", &[("Microsoft.Web/connections", "properties.api.id")]),
    (
        "Microsoft.Web/connectionGateways/Join/Action",
        &[("Microsoft.Web/connections", "properties.parameterValues.gateway.id")],
    ),
    (
        "Microsoft.Web/connections/Join/Action",
        &[("Microsoft.Logic/workflows", "properties.parameters.$connections.value.*.connectionId")],
    ),
    (
        "Microsoft.Logic/integrationAccounts/join/action",
        &[("Microsoft.Logic/workflows", "properties.integrationAccount.id")],
    ),
    (
        "Microsoft.Logic/integrationServiceEnvironments/join/action",
        &[
            ("Microsoft.Logic/workflows", "properties.integrationServiceEnvironment.id"),
            ("Microsoft.Logic/integrationAccounts", "properties.integrationServiceEnvironment.id"),
        ],
    ),
    (
        "Microsoft.MachineLearningServices/workspaces/hubs/join/action",
        &[("Microsoft.MachineLearningServices/workspaces", "properties.hubResourceId")],
    ),
    (
        "Microsoft.MachineLearning/commitmentPlans/join/action",
        &[("Microsoft.MachineLearning/webServices", "properties.commitmentPlan.id")],
    ),
    (
        "Microsoft.DevCenter/networkConnections/DevCenterJoin/action",
        &[("Microsoft.DevCenter/devcenters/attachednetworks", "properties.networkConnectionId")],
    ),
    ("Microsoft.KeyVault/hsmPools/joinVault/action", &[("Microsoft.KeyVault/vaults", "properties.hsmPoolResourceId")]),
    (
        "Microsoft.Sql/managedInstances/joinServerTrustGroup/action",
        &[("Microsoft.Sql/locations/serverTrustGroups", "properties.groupMembers[].serverId")],
    ),
    // Networks of other houses: on a machine room's cluster, in VMware, in Virtual Machine Manager.
    (
        "*/join/action",
        &[
            ("Microsoft.AzureStackHCI/networkInterfaces", "properties.ipConfigurations[].properties.subnet.id"),
            ("Microsoft.AzureStackHCI/networkInterfaces", "properties.networkSecurityGroup.id"),
            ("Microsoft.AzureStackHCI/logicalNetworks", "properties.subnets[].properties.networkSecurityGroup.id"),
            (
                "Microsoft.ConnectedVMwarevSphere/virtualMachineInstances",
                "properties.networkProfile.networkInterfaces[].networkId",
            ),
            (
                "Microsoft.ScVmm/virtualMachineInstances",
                "properties.networkProfile.networkInterfaces[].virtualNetworkId",
            ),
            ("Microsoft.ManagedNetworkFabric/networkFabrics", "properties.networkFabricControllerId"),
            ("Microsoft.ManagedNetworkFabric/networkRacks", "properties.networkFabricId"),
            ("Microsoft.ManagedNetworkFabric/networkDevices", "properties.networkRackId"),
        ],
    ),
];
