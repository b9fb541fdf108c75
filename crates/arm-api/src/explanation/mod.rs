//! Why somebody may or may not do something, from a world as it is or was: JSON, as the command line prints it and as
//! tools read it.
//!
//! What it is: [`explain`] answers one question, [`explain_refusal`] one that was asked by a request; [`who_can`] and
//! [`what_can`] turn it round. The reasons are `rbac`'s; here they get names: of people, groups, roles.
//!
//! What it is not: it decides nothing.
//!
//! How to add the next hint: a function in `hints.rs` that knows one way in which people are mistaken.

mod hints;
mod reverse;

use std::collections::{HashSet, VecDeque};

use model::{Place, Scope};
use rbac::{Action, Attributes, Plane, Rules, outcome};
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use crate::refusals::Refusal;
use crate::render::moment;

pub use reverse::{what_can, who_can};

/// A question about rights.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The caller's object id.
    pub principal: Uuid,
    /// The operation.
    pub action: &'a str,
    /// Where.
    pub scope: &'a str,
    /// In which plane.
    pub plane: Plane,
    /// What conditions may ask of the request.
    pub attributes: &'a Attributes,
}

/// How many roles are proposed.
const ROLES: usize = 3;

/// The decision with its reasons: every assignment that could bear on it and what came of it, how the caller comes to
/// it, the least roles that would do, and what people in this situation mostly have mistaken.
#[must_use]
pub fn explain(world: &Snapshot, rules: &Rules, question: &Question<'_>) -> Value {
    let Question { principal, action, scope, plane, attributes } = *question;
    let principals = principals(world, principal);
    let scope_asked = Scope::new(scope);
    let above = world.management_groups_above(&scope_asked);
    let asked = Action::new(action);
    let request = rbac::Request {
        principals: &principals,
        action: &asked,
        plane,
        place: &Place::new(&scope_asked, &above),
        sub_operation: None,
        attributes,
    };
    let explanation = rbac::explain(&request, world.access(), rules);
    let considered = explanation.role_assignments.iter().map(|considered| {
        let mut shown = json!(considered);
        shown["through"] = json!(through(world, principal, considered.principal_id));
        shown
    });
    let least = rbac::least_roles(&asked, plane, ROLES);
    let least = least.iter().map(
        |(role, operations)| json!({"roleName": role.name(), "roleDefinitionId": role.id(), "operations": operations}),
    );
    json!({
        "decision": explanation.decision,
        "principalId": principal,
        "principalName": name(world, principal),
        "action": action,
        "scope": scope,
        "isDataAction": plane == Plane::Data,
        "roleAssignments": considered.collect::<Vec<_>>(),
        "heldElsewhere": explanation.held_elsewhere,
        "denyAssignments": explanation.deny_assignments,
        "leastRoles": least.collect::<Vec<_>>(),
        "hints": hints::hints(world, rules, &request, principal, &explanation),
    })
}

/// A refusal with its reasons, check by check, as the world was then; and whether it would be refused now.
#[must_use]
pub fn explain_refusal(refusal: &Refusal, now: &Snapshot, rules: &Rules) -> Value {
    let checks = refusal.refused.iter().map(|check| {
        let question = Question {
            principal: refusal.principal,
            action: &check.action,
            scope: &check.scope,
            plane: Plane::Control,
            attributes: &refusal.attributes,
        };
        let mut told = explain(&refusal.world, rules, &question);
        told["now"] = json!(decision(now, rules, &question));
        told
    });
    json!({
        "at": moment(refusal.at),
        "principalId": refusal.principal,
        "principalName": name(&refusal.world, refusal.principal),
        "tokenIssuedAt": refusal.token_issued_at.map(moment),
        "checks": checks.collect::<Vec<_>>(),
        "hints": hints::of_the_request(refusal, now),
    })
}

fn decision(world: &Snapshot, rules: &Rules, question: &Question<'_>) -> rbac::Outcome {
    let scope = Scope::new(question.scope);
    let above = world.management_groups_above(&scope);
    let request = rbac::Request {
        principals: &principals(world, question.principal),
        action: &Action::new(question.action),
        plane: question.plane,
        place: &Place::new(&scope, &above),
        sub_operation: None,
        attributes: question.attributes,
    };
    outcome(&request, world.access(), rules)
}

/// The principal and every group that holds it; nobody, where the directory does not have it.
pub(super) fn principals(world: &Snapshot, principal: Uuid) -> Vec<Uuid> {
    crate::Caller::known_by_id(principal).principals(world)
}

/// The name that people know an object by.
fn name(world: &Snapshot, id: Uuid) -> Option<String> {
    world.object(id).map(|object| object.display_name().to_owned())
}

/// The groups on the way from a member to a group that holds it, the member's own first; empty for the member itself.
fn through(world: &Snapshot, member: Uuid, group: Uuid) -> Vec<String> {
    let mut ways = VecDeque::from([vec![member]]);
    let mut seen = HashSet::from([member]);
    while let Some(way) = ways.pop_front() {
        let last = way.last().copied().unwrap_or(member);
        if last == group {
            return way.iter().skip(1).map(|id| name(world, *id).unwrap_or_else(|| id.to_string())).collect();
        }
        for next in world.groups_of(last) {
            if seen.insert(next) {
                ways.push_back(way.iter().copied().chain([next]).collect());
            }
        }
    }
    Vec::new()
}
