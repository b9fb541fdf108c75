//! What a role assignment must be before it is kept, and what keeps one from going (RBAC A12). What its condition must be
//! by itself is `rbac`'s to judge.

use axum::http::StatusCode;
use model::{Base, JsonMap, ManagementGroup, OWNER_ROLE, RoleAssignment, RoleDefinition, RoleKind, Scope};
use rbac::condition_violations;
use uuid::Uuid;

use super::role_definition_rules::text;
use super::role_definitions::{self, is_assignable};
use super::{Write, principal};
use crate::error::ArmError;

/// The first api-versions that know a member; to others it does not show, and they leave it as it is.
pub(super) const HAS_CONDITION: &str = "2020-03-01-preview";
pub(super) const HAS_DESCRIPTION: &str = "2020-04-01-preview";
pub(super) const HAS_DELEGATED_IDENTITY: &str = "2019-04-01-preview";

/// Characters in a description.
const DESCRIPTION: usize = 2048;
/// Assignments in a subscription, its groups and its resources (2,000 in other clouds than the public one).
const IN_SUBSCRIPTION: usize = 4000;
/// Assignments at a management group; those below it are not its own.
const IN_MANAGEMENT_GROUP: usize = 500;
/// The condition language, and the version meant where none is named (Azure docs, "Add or edit Azure role assignment
/// conditions using the REST API").
const LANGUAGE: &str = "2.0";

/// The assignment that the body describes.
pub(super) fn read(write: &Write<'_>, name: Uuid, before: Option<&RoleAssignment>) -> Result<RoleAssignment, ArmError> {
    let properties = write.properties()?;
    let required = |name: &str| match given(&properties, name)? {
        Some(text) => Ok(text),
        None => Err(ArmError::InvalidRequestContent(format!(
            "Required property '{name}' not found in JSON. Path 'properties'."
        ))),
    };
    let role = required("roleDefinitionId")?;
    let role_name = role.rsplit('/').next().unwrap_or_default();
    let role =
        role_definitions::find(&write.tx, role_name).ok_or_else(|| role_definitions::does_not_exist(role_name))?;
    let principal_id = principal::id(&required("principalId")?)?;
    let principal_type = principal::kind(write, principal_id, given(&properties, "principalType")?.as_deref())?;
    let scope_as_written = write.route.path.extended();
    let scope = Scope::new(&scope_as_written);
    check_place(write, role, &scope)?;
    let (condition, condition_version) = condition(write.api_version, &properties, before)?;
    // A member that the api-version does not have stays as it is.
    let member = |name: &str, since: &str, kept: Option<&String>| match write.api_version >= since {
        true => given(&properties, name),
        false => Ok(kept.cloned()),
    };
    let description = member("description", HAS_DESCRIPTION, before.and_then(|b| b.description.as_ref()))?;
    if description.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION) {
        let message = format!("The role assignment description must not be longer than {DESCRIPTION} characters.");
        return Err(ArmError::bad("InvalidRoleAssignmentDescription", message));
    }
    let delegated = before.and_then(|b| b.delegated_managed_identity_resource_id.as_ref());
    let caller = write.authorized.caller().object_id;
    Ok(RoleAssignment {
        name,
        scope,
        scope_as_written,
        role_definition_id: role.id,
        principal_id,
        principal_type,
        condition,
        condition_version,
        description,
        delegated_managed_identity_resource_id: member(
            "delegatedManagedIdentityResourceId",
            HAS_DELEGATED_IDENTITY,
            delegated,
        )?,
        created_on: before.map_or(write.now, |b| b.created_on),
        updated_on: write.now,
        created_by: before.map_or(Some(caller), |b| b.created_by),
        updated_by: Some(caller),
    })
}

/// Refuses an assignment that is not what the tenant's others let it be: of its own name, of its own tuple, not one too
/// many. A name is taken wherever in the tenant it is used, and what it names is only described anew.
pub(super) fn check(
    write: &Write<'_>,
    wanted: &RoleAssignment,
    before: Option<&RoleAssignment>,
) -> Result<(), ArmError> {
    let is_same = |a: &RoleAssignment| {
        a.principal_id == wanted.principal_id
            && a.role_definition_id == wanted.role_definition_id
            && a.scope == wanted.scope
    };
    if before.is_some_and(|b| !is_same(b)) {
        return Err(ArmError::bad(
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        ));
    }
    let mut held = write.tx.role_assignments_of(wanted.principal_id);
    if let Some(other) = held.find(|a| a.name != wanted.name && is_same(a)) {
        let message = format!(
            "The role assignment already exists. The ID of the existing role assignment is {}.",
            other.name.simple()
        );
        return Err(ArmError::conflict("RoleAssignmentExists", message));
    }
    match before.is_none() && is_full(write) {
        true => Err(ArmError::bad(
            "RoleAssignmentLimitExceeded",
            "Role assignment limit exceeded. No more role assignments can be created.",
        )),
        false => Ok(()),
    }
}

