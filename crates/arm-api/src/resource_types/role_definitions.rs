//! Role definitions: Azure's own and the tenant's. They are extensions of any scope: the same ones everywhere.
//! Answers: RECORDED-FACTS 7; rules: RBAC A12.

use axum::http::StatusCode;
use model::{ArmPath, Permission, RoleDefinition, RoleKind};
use rbac::{builtin_role, builtin_roles};
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::{Level, Read, ResourceType, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::render::moment;

pub(crate) struct RoleDefinitions;

impl ResourceType for RoleDefinitions {
    fn name(&self) -> &'static str {
        "Microsoft.Authorization/roleDefinitions"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2022-04-01", "2018-01-01-preview", "2015-07-01"]
    }

    fn level(&self) -> Level {
        Level::Extension
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "DELETE"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let name = read.route.name();
        let role = find(read.world, name).ok_or_else(|| does_not_exist(name))?;
        Ok(Answer::ok(shown(role, read.world, &read.route.path, Occasion::Read)))
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let wanted = Wanted::parse(read.request.query.get("$filter").unwrap_or_default())?;
        let all = builtin_roles().iter().chain(read.world.custom_roles().map(AsRef::as_ref));
        let listed = all
            .filter(|role| wanted.admits(role))
            .filter(|role| role.kind == RoleKind::BuiltIn || is_assignable(role, read.id()));
        let value: Vec<Value> = listed.map(|role| shown(role, read.world, &read.route.path, Occasion::Read)).collect();
        Ok(Answer::ok(json!({"value": value})))
    }

    /// 201 for a new one and for a changed one alike: clients take nothing else.
    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let name = write.name();
        let id = Uuid::parse_str(name).map_err(|_| {
            ArmError::bad(
                "InvalidRoleDefinitionId",
                format!("The role definition ID '{name}' is not valid. The role definition ID must be a GUID."),
            )
        })?;
        if builtin_role(id).is_some() {
            return Err(ArmError::bad("RoleDefinitionCannotBeUpdated", "Built-in role definitions cannot be updated."));
        }
        let before = write.tx.custom_role(id).cloned();
        let mut role = read_role(write, id)?;
        if let Some(before) = &before {
            role.created_on = before.created_on;
            role.created_by = before.created_by;
        }
        check(write, &role)?;
        write.tx.put_custom_role(role.clone());
        Ok(Answer::new(StatusCode::CREATED, shown(&role, &write.tx, &write.route.path, Occasion::Write)))
    }

    /// The role that was, with 200; 204 where there was none.
    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let Some(role) = find(&write.tx, write.name()).cloned() else {
            return Ok(Answer::empty(StatusCode::NO_CONTENT));
        };
        if role.kind == RoleKind::BuiltIn {
            return Err(ArmError::bad("RoleDefinitionCannotBeDeleted", "Built-in role definitions cannot be deleted."));
        }
        if write.tx.role_assignments().any(|a| a.role_definition_id == role.id) {
            let message = "There are existing role assignments referencing role (code: RoleDefinitionHasAssignments).";
            return Err(ArmError::bad("RoleDefinitionHasAssignments", message));
        }
        write.tx.delete_custom_role(role.id);
        Ok(Answer::ok(shown(&role, &write.tx, &write.route.path, Occasion::Read)))
    }
}

/// What an answer answers. The one to the write itself hides who made the object (RECORDED-FACTS 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    Write,
    Read,
}

/// The role with this GUID, built in or custom.
pub(super) fn find<'a>(world: &'a Snapshot, name: &str) -> Option<&'a RoleDefinition> {
    let id = Uuid::parse_str(name).ok()?;
    builtin_role(id).or_else(|| world.custom_role(id).map(AsRef::as_ref))
}

/// The role's id in the subscription that the path names: ids never show the scope that was asked.
pub(super) fn id_at(world: &Snapshot, path: &ArmPath, role: Uuid) -> String {
    let subscription = path.subscription().map(str::to_owned);
    // Asked at the tenant's root, assignments show the role in a subscription all the same (RECORDED-FACTS 7).
    let subscription = subscription.or_else(|| world.subscriptions().next().map(|s| s.id.to_string()));
    let scope = subscription.map(|id| format!("/subscriptions/{id}")).unwrap_or_default();
    format!("{scope}/providers/Microsoft.Authorization/roleDefinitions/{role}")
}

pub(super) fn does_not_exist(name: &str) -> ArmError {
    ArmError::Provider {
        status: StatusCode::NOT_FOUND,
        code: "RoleDefinitionDoesNotExist",
        message: format!("The specified role definition with ID '{name}' does not exist."),
    }
}

fn shown(role: &RoleDefinition, world: &Snapshot, path: &ArmPath, occasion: Occasion) -> Value {
    json!({
        "properties": {
            "roleName": role.role_name,
            "type": role.kind,
            "description": role.description,
            "assignableScopes": role.assignable_scopes,
            "permissions": role.permissions,
            "createdOn": moment(role.created_on),
            "updatedOn": moment(role.updated_on),
            "createdBy": role.created_by.filter(|_| occasion == Occasion::Read),
            "updatedBy": role.updated_by,
        },
        "id": id_at(world, path, role.id),
        "type": RoleDefinitions.name(),
        "name": role.id,
    })
}

