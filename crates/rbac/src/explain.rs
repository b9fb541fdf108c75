//! Why: of everything that could bear on a request, what it does about it.

use std::sync::Arc;

use model::{AccessControl, DenyAssignment, RoleAssignment};
use serde::Serialize;
use uuid::Uuid;

use crate::condition::{Condition, ConditionError, Trace, Truth};
use crate::deny::Denial;
use crate::rules::Role;
use crate::{Allowance, Outcome, Request, Rules, outcome};

/// An answer with its reasons.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The answer.
    pub decision: Outcome,
    /// Deny assignments that reach the place, those that apply first.
    pub deny_assignments: Vec<ConsideredDeny>,
    /// Role assignments of the caller and its groups: those that grant, then the nearest misses.
    pub role_assignments: Vec<Considered>,
    /// How many more the caller holds, all at places that do not reach this one.
    pub held_elsewhere: usize,
}

/// One role assignment and what came of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Considered {
    /// The assignment's GUID.
    pub assignment: Uuid,
    /// Who holds it: the caller, or a group that holds the caller.
    pub principal_id: Uuid,
    /// Where, as its creator wrote it.
    pub scope: String,
    /// The role's GUID.
    pub role_definition_id: Uuid,
    /// The role's name; none where no such role exists.
    pub role_name: Option<String>,
    /// What came of it.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What came of one role assignment. Patterns stand as the role writes them.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "finding", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Finding {
    /// It allows the request.
    Granted {
        /// The pattern that matches.
        action: String,
        /// The conditions that hold, evaluated: of the role's block, of the assignment.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        conditions: Vec<Evaluated>,
    },
    /// It would, were its conditions satisfied.
    ConditionNotSatisfied {
        /// The pattern that matches.
        action: String,
        /// Its conditions, evaluated.
        conditions: Vec<Evaluated>,
    },
    /// The role lists the action and takes it out again.
    TakenOut {
        /// The pattern that matches.
        action: String,
        /// The pattern of `notActions` or `notDataActions` that takes it out.
        not_action: String,
    },
    /// The role lists the action in the other plane only: an Owner reads no blobs.
    WrongPlane {
        /// The pattern that matches there.
        action: String,
    },
    /// It is assigned at a place that is neither the request's nor above it.
    ScopeDoesNotCover {
        /// Whether the role lists the action, so that it would have allowed it there.
        role_allows: bool,
    },
    /// The role does not list the action at all.
    ActionNotInRole,
    /// The role does not exist.
    RoleUnknown,
}

/// A condition and what came of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evaluated {
    /// Whether the role's block or the assignment carries it.
    pub of: ConditionOf,
    /// The condition as written.
    pub condition: String,
    /// What it came to, part by part; none where it cannot be read.
    pub trace: Option<Trace>,
    /// Why it cannot be read.
    pub error: Option<String>,
    /// The attributes that it asks for and that nobody gave.
    pub missing: Vec<String>,
}

/// What carries a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ConditionOf {
    /// A permission block of the role.
    Role,
    /// The assignment.
    Assignment,
}

/// One deny assignment and what came of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsideredDeny {
    /// Its GUID.
    pub deny_assignment: Uuid,
    /// The name people use.
    pub name: String,
    /// Where, as its creator wrote it.
    pub scope: String,
    /// What came of it.
    #[serde(flatten)]
    pub finding: DenyFinding,
}

/// What came of one deny assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "camelCase")]
pub enum DenyFinding {
    /// It denies the request.
    Denies {
        /// The pattern that matches.
        action: String,
    },
    /// It would, but only audits.
    AuditOnly,
    /// It excepts the caller, or a group that holds it.
    Excepted,
    /// Its condition does not hold.
    ConditionFalse,
    /// It says nothing about the action.
    OtherAction,
    /// It names neither the caller nor a group that holds it.
    SomebodyElse,
}

/// How many assignments at other places are told of one by one.
const MOST_ELSEWHERE: usize = 20;

/// Says of everything that could bear on a request what it does about it. Agrees with [`decide`](crate::decide), word
/// for word: a test asks both.
#[must_use]
pub fn explain(request: &Request<'_>, access: &AccessControl, rules: &Rules) -> Explanation {
    let mut deny_assignments: Vec<_> =
        access.deny_assignments.reaching(request.place).map(|deny| considered_deny(request, deny, rules)).collect();
    deny_assignments.sort_by_key(|d| (d.finding.distance(), d.deny_assignment));
    let held = request.principals.iter().flat_map(|id| access.role_assignments.of(*id));
    let (here, elsewhere): (Vec<_>, Vec<_>) = held.partition(|a| request.place.is_within(&a.scope));
    let consider = |a: &Arc<RoleAssignment>| considered(request, a, access, rules);
    let sorted = |assignments: Vec<&Arc<RoleAssignment>>| {
        let mut all: Vec<_> = assignments.into_iter().map(consider).collect();
        all.sort_by_key(|c| (c.finding.distance(), c.assignment));
        all
    };
    let mut role_assignments = sorted(here);
    let mut elsewhere = sorted(elsewhere);
    let held_elsewhere = elsewhere.len().saturating_sub(MOST_ELSEWHERE);
    elsewhere.truncate(MOST_ELSEWHERE);
    role_assignments.append(&mut elsewhere);
    Explanation { decision: outcome(request, access, rules), deny_assignments, role_assignments, held_elsewhere }
}

