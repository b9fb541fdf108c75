//! `$filter` of role definitions.

use model::{RoleDefinition, RoleKind};

use crate::clauses;
use crate::error::ArmError;

/// `roleName eq 'x'` (whatever its case), `type eq 'BuiltInRole'`, `atScopeAndBelow()`, joined by `and`. `atScope()` is
/// what holds anyway.
#[derive(Default)]
pub(super) struct Filter {
    /// Whether roles are wanted that can be assigned below the scope only.
    pub(super) below: bool,
    role_name: Option<String>,
    kind: Option<RoleKind>,
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, ArmError> {
        let invalid = || ArmError::bad("InvalidFilter", format!("The filter '{text}' is not supported."));
        let mut filter = Self::default();
        for (clause, value) in clauses::read(text).ok_or_else(invalid)? {
            match (clause.as_str(), value.as_deref()) {
                ("rolename eq", Some(name)) => filter.role_name = Some(name.to_lowercase()),
                ("type eq", Some("BuiltInRole")) => filter.kind = Some(RoleKind::BuiltIn),
                ("type eq", Some("CustomRole")) => filter.kind = Some(RoleKind::Custom),
                ("atscopeandbelow()", None) => filter.below = true,
                ("atscope()", None) => {}
                _ => return Err(invalid()),
            }
        }
        Ok(filter)
    }

    pub(super) fn admits(&self, role: &RoleDefinition) -> bool {
        self.role_name.as_ref().is_none_or(|name| *name == role.role_name.to_lowercase())
            && self.kind.is_none_or(|kind| kind == role.kind)
    }
}
