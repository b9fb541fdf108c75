//! Azure's built-in roles, the same in every tenant.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use model::{Permission, RoleDefinition, RoleKind, Time};
use serde::Deserialize;
use time::macros::datetime;
use uuid::Uuid;

use crate::CompiledRole;

/// When the shipped set of roles was published. The set does not tell when each role was made, so it stands for that.
pub const PUBLISHED: Time = datetime!(2026-08-22 00:00 UTC);

/// One line of the fixture.
#[derive(Deserialize)]
struct Line {
    id: Uuid,
    name: String,
    permissions: Vec<Permission>,
    #[serde(default = "everywhere", rename = "assignableScopes")]
    assignable_scopes: Vec<String>,
}

fn everywhere() -> Vec<String> {
    vec!["/".to_owned()]
}

impl From<Line> for RoleDefinition {
    fn from(line: Line) -> Self {
        Self {
            id: line.id,
            role_name: line.name,
            kind: RoleKind::BuiltIn,
            // Azure's descriptions are sentences of Microsoft's, which smalt does not ship.
            description: String::new(),
            permissions: line.permissions,
            assignable_scopes: line.assignable_scopes,
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        }
    }
}

static ROLES: LazyLock<Vec<RoleDefinition>> = LazyLock::new(|| {
    let lines: Vec<Line> = serde_json::from_str(include_str!("../../../fixtures/builtin-roles.json"))
        // The text is part of the program: that it parses is a matter of the build, and a test's.
        .unwrap_or_else(|e| panic!("fixtures/builtin-roles.json: {e}"));
    lines.into_iter().map(Into::into).collect()
});

/// Compiled only when somebody holds them: a tenant uses a handful of the 928.
static COMPILED: LazyLock<Vec<OnceLock<CompiledRole>>> =
    LazyLock::new(|| ROLES.iter().map(|_| OnceLock::new()).collect());

/// Every built-in role, ordered by id. Read from the program's own text at the first call.
#[must_use]
pub fn builtin_roles() -> &'static [RoleDefinition] {
    &ROLES
}

/// The built-in role that `id` names.
#[must_use]
pub fn builtin_role(id: Uuid) -> Option<&'static RoleDefinition> {
    place(id).and_then(|place| ROLES.get(place))
}

/// The built-in role that `id` names, ready to be asked. Compiled at the first call for it.
#[must_use]
pub fn compiled_builtin_role(id: Uuid) -> Option<&'static CompiledRole> {
    let place = place(id)?;
    let role = ROLES.get(place)?;
    COMPILED.get(place).map(|compiled| compiled.get_or_init(|| CompiledRole::new(role)))
}

/// Where each role stands: looked up for every assignment that a decision meets.
static PLACES: LazyLock<HashMap<Uuid, usize, foldhash::fast::RandomState>> =
    LazyLock::new(|| ROLES.iter().enumerate().map(|(place, role)| (role.id, place)).collect());

fn place(id: Uuid) -> Option<usize> {
    PLACES.get(&id).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use uuid::uuid;

    use super::*;
    use crate::{Action, Allowance, Plane};

    const OWNER: Uuid = uuid!("8e3af657-a8ff-443c-a75c-2fe8c4bcb635");
    const CONTRIBUTOR: Uuid = uuid!("b24988ac-6180-42a0-ab88-20f7382dd24c");
    const READER: Uuid = uuid!("acdd72a7-3385-48ef-bd42-f606fba81ae7");
    const IDENTITY_CONTRIBUTOR: Uuid = uuid!("e40ec5ca-96e0-45a2-b4ff-59039f2c2b59");
    const IDENTITY_OPERATOR: Uuid = uuid!("f1a07417-d97a-45cb-824c-7a7467783830");
    const KEY_VAULT_READER: Uuid = uuid!("21090545-7ca7-4776-b22c-e363652d74d2");

    #[test]
    fn every_role_is_there_and_compiles() {
        assert_eq!(builtin_roles().len(), 928);
        assert!(builtin_roles().is_sorted_by(|a, b| a.id < b.id), "one line each, ordered by id");
        assert_eq!(builtin_roles().iter().map(|r| &r.role_name).collect::<HashSet<_>>().len(), 928);
        for role in builtin_roles() {
            let compiled = compiled_builtin_role(role.id).map(|c| (c.id(), c.name()));
            assert_eq!(compiled, Some((role.id, role.role_name.as_str())));
        }
        assert!(builtin_role(Uuid::nil()).is_none());
    }

    #[test]
    fn every_string_of_every_role_allows_what_it_spells() {
        for role in builtin_roles() {
            let compiled = CompiledRole::new(role);
            for block in &role.permissions {
                for (plane, actions) in [(Plane::Control, &block.actions), (Plane::Data, &block.data_actions)] {
                    for action in actions {
                        let found = compiled.allows(&Action::new(action), plane);
                        assert_ne!(found, Allowance::Absent, "{} {action}", role.role_name);
                    }
                }
            }
        }
    }

    #[test]
    fn the_set_is_as_published() {
        let blocks = || builtin_roles().iter().flat_map(|role| &role.permissions);
        assert_eq!(blocks().filter(|block| block.condition.is_some()).count(), 31);
        assert!(blocks().flat_map(|block| &block.actions).all(|text| text.matches('*').count() <= 1));
    }

    #[test]
    fn the_traps_of_well_known_roles_hold() {
        let assign = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
        for (role, action, plane, expected) in [
            (OWNER, "Microsoft.Authorization/roleAssignments/write", Plane::Control, true),
            (OWNER, "Microsoft.KeyVault/vaults/secrets/getSecret/action", Plane::Data, false),
            (CONTRIBUTOR, "Microsoft.Compute/virtualMachines/write", Plane::Control, true),
            (CONTRIBUTOR, "Microsoft.Authorization/roleAssignments/write", Plane::Control, false),
            (CONTRIBUTOR, "Microsoft.Authorization/locks/delete", Plane::Control, false),
            (CONTRIBUTOR, "Microsoft.Authorization/roleAssignments/read", Plane::Control, true),
            (CONTRIBUTOR, "Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action", Plane::Control, true),
            (CONTRIBUTOR, "Microsoft.KeyVault/vaults/secrets/write", Plane::Control, true),
            (READER, "Microsoft.Compute/virtualMachines/read", Plane::Control, true),
            (READER, "Microsoft.Compute/virtualMachines/start/action", Plane::Control, false),
            (IDENTITY_CONTRIBUTOR, assign, Plane::Control, false),
            (IDENTITY_OPERATOR, assign, Plane::Control, true),
            (KEY_VAULT_READER, "Microsoft.KeyVault/vaults/read", Plane::Control, true),
            (KEY_VAULT_READER, "Microsoft.KeyVault/vaults/secrets/getSecret/action", Plane::Data, false),
        ] {
            let role = compiled_builtin_role(role).unwrap();
            let allowed = matches!(role.allows(&Action::new(action), plane), Allowance::Granted { .. });
            assert_eq!(allowed, expected, "{} {action}", role.name());
        }
    }
}