/// Every role assignment, whoever holds it, by which `action` is allowed at `place`, with what came of it: those that
/// grant, and those whose condition leaves it open because nothing is known of the caller's attributes.
#[must_use]
pub fn holders(request: &Request<'_>, access: &AccessControl, rules: &Rules) -> Vec<Considered> {
    let all = access.role_assignments.reaching_anyone(request.place);
    let mut found: Vec<_> = all.map(|a| considered(request, a, access, rules)).collect();
    found.retain(|c| matches!(c.finding, Finding::Granted { .. } | Finding::ConditionNotSatisfied { .. }));
    found.sort_by_key(|c| (c.finding.distance(), c.assignment));
    found
}

impl Finding {
    /// How far from allowing the request.
    fn distance(&self) -> u8 {
        match self {
            Self::Granted { .. } => 0,
            Self::ConditionNotSatisfied { .. } => 1,
            Self::TakenOut { .. } => 2,
            Self::WrongPlane { .. } => 3,
            Self::ScopeDoesNotCover { role_allows: true } => 4,
            Self::ActionNotInRole => 5,
            Self::ScopeDoesNotCover { role_allows: false } => 6,
            Self::RoleUnknown => 7,
        }
    }
}

impl DenyFinding {
    fn distance(&self) -> u8 {
        match self {
            Self::Denies { .. } => 0,
            Self::AuditOnly => 1,
            Self::Excepted => 2,
            Self::ConditionFalse => 3,
            Self::OtherAction => 4,
            Self::SomebodyElse => 5,
        }
    }
}

fn considered_deny(request: &Request<'_>, deny: &Arc<DenyAssignment>, rules: &Rules) -> ConsideredDeny {
    let finding = match rules.deny(deny).denial(request) {
        Denial::Applies { action } => DenyFinding::Denies { action: action.to_owned() },
        Denial::Audited => DenyFinding::AuditOnly,
        Denial::Excepted => DenyFinding::Excepted,
        Denial::ConditionFalse => DenyFinding::ConditionFalse,
        Denial::OtherAction => DenyFinding::OtherAction,
        Denial::SomebodyElse => DenyFinding::SomebodyElse,
    };
    ConsideredDeny {
        deny_assignment: deny.name,
        name: deny.display_name.clone(),
        scope: deny.scope_as_written.clone(),
        finding,
    }
}

fn considered(
    request: &Request<'_>,
    assignment: &Arc<RoleAssignment>,
    access: &AccessControl,
    rules: &Rules,
) -> Considered {
    let role = rules.role(access, assignment.role_definition_id);
    let finding = match role.as_ref().map(Role::compiled) {
        None => Finding::RoleUnknown,
        Some(role) if !request.place.is_within(&assignment.scope) => {
            Finding::ScopeDoesNotCover { role_allows: role.listing(request).next().is_some() }
        }
        Some(role) => match role.allows(request.action, request.plane) {
            Allowance::Granted { .. } | Allowance::Conditional { .. } => {
                by_conditions(request, assignment, role, rules)
            }
            Allowance::TakenOut { action, not_action } => {
                Finding::TakenOut { action: action.to_owned(), not_action: not_action.to_owned() }
            }
            Allowance::Absent => match role.allows(request.action, request.plane.other()).allowing_action() {
                Some(action) => Finding::WrongPlane { action: action.to_owned() },
                None => Finding::ActionNotInRole,
            },
        },
    };
    Considered {
        assignment: assignment.name,
        principal_id: assignment.principal_id,
        scope: assignment.scope_as_written.clone(),
        role_definition_id: assignment.role_definition_id,
        role_name: role.as_ref().map(|role| role.compiled().name().to_owned()),
        finding,
    }
}

/// What comes of an assignment whose role lists what is asked: its conditions tell. The block that holds is told of, or
/// else the first.
fn by_conditions(
    request: &Request<'_>,
    assignment: &Arc<RoleAssignment>,
    role: &crate::CompiledRole,
    rules: &Rules,
) -> Finding {
    let own = rules.condition(assignment);
    let own: Vec<_> =
        own.iter().map(|c| evaluated(request, ConditionOf::Assignment, assignment_text(assignment), c)).collect();
    let mut blocks: Vec<_> = role
        .listing(request)
        .map(|(block, action)| {
            let of_role = block.condition().map(|c| evaluated(request, ConditionOf::Role, block.condition_text(), c));
            (action, of_role)
        })
        .collect();
    blocks.sort_by_key(|(_, condition)| !condition.as_ref().is_none_or(Evaluated::holds));
    let (action, of_role) = blocks.into_iter().next().unwrap_or_default();
    let conditions: Vec<_> = of_role.into_iter().chain(own).collect();
    let action = action.to_owned();
    match conditions.iter().all(Evaluated::holds) {
        true => Finding::Granted { action, conditions },
        false => Finding::ConditionNotSatisfied { action, conditions },
    }
}

fn assignment_text(assignment: &RoleAssignment) -> &str {
    assignment.condition.as_deref().unwrap_or_default()
}

fn evaluated(
    request: &Request<'_>,
    of: ConditionOf,
    text: &str,
    condition: &Result<Condition, ConditionError>,
) -> Evaluated {
    let trace = condition.as_ref().ok().map(|c| c.trace(&request.facts()));
    Evaluated {
        of,
        condition: text.to_owned(),
        missing: trace.as_ref().map(Trace::missing).unwrap_or_default(),
        error: condition.as_ref().err().map(ToString::to_string),
        trace,
    }
}

impl Evaluated {
    fn holds(&self) -> bool {
        self.trace.as_ref().is_some_and(|trace| trace.result == Truth::True)
    }
}
