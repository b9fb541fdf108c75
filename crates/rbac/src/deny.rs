//! Deny assignments made ready to be asked (RBAC A6).

use std::collections::HashSet;

use model::{DenyAssignment, DenyEffect, EVERYONE};
use uuid::Uuid;

use crate::Request;
use crate::condition::{Condition, ConditionError, Facts, Truth};
use crate::role::Block;

/// What no user's deny assignment stops, whatever its patterns match: whoever holds the right takes it away again (RBAC
/// A6). Those of Azure's own stop this, too.
const NEVER_DENIED: [&str; 2] =
    ["microsoft.authorization/denyassignments/delete", "microsoft.authorization/denyassignments/write"];

/// A deny assignment with its patterns compiled.
pub(crate) struct CompiledDeny {
    blocks: Box<[Block]>,
    principals: HashSet<Uuid>,
    excluded: HashSet<Uuid>,
    is_enforced: bool,
    is_system_protected: bool,
    condition: Option<Result<Condition, ConditionError>>,
}

/// What a deny assignment that reaches the place does about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denial<'d> {
    /// It denies.
    Applies { action: &'d str },
    /// It would, and is only there to be watched.
    Audited,
    /// It names the caller and excepts it, or a group that holds it.
    Excepted,
    /// It names neither the caller nor a group that holds it.
    SomebodyElse,
    /// It says nothing about the action.
    OtherAction,
    /// Its condition does not hold.
    ConditionFalse,
}

impl CompiledDeny {
    pub(crate) fn new(deny: &DenyAssignment) -> Self {
        Self {
            blocks: deny.permissions.iter().map(Block::compile).collect(),
            principals: deny.principals.iter().map(|p| p.id).collect(),
            excluded: deny.exclude_principals.iter().map(|p| p.id).collect(),
            is_enforced: deny.effect == DenyEffect::Enforced,
            is_system_protected: deny.is_system_protected,
            condition: deny.condition.as_deref().map(Condition::parse),
        }
    }

    /// What it does about a request at a place that it reaches.
    pub(crate) fn denial(&self, request: &Request<'_>) -> Denial<'_> {
        let named =
            |among: &HashSet<Uuid>| among.contains(&EVERYONE) || request.principals.iter().any(|id| among.contains(id));
        let facts = request.facts();
        let mut listing = self.blocks.iter().filter_map(|block| Some((block, block.listing(request)?)));
        if !named(&self.principals) {
            return Denial::SomebodyElse;
        }
        if !self.is_system_protected && NEVER_DENIED.contains(&request.action.lower()) {
            return Denial::OtherAction;
        }
        let Some((block, action)) = listing.next() else {
            return Denial::OtherAction;
        };
        if named(&self.excluded) {
            return Denial::Excepted;
        }
        let holds = |block: &Block| may_hold(self.condition.as_ref(), &facts) && may_hold(block.condition(), &facts);
        let action = if holds(block) { Some(action) } else { listing.find(|(b, _)| holds(b)).map(|(_, a)| a) };
        match action {
            Some(_) if !self.is_enforced => Denial::Audited,
            Some(action) => Denial::Applies { action },
            None => Denial::ConditionFalse,
        }
    }
}

/// Whether a condition leaves the denial standing: only one that is plainly false does not. What is open, or cannot be
/// read, must not let anybody in.
fn may_hold(condition: Option<&Result<Condition, ConditionError>>, facts: &Facts<'_>) -> bool {
    match condition {
        Some(Ok(condition)) => condition.evaluate(facts) != Truth::False,
        Some(Err(_)) | None => true,
    }
}
