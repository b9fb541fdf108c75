//! Rights on what filters, routes and balances traffic, on interfaces, and on private endpoints and their names.

use super::Right;

pub(super) const RIGHTS: &[Right] = &[
    (
        "Microsoft.Network/networkInterfaces/join/action",
        &[("Microsoft.Compute/virtualMachines", "properties.networkProfile.networkInterfaces[].id")],
    ),
    (
        "Microsoft.Network/networkSecurityGroups/join/action",
        &[
            ("Microsoft.Network/networkInterfaces", "properties.networkSecurityGroup.id"),
            ("Microsoft.Network/virtualNetworks/subnets", "properties.networkSecurityGroup.id"),
            ("Microsoft.Network/virtualNetworks", "properties.subnets[].properties.networkSecurityGroup.id"),
            ("Microsoft.Compute/virtualMachines", "properties.networkProfile.**.networkSecurityGroup.id"),
            ("Microsoft.Compute/virtualMachineScaleSets", "properties.**.networkSecurityGroup.id"),
            (
                "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
                "properties.networkProfileConfiguration.**.networkSecurityGroup.id",
            ),
        ],
    ),
    (
        "Microsoft.Network/routeTables/join/action",
        &[
            ("Microsoft.Network/virtualNetworks/subnets", "properties.routeTable.id"),
            ("Microsoft.Network/virtualNetworks", "properties.subnets[].properties.routeTable.id"),
        ],
    ),
    (
        "Microsoft.Network/natGateways/join/action",
        &[
            ("Microsoft.Network/virtualNetworks/subnets", "properties.natGateway.id"),
            ("Microsoft.Network/virtualNetworks", "properties.subnets[].properties.natGateway.id"),
            ("Microsoft.Network/publicIPAddresses", "properties.natGateway.id"),
        ],
    ),
    (
        "Microsoft.Network/serviceEndpointPolicies/join/action",
        &[
            ("Microsoft.Network/virtualNetworks/subnets", "properties.serviceEndpointPolicies[].id"),
            ("Microsoft.Network/virtualNetworks", "properties.subnets[].properties.serviceEndpointPolicies[].id"),
        ],
    ),
    (
        "Microsoft.Network/loadBalancers/backendAddressPools/join/action",
        &[
            (
                "Microsoft.Network/networkInterfaces",
                "properties.ipConfigurations[].properties.loadBalancerBackendAddressPools[].id",
            ),
            ("Microsoft.Compute/virtualMachines", "properties.networkProfile.**.loadBalancerBackendAddressPools[].id"),
            ("Microsoft.Compute/virtualMachineScaleSets", "properties.**.loadBalancerBackendAddressPools[].id"),
            (
                "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
                "properties.networkProfileConfiguration.**.loadBalancerBackendAddressPools[].id",
            ),
        ],
    ),
    (
        "Microsoft.Network/loadBalancers/inboundNatRules/join/action",
        &[(
            "Microsoft.Network/networkInterfaces",
            "properties.ipConfigurations[].properties.loadBalancerInboundNatRules[].id",
        )],
    ),
    (
        "Microsoft.Network/loadBalancers/inboundNatPools/join/action",
        &[("Microsoft.Compute/virtualMachineScaleSets", "properties.**.loadBalancerInboundNatPools[].id")],
    ),
    (
        "Microsoft.Network/loadBalancers/probes/join/action",
        &[(
            "Microsoft.Compute/virtualMachineScaleSets",
            "properties.virtualMachineProfile.networkProfile.healthProbe.id",
        )],
    ),
    (
        "Microsoft.Network/loadBalancers/frontendIPConfigurations/join/action",
        &[
            (
                "Microsoft.Network/loadBalancers",
                "properties.frontendIPConfigurations[].properties.gatewayLoadBalancer.id",
            ),
            ("Microsoft.Network/networkInterfaces", "properties.ipConfigurations[].properties.gatewayLoadBalancer.id"),
            ("Microsoft.Network/privateLinkServices", "properties.loadBalancerFrontendIpConfigurations[].id"),
            ("Microsoft.Network/virtualNetworkTaps", "properties.destinationLoadBalancerFrontEndIPConfiguration.id"),
        ],
    ),
    (
        "Microsoft.Network/applicationGateways/backendAddressPools/join/action",
        &[
            (
                "Microsoft.Network/networkInterfaces",
                "properties.ipConfigurations[].properties.applicationGatewayBackendAddressPools[].id",
            ),
            (
                "Microsoft.Compute/virtualMachines",
                "properties.networkProfile.**.applicationGatewayBackendAddressPools[].id",
            ),
            ("Microsoft.Compute/virtualMachineScaleSets", "properties.**.applicationGatewayBackendAddressPools[].id"),
        ],
    ),
    (
        "Microsoft.Network/applicationSecurityGroups/joinIpConfiguration/action",
        &[
            (
                "Microsoft.Network/networkInterfaces",
                "properties.ipConfigurations[].properties.applicationSecurityGroups[].id",
            ),
            ("Microsoft.Network/privateEndpoints", "properties.applicationSecurityGroups[].id"),
            ("Microsoft.Compute/virtualMachines", "properties.networkProfile.**.applicationSecurityGroups[].id"),
            ("Microsoft.Compute/virtualMachineScaleSets", "properties.**.applicationSecurityGroups[].id"),
        ],
    ),
    (
        "Microsoft.Network/applicationSecurityGroups/joinNetworkSecurityRule/action",
        &[
            (
                "Microsoft.Network/networkSecurityGroups",
                "properties.securityRules[].properties.sourceApplicationSecurityGroups[].id",
            ),
            (
                "Microsoft.Network/networkSecurityGroups",
                "properties.securityRules[].properties.destinationApplicationSecurityGroups[].id",
            ),
            (
                "Microsoft.Network/networkSecurityGroups/securityRules",
                "properties.sourceApplicationSecurityGroups[].id",
            ),
            (
                "Microsoft.Network/networkSecurityGroups/securityRules",
                "properties.destinationApplicationSecurityGroups[].id",
            ),
        ],
    ),
    (
        "Microsoft.Network/privateDnsZones/join/action",
        &[
            (
                "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
                "properties.privateDnsZoneConfigs[].properties.privateDnsZoneId",
            ),
            ("Microsoft.DBforPostgreSQL/flexibleServers", "properties.network.privateDnsZoneArmResourceId"),
            ("Microsoft.DBforMySQL/flexibleServers", "properties.network.privateDnsZoneResourceId"),
        ],
    ),
    (
        "Microsoft.Network/dnsResolvers/outboundEndpoints/join/action",
        &[("Microsoft.Network/dnsForwardingRulesets", "properties.dnsResolverOutboundEndpoints[].id")],
    ),
    // Without it the endpoint would have to wait for somebody's approval; one that asks for that needs no right.
    (
        "*/PrivateEndpointConnectionsApproval/action",
        &[(
            "Microsoft.Network/privateEndpoints",
            "properties.privateLinkServiceConnections[].properties.privateLinkServiceId",
        )],
    ),
];
