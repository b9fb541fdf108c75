//! Rules made ready to be asked, once, and remade when they change.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use model::{AccessControl, DenyAssignment, RoleAssignment, RoleDefinition};
use uuid::Uuid;

use crate::condition::{Condition, ConditionError};
use crate::deny::CompiledDeny;
use crate::{CompiledRole, compiled_builtin_role};

/// Compiled forms of a tenant's own roles, deny assignments and conditions, made at the first decision that needs them.
///
/// It holds nothing that cannot be made again, and it cannot be stale: what it has is used only for the very definition
/// that it was made from. Share one among all decisions of a process.
#[derive(Default)]
pub struct Rules {
    roles: Compiled<RoleDefinition, CompiledRole>,
    denies: Compiled<DenyAssignment, CompiledDeny>,
    conditions: Compiled<RoleAssignment, Result<Condition, ConditionError>>,
}

/// A role ready to be asked: Azure's own are compiled once for all tenants.
pub(crate) enum Role {
    BuiltIn(&'static CompiledRole),
    Custom(Arc<CompiledRole>),
}

impl Rules {
    /// The role that `id` names; none where neither Azure nor the tenant has it, and then it allows nothing.
    pub(crate) fn role(&self, access: &AccessControl, id: Uuid) -> Option<Role> {
        if let Some(role) = compiled_builtin_role(id) {
            return Some(Role::BuiltIn(role));
        }
        let definition = access.custom_roles.get(&id)?;
        Some(Role::Custom(self.roles.get(id, definition, CompiledRole::new)))
    }

    pub(crate) fn deny(&self, deny: &Arc<DenyAssignment>) -> Arc<CompiledDeny> {
        self.denies.get(deny.name, deny, CompiledDeny::new)
    }

    /// The assignment's condition; none where it has none.
    pub(crate) fn condition(&self, assignment: &Arc<RoleAssignment>) -> Option<Arc<Result<Condition, ConditionError>>> {
        let text = assignment.condition.as_deref()?;
        Some(self.conditions.get(assignment.name, assignment, |_| Condition::parse(text)))
    }
}

impl Role {
    pub(crate) fn compiled(&self) -> &CompiledRole {
        match self {
            Self::BuiltIn(role) => role,
            Self::Custom(role) => role,
        }
    }
}

/// What was made from definitions, by their names.
struct Compiled<S, C>(RwLock<HashMap<Uuid, Made<S, C>>>);

/// A definition, and what was made from it.
struct Made<S, C> {
    from: Arc<S>,
    compiled: Arc<C>,
}

impl<S, C> Default for Compiled<S, C> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

/// How many compiled forms are kept: enough for any tenant's busy ones. What is gone is made again.
const MOST: usize = 20_000;

impl<S, C> Compiled<S, C> {
    fn get(&self, name: Uuid, source: &Arc<S>, compile: impl FnOnce(&S) -> C) -> Arc<C> {
        let seen = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = seen.get(&name)
            && Arc::ptr_eq(&made.from, source)
        {
            return made.compiled.clone();
        }
        drop(seen);
        let compiled = Arc::new(compile(source));
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(name, Made { from: source.clone(), compiled: compiled.clone() });
        compiled
    }
}
