//! The decision: tri-state, as Azure's check-access API answers (RBAC A1).

use std::sync::Arc;

use model::{AccessControl, DenyAssignment, Held, RoleAssignment};
use serde::Serialize;

use crate::condition::Truth;
use crate::deny::Denial;
use crate::{Request, Rules};

/// The answer. The words are those of Azure's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// A grant reaches it and nothing denies it.
    Allowed,
    /// No grant reaches it.
    NotAllowed,
    /// A deny assignment applies, whatever is granted.
    Denied,
}

/// An outcome and what led to it. The lists are in no order that means anything.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<'a> {
    /// The answer.
    pub outcome: Outcome,
    /// Every assignment that allows the request by itself.
    pub granted_by: Vec<&'a Arc<RoleAssignment>>,
    /// Every deny assignment that applies.
    pub denied_by: Vec<&'a Arc<DenyAssignment>>,
    /// Every assignment whose role lists the action and whose condition, or the role's own, is not satisfied.
    pub condition_failed: Vec<&'a Arc<RoleAssignment>>,
}

/// What one assignment does about a request that it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Grants,
    ConditionFailed,
    Nothing,
}

/// Decides a request, and names everything that bears on the answer.
///
/// Denies come first and no grant outweighs one. Grants add up: one is enough. Each counts only where the assignment's
/// condition and that of the role's block hold both; what is open does not hold.
#[must_use]
pub fn decide<'a>(request: &'a Request<'a>, access: &'a AccessControl, rules: &Rules) -> Decision<'a> {
    let denied_by = access.deny_assignments.reaching(request.place).filter(|d| denies(request, d, rules));
    let mut decision = Decision {
        outcome: Outcome::NotAllowed,
        granted_by: Vec::new(),
        denied_by: denied_by.collect(),
        condition_failed: Vec::new(),
    };
    for held in access.role_assignments.candidates(request.principals, request.place) {
        match standing(request, held, access, rules) {
            Standing::Grants => decision.granted_by.push(&held.assignment),
            Standing::ConditionFailed => decision.condition_failed.push(&held.assignment),
            Standing::Nothing => {}
        }
    }
    if !decision.denied_by.is_empty() {
        decision.outcome = Outcome::Denied;
    } else if !decision.granted_by.is_empty() {
        decision.outcome = Outcome::Allowed;
    }
    decision
}

/// The outcome alone: the same rules as [`decide`], at the least cost. It stops at the first deny or grant that decides.
#[must_use]
pub fn outcome(request: &Request<'_>, access: &AccessControl, rules: &Rules) -> Outcome {
    let denied = &access.deny_assignments;
    if !denied.is_empty() && denied.reaching(request.place).any(|d| denies(request, d, rules)) {
        return Outcome::Denied;
    }
    let held = access.role_assignments.candidates(request.principals, request.place);
    match held.into_iter().any(|a| standing(request, a, access, rules) == Standing::Grants) {
        true => Outcome::Allowed,
        false => Outcome::NotAllowed,
    }
}

fn denies(request: &Request<'_>, deny: &Arc<DenyAssignment>, rules: &Rules) -> bool {
    matches!(rules.deny(deny).denial(request), Denial::Applies { .. })
}

/// What an assignment of the caller does about the request. What costs least is asked first.
fn standing(request: &Request<'_>, held: &Held, access: &AccessControl, rules: &Rules) -> Standing {
    let assignment = &held.assignment;
    let Some(role) = rules.role(access, held.role_definition_id) else {
        return Standing::Nothing;
    };
    let facts = request.facts();
    let mut listing = role.compiled().blocks_listing(request).peekable();
    if listing.peek().is_none() || !request.place.is_within(&assignment.scope) {
        return Standing::Nothing;
    }
    let by_role = listing.any(|block| match block.condition() {
        None => true,
        Some(Ok(condition)) => condition.evaluate(&facts) == Truth::True,
        Some(Err(_)) => false,
    });
    let by_assignment = || match rules.condition(assignment).as_deref() {
        None => true,
        Some(Ok(condition)) => condition.evaluate(&facts) == Truth::True,
        Some(Err(_)) => false,
    };
    match by_role && by_assignment() {
        true => Standing::Grants,
        false => Standing::ConditionFailed,
    }
}
