//! What a custom role must be before it is kept (RBAC A12): what the role is by itself is `rbac`'s to judge, what it is
//! among the tenant's others is judged here.

use model::{JsonMap, Permission, RoleDefinition, RoleKind};
use rbac::{builtin_roles, violations};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Write;
use crate::error::ArmError;

/// The first api-version that knows data actions.
pub(super) const HAS_DATA_ACTIONS: &str = "2018-01-01-preview";

/// Custom roles in a tenant (2,000 in Azure operated by 21Vianet).
const LIMIT: usize = 5000;

/// The role that the body describes.
pub(super) fn read_role(write: &Write<'_>, id: Uuid) -> Result<RoleDefinition, ArmError> {
    let properties = write.properties()?;
    let kind = text(&properties, "type")?;
    if !kind.is_empty() && !kind.eq_ignore_ascii_case("CustomRole") {
        return Err(ArmError::bad(
            "InvalidRoleDefinitionType",
            format!("The role definition type '{kind}' is not valid. Only custom roles can be written."),
        ));
    }
    let permissions: Vec<Permission> =
        serde_json::from_value(list(&properties, "permissions")).map_err(|e| unreadable("permissions", &e))?;
    let has_data = permissions.iter().any(|p| !p.data_actions.is_empty() || !p.not_data_actions.is_empty());
    if has_data && write.api_version < HAS_DATA_ACTIONS {
        return Err(ArmError::bad(
            "UnsupportedApiVersionForRoleDefinitionHasDataActions",
            format!(
                "DataActions and NotDataActions are not supported on API version '{}'. The minimum required API version for this operation is \
                 '{HAS_DATA_ACTIONS}'.",
                write.api_version
            ),
        ));
    }
    let caller = write.authorized.caller().object_id;
    Ok(RoleDefinition {
        id,
        role_name: text(&properties, "roleName")?,
        kind: RoleKind::Custom,
        description: text(&properties, "description")?,
        permissions,
        assignable_scopes: serde_json::from_value(list(&properties, "assignableScopes"))
            .map_err(|e| unreadable("assignableScopes", &e))?,
        created_on: write.now,
        updated_on: write.now,
        created_by: Some(caller),
        updated_by: Some(caller),
    })
}

/// A string; empty where there is none.
pub(super) fn text(properties: &JsonMap, name: &str) -> Result<String, ArmError> {
    match properties.get(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(ArmError::InvalidRequestContent(format!(
            "Error converting value to type 'string'. Path 'properties.{name}'"
        ))),
    }
}

/// An array without the `null`s that clients write for what they do not set; empty where there is none.
pub(super) fn list(properties: &JsonMap, name: &str) -> Value {
    let mut list = properties.get(name).filter(|v| !v.is_null()).cloned().unwrap_or_else(|| json!([]));
    for block in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        block.retain(|_, value| !value.is_null());
    }
    list
}

pub(super) fn unreadable(name: &str, error: &serde_json::Error) -> ArmError {
    ArmError::InvalidRequestContent(format!("{error}. Path 'properties.{name}'"))
}

/// Refuses a role that breaks a rule, that takes another's
/// name, or that is one too many.
pub(super) fn check(write: &Write<'_>, role: &RoleDefinition, is_new: bool) -> Result<(), ArmError> {
    if let Some(violation) = violations(role).first() {
        return Err(ArmError::bad(violation.rule.code(), violation.rule.message()));
    }
    let name = role.role_name.to_lowercase();
    let same_name = |other: &RoleDefinition| other.id != role.id && other.role_name.to_lowercase() == name;
    if builtin_roles().iter().chain(write.tx.custom_roles().map(AsRef::as_ref)).any(same_name) {
        return Err(ArmError::conflict(
            "RoleDefinitionWithSameNameExists",
            "A role definition cannot be updated with a name that already exists.",
        ));
    }
    if is_new && write.tx.custom_roles().count() >= LIMIT {
        return Err(ArmError::bad(
            "RoleDefinitionLimitExceeded",
            "Role definition limit exceeded. No more role definitions can be created.",
        ));
    }
    Ok(())
}
