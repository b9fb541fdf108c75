//! May the caller do this? The only maker of [`Authorized`], without which no resource type is asked anything.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use model::{RoleAssignment, RoleDefinition, Scope};
use rbac::{Action, CompiledRole, Grant, Plane, compiled_builtin_role};
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use crate::caller::Caller;
use crate::error::ArmError;

/// Proof that the caller may do what it asked; only [`authorize`] makes one.
pub(crate) struct Authorized {
    grants: Vec<(Arc<RoleAssignment>, Role)>,
    caller: Caller,
}

/// Roles in the form that decides fast: the built-in ones compiled once for all, custom ones when they change.
#[derive(Default)]
pub struct RoleBook(RwLock<HashMap<Uuid, Custom>>);

/// A custom role as it was when it was compiled.
struct Custom {
    definition: Arc<RoleDefinition>,
    compiled: Arc<CompiledRole>,
}

enum Role {
    BuiltIn(&'static CompiledRole),
    Custom(Arc<CompiledRole>),
}

impl Role {
    fn compiled(&self) -> &CompiledRole {
        match self {
            Self::BuiltIn(role) => role,
            Self::Custom(role) => role,
        }
    }
}

impl RoleBook {
    fn role(&self, world: &Snapshot, id: Uuid) -> Option<Role> {
        if let Some(role) = compiled_builtin_role(id) {
            return Some(Role::BuiltIn(role));
        }
        let definition = world.custom_role(id)?;
        if let Some(seen) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id)
            && Arc::ptr_eq(&seen.definition, definition)
        {
            return Some(Role::Custom(seen.compiled.clone()));
        }
        let compiled = Arc::new(CompiledRole::new(definition));
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, Custom { definition: definition.clone(), compiled: compiled.clone() });
        Some(Role::Custom(compiled))
    }

    fn grants(&self, world: &Snapshot, principals: &[Uuid]) -> Vec<(Arc<RoleAssignment>, Role)> {
        let assignments = principals.iter().flat_map(|p| world.role_assignments_of(*p));
        assignments.filter_map(|a| Some((a.clone(), self.role(world, a.role_definition_id)?))).collect()
    }
}

/// Whether the caller may do `action` at `scope`; whether the question is asked at all is the type's to say (a list that
/// shows what the caller may read asks it item by item).
pub(crate) fn authorize(
    roles: &RoleBook,
    world: &Snapshot,
    caller: &Caller,
    action: &str,
    scope: &str,
    is_asked: bool,
) -> Result<Authorized, ArmError> {
    let authorized = Authorized { grants: roles.grants(world, &caller.principals(world)), caller: caller.clone() };
    match !is_asked || authorized.may(action, &Scope::new(scope)) {
        true => Ok(authorized),
        false => Err(ArmError::AuthorizationFailed {
            client: caller.name.clone(),
            object_id: caller.object_id,
            action: action.to_owned(),
            scope: scope.to_owned(),
        }),
    }
}

impl Authorized {
    /// Who was authorized.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whether the caller may also do `action` at `scope`.
    pub(crate) fn may(&self, action: &str, scope: &Scope) -> bool {
        let action = Action::new(action);
        let request = rbac::Request { action: &action, plane: Plane::Control, scope, above: &[] };
        let grants = self.grants.iter().map(|(assignment, role)| Grant { assignment, role: role.compiled() });
        rbac::first_grant(&request, grants).is_some()
    }

    /// Whether the caller holds anything at `scope`, above it or below it: what a list of groups or subscriptions shows.
    pub(crate) fn reaches(&self, scope: &Scope) -> bool {
        self.grants.iter().any(|(assignment, _)| assignment.scope.contains(scope) || scope.contains(&assignment.scope))
    }
}

/// Why `principal` may or may not do `action` at `scope`: the deciding assignments, and for every assignment of the
/// principal and its groups what came of it. JSON, as the command line prints it.
#[must_use]
pub fn explain(roles: &RoleBook, world: &Snapshot, principal: Uuid, action: &str, scope: &str, is_data: bool) -> Value {
    let principals = Caller { object_id: principal, name: String::new() }.principals(world);
    let grants = roles.grants(world, &principals);
    let asked = action;
    let action = Action::new(action);
    let place = Scope::new(scope);
    let plane = if is_data { Plane::Data } else { Plane::Control };
    let request = rbac::Request { action: &action, plane, scope: &place, above: &[] };
    let list = || grants.iter().map(|(assignment, role)| Grant { assignment, role: role.compiled() });
    let decision = rbac::decide(&request, list());
    let group_name = |id: Uuid| world.object(id).filter(|_| id != principal).map(|o| o.display_name().to_owned());
    let considered: Vec<_> = rbac::explain(&request, list())
        .into_iter()
        .map(|c| json!({"throughGroup": group_name(c.principal_id), "assignment": c}))
        .collect();
    json!({
        "decision": decision.outcome,
        "principalId": principal,
        "principalName": world.object(principal).map(|o| o.display_name().to_owned()),
        "action": asked,
        "scope": scope,
        "isDataAction": is_data,
        "considered": considered,
    })
}
