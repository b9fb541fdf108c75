//! Why: of every grant, what it does for a request.

use serde::Serialize;
use uuid::Uuid;

use crate::{Allowance, Grant, Request};

/// One assignment and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Considered<'a> {
    /// The assignment's GUID.
    pub assignment: Uuid,
    /// Who holds it: the caller, or a group that holds the caller.
    pub principal_id: Uuid,
    /// Where, as its creator wrote it.
    pub scope: &'a str,
    /// The role's GUID.
    pub role_definition_id: Uuid,
    /// The role's name.
    pub role_name: &'a str,
    /// What came of it.
    #[serde(flatten)]
    pub finding: Finding<'a>,
}

/// What came of one assignment. Patterns stand as the role writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Finding<'a> {
    /// It allows the request.
    Granted {
        /// The pattern that matches.
        action: &'a str,
    },
    /// It is assigned at a place that is neither the request's nor above it.
    ScopeDoesNotCover {
        /// Whether the role lists the action, so that it would have allowed it there.
        role_allows: bool,
    },
    /// The role does not list the action at all.
    ActionNotInRole,
    /// The role lists the action and takes it out again.
    TakenOut {
        /// The pattern that matches.
        action: &'a str,
        /// The pattern of `notActions` or `notDataActions` that takes it out.
        not_action: &'a str,
    },
    /// The role lists the action in the other plane only: an Owner reads no blobs.
    WrongPlane {
        /// The pattern that matches there.
        action: &'a str,
    },
    /// It would allow the request under a condition, and conditions are not evaluated yet.
    ConditionNotEvaluated {
        /// The pattern that matches.
        action: &'a str,
        /// The condition: the assignment's, or else the role's.
        condition: &'a str,
    },
}

/// Says of every grant, in the order given, what it does for the request. Agrees with [`decide`](crate::decide): both
/// read [`Grant::allowance`].
pub fn explain<'a>(request: &Request<'_>, grants: impl IntoIterator<Item = Grant<'a>>) -> Vec<Considered<'a>> {
    grants
        .into_iter()
        .map(|grant| Considered {
            assignment: grant.assignment.name,
            principal_id: grant.assignment.principal_id,
            scope: &grant.assignment.scope_as_written,
            role_definition_id: grant.assignment.role_definition_id,
            role_name: grant.role.name(),
            finding: finding(request, &grant),
        })
        .collect()
}

fn finding<'a>(request: &Request<'_>, grant: &Grant<'a>) -> Finding<'a> {
    let role_allows = |plane| grant.role.allows(request.action, plane).allowing_action();
    match grant.allowance(request) {
        None => Finding::ScopeDoesNotCover { role_allows: role_allows(request.plane).is_some() },
        Some(Allowance::Granted { action }) => Finding::Granted { action },
        Some(Allowance::Conditional { action, condition }) => Finding::ConditionNotEvaluated { action, condition },
        Some(Allowance::TakenOut { action, not_action }) => Finding::TakenOut { action, not_action },
        Some(Allowance::Absent) => match role_allows(request.plane.other()) {
            Some(action) => Finding::WrongPlane { action },
            None => Finding::ActionNotInRole,
        },
    }
}

#[cfg(test)]
mod tests {
    use model::{RoleAssignment, Scope};
    use serde_json::json;

    use super::*;
    use crate::decide::tests::{CONTRIBUTOR, READER, assignment, grants};
    use crate::{Action, Plane};

    fn findings(assignments: &[RoleAssignment], action: &str, plane: Plane) -> serde_json::Value {
        let request =
            Request { action: &Action::new(action), plane, scope: &Scope::new("/subscriptions/s"), above: &[] };
        let considered = explain(&request, grants(assignments));
        json!(considered.iter().map(|c| c.finding).collect::<Vec<_>>())
    }

    #[test]
    fn every_grant_says_why() {
        let held = [
            assignment(1, READER, "/subscriptions/S"),
            assignment(2, READER, "/subscriptions/other"),
            assignment(3, CONTRIBUTOR, "/"),
            RoleAssignment { condition: Some("c".to_owned()), ..assignment(4, READER, "/") },
        ];
        assert_eq!(
            findings(&held, "Microsoft.Authorization/locks/read", Plane::Control),
            json!([
                { "finding": "granted", "action": "*/read" },
                { "finding": "scopeDoesNotCover", "roleAllows": true },
                { "finding": "granted", "action": "*" },
                { "finding": "conditionNotEvaluated", "action": "*/read", "condition": "c" },
            ])
        );
        assert_eq!(
            findings(&held, "Microsoft.Authorization/locks/write", Plane::Control),
            json!([
                { "finding": "actionNotInRole" },
                { "finding": "scopeDoesNotCover", "roleAllows": false },
                { "finding": "takenOut", "action": "*", "notAction": "Microsoft.Authorization/*/Write" },
                { "finding": "actionNotInRole" },
            ])
        );
        assert_eq!(
            findings(&held[..1], "Microsoft.KeyVault/vaults/secrets/readMetadata/read", Plane::Data),
            json!([{ "finding": "wrongPlane", "action": "*/read" }])
        );
    }

    #[test]
    fn an_explanation_names_the_assignment() {
        let held = [assignment(1, READER, "/subscriptions/S")];
        let request = Request {
            action: &Action::new("A.B/c/read"),
            plane: Plane::Control,
            scope: &Scope::new("/subscriptions/s"),
            above: &[],
        };
        assert_eq!(
            json!(explain(&request, grants(&held))),
            json!([{
                "assignment": "00000000-0000-0000-0000-000000000001",
                "principalId": "00000000-0000-0000-0000-00000000004d",
                "scope": "/subscriptions/S",
                "roleDefinitionId": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
                "roleName": "Reader",
                "finding": "granted",
                "action": "*/read",
            }])
        );
    }
}
