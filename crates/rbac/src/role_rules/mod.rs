//! What Azure asks of a custom role by itself, whatever else there is in the tenant (RBAC A12). One place for Resource
//! Manager, which refuses on the first violation, and for the linter, which shows them all.
//!
//! What it is not: names that are taken, how many roles a tenant may have and what the caller may write are questions to
//! the tenant, and Resource Manager's own.
//!
//! How to add the next rule: a variant in `rule.rs` with its code and sentence, and a line here that finds it.

mod place;
mod rule;

use std::collections::HashSet;
use std::sync::LazyLock;

use model::RoleDefinition;

use crate::{ActionPattern, Plane, Universe, builtin_roles};

pub use place::{List, Place};
pub use rule::Rule;
use rule::{DESCRIPTION, NAME, SCOPES};

/// What Azure's own roles list, in lower case. The universe is short of some newer operations; that a built-in role lists
/// a string proves that Azure takes it, and people start from a copy of one.
static LISTED: LazyLock<HashSet<(Plane, String)>> = LazyLock::new(|| {
    let blocks = builtin_roles().iter().flat_map(|role| &role.permissions);
    let lists = blocks.flat_map(|block| List::ALL.map(|list| (list.plane(), list.of(block))));
    lists.flat_map(|(plane, texts)| texts.iter().map(move |text| (plane, text.trim().to_ascii_lowercase()))).collect()
});

/// A rule that is broken, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub place: Place,
    /// Which rule.
    pub rule: Rule,
}

/// Every rule that the role breaks. A string is taken without blanks around it: whether Azure trims them is not known
/// (RBAC A13), and refusing what it may accept helps nobody.
#[must_use]
pub fn violations(role: &RoleDefinition) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut say = |place, rule| found.push(Violation { place, rule });
    if role.role_name.trim().is_empty() {
        say(Place::Name, Rule::NameMissing);
    } else if role.role_name.chars().count() > NAME {
        say(Place::Name, Rule::NameTooLong);
    }
    if role.description.chars().count() > DESCRIPTION {
        say(Place::Description, Rule::DescriptionTooLong);
    }
    if role.permissions.is_empty() {
        say(Place::Permissions, Rule::PermissionsMissing);
    }
    for (block, permission) in role.permissions.iter().enumerate() {
        for list in List::ALL {
            for (number, text) in list.of(permission).iter().enumerate() {
                if let Some(rule) = broken_by_pattern(text, list.plane()) {
                    say(Place::Pattern(block, list, number), rule);
                }
            }
        }
    }
    found.extend(broken_by_scopes(role));
    found
}

/// The rule that a string of `actions`, `notActions` and the like breaks. Deny assignments keep the same rules.
#[must_use]
pub fn broken_by_pattern(written: &str, plane: Plane) -> Option<Rule> {
    let text = written.trim();
    if text.matches('*').count() > 1 {
        return Some(Rule::SeveralWildcards(written.to_owned()));
    }
    let is_known = || Universe::known().has_match(&ActionPattern::compile(text), plane);
    let is_listed = || LISTED.contains(&(plane, text.to_ascii_lowercase()));
    (!is_known() && !is_listed()).then(|| Rule::UnknownOperation(written.to_owned(), plane))
}

fn broken_by_scopes(role: &RoleDefinition) -> Vec<Violation> {
    let scopes = &role.assignable_scopes;
    let mut found = Vec::new();
    match scopes.len() {
        0 => found.push(Violation { place: Place::Scopes, rule: Rule::ScopesMissing }),
        n if n > SCOPES => found.push(Violation { place: Place::Scopes, rule: Rule::TooManyScopes }),
        _ => {}
    }
    let has_data = role.permissions.iter().any(|p| !p.data_actions.is_empty() || !p.not_data_actions.is_empty());
    let mut management_groups = 0;
    for (number, scope) in scopes.iter().enumerate() {
        let lower = scope.trim_end_matches('/').to_ascii_lowercase();
        let is_management_group = lower.starts_with("/providers/microsoft.management/managementgroups/");
        management_groups += usize::from(is_management_group);
        let rule = if lower.is_empty() && !scope.is_empty() {
            Rule::RootScope
        } else if scope.contains('*') {
            Rule::WildcardScope(scope.clone())
        } else if !["/subscriptions/", "/providers/"].iter().any(|start| lower.starts_with(start)) {
            Rule::MalformedScope(number, scope.clone())
        } else if is_management_group && management_groups > 1 {
            Rule::SeveralManagementGroups
        } else if is_management_group && has_data {
            Rule::DataActionsInManagementGroup
        } else {
            continue;
        };
        found.push(Violation { place: Place::Scope(number), rule });
    }
    found
}

