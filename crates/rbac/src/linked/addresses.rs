//! Rights on public addresses, their prefixes, and what protects them.

use super::Right;

pub(super) const RIGHTS: &[Right] = &[
    (
        "Microsoft.Network/publicIPAddresses/join/action",
        &[
            ("Microsoft.Network/networkInterfaces", "properties.ipConfigurations[].properties.publicIPAddress.id"),
            ("Microsoft.Network/loadBalancers", "properties.frontendIPConfigurations[].properties.publicIPAddress.id"),
            (
                "Microsoft.Network/applicationGateways",
                "properties.frontendIPConfigurations[].properties.publicIPAddress.id",
            ),
            ("Microsoft.Network/azureFirewalls", "properties.ipConfigurations[].properties.publicIPAddress.id"),
            ("Microsoft.Network/azureFirewalls", "properties.managementIpConfiguration.properties.publicIPAddress.id"),
            ("Microsoft.Network/bastionHosts", "properties.ipConfigurations[].properties.publicIPAddress.id"),
            ("Microsoft.Network/virtualNetworkGateways", "properties.ipConfigurations[].properties.publicIPAddress.id"),
            ("Microsoft.Network/virtualHubs/ipConfigurations", "properties.publicIPAddress.id"),
            ("Microsoft.Network/natGateways", "properties.publicIpAddresses[].id"),
            ("Microsoft.Network/natGateways", "properties.publicIpAddressesV6[].id"),
            ("Microsoft.ApiManagement/service", "properties.publicIpAddressId"),
            (
                "Microsoft.ContainerService/managedClusters",
                "properties.networkProfile.loadBalancerProfile.outboundIPs.publicIPs[].id",
            ),
        ],
    ),
    (
        "Microsoft.Network/publicIPPrefixes/join/action",
        &[
            ("Microsoft.Network/publicIPAddresses", "properties.publicIPPrefix.id"),
            ("Microsoft.Network/loadBalancers", "properties.frontendIPConfigurations[].properties.publicIPPrefix.id"),
            ("Microsoft.Network/natGateways", "properties.publicIpPrefixes[].id"),
            ("Microsoft.Network/natGateways", "properties.publicIpPrefixesV6[].id"),
            ("Microsoft.Compute/virtualMachines", "properties.networkProfile.**.publicIPPrefix.id"),
            ("Microsoft.Compute/virtualMachineScaleSets", "properties.virtualMachineProfile.**.publicIPPrefix.id"),
            (
                "Microsoft.ContainerService/managedClusters",
                "properties.networkProfile.loadBalancerProfile.outboundIPPrefixes.publicIPPrefixes[].id",
            ),
            ("Microsoft.ContainerService/managedClusters", "properties.agentPoolProfiles[].nodePublicIPPrefixID"),
            ("Microsoft.ContainerService/managedClusters/agentPools", "properties.nodePublicIPPrefixID"),
        ],
    ),
    (
        "Microsoft.Network/customIpPrefixes/join/action",
        &[
            ("Microsoft.Network/publicIPPrefixes", "properties.customIPPrefix.id"),
            ("Microsoft.Network/customIpPrefixes", "properties.customIpPrefixParent.id"),
        ],
    ),
    (
        "Microsoft.Network/ddosProtectionPlans/join/action",
        &[
            ("Microsoft.Network/virtualNetworks", "properties.ddosProtectionPlan.id"),
            ("Microsoft.Network/publicIPAddresses", "properties.ddosSettings.ddosProtectionPlan.id"),
        ],
    ),
];
