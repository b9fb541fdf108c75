//! Rights that watching, governing and identities take.

use super::Right;

pub(super) const RIGHTS: &[Right] = &[
    (
        "Microsoft.Insights/ActionGroups/Read",
        &[
            ("Microsoft.Insights/metricAlerts", "properties.actions[].actionGroupId"),
            ("Microsoft.Insights/activityLogAlerts", "properties.actions.actionGroups[].actionGroupId"),
            ("Microsoft.Insights/scheduledQueryRules", "properties.actions.actionGroups[]"),
            ("Microsoft.AlertsManagement/smartDetectorAlertRules", "properties.actionGroups.groupIds[]"),
            ("Microsoft.AlertsManagement/prometheusRuleGroups", "properties.rules[].actions[].actionGroupId"),
            ("Microsoft.AlertsManagement/actionRules", "properties.actions[].actionGroupIds[]"),
        ],
    ),
    (
        "Microsoft.OperationalInsights/workspaces/sharedkeys/action",
        &[("Microsoft.Insights/diagnosticSettings", "properties.workspaceId")],
    ),
    (
        "Microsoft.Storage/storageAccounts/listkeys/action",
        &[("Microsoft.Insights/diagnosticSettings", "properties.storageAccountId")],
    ),
    (
        "Microsoft.EventHub/namespaces/authorizationRules/listkeys/action",
        &[("Microsoft.Insights/diagnosticSettings", "properties.eventHubAuthorizationRuleId")],
    ),
    (
        "Microsoft.OperationalInsights/workspaces/sharedkeys/read",
        &[(
            "Microsoft.ContainerService/managedClusters",
            "properties.addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID",
        )],
    ),
    (
        "Microsoft.Authorization/roleAssignments/write",
        &[("Microsoft.ExtendedLocation/customLocations/resourceSyncRules", "properties.targetResourceGroup")],
    ),
    (
        "Microsoft.Authorization/roleDefinitions/write",
        &[("Microsoft.Authorization/roleDefinitions", "properties.assignableScopes[]")],
    ),
    (
        "Microsoft.Authorization/policyAssignments/exempt/action",
        &[("Microsoft.Authorization/policyExemptions", "properties.policyAssignmentId")],
    ),
    (
        "Microsoft.Resources/subscriptions/resourceGroups/write",
        &[
            ("Microsoft.Resources/subscriptions/resourceGroups/moveResources", "targetResourceGroup"),
            ("Microsoft.Resources/subscriptions/resourceGroups/validateMoveResources", "targetResourceGroup"),
        ],
    ),
    ("Microsoft.ExtendedLocation/customLocations/deploy/action", &[("*", "extendedLocation.name")]),
    ("Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", &[("*", "identity.userAssignedIdentities{}")]),
];