/// Somebody must be left who can give rights in a subscription: its last Owner goes at the word of a directory
/// administrator only. Owners of what lies above do not count, and Azure does not ask whether those that do still exist.
pub(super) fn check_deletion(write: &Write<'_>, doomed: &RoleAssignment) -> Result<(), ArmError> {
    let path = &write.route.path;
    let is_of_subscription = matches!(path.base, Base::Subscription { .. }) && path.providers.len() == 1;
    let is_owner = |a: &RoleAssignment| a.role_definition_id == OWNER_ROLE && a.scope == doomed.scope;
    let mut others = write.tx.access().role_assignments.at_or_below(&doomed.scope).filter(|a| a.name != doomed.name);
    let is_last = is_of_subscription && is_owner(doomed) && !others.any(|a| is_owner(a));
    match is_last && !write.tx.is_directory_administrator(write.authorized.caller().object_id) {
        true => Err(ArmError::Provider {
            status: StatusCode::PRECONDITION_FAILED,
            code: "CannotDeleteLastRbacAdminAssignment",
            message: "Cannot delete the last RBAC admin assignment".to_owned(),
        }),
        false => Ok(()),
    }
}

/// A text; none where it is missing or blank.
fn given(properties: &JsonMap, name: &str) -> Result<Option<String>, ArmError> {
    Ok(Some(text(properties, name)?).filter(|text| !text.trim().is_empty()))
}

/// A role is assigned in, and below, its assignable scopes: by the path, and by the tree of management groups.
fn check_place(write: &Write<'_>, role: &RoleDefinition, scope: &Scope) -> Result<(), ArmError> {
    let has_data = role.permissions.iter().any(|p| !p.data_actions.is_empty() || !p.not_data_actions.is_empty());
    if role.kind == RoleKind::Custom && has_data && ManagementGroup::name_in(scope.as_str()).is_some() {
        return Err(ArmError::bad(
            "InvalidCreateRoleAssignmentRequest",
            "Role assignments to Management Groups can not be made to custom role definitions with DataActions",
        ));
    }
    match is_assignable(role, scope, &write.tx) {
        true => Ok(()),
        false => Err(ArmError::bad(
            "RoleAssignmentScopeNotAssignableToRoleDefinition",
            format!("The role {} is not available for assignment at the requested scope.", role.role_name),
        )),
    }
}

/// The condition and the version of its language. An api-version that knows none cannot change one, and must not seem
/// to set one: the assignment would give more than was asked for.
fn condition(
    api_version: &str,
    properties: &JsonMap,
    before: Option<&RoleAssignment>,
) -> Result<(Option<String>, Option<String>), ArmError> {
    let wanted = given(properties, "condition")?;
    if api_version < HAS_CONDITION {
        return match wanted {
            None => Ok(before.map(|b| (b.condition.clone(), b.condition_version.clone())).unwrap_or_default()),
            Some(_) => Err(ArmError::bad(
                "UnsupportedApiVersionForRoleAssignmentHasCondition",
                format!(
                    "Condition is not supported on API version '{api_version}'. The minimum required API version for this operation is \
                     '{HAS_CONDITION}'."
                ),
            )),
        };
    }
    let Some(condition) = wanted else { return Ok((None, None)) };
    let invalid = |why: &str| {
        ArmError::bad(
            "InvalidRoleAssignmentCondition",
            format!("The given role assignment condition is invalid. {why}"),
        )
    };
    let language = given(properties, "conditionVersion")?.unwrap_or_else(|| LANGUAGE.to_owned());
    if language != LANGUAGE {
        return Err(invalid(&format!("The condition version must be '{LANGUAGE}', not '{language}'.")));
    }
    match condition_violations(&condition).first() {
        Some(violation) => Err(invalid(&violation.rule.message())),
        None => Ok((Some(condition), Some(language))),
    }
}

/// Whether the subscription or the management group has as many assignments as it may have.
fn is_full(write: &Write<'_>) -> bool {
    let path = &write.route.path;
    let (container, limit) = match (path.subscription(), path.management_group()) {
        (Some(id), _) => (format!("/subscriptions/{id}"), IN_SUBSCRIPTION),
        (None, Some(name)) => (ManagementGroup::id_of(name), IN_MANAGEMENT_GROUP),
        (None, None) => return false,
    };
    let container = Scope::new(&container);
    write.tx.access().role_assignments.at_or_below(&container).nth(limit - 1).is_some()
}
