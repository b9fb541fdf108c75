//! Rights on what joins networks to each other and guards them at their edge.

use super::Right;

pub(super) const RIGHTS: &[Right] = &[
    (
        "Microsoft.Network/firewallPolicies/join/action",
        &[
            ("Microsoft.Network/azureFirewalls", "properties.firewallPolicy.id"),
            ("Microsoft.Network/firewallPolicies", "properties.basePolicy.id"),
        ],
    ),
    (
        "Microsoft.Network/ipGroups/join/action",
        &[
            (
                "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
                "properties.ruleCollections[].rules[].sourceIpGroups[]",
            ),
            (
                "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
                "properties.ruleCollections[].rules[].destinationIpGroups[]",
            ),
        ],
    ),
    (
        "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/join/action",
        &[
            ("Microsoft.Network/applicationGateways", "properties.firewallPolicy.id"),
            ("Microsoft.ServiceNetworking/trafficControllers/securityPolicies", "properties.wafPolicy.id"),
        ],
    ),
    (
        "Microsoft.Network/frontDoorWebApplicationFirewallPolicies/join/action",
        &[
            (
                "Microsoft.Network/frontDoors",
                "properties.frontendEndpoints[].properties.webApplicationFirewallPolicyLink.id",
            ),
            ("Microsoft.Cdn/profiles/securityPolicies", "properties.parameters.wafPolicy.id"),
        ],
    ),
    (
        "Microsoft.Network/virtualWans/join/action",
        &[
            ("Microsoft.Network/virtualHubs", "properties.virtualWan.id"),
            ("Microsoft.Network/vpnSites", "properties.virtualWan.id"),
        ],
    ),
    (
        "Microsoft.Network/securityPartnerProviders/join/action",
        &[("Microsoft.Network/virtualHubs", "properties.securityPartnerProvider.id")],
    ),
    ("Microsoft.Network/expressRouteCircuits/join/action", &[("Microsoft.Network/connections", "properties.peer.id")]),
    (
        "Microsoft.Network/expressRoutePorts/join/action",
        &[("Microsoft.Network/expressRouteCircuits", "properties.expressRoutePort.id")],
    ),
    (
        "Microsoft.Network/routeFilters/join/action",
        &[
            ("Microsoft.Network/expressRouteCircuits", "properties.peerings[].properties.routeFilter.id"),
            ("Microsoft.Network/expressRouteCircuits/peerings", "properties.routeFilter.id"),
        ],
    ),
    (
        "Microsoft.Network/virtualNetworkTaps/join/action",
        &[("Microsoft.Network/networkInterfaces/tapConfigurations", "properties.virtualNetworkTap.id")],
    ),
    (
        "Microsoft.Network/networkInterfaces/ipconfigurations/join/action",
        &[("Microsoft.Network/virtualNetworkTaps", "properties.destinationNetworkInterfaceIPConfiguration.id")],
    ),
    (
        "Microsoft.Network/networkManagers/networkGroups/join/action",
        &[
            (
                "Microsoft.Network/networkManagers/connectivityConfigurations",
                "properties.appliesToGroups[].networkGroupId",
            ),
            (
                "Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections",
                "properties.appliesToGroups[].networkGroupId",
            ),
        ],
    ),
    (
        "Microsoft.Network/networkSecurityPerimeters/profiles/join/action",
        &[("Microsoft.Network/networkSecurityPerimeters/resourceAssociations", "properties.profile.id")],
    ),
    (
        "*/joinPerimeter/action",
        &[("Microsoft.Network/networkSecurityPerimeters/resourceAssociations", "properties.privateLinkResource.id")],
    ),
    (
        "Microsoft.Network/networkSecurityPerimeters/joinPerimeterRule/action",
        &[(
            "Microsoft.Network/networkSecurityPerimeters/profiles/accessRules",
            "properties.networkSecurityPerimeters[].id",
        )],
    ),
];
