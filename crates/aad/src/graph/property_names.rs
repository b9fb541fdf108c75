//! Names of properties that directory objects have beside those that are drawn (Microsoft Graph v1.0 reference). Clients
//! may select and set them; any other name is a mistake, and is called one.

use super::entity::Kind;
use super::error::GraphError;
use super::odata::member;

const APPLICATION: &[&str] = &[
    "authenticationBehaviors",
    "createdByAppId",
    "isDisabled",
    "logo",
    "nativeAuthenticationApisEnabled",
    "uniqueName",
];
const SERVICE_PRINCIPAL: &[&str] = &["createdByAppId", "customSecurityAttributes", "isDisabled"];
const GROUP: &[&str] = &[
    "allowExternalSenders",
    "assignedLabels",
    "assignedLicenses",
    "autoSubscribeNewMembers",
    "hasMembersWithLicenseErrors",
    "hideFromAddressLists",
    "hideFromOutlookClients",
    "isArchived",
    "isManagementRestricted",
    "isSubscribedByMail",
    "licenseProcessingState",
    "serviceProvisioningErrors",
    "uniqueName",
    "unseenCount",
];
const USER: &[&str] = &[
    "aboutMe",
    "authorizationInfo",
    "birthday",
    "customSecurityAttributes",
    "deviceEnrollmentLimit",
    "employeeHireDate",
    "employeeLeaveDateTime",
    "employeeOrgData",
    "externalUserStateChangeDateTime",
    "hireDate",
    "identities",
    "identityParentId",
    "interests",
    "isManagementRestricted",
    "isResourceAccount",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "licenseAssignmentStates",
    "mailboxSettings",
    "mySite",
    "onPremisesExtensionAttributes",
    "onPremisesLastSyncDateTime",
    "onPremisesProvisioningErrors",
    "pastProjects",
    "preferredDataLocation",
    "preferredName",
    "print",
    "provisionedPlans",
    "responsibilities",
    "schools",
    "securityIdentifier",
    "serviceProvisioningErrors",
    "signInActivity",
    "signInSessionsValidFromDateTime",
    "skills",
];

/// The properties beside those that are drawn.
fn undrawn(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Application => APPLICATION,
        Kind::ServicePrincipal => SERVICE_PRINCIPAL,
        Kind::Group => GROUP,
        Kind::User => USER,
        _ => &[],
    }
}

/// Whether objects of the kind have a property that a query calls so, in whatever case. Of kinds that nobody makes alone,
/// and of mixed ones, every name may be.
pub(super) fn has(kind: Kind, name: &str) -> bool {
    let (drawn, more) = (kind.defaults(), undrawn(kind));
    drawn.is_empty()
        || member(&drawn, name).is_some()
        || more.iter().any(|known| known.eq_ignore_ascii_case(name))
        // Directory extensions: `extension_{application}_{name}`.
        || name.starts_with("extension_")
}

/// Whether `name` is that of a property in another case: no property, where names count exactly, as in bodies.
pub(super) fn miswrites(kind: Kind, name: &str) -> bool {
    let (drawn, more) = (kind.defaults(), undrawn(kind));
    let names = || drawn.keys().map(String::as_str).chain(more.iter().copied());
    !names().any(|known| known == name) && names().any(|known| known.eq_ignore_ascii_case(name))
}

/// Refuses to select what objects of the kind have not. The beta has more properties than are known here.
///
/// # Errors
/// [`GraphError::Malformed`].
pub(super) fn check_selected(kind: Kind, version: &str, selected: &[String]) -> Result<(), GraphError> {
    let first = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
    let unknown = selected.iter().map(|name| first(name)).find(|name| name != "*" && !has(kind, name));
    match unknown.filter(|_| version == "v1.0" && kind.is_directory_object()) {
        Some(name) => Err(GraphError::Malformed(format!(
            "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type \
             'microsoft.graph.{}'.",
            kind.type_name()
        ))),
        None => Ok(()),
    }
}