/// A custom role shows in and above its assignable scopes.
fn is_assignable(role: &RoleDefinition, below: &str) -> bool {
    let asked = model::Scope::new(below);
    role.assignable_scopes.iter().map(|s| model::Scope::new(s)).any(|s| s.contains(&asked) || asked.contains(&s))
}

/// `roleName eq 'x'`, ignoring case, and `type eq 'BuiltInRole'`; `atScopeAndBelow()` says nothing more than the default.
struct Wanted {
    role_name: Option<String>,
    kind: Option<RoleKind>,
}

impl Wanted {
    fn parse(filter: &str) -> Result<Self, ArmError> {
        let mut wanted = Self { role_name: None, kind: None };
        for part in filter.split(" and ").map(str::trim).filter(|p| !p.is_empty()) {
            let value = |field: &str| {
                let rest = part
                    .get(..field.len())
                    .filter(|p| p.eq_ignore_ascii_case(field))
                    .map(|_| part[field.len()..].trim())?;
                rest.strip_prefix("eq ")?.trim().strip_prefix('\'')?.strip_suffix('\'').map(|v| v.replace("''", "'"))
            };
            match (value("roleName"), value("type").as_deref()) {
                (Some(name), _) => wanted.role_name = Some(name),
                (_, Some("BuiltInRole")) => wanted.kind = Some(RoleKind::BuiltIn),
                (_, Some("CustomRole")) => wanted.kind = Some(RoleKind::Custom),
                _ if part.eq_ignore_ascii_case("atScopeAndBelow()") || part.eq_ignore_ascii_case("atScope()") => {}
                _ => return Err(ArmError::bad("InvalidFilter", format!("The filter '{filter}' is not supported."))),
            }
        }
        Ok(wanted)
    }

    fn admits(&self, role: &RoleDefinition) -> bool {
        self.role_name.as_ref().is_none_or(|n| n.to_lowercase() == role.role_name.to_lowercase())
            && self.kind.is_none_or(|k| k == role.kind)
    }
}

fn read_role(write: &Write<'_>, id: Uuid) -> Result<RoleDefinition, ArmError> {
    let properties = write.properties()?;
    let text = |name: &str| properties.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let missing =
        |name: &str| ArmError::bad("InvalidRoleDefinition", format!("The role definition's '{name}' is required."));
    let role_name = text("roleName");
    if role_name.is_empty() {
        return Err(missing("roleName"));
    }
    let permissions = properties.get("permissions").filter(|p| !p.is_null()).ok_or_else(|| missing("permissions"))?;
    let permissions: Vec<Permission> = serde_json::from_value(without_nulls(permissions))
        .map_err(|e| ArmError::InvalidRequestContent(format!("{e}. Path 'properties.permissions'")))?;
    let scopes = properties.get("assignableScopes").and_then(Value::as_array).cloned().unwrap_or_default();
    let caller = write.authorized.caller().object_id;
    Ok(RoleDefinition {
        id,
        role_name,
        kind: RoleKind::Custom,
        description: text("description"),
        permissions,
        assignable_scopes: scopes.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect(),
        created_on: write.now,
        updated_on: write.now,
        created_by: Some(caller),
        updated_by: Some(caller),
    })
}

fn without_nulls(permissions: &Value) -> Value {
    let mut permissions = permissions.clone();
    for block in permissions.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        block.retain(|_, value| !value.is_null());
    }
    permissions
}

/// What Azure asks of a custom role (RBAC A12).
fn check(write: &Write<'_>, role: &RoleDefinition) -> Result<(), ArmError> {
    if role.assignable_scopes.is_empty()
        || role.assignable_scopes.iter().any(|s| s.trim_end_matches('/').is_empty() || s.contains('*'))
    {
        let message = "The role definition's assignable scopes must name at least one scope below the tenant's root, without wildcards.";
        return Err(ArmError::bad("InvalidAssignableScopes", message));
    }
    let strings = role
        .permissions
        .iter()
        .flat_map(|p| [&p.actions, &p.not_actions, &p.data_actions, &p.not_data_actions].into_iter().flatten());
    for string in strings {
        if string.matches('*').count() > 1 {
            return Err(ArmError::bad(
                "InvalidActionOrNotAction",
                format!("'{string}' contains multiple wildcards. Only one is allowed."),
            ));
        }
    }
    let same_name =
        |other: &RoleDefinition| other.id != role.id && other.role_name.eq_ignore_ascii_case(&role.role_name);
    if builtin_roles().iter().chain(write.tx.custom_roles().map(AsRef::as_ref)).any(same_name) {
        return Err(ArmError::conflict(
            "RoleDefinitionWithSameNameExists",
            "A role definition cannot be updated with a name that already exists.",
        ));
    }
    Ok(())
}
