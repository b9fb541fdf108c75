//! Role definitions: Azure's own and the tenant's. They are extensions of any scope: built-in ones the same everywhere,
//! custom ones where they can be assigned. Answers: RECORDED-FACTS 7; rules: RBAC A12.

use axum::http::StatusCode;
use model::{ArmPath, JsonMap, Permission, RoleDefinition, RoleKind, Scope};
use rbac::{builtin_role, builtin_roles};
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::role_definition_filter::Filter;
use super::role_definition_rules::{self as rules, HAS_DATA_ACTIONS};
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
        &["2022-05-01-preview", "2022-04-01", "2018-01-01-preview", "2015-07-01"]
    }

    fn level(&self) -> Level {
        Level::Extension
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "DELETE"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let name = read.route.name();
        let role = find_at(read.world, name, &read.route.path).ok_or_else(|| does_not_exist(name))?;
        Ok(Answer::ok(shown(role, read.world, &read.route.path, read.api_version, Occasion::Read)))
    }

    /// The roles that can be assigned at the scope; with `atScopeAndBelow()` also those that can be somewhere below it.
    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let filter = Filter::parse(read.request.query.get("$filter").unwrap_or_default())?;
        let asked = Asked::of(&Scope::new(read.id()), read.world);
        let custom = read.world.custom_roles().map(AsRef::as_ref);
        let custom =
            custom.filter(|role| asked.is_assignable(role) || (filter.below && asked.is_assignable_below(role)));
        let listed = builtin_roles().iter().chain(custom).filter(|role| filter.admits(role));
        let show = |role| shown(role, read.world, &read.route.path, read.api_version, Occasion::Read);
        Ok(Answer::ok(json!({"value": listed.map(show).collect::<Vec<_>>()})))
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
            let message = format!("A built-in role definition with ID '{id}' exists. It cannot be updated.");
            return Err(ArmError::conflict("RoleDefinitionExists", message));
        }
        let before = write.tx.custom_role(id).cloned();
        let mut role = rules::read_role(write, id)?;
        if let Some(before) = &before {
            role.created_on = before.created_on;
            role.created_by = before.created_by;
        }
        rules::check(write, &role, before.is_none())?;
        write.tx.put_custom_role(role.clone());
        let body = shown(&role, &write.tx, &write.route.path, write.api_version, Occasion::Write);
        Ok(Answer::new(StatusCode::CREATED, body))
    }

    /// The role that was, with 200; 204 where there was none.
    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let Some(role) = find_at(&write.tx, write.name(), &write.route.path).cloned() else {
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
        Ok(Answer::ok(shown(&role, &write.tx, &write.route.path, write.api_version, Occasion::Read)))
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

/// The same, as seen from the scope that the path extends: a custom role shows in, above and below the scopes at which it
/// can be assigned, and nowhere else.
fn find_at<'a>(world: &'a Snapshot, name: &str, path: &ArmPath) -> Option<&'a RoleDefinition> {
    let asked = Asked::of(&Scope::new(&path.extended()), world);
    let shows = |role: &RoleDefinition| {
        role.kind == RoleKind::BuiltIn || asked.is_assignable(role) || asked.is_assignable_below(role)
    };
    find(world, name).filter(|role| shows(role))
}

/// Whether the role can be assigned at the scope.
pub(super) fn is_assignable(role: &RoleDefinition, scope: &Scope, world: &Snapshot) -> bool {
    Asked::of(scope, world).is_assignable(role)
}

/// A scope from which somebody looks for roles.
struct Asked<'a> {
    scope: Scope,
    above: Vec<Scope>,
    world: &'a Snapshot,
}

impl<'a> Asked<'a> {
    fn of(scope: &Scope, world: &'a Snapshot) -> Self {
        Self { scope: scope.clone(), above: world.management_groups_above(scope), world }
    }

    fn is_assignable(&self, role: &RoleDefinition) -> bool {
        let scopes = role.assignable_scopes.iter().map(|s| Scope::new(s));
        scopes.into_iter().any(|s| s.contains(&self.scope) || self.above.contains(&s))
    }

    fn is_assignable_below(&self, role: &RoleDefinition) -> bool {
        let mut scopes = role.assignable_scopes.iter().map(|s| Scope::new(s));
        scopes.any(|s| self.scope.contains(&s) || self.world.management_groups_above(&s).contains(&self.scope))
    }
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

fn shown(role: &RoleDefinition, world: &Snapshot, path: &ArmPath, version: &str, occasion: Occasion) -> Value {
    let permissions: Vec<Value> = role.permissions.iter().map(|block| shown_block(block, version)).collect();
    json!({
        "properties": {
            "roleName": role.role_name,
            "type": role.kind,
            "description": role.description,
            "assignableScopes": role.assignable_scopes,
            "permissions": permissions,
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

/// The block in the fields of the api-version asked. A condition shows where there is one.
pub(super) fn shown_block(block: &Permission, version: &str) -> Value {
    let mut shown = JsonMap::new();
    let mut say = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
    say("actions", json!(block.actions));
    say("notActions", json!(block.not_actions));
    if version >= HAS_DATA_ACTIONS {
        say("dataActions", json!(block.data_actions));
        say("notDataActions", json!(block.not_data_actions));
    }
    if version >= "2022" && block.condition.is_some() {
        say("condition", json!(block.condition));
        say("conditionVersion", json!(block.condition_version));
    }
    Value::Object(shown)
}
