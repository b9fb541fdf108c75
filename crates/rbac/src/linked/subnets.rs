//! Rights on virtual networks and their subnets.

use super::Right;

pub(super) const RIGHTS: &[Right] = &[
    (
        "Microsoft.Network/virtualNetworks/subnets/join/action",
        &[
            ("Microsoft.Network/networkInterfaces", "properties.ipConfigurations[].properties.subnet.id"),
            ("Microsoft.Network/loadBalancers", "properties.frontendIPConfigurations[].properties.subnet.id"),
            ("Microsoft.Network/applicationGateways", "properties.gatewayIPConfigurations[].properties.subnet.id"),
            ("Microsoft.Network/applicationGateways", "properties.frontendIPConfigurations[].properties.subnet.id"),
            (
                "Microsoft.Network/applicationGateways",
                "properties.privateLinkConfigurations[].properties.ipConfigurations[].properties.subnet.id",
            ),
            ("Microsoft.Network/azureFirewalls", "properties.ipConfigurations[].properties.subnet.id"),
            ("Microsoft.Network/azureFirewalls", "properties.managementIpConfiguration.properties.subnet.id"),
            ("Microsoft.Network/bastionHosts", "properties.ipConfigurations[].properties.subnet.id"),
            ("Microsoft.Network/virtualNetworkGateways", "properties.ipConfigurations[].properties.subnet.id"),
            ("Microsoft.Network/virtualHubs/ipConfigurations", "properties.subnet.id"),
            ("Microsoft.Network/privateEndpoints", "properties.subnet.id"),
            ("Microsoft.Network/privateLinkServices", "properties.ipConfigurations[].properties.subnet.id"),
            ("Microsoft.Network/networkProfiles", "properties.**.ipConfigurations[].properties.subnet.id"),
            ("Microsoft.Network/dnsResolvers/inboundEndpoints", "properties.ipConfigurations[].subnet.id"),
            ("Microsoft.Network/dnsResolvers/outboundEndpoints", "properties.subnet.id"),
            (
                "Microsoft.Compute/virtualMachines",
                "properties.networkProfile.**.ipConfigurations[].properties.subnet.id",
            ),
            ("Microsoft.Compute/virtualMachineScaleSets", "properties.**.ipConfigurations[].properties.subnet.id"),
            (
                "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
                "properties.networkProfileConfiguration.**.ipConfigurations[].properties.subnet.id",
            ),
            ("Microsoft.ContainerService/managedClusters", "properties.agentPoolProfiles[].vnetSubnetID"),
            ("Microsoft.ContainerService/managedClusters", "properties.agentPoolProfiles[].podSubnetID"),
            ("Microsoft.ContainerService/managedClusters", "properties.apiServerAccessProfile.subnetId"),
            ("Microsoft.ContainerService/managedClusters/agentPools", "properties.vnetSubnetID"),
            ("Microsoft.ContainerService/managedClusters/agentPools", "properties.podSubnetID"),
            ("Microsoft.ContainerInstance/containerGroups", "properties.subnetIds[].id"),
            ("Microsoft.App/managedEnvironments", "properties.vnetConfiguration.infrastructureSubnetId"),
            ("Microsoft.Web/sites", "properties.virtualNetworkSubnetId"),
            ("Microsoft.Web/sites/slots", "properties.virtualNetworkSubnetId"),
            ("Microsoft.Web/sites/networkConfig", "properties.subnetResourceId"),
            ("Microsoft.Web/sites/slots/networkConfig", "properties.subnetResourceId"),
            ("Microsoft.Web/hostingEnvironments", "properties.virtualNetwork.id"),
            ("Microsoft.Sql/managedInstances", "properties.subnetId"),
            ("Microsoft.DBforPostgreSQL/flexibleServers", "properties.network.delegatedSubnetResourceId"),
            ("Microsoft.DBforMySQL/flexibleServers", "properties.network.delegatedSubnetResourceId"),
            ("Microsoft.Cache/redis", "properties.subnetId"),
            ("Microsoft.ApiManagement/service", "properties.virtualNetworkConfiguration.subnetResourceId"),
            ("Microsoft.NetApp/netAppAccounts/capacityPools/volumes", "properties.subnetId"),
            ("Microsoft.Batch/batchAccounts/pools", "properties.networkConfiguration.subnetId"),
            ("Microsoft.RedHatOpenShift/openShiftClusters", "properties.masterProfile.subnetId"),
            ("Microsoft.RedHatOpenShift/openShiftClusters", "properties.workerProfiles[].subnetId"),
            ("Microsoft.DevCenter/networkConnections", "properties.subnetId"),
        ],
    ),
    (
        "Microsoft.Network/virtualNetworks/subnets/joinLoadBalancer/action",
        &[
            (
                "Microsoft.Network/loadBalancers",
                "properties.backendAddressPools[].properties.loadBalancerBackendAddresses[].properties.subnet.id",
            ),
            (
                "Microsoft.Network/loadBalancers/backendAddressPools",
                "properties.loadBalancerBackendAddresses[].properties.subnet.id",
            ),
        ],
    ),
    (
        "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
        &[
            ("Microsoft.Storage/storageAccounts", "properties.networkAcls.virtualNetworkRules[].id"),
            ("Microsoft.KeyVault/vaults", "properties.networkAcls.virtualNetworkRules[].id"),
            ("Microsoft.KeyVault/managedHSMs", "properties.networkAcls.virtualNetworkRules[].id"),
            ("Microsoft.CognitiveServices/accounts", "properties.networkAcls.virtualNetworkRules[].id"),
            ("Microsoft.ElasticSan/elasticSans/volumeGroups", "properties.networkAcls.virtualNetworkRules[].id"),
            ("Microsoft.ContainerRegistry/registries", "properties.networkRuleSet.virtualNetworkRules[].id"),
            ("Microsoft.DocumentDB/databaseAccounts", "properties.virtualNetworkRules[].id"),
            ("Microsoft.EventHub/namespaces/networkRuleSets", "properties.virtualNetworkRules[].subnet.id"),
            ("Microsoft.ServiceBus/namespaces/networkRuleSets", "properties.virtualNetworkRules[].subnet.id"),
            ("Microsoft.Sql/servers/virtualNetworkRules", "properties.virtualNetworkSubnetId"),
            ("Microsoft.DBforPostgreSQL/servers/virtualNetworkRules", "properties.virtualNetworkSubnetId"),
            ("Microsoft.DBforMySQL/servers/virtualNetworkRules", "properties.virtualNetworkSubnetId"),
            ("Microsoft.DBforMariaDB/servers/virtualNetworkRules", "properties.virtualNetworkSubnetId"),
            ("Microsoft.Web/sites", "properties.siteConfig.ipSecurityRestrictions[].vnetSubnetResourceId"),
            ("Microsoft.Web/sites", "properties.siteConfig.scmIpSecurityRestrictions[].vnetSubnetResourceId"),
            ("Microsoft.Web/sites/config", "properties.ipSecurityRestrictions[].vnetSubnetResourceId"),
            ("Microsoft.Web/sites/config", "properties.scmIpSecurityRestrictions[].vnetSubnetResourceId"),
        ],
    ),
    (
        "Microsoft.Network/virtualNetworks/join/action",
        &[
            ("Microsoft.Network/privateDnsZones/virtualNetworkLinks", "properties.virtualNetwork.id"),
            ("Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks", "properties.virtualNetwork.id"),
            ("Microsoft.Network/dnsResolvers", "properties.virtualNetwork.id"),
            ("Microsoft.Network/bastionHosts", "properties.virtualNetwork.id"),
            ("Microsoft.Databricks/workspaces", "properties.parameters.customVirtualNetworkId.value"),
        ],
    ),
    (
        "Microsoft.Network/virtualNetworks/joinLoadBalancer/action",
        &[
            ("Microsoft.Network/loadBalancers", "properties.backendAddressPools[].properties.virtualNetwork.id"),
            (
                "Microsoft.Network/loadBalancers",
                "properties.backendAddressPools[].properties.loadBalancerBackendAddresses[].properties.virtualNetwork.id",
            ),
            ("Microsoft.Network/loadBalancers/backendAddressPools", "properties.virtualNetwork.id"),
            (
                "Microsoft.Network/loadBalancers/backendAddressPools",
                "properties.loadBalancerBackendAddresses[].properties.virtualNetwork.id",
            ),
        ],
    ),
    (
        "Microsoft.Network/virtualNetworks/peer/action",
        &[
            ("Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "properties.remoteVirtualNetwork.id"),
            (
                "Microsoft.Network/virtualNetworks",
                "properties.virtualNetworkPeerings[].properties.remoteVirtualNetwork.id",
            ),
            ("Microsoft.Network/virtualHubs/hubVirtualNetworkConnections", "properties.remoteVirtualNetwork.id"),
        ],
    ),
];
