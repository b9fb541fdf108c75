//! The decision: tri-state, as Azure's check-access API answers (RBAC A1).

use model::{RoleAssignment, Scope};
use serde::Serialize;

use crate::{Action, Allowance, CompiledRole, Plane};

/// What a caller asks to do, and where.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The operation.
    pub action: &'a Action,
    /// Which of a role's lists count.
    pub plane: Plane,
    /// The place. Nothing need exist there yet: creating is authorised at the future id.
    pub scope: &'a Scope,
    /// The management groups above, in any order, by today's tree: a path does not show them.
    pub above: &'a [Scope],
}

impl Request<'_> {
    /// Whether something assigned at `scope` reaches this request: at the place itself or anywhere above it.
    #[must_use]
    pub fn is_within(&self, scope: &Scope) -> bool {
        scope.contains(self.scope) || self.above.contains(scope)
    }
}

/// A role assignment together with its role.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    /// Who holds what, where.
    pub assignment: &'a RoleAssignment,
    /// The role that the assignment names.
    pub role: &'a CompiledRole,
}

impl<'a> Grant<'a> {
    /// What this grant says about the request; none where it is assigned elsewhere. The condition of the assignment
    /// counts like one of the role's: both have to hold, and the assignment's is the one named.
    #[must_use]
    pub fn allowance(&self, request: &Request<'_>) -> Option<Allowance<'a>> {
        if !request.is_within(&self.assignment.scope) {
            return None;
        }
        let allowance = self.role.allows(request.action, request.plane);
        Some(match (allowance.allowing_action(), &self.assignment.condition) {
            (Some(action), Some(condition)) => Allowance::Conditional { action, condition },
            _ => allowance,
        })
    }
}

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

/// An outcome and what led to it. The lists keep the order of the grants.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<'a> {
    /// The answer.
    pub outcome: Outcome,
    /// Every assignment that allows the request by itself.
    pub granted_by: Vec<&'a RoleAssignment>,
    /// Every assignment that would, were its condition to hold. Conditions are not evaluated yet and count as not
    /// satisfied, so that an unread condition never lets anybody in.
    pub condition_failed: Vec<&'a RoleAssignment>,
}

/// Decides a request from the grants of the caller and of every group that holds the caller, directly or not.
///
/// Grants add up: one is enough. A grant that carries a condition, on the assignment or on the role's block, does not
/// allow anything until conditions are evaluated.
pub fn decide<'a>(request: &Request<'_>, grants: impl IntoIterator<Item = Grant<'a>>) -> Decision<'a> {
    let mut granted_by = Vec::new();
    let mut condition_failed = Vec::new();
    for grant in grants {
        match grant.allowance(request) {
            Some(Allowance::Granted { .. }) => granted_by.push(grant.assignment),
            Some(Allowance::Conditional { .. }) => condition_failed.push(grant.assignment),
            Some(Allowance::TakenOut { .. } | Allowance::Absent) | None => {}
        }
    }
    let outcome = if granted_by.is_empty() { Outcome::NotAllowed } else { Outcome::Allowed };
    Decision { outcome, granted_by, condition_failed }
}

/// The first assignment that allows the request: the same rule as [`decide`] for callers that need no reasons. Stops
/// at the first and allocates nothing.
pub fn first_grant<'a>(
    request: &Request<'_>,
    grants: impl IntoIterator<Item = Grant<'a>>,
) -> Option<&'a RoleAssignment> {
    grants
        .into_iter()
        .find(|grant| matches!(grant.allowance(request), Some(Allowance::Granted { .. })))
        .map(|grant| grant.assignment)
}

#[cfg(test)]
pub(crate) mod tests {
    use uuid::{Uuid, uuid};

    use super::*;
    use crate::{PUBLISHED, compiled_builtin_role};

    pub(crate) const READER: Uuid = uuid!("acdd72a7-3385-48ef-bd42-f606fba81ae7");
    pub(crate) const CONTRIBUTOR: Uuid = uuid!("b24988ac-6180-42a0-ab88-20f7382dd24c");
    /// The role of Azure's own that carries a condition on its only block.
    const KEY_VAULT_DATA_ACCESS_ADMINISTRATOR: Uuid = uuid!("8b54135c-b56d-4d72-a534-26097cfdc8d8");
    const READ: &str = "Microsoft.Compute/virtualMachines/read";
    const VM: &str = "/subscriptions/s/resourceGroups/rg1/providers/Microsoft.Compute/virtualMachines/vm1";

