//! A world given as data.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use model::{
    AccessControl, DeniedPrincipal, DenyAssignment, DenyEffect, Permission, PrincipalType, RoleAssignment,
    RoleDefinition, RoleKind, Scope,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{PUBLISHED, builtin_role};

/// A world as it is written. A member that is missing is empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorldText {
    parents: Option<BTreeMap<String, String>>,
    groups: Option<BTreeMap<String, Vec<String>>>,
    custom_roles: Option<Vec<RoleText>>,
    role_assignments: Option<Vec<AssignmentText>>,
    deny_assignments: Option<Vec<DenyText>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RoleText {
    id: String,
    role_name: Option<String>,
    #[serde(default)]
    permissions: Vec<PermissionText>,
    #[serde(default)]
    assignable_scopes: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct PermissionText {
    actions: Vec<String>,
    not_actions: Vec<String>,
    data_actions: Vec<String>,
    not_data_actions: Vec<String>,
    condition: Option<String>,
    condition_version: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AssignmentText {
    id: String,
    principal_id: String,
    role_definition_id: String,
    scope: String,
    condition: Option<String>,
    condition_version: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DenyText {
    id: String,
    scope: String,
    #[serde(default)]
    permissions: Vec<PermissionText>,
    #[serde(default)]
    principals: Vec<PrincipalText>,
    #[serde(default)]
    exclude_principals: Vec<PrincipalText>,
    #[serde(default)]
    do_not_apply_to_child_scopes: bool,
    deny_assignment_effect: Option<String>,
    #[serde(default)]
    is_system_protected: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PrincipalText {
    id: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// A world made ready to be asked.
pub struct World {
    /// Roles, assignments, denies. Names tell the place in the lists below.
    pub(super) access: AccessControl,
    /// Ids of role assignments and of deny assignments, in the world's order.
    pub(super) role_assignments: Vec<String>,
    pub(super) deny_assignments: Vec<String>,
    parents: HashMap<Scope, Scope>,
    /// Member to the groups that hold it directly.
    groups_of: HashMap<Uuid, Vec<Uuid>>,
}

impl WorldText {
    /// This world with each member that `over` has in place of its own.
    #[must_use]
    pub fn overlaid(&self, over: &Self) -> Self {
        Self {
            parents: over.parents.clone().or_else(|| self.parents.clone()),
            groups: over.groups.clone().or_else(|| self.groups.clone()),
            custom_roles: over.custom_roles.clone().or_else(|| self.custom_roles.clone()),
            role_assignments: over.role_assignments.clone().or_else(|| self.role_assignments.clone()),
            deny_assignments: over.deny_assignments.clone().or_else(|| self.deny_assignments.clone()),
        }
    }
}

impl From<&WorldText> for World {
    fn from(text: &WorldText) -> Self {
        let roles = text.custom_roles.as_deref().unwrap_or_default();
        let assignments = text.role_assignments.as_deref().unwrap_or_default();
        let denies = text.deny_assignments.as_deref().unwrap_or_default();
        let own: HashSet<String> = roles.iter().map(|role| role.id.to_lowercase()).collect();
        let mut access = AccessControl {
            role_assignments: assignments.iter().zip(0..).map(|(a, n)| Arc::new(a.assignment(n, &own))).collect(),
            ..AccessControl::default()
        };
        for role in roles {
            access.custom_roles.insert(guid(&role.id), Arc::new(role.definition()));
        }
        for (deny, n) in denies.iter().zip(0..) {
            access.deny_assignments.insert(Arc::new(deny.deny_assignment(n)));
        }
        let mut groups_of: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for (group, members) in text.groups.iter().flatten() {
            for member in members {
                groups_of.entry(guid(member)).or_default().push(guid(group));
            }
        }
        let parents = text.parents.iter().flatten();
        Self {
            access,
            role_assignments: assignments.iter().map(|a| a.id.clone()).collect(),
            deny_assignments: denies.iter().map(|d| d.id.clone()).collect(),
            parents: parents.map(|(child, parent)| (Scope::new(child), Scope::new(parent))).collect(),
            groups_of,
        }
    }
}

impl World {
    /// The principal and every group that holds it, directly or not. Cycles end.
    pub(super) fn principals(&self, principal: &str) -> Vec<Uuid> {
        let mut found = vec![guid(principal)];
        let mut next = 0;
        while let Some(member) = found.get(next) {
            next += 1;
            for group in self.groups_of.get(member).into_iter().flatten() {
                if !found.contains(group) {
                    found.push(*group);
                }
            }
        }
        found
    }

    /// The management groups above a scope, nearest first. Cycles end.
    pub(super) fn above(&self, scope: &Scope) -> Vec<Scope> {
        let mut above: Vec<Scope> = Vec::new();
        let mut next = scope.ancestors().find_map(|place| self.parents.get(&Scope::new(place)));
        while let Some(group) = next.filter(|group| !above.contains(group)) {
            above.push(group.clone());
            next = self.parents.get(group);
        }
        above
    }

    /// What a role lists: a custom role by its id, a built-in one by its GUID.
    pub(super) fn permissions(&self, role: &str) -> Option<&[Permission]> {
        let id = guid(role);
        let custom = self.access.custom_roles.get(&id).map(AsRef::as_ref);
        custom.or_else(|| builtin_role(id)).map(|role| role.permissions.as_slice())
    }
}

impl RoleText {
    fn definition(&self) -> RoleDefinition {
        RoleDefinition {
            id: guid(&self.id),
            role_name: self.role_name.clone().unwrap_or_else(|| self.id.clone()),
            kind: RoleKind::Custom,
            description: String::new(),
            permissions: self.permissions.iter().map(PermissionText::permission).collect(),
            assignable_scopes: self.assignable_scopes.clone(),
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        }
    }
}

impl PermissionText {
    fn permission(&self) -> Permission {
        Permission {
            actions: self.actions.clone(),
            not_actions: self.not_actions.clone(),
            data_actions: self.data_actions.clone(),
            not_data_actions: self.not_data_actions.clone(),
            condition: written(self.condition.as_deref()),
            condition_version: self.condition_version.clone(),
        }
    }
}

impl AssignmentText {
    fn assignment(&self, place: u128, own: &HashSet<String>) -> RoleAssignment {
        RoleAssignment {
            name: Uuid::from_u128(place),
            scope: Scope::new(&self.scope),
            scope_as_written: self.scope.clone(),
            role_definition_id: self.role(own),
            principal_id: guid(&self.principal_id),
            principal_type: PrincipalType::User,
            condition: written(self.condition.as_deref()),
            condition_version: self.condition_version.clone(),
            description: None,
            delegated_managed_identity_resource_id: None,
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        }
    }

    /// The longest end of the id, begun at a slash, that is one of the world's own roles, or else what follows the last.
    fn role(&self, own: &HashSet<String>) -> Uuid {
        let lower = self.role_definition_id.to_lowercase();
        let ends = lower.match_indices('/').map(|(at, _)| &lower[at + 1..]);
        let of_own = [lower.as_str()].into_iter().chain(ends).find(|end| own.contains(*end));
        guid(of_own.unwrap_or_else(|| lower.rsplit('/').next().unwrap_or_default()))
    }
}

impl DenyText {
    fn deny_assignment(&self, place: u128) -> DenyAssignment {
        let is_audit = |effect: &str| effect.eq_ignore_ascii_case("audit");
        DenyAssignment {
            name: Uuid::from_u128(place),
            display_name: self.id.clone(),
            description: None,
            permissions: self.permissions.iter().map(PermissionText::permission).collect(),
            scope: Scope::new(&self.scope),
            scope_as_written: self.scope.clone(),
            principals: self.principals.iter().map(PrincipalText::principal).collect(),
            exclude_principals: self.exclude_principals.iter().map(PrincipalText::principal).collect(),
            do_not_apply_to_child_scopes: self.do_not_apply_to_child_scopes,
            is_system_protected: self.is_system_protected,
            effect: match self.deny_assignment_effect.as_deref().is_some_and(is_audit) {
                true => DenyEffect::Audit,
                false => DenyEffect::Enforced,
            },
            condition: None,
            condition_version: None,
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        }
    }
}

impl PrincipalText {
    fn principal(&self) -> DeniedPrincipal {
        DeniedPrincipal { id: guid(&self.id), kind: self.kind.clone().unwrap_or_default() }
    }
}

/// A blank condition is none.
fn written(condition: Option<&str>) -> Option<String> {
    condition.filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// A GUID for any id, the same whatever the id's letter case: worlds may call their principals `u0`.
fn guid(id: &str) -> Uuid {
    match (id.len(), Uuid::parse_str(id)) {
        (36, Ok(guid)) => guid,
        _ => {
            let digest: [u8; 32] = Sha256::digest(id.to_lowercase()).into();
            Uuid::from_bytes(*digest.first_chunk().unwrap_or(&[0; 16]))
        }
    }
}
