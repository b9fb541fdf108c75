//! Roles made ready to be asked.

use std::sync::OnceLock;

use model::{Permission, RoleDefinition};
use uuid::Uuid;

use crate::condition::{Condition, ConditionError};
use crate::pattern_set::PatternSet;
use crate::{Action, OperationSet, Plane, Request, Universe};

/// A role definition with its patterns compiled: made once, asked often.
#[derive(Debug)]
pub struct CompiledRole {
    id: Uuid,
    name: Box<str>,
    blocks: Box<[Block]>,
}

/// What a role says about an action in one plane.
///
/// The blocks of a role add up, and a block's `notActions` take away from that block alone (RBAC A1), so the best
/// answer of any block is the role's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance<'r> {
    /// A block allows it without a condition.
    Granted {
        /// The pattern that matches, as the role writes it.
        action: &'r str,
    },
    /// A block allows it, provided that a condition holds.
    Conditional {
        /// The pattern that matches, as the role writes it.
        action: &'r str,
        /// The condition.
        condition: &'r str,
    },
    /// A block lists it and takes it out again.
    TakenOut {
        /// The pattern that matches, as the role writes it.
        action: &'r str,
        /// The pattern of `notActions` or `notDataActions` that matches as well.
        not_action: &'r str,
    },
    /// No block lists it.
    Absent,
}

impl<'r> Allowance<'r> {
    /// The pattern by which the role allows the action, were every condition to hold.
    #[must_use]
    pub fn allowing_action(self) -> Option<&'r str> {
        match self {
            Self::Granted { action } | Self::Conditional { action, .. } => Some(action),
            Self::TakenOut { .. } | Self::Absent => None,
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Granted { .. } => 3,
            Self::Conditional { .. } => 2,
            Self::TakenOut { .. } => 1,
            Self::Absent => 0,
        }
    }

    /// The better of the two; `self` where they are alike.
    fn or(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }
}

impl CompiledRole {
    /// Compiles a role's patterns.
    #[must_use]
    pub fn new(role: &RoleDefinition) -> Self {
        Self {
            id: role.id,
            name: role.role_name.as_str().into(),
            blocks: role.permissions.iter().map(Block::compile).collect(),
        }
    }

    /// The GUID that names the role.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The name people use.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The blocks that list what is asked.
    pub(crate) fn blocks_listing<'r>(&'r self, request: &Request<'_>) -> impl Iterator<Item = &'r Block> {
        self.blocks.iter().filter(|block| block.lists(request))
    }

    /// The blocks that list what is asked, each with the pattern that does.
    pub(crate) fn listing<'r>(&'r self, request: &Request<'_>) -> impl Iterator<Item = (&'r Block, &'r str)> {
        self.blocks.iter().filter_map(|block| Some((block, block.listing(request)?)))
    }

    /// What the role says about `action`; control and data plane never mix.
    #[must_use]
    pub fn allows(&self, action: &Action, plane: Plane) -> Allowance<'_> {
        self.blocks.iter().fold(Allowance::Absent, |best, block| match best {
            Allowance::Granted { .. } => best,
            _ => best.or(block.allows(action, plane)),
        })
    }
}

/// One permission block.
#[derive(Debug)]
pub(crate) struct Block {
    control: Operations,
    data: Operations,
    condition: Option<Result<Condition, ConditionError>>,
    condition_text: Option<Box<str>>,
}

/// What a block lists in one plane.
#[derive(Debug)]
struct Operations {
    actions: PatternSet,
    not_actions: PatternSet,
    /// What they come to for the operations that are known, worked out at the first decision: from then on a decision
    /// about one of those is one bit, however many patterns there are.
    known: OnceLock<OperationSet<'static>>,
}

impl Operations {
    fn compile(actions: &[String], not_actions: &[String]) -> Self {
        let (actions, not_actions) = (PatternSet::compile(actions), PatternSet::compile(not_actions));
        Self { actions, not_actions, known: OnceLock::new() }
    }