    /// An assignment whose name is `n`.
    pub(crate) fn assignment(n: u128, role: Uuid, scope: &str) -> RoleAssignment {
        RoleAssignment {
            name: Uuid::from_u128(n),
            scope: Scope::new(scope),
            scope_as_written: scope.to_owned(),
            role_definition_id: role,
            principal_id: Uuid::from_u128(77),
            principal_type: model::PrincipalType::User,
            condition: None,
            condition_version: None,
            description: None,
            delegated_managed_identity_resource_id: None,
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        }
    }

    pub(crate) fn grants(assignments: &[RoleAssignment]) -> impl Iterator<Item = Grant<'_>> {
        assignments
            .iter()
            .map(|assignment| Grant { assignment, role: compiled_builtin_role(assignment.role_definition_id).unwrap() })
    }

    /// The names of the assignments that grant, checked against the short cut.
    fn granted(assignments: &[RoleAssignment], action: &str, scope: &str, above: &[&str]) -> Vec<u128> {
        let above: Vec<_> = above.iter().map(|s| Scope::new(s)).collect();
        let request =
            Request { action: &Action::new(action), plane: Plane::Control, scope: &Scope::new(scope), above: &above };
        let decision = decide(&request, grants(assignments));
        assert_eq!(first_grant(&request, grants(assignments)), decision.granted_by.first().copied());
        assert_eq!(decision.outcome == Outcome::Allowed, !decision.granted_by.is_empty());
        decision.granted_by.iter().map(|a| a.name.as_u128()).collect()
    }

    #[test]
    fn scopes_hold_what_is_below_by_whole_segments() {
        for (scope, reaches) in [
            ("/", true),
            ("/subscriptions/S", true),
            ("/subscriptions/s2", false),
            ("/subscriptions/s/resourcegroups/RG1/", true),
            ("/subscriptions/s/resourceGroups/rg", false),
            ("/subscriptions/s/resourceGroups/rg10", false),
            (VM, true),
            ("/subscriptions/s/resourceGroups/rg1/providers/Microsoft.Compute/virtualMachines/vm", false),
            ("/subscriptions/s/resourceGroups/rg1/providers/Microsoft.Compute/virtualMachines/vm1/extensions/e", false),
            ("/providers/Microsoft.Management/managementGroups/mg", true),
            ("/providers/Microsoft.Management/managementGroups/other", false),
        ] {
            let above = ["/providers/Microsoft.Management/managementGroups/MG"];
            let expected = if reaches { vec![1] } else { vec![] };
            assert_eq!(granted(&[assignment(1, READER, scope)], READ, VM, &above), expected, "{scope}");
        }
    }

    #[test]
    fn a_role_on_a_resource_reaches_children_and_extensions() {
        let held = [assignment(1, READER, VM)];
        for below in ["/extensions/e", "/extensions", "/providers/Microsoft.Authorization/locks/l"] {
            assert_eq!(granted(&held, READ, &format!("{VM}{below}"), &[]), [1], "{below}");
        }
    }

    #[test]
    fn grants_add_up_and_not_actions_never_deny() {
        let held =
            [assignment(1, CONTRIBUTOR, "/"), assignment(2, READER, "/"), assignment(3, READER, "/subscriptions/x")];
        assert_eq!(granted(&held, READ, VM, &[]), [1, 2]);
        assert_eq!(granted(&held, "Microsoft.Compute/virtualMachines/write", VM, &[]), [1]);
        assert_eq!(granted(&held, "Microsoft.Authorization/locks/write", VM, &[]), [0; 0]);
        assert_eq!(granted(&[], READ, VM, &[]), [0; 0]);
    }

    #[test]
    fn a_condition_that_is_not_evaluated_grants_nothing() {
        let conditional = RoleAssignment { condition: Some("true".to_owned()), ..assignment(1, READER, "/") };
        let by_role = assignment(2, KEY_VAULT_DATA_ACCESS_ADMINISTRATOR, "/");
        let held = [conditional, by_role, assignment(3, CONTRIBUTOR, "/")];
        let names = |found: &[&RoleAssignment]| found.iter().map(|a| a.name.as_u128()).collect::<Vec<_>>();
        for (action, granted, failed) in [
            (READ, vec![3], vec![1]),
            ("Microsoft.Authorization/roleAssignments/write", vec![], vec![2]),
            ("Microsoft.KeyVault/vaults/write", vec![3], vec![]),
        ] {
            let request =
                Request { action: &Action::new(action), plane: Plane::Control, scope: &Scope::new(VM), above: &[] };
            let decision = decide(&request, grants(&held));
            assert_eq!((names(&decision.granted_by), names(&decision.condition_failed)), (granted, failed), "{action}");
        }
    }
}
