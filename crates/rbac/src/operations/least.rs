//! The least role for an action: which of Azure's own to assign, when the one thing matters and nothing more.

use std::sync::{LazyLock, OnceLock};

use crate::{Action, Allowance, CompiledRole, Plane, Universe, builtin_roles, compiled_builtin_role};

/// How many operations each built-in role allows, counted when it is first asked.
static COUNTS: LazyLock<Vec<OnceLock<usize>>> =
    LazyLock::new(|| builtin_roles().iter().map(|_| OnceLock::new()).collect());

/// The built-in roles that allow `action` without a condition, at most `how_many`: first those that allow the fewest
/// known operations in all, both planes counted, then by name. Each comes with that number.
#[must_use]
pub fn least_roles(action: &Action, plane: Plane, how_many: usize) -> Vec<(&'static CompiledRole, usize)> {
    let mut found: Vec<_> = builtin_roles()
        .iter()
        .zip(COUNTS.iter())
        .filter_map(|(role, count)| {
            let compiled = compiled_builtin_role(role.id)?;
            let allows = matches!(compiled.allows(action, plane), Allowance::Granted { .. });
            let in_plane = |plane| Universe::known().allowed_by(&role.permissions, plane).len();
            allows.then(|| (compiled, *count.get_or_init(|| in_plane(Plane::Control) + in_plane(Plane::Data))))
        })
        .collect();
    found.sort_by_key(|(role, count)| (*count, role.name()));
    found.truncate(how_many);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least(action: &str, plane: Plane) -> String {
        let roles = least_roles(&Action::new(action), plane, 2);
        roles.iter().map(|(role, count)| format!("{count} {}", role.name())).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_least_role_comes_first() {
        for (action, plane, expected) in [
            (
                "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
                Plane::Control,
                "35 Azure Red Hat OpenShift Machine API Operator, 62 Managed Identity Operator",
            ),
            (
                "Microsoft.KeyVault/vaults/secrets/getSecret/action",
                Plane::Data,
                "2 Key Vault Secrets User, 4 Key Vault Certificate User",
            ),
            (
                "Microsoft.Authorization/roleAssignments/write",
                Plane::Control,
                "7240 Role Based Access Control Administrator, 7284 User Access Administrator",
            ),
            ("Microsoft.Nobody/knows/action", Plane::Data, ""),
        ] {
            assert_eq!(least(action, plane), expected, "{action}");
        }
    }
}
