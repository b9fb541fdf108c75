//! `$filter` of role assignments, and what it finds.

use std::sync::Arc;

use model::{ManagementGroup, Place, RoleAssignment, Scope};
use store::Snapshot;
use uuid::Uuid;

use crate::clauses;
use crate::error::ArmError;

/// `atScope()`, `principalId eq '…'`, `assignedTo('…')`, joined by `and` (RBAC A10).
#[derive(Default)]
pub(super) struct Filter {
    /// Whether what is assigned below the scope is left out.
    at_scope: bool,
    principal: Option<Uuid>,
    /// A principal, whose groups count as well.
    assigned_to: Option<Uuid>,
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, ArmError> {
        let mut filter = Self::default();
        let invalid = || {
            ArmError::bad(
                "InvalidFilter",
                format!(
                    "The filter '{text}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{{value}}' or assignedTo('{{value}}')'."
                ),
            )
        };
        let guid = |text: &str| Uuid::parse_str(text).map_err(|_| invalid());
        for (clause, value) in clauses::read(text).ok_or_else(invalid)? {
            match (clause.as_str(), value.as_deref()) {
                ("atscope()", None) => filter.at_scope = true,
                ("principalid eq", Some(id)) => filter.principal = Some(guid(id)?),
                ("assignedto()", Some(id)) => filter.assigned_to = Some(guid(id)?),
                _ => return Err(invalid()),
            }
        }
        Ok(filter)
    }

    /// What the filter lets through of all that is assigned at the place, above it and below it, in no order. Only what
    /// lies there, or what those who are asked for hold, is looked at.
    pub(super) fn find<'a>(&self, world: &'a Snapshot, place: &Place<'_>) -> Vec<&'a Arc<RoleAssignment>> {
        let assignments = &world.access().role_assignments;
        let below = if self.at_scope { Vec::new() } else { containers(world, place.scope()) };
        let is_below =
            |scope: &Scope| scope != place.scope() && below.iter().any(|container| container.contains(scope));
        match self.holders(world) {
            Some(holders) => {
                let held = holders.iter().flat_map(|holder| assignments.of(*holder));
                held.filter(|a| place.is_within(&a.scope) || is_below(&a.scope)).collect()
            }
            None => {
                let mut found: Vec<_> = assignments.reaching_anyone(place).collect();
                let inside = below.iter().flat_map(|container| assignments.at_or_below(container));
                found.extend(inside.filter(|a| a.scope != *place.scope()));
                found
            }
        }
    }

    /// Whose assignments are wanted; none where everybody's are.
    fn holders(&self, world: &Snapshot) -> Option<Vec<Uuid>> {
        let assigned_to = self.assigned_to.map(|id| {
            let mut holders = world.transitive_groups_of(id);
            holders.push(id);
            holders
        });
        match (self.principal, assigned_to) {
            (Some(principal), Some(mut holders)) => {
                holders.retain(|holder| *holder == principal);
                Some(holders)
            }
            (Some(principal), None) => Some(vec![principal]),
            (None, holders) => holders,
        }
    }
}

/// The scopes that together hold everything below `scope` by their paths: itself, and of a management group all groups and
/// subscriptions that hang below it.
fn containers(world: &Snapshot, scope: &Scope) -> Vec<Scope> {
    let mut containers = vec![scope.clone()];
    if ManagementGroup::name_in(scope.as_str()).is_some() {
        let groups = world.management_groups().map(|group| group.scope());
        let subscriptions = world.subscriptions().map(|s| Scope::new(&format!("/subscriptions/{}", s.id)));
        let hangs_below = |child: &Scope| world.management_groups_above(child).contains(scope);
        containers.extend(groups.chain(subscriptions).filter(hangs_below));
    }
    containers
}