#[cfg(test)]
mod tests {
    use model::Permission;

    use super::*;

    type Change = &'static dyn Fn(&mut RoleDefinition);

    /// Roles of the same form, each with one thing that the rules speak of.
    fn role(change: impl FnOnce(&mut RoleDefinition)) -> RoleDefinition {
        let mut role = RoleDefinition {
            role_name: "Role".to_owned(),
            permissions: vec![Permission { actions: vec!["*/read".to_owned()], ..Permission::default() }],
            assignable_scopes: vec!["/subscriptions/s1".to_owned()],
            ..builtin_roles()[0].clone()
        };
        change(&mut role);
        role
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&t| t.to_owned()).collect()
    }

    fn codes(role: &RoleDefinition) -> Vec<&'static str> {
        violations(role).iter().map(|v| v.rule.code()).collect()
    }

    const GROUP: &str = "/providers/Microsoft.Management/managementGroups/";

    #[test]
    fn what_azure_takes_breaks_no_rule() {
        let taken: [Change; 8] = [
            &|_| {},
            &|r| r.role_name = "ä".repeat(512),
            &|r| r.description = "x".repeat(2048),
            &|r| r.assignable_scopes = vec!["/subscriptions/s".to_owned(); 2000],
            &|r| r.assignable_scopes = vec![format!("{GROUP}m"), "/subscriptions/s/resourceGroups/g".to_owned()],
            &|r| r.permissions[0].actions = strings(&["*", "Microsoft.Network/*/read", " */read "]),
            &|r| r.permissions[0].not_actions = strings(&["Microsoft.Authorization/*/Write"]),
            &|r| r.permissions[0].data_actions = strings(&["Microsoft.KeyVault/vaults/keys/read"]),
        ];
        for (number, change) in taken.iter().enumerate() {
            assert_eq!(codes(&role(change)), [""; 0], "case {number}");
        }
    }

    #[test]
    fn every_rule_has_its_code() {
        let refused: [(Change, &str); 14] = [
            (&|r| r.role_name.clear(), "RoleDefinitionNameNullOrEmpty"),
            (&|r| r.role_name = "x".repeat(513), "InvalidRoleDefinitionName"),
            (&|r| r.description = "x".repeat(2049), "InvalidRoleDefinitionDescription"),
            (&|r| r.permissions.clear(), "InvalidRoleDefinition"),
            (&|r| r.assignable_scopes.clear(), "MissingAssignableScopes"),
            (&|r| r.assignable_scopes = vec!["/subscriptions/s".to_owned(); 2001], "InvalidAssignableScopes"),
            (&|r| r.assignable_scopes = strings(&["/"]), "InvalidAssignableScopes"),
            (&|r| r.assignable_scopes = strings(&["/subscriptions/*"]), "InvalidAssignableScopes"),
            (&|r| r.assignable_scopes = strings(&["Invalid_Scope"]), "LinkedInvalidPropertyId"),
            (&|r| r.assignable_scopes = vec![format!("{GROUP}a"), format!("{GROUP}b")], "InvalidAssignableScopes"),
            (
                &|r| {
                    r.assignable_scopes = vec![format!("{GROUP}a")];
                    r.permissions[0].data_actions = strings(&["Microsoft.KeyVault/vaults/secrets/*"]);
                },
                "InvalidAssignableScopes",
            ),
            (&|r| r.permissions[0].actions = strings(&["Microsoft.Network/*/subnets/*"]), "InvalidActionOrNotAction"),
            (&|r| r.permissions[0].not_actions = strings(&["Microsoft.Nobody/*"]), "InvalidActionOrNotAction"),
            (
                &|r| r.permissions[0].data_actions = strings(&["Microsoft.Compute/virtualMachines/read"]),
                "InvalidActionOrNotAction",
            ),
        ];
        for (number, (change, code)) in refused.iter().enumerate() {
            assert_eq!(codes(&role(change)), [*code], "case {number}");
        }
    }

    /// People start from a built-in role: what it lists may be listed.
    #[test]
    fn a_copy_of_a_built_in_role_is_taken() {
        let mut odd: Vec<String> = Vec::new();
        for built_in in builtin_roles() {
            let copy = role(|r| r.permissions = built_in.permissions.clone());
            odd.extend(violations(&copy).iter().map(|v| v.rule.message()));
        }
        odd.sort();
        odd.dedup();
        assert_eq!(odd, [""; 0]);
    }
}
