//! The fast evaluator asked as a live request asks it: over a tenant's access control.

use std::sync::{Arc, LazyLock};

use model::{
    AccessControl, DeniedPrincipal, DenyAssignment, DenyEffect, Permission, Place, PrincipalType, RoleAssignment,
    RoleDefinition, RoleKind, Scope,
};
use rbac::{
    Action, Attributes, DenyFinding, Explanation, Finding, PUBLISHED, Plane, Request, Rules, decide, explain, holders,
    outcome,
};
use uuid::Uuid;

use super::naive::{Answer, principals};
use super::scopes::above;
use super::told::attributes;
use super::world::{Assignment, Block, Deny, Question, Role, World, Written};

/// One for all worlds, as a process has one for all states of its tenant: what is compiled is told apart by what it was
/// compiled from, though its names come again in every world.
static RULES: LazyLock<Rules> = LazyLock::new(Rules::default);

/// A tenant that is like a world. What stands where in the world is told by names.
pub(crate) struct Tenant<'w> {
    world: &'w World,
    access: AccessControl,
}

/// What the functions of the fast evaluator say, which has to be one and the same.
#[derive(Debug, PartialEq)]
pub(crate) struct Answers {
    pub(crate) decided: Answer,
    pub(crate) explained: Answer,
    pub(crate) outcome: String,
    pub(crate) holders: Vec<String>,
    /// How many assignments the explanation speaks of.
    pub(crate) considered: usize,
}

impl<'w> Tenant<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        let assignments = world.assignments.iter().zip(0..).map(|(a, n)| Arc::new(a.row(n)));
        let mut access = AccessControl { role_assignments: assignments.collect(), ..AccessControl::default() };
        for role in &world.roles {
            access.custom_roles.insert(guid(&role.id), Arc::new(role.row()));
        }
        for (deny, n) in world.denies.iter().zip(0..) {
            access.deny_assignments.insert(Arc::new(deny.row(n)));
        }
        Self { world, access }
    }

    pub(crate) fn answers(&self, question: &Question) -> Answers {
        let principals: Vec<Uuid> = principals(self.world, &question.principal).iter().map(|id| guid(id)).collect();
        let above: Vec<Scope> = above(self.world, &question.scope).iter().map(|group| Scope::new(group)).collect();
        let attributes: Attributes =
            serde_json::from_value(attributes(&question.attributes)).expect("every value is of a kind that there is");
        let scope = Scope::new(&question.scope);
        let request = Request {
            principals: &principals,
            action: &Action::new(&question.action),
            plane: if question.is_data { Plane::Data } else { Plane::Control },
            place: &Place::new(&scope, &above),
            sub_operation: question.sub_operation,
            attributes: &attributes,
        };
        let decided = decide(&request, &self.access, &RULES);
        let explained = explain(&request, &self.access, &RULES);
        let who = holders(&request, &self.access, &RULES);
        Answers {
            outcome: format!("{:?}", outcome(&request, &self.access, &RULES)),
            decided: Answer {
                decision: format!("{:?}", decided.outcome),
                granted_by: self.assignments(decided.granted_by.iter().map(|a| a.name)),
                denied_by: self.denies(decided.denied_by.iter().map(|d| d.name)),
                condition_failed: self.assignments(decided.condition_failed.iter().map(|a| a.name)),
            },
            considered: explained.role_assignments.len() + explained.held_elsewhere,
            explained: self.explained(&explained),
            holders: self.assignments(who.iter().map(|c| c.assignment)),
        }
    }

    fn explained(&self, explanation: &Explanation) -> Answer {
        let with = |wanted: fn(&Finding) -> bool| {
            let found = explanation.role_assignments.iter().filter(|c| wanted(&c.finding));
            self.assignments(found.map(|c| c.assignment))
        };
        let denies = explanation.deny_assignments.iter().filter(|d| matches!(d.finding, DenyFinding::Denies { .. }));
        Answer {
            decision: format!("{:?}", explanation.decision),
            granted_by: with(|finding| matches!(finding, Finding::Granted { .. })),
            denied_by: self.denies(denies.map(|d| d.deny_assignment)),
            condition_failed: with(|finding| matches!(finding, Finding::ConditionNotSatisfied { .. })),
        }
    }

    fn assignments(&self, names: impl Iterator<Item = Uuid>) -> Vec<String> {
        in_order(names).into_iter().map(|place| self.world.assignments[place].id.clone()).collect()
    }

    fn denies(&self, names: impl Iterator<Item = Uuid>) -> Vec<String> {
        in_order(names).into_iter().map(|place| self.world.denies[place].id.clone()).collect()
    }
}

/// The places that names tell, in the world's order.
fn in_order(names: impl Iterator<Item = Uuid>) -> Vec<usize> {
    let mut places: Vec<usize> =
        names.map(|name| usize::try_from(name.as_u128()).expect("a name is a place")).collect();
    places.sort_unstable();
    places
}

/// Ids that are no GUIDs are their own bytes.
fn guid(id: &str) -> Uuid {
    let mut bytes = [0; 16];
    match id.parse() {
        Ok(guid) => return guid,
        Err(_) => bytes[..id.len()].copy_from_slice(id.to_lowercase().as_bytes()),
    }
    Uuid::from_bytes(bytes)
}

impl Assignment {
    pub(crate) fn row(&self, place: u128) -> RoleAssignment {
        RoleAssignment {
            name: Uuid::from_u128(place),
            scope: Scope::new(&self.scope),
            scope_as_written: self.scope.clone(),
            role_definition_id: guid(self.role.rsplit('/').next().unwrap_or_default()),
            principal_id: guid(&self.principal),
            principal_type: PrincipalType::User,
            condition: self.condition.as_ref().map(Written::text),
            condition_version: None,
            description: None,
            delegated_managed_identity_resource_id: None,
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        }
    }
}

impl Role {
    fn row(&self) -> RoleDefinition {
        RoleDefinition {
            id: guid(&self.id),
            role_name: self.id.clone(),
            kind: RoleKind::Custom,
            description: String::new(),
            permissions: self.blocks.iter().map(Block::row).collect(),
            assignable_scopes: Vec::new(),
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        }
    }
}

impl Block {
    fn row(&self) -> Permission {
        Permission {
            actions: self.actions.clone(),
            not_actions: self.not_actions.clone(),
            data_actions: self.data_actions.clone(),
            not_data_actions: self.not_data_actions.clone(),
            condition: self.condition.as_ref().map(Written::text),
            condition_version: None,
        }
    }
}

impl Deny {
    pub(crate) fn row(&self, place: u128) -> DenyAssignment {
        let principal = |id: &String| DeniedPrincipal { id: guid(id), kind: String::new() };
        DenyAssignment {
            name: Uuid::from_u128(place),
            display_name: self.id.clone(),
            description: None,
            permissions: self.blocks.iter().map(Block::row).collect(),
            scope: Scope::new(&self.scope),
            scope_as_written: self.scope.clone(),
            principals: self.principals.iter().map(principal).collect(),
            exclude_principals: self.excluded.iter().map(principal).collect(),
            do_not_apply_to_child_scopes: self.own_scope_only,
            is_system_protected: false,
            effect: if self.audits { DenyEffect::Audit } else { DenyEffect::Enforced },
            condition: None,
            condition_version: None,
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        }
    }
}
