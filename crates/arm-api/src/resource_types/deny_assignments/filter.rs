//! `$filter` of deny assignments (Azure's REST reference, "Deny Assignments - List For Scope").

use model::{DeniedPrincipal, DenyAssignment, EVERYONE};
use store::Snapshot;
use uuid::Uuid;

use crate::clauses;
use crate::error::ArmError;

/// `atScope()`, `denyAssignmentName eq '…'`, `principalId eq '…'`, `assignedTo('…')` and `gdprExportPrincipalId eq '…'`,
/// joined by `and`.
#[derive(Default)]
pub(super) struct Filter {
    /// Whether what is assigned below the scope is left out.
    pub(super) at_scope: bool,
    /// Whether names and descriptions alone are told: whoever exports what is known of a person gets no more.
    pub(super) is_export: bool,
    name: Option<String>,
    principal: Option<Uuid>,
    /// The ids of somebody and of all groups that hold it.
    assigned_to: Option<Vec<Uuid>>,
    exported: Option<Uuid>,
}

impl Filter {
    pub(super) fn parse(text: &str, world: &Snapshot) -> Result<Self, ArmError> {
        let invalid = || ArmError::bad("InvalidFilter", format!("The filter '{text}' is not supported."));
        let guid = |text: &str| Uuid::parse_str(text).map_err(|_| invalid());
        let mut filter = Self::default();
        for (clause, value) in clauses::read(text).ok_or_else(invalid)? {
            match (clause.as_str(), value.as_deref()) {
                ("atscope()", None) => filter.at_scope = true,
                ("denyassignmentname eq", Some(name)) => filter.name = Some(name.to_lowercase()),
                ("principalid eq", Some(id)) => filter.principal = Some(guid(id)?),
                ("assignedto()", Some(id)) => {
                    let id = guid(id)?;
                    let groups = world.transitive_groups_of(id).into_iter();
                    filter.assigned_to = Some(groups.chain([id, EVERYONE]).collect());
                }
                ("gdprexportprincipalid eq", Some(id)) => {
                    filter.exported = Some(guid(id)?);
                    filter.is_export = true;
                }
                _ => return Err(invalid()),
            }
        }
        Ok(filter)
    }

    /// Whether the filter lets the deny assignment through, wherever it is assigned.
    pub(super) fn admits(&self, deny: &DenyAssignment) -> bool {
        let named = |list: &[DeniedPrincipal], id: Uuid| list.iter().any(|p| p.id == id);
        self.name.as_ref().is_none_or(|name| *name == deny.display_name.to_lowercase())
            && self.principal.is_none_or(|id| named(&deny.principals, id))
            && self.assigned_to.as_ref().is_none_or(|ids| ids.iter().any(|id| named(&deny.principals, *id)))
            && self.exported.is_none_or(|id| named(&deny.principals, id) || named(&deny.exclude_principals, id))
    }
}
