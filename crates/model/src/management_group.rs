//! Management groups: the tree above subscriptions.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{ArmPath, Base, Scope, Tenant, Time};

const NAMESPACE: &str = "Microsoft.Management";
const TYPE: &str = "managementGroups";
/// What stands before the name in an id.
const PREFIX: &str = "/providers/Microsoft.Management/managementGroups/";

/// A management group. Groups hang below one another in a tree with one root; subscriptions hang in groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagementGroup {
    /// The name that its id holds, as its creator wrote it; unique in the tenant whatever its case.
    pub name: String,
    /// The name people see.
    pub display_name: String,
    /// The group above, by the name as that group has it; none for the tenant's root group alone.
    pub parent: Option<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: Time,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: Time,
    /// Object id of who changed it last; none where nobody asked for it.
    pub updated_by: Option<Uuid>,
    /// One after creation; up by one with every change.
    pub version: i64,
}

impl ManagementGroup {
    /// The group that every tenant has, above all others. Its name is the tenant's id (Azure docs, "Important facts about
    /// the root management group").
    #[must_use]
    pub fn root_of(tenant: &Tenant) -> Self {
        Self {
            name: tenant.id.to_string(),
            display_name: "Tenant Root Group".to_owned(),
            parent: None,
            created_at: tenant.created_at,
            updated_at: tenant.created_at,
            updated_by: None,
            version: 1,
        }
    }

    /// The id, spelt as answers spell it.
    #[must_use]
    pub fn id(&self) -> String {
        Self::id_of(&self.name)
    }

    /// The id of the group with this name, whether there is one or not.
    #[must_use]
    pub fn id_of(name: &str) -> String {
        format!("{PREFIX}{name}")
    }

    /// The id as ARM compares it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::new(&self.id())
    }

    /// Whether it is the one without a parent.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.parent.is_none()
    }

    /// The name in a management group's id, whatever the id's case; none where `id` is no such id.
    #[must_use]
    pub fn name_in(id: &str) -> Option<&str> {
        below_prefix(id).filter(|name| !name.contains('/'))
    }
}

impl Scope {
    /// The name, in lower case, of the management group that this scope is or lies below by its path.
    #[must_use]
    pub fn management_group(&self) -> Option<&str> {
        below_prefix(self.as_str()).and_then(|rest| rest.split('/').next())
    }
}

impl ArmPath {
    /// The name as written of the management group that the path begins with.
    #[must_use]
    pub fn management_group(&self) -> Option<&str> {
        let first = self.providers.first().filter(|_| self.base == Base::Tenant && self.rest.is_empty())?;
        let is_group = first.namespace.eq_ignore_ascii_case(NAMESPACE)
            && first.types.first().is_some_and(|t| t.eq_ignore_ascii_case(TYPE));
        first.names.first().filter(|_| is_group).map(String::as_str)
    }
}

/// What follows the prefix of all ids of management groups, where something does.
fn below_prefix(id: &str) -> Option<&str> {
    let (head, rest) = id.split_at_checked(PREFIX.len())?;
    (head.eq_ignore_ascii_case(PREFIX) && !rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_ids_scopes_and_paths_and_nowhere_else() {
        for (text, in_id, in_path) in [
            ("/providers/Microsoft.Management/managementGroups/Corp", Some("Corp"), Some("Corp")),
            ("/PROVIDERS/microsoft.management/MANAGEMENTGROUPS/Corp", Some("Corp"), Some("Corp")),
            ("/providers/Microsoft.Management/managementGroups/Corp/subscriptions/s", None, Some("Corp")),
            ("/providers/Microsoft.Management/managementGroups/Corp/providers/A.B/c/d", None, Some("Corp")),
            ("/providers/Microsoft.Management/managementGroups", None, None),
            ("/providers/Microsoft.Management/managementGroups/", None, None),
            ("/providers/Microsoft.Management/managementGroupsX/Corp", None, None),
            ("/providers/A.B/managementGroups/Corp", None, None),
            ("/subscriptions/s/providers/Microsoft.Management/managementGroups/Corp", None, None),
            ("/", None, None),
            ("", None, None),
        ] {
            assert_eq!(ManagementGroup::name_in(text), in_id, "{text}");
            assert_eq!(ArmPath::parse(text).unwrap().management_group(), in_path, "{text}");
            let lower = in_path.map(str::to_lowercase);
            assert_eq!(Scope::new(text).management_group(), lower.as_deref(), "{text}");
        }
    }
}