    /// Whether they list the action and do not take it out again.
    fn list(&self, action: &Action) -> bool {
        match action.known() {
            Some(place) => self.known.get_or_init(|| self.all_known()).holds(place),
            None => self.actions.find(action).is_some() && self.not_actions.find(action).is_none(),
        }
    }

    fn all_known(&self) -> OperationSet<'static> {
        let mut listed = Universe::known().named_by(self.actions.written());
        listed.remove(&Universe::known().named_by(self.not_actions.written()));
        listed
    }
}

impl Block {
    pub(crate) fn compile(permission: &Permission) -> Self {
        Self {
            control: Operations::compile(&permission.actions, &permission.not_actions),
            data: Operations::compile(&permission.data_actions, &permission.not_data_actions),
            condition: permission.condition.as_deref().map(Condition::parse),
            condition_text: permission.condition.as_deref().map(Into::into),
        }
    }

    /// The condition on the block; an error where it cannot be read.
    pub(crate) fn condition(&self) -> Option<&Result<Condition, ConditionError>> {
        self.condition.as_ref()
    }

    /// The same as written; empty where there is none.
    pub(crate) fn condition_text(&self) -> &str {
        self.condition_text.as_deref().unwrap_or_default()
    }

    /// Whether the block lists what is asked and does not take it out again.
    pub(crate) fn lists(&self, request: &Request<'_>) -> bool {
        self.operations(request.plane).list(request.action)
    }

    /// The pattern by which the block lists what is asked and does not take it out again.
    pub(crate) fn listing(&self, request: &Request<'_>) -> Option<&str> {
        let operations = self.operations(request.plane);
        let action = operations.actions.find(request.action)?;
        operations.not_actions.find(request.action).is_none().then_some(action)
    }

    fn operations(&self, plane: Plane) -> &Operations {
        match plane {
            Plane::Control => &self.control,
            Plane::Data => &self.data,
        }
    }

    fn allows(&self, action: &Action, plane: Plane) -> Allowance<'_> {
        let operations = self.operations(plane);
        let Some(granting) = operations.actions.find(action) else {
            return Allowance::Absent;
        };
        match (operations.not_actions.find(action), &self.condition_text) {
            (Some(not_action), _) => Allowance::TakenOut { action: granting, not_action },
            (None, Some(condition)) => Allowance::Conditional { action: granting, condition },
            (None, None) => Allowance::Granted { action: granting },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin_roles;

    fn block(actions: &[&str], not_actions: &[&str], condition: Option<&str>) -> Permission {
        let owned = |texts: &[&str]| texts.iter().map(|&t| t.to_owned()).collect();
        Permission {
            actions: owned(actions),
            not_actions: owned(not_actions),
            condition: condition.map(str::to_owned),
            ..Permission::default()
        }
    }

    fn role(permissions: Vec<Permission>) -> CompiledRole {
        CompiledRole::new(&RoleDefinition { permissions, ..builtin_roles()[0].clone() })
    }

    #[test]
    fn not_actions_take_away_from_their_own_block_only() {
        let role = role(vec![block(&["A/*"], &["A/*/write"], None), block(&["A/b/write"], &[], None)]);
        let allows = |action| role.allows(&Action::new(action), Plane::Control);
        assert_eq!(allows("A/b/read"), Allowance::Granted { action: "A/*" });
        assert_eq!(allows("A/b/write"), Allowance::Granted { action: "A/b/write" });
        assert_eq!(allows("A/c/write"), Allowance::TakenOut { action: "A/*", not_action: "A/*/write" });
        assert_eq!(allows("C/d/read"), Allowance::Absent);
    }

    #[test]
    fn a_block_without_a_condition_is_better_than_one_with() {
        let role = role(vec![block(&["A/*"], &[], Some("c")), block(&["A/b/*"], &[], None)]);
        let allows = |action| role.allows(&Action::new(action), Plane::Control);
        assert_eq!(allows("A/b/read"), Allowance::Granted { action: "A/b/*" });
        assert_eq!(allows("A/c/read"), Allowance::Conditional { action: "A/*", condition: "c" });
    }
}
