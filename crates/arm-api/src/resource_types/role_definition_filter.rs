//! `$filter` of role definitions.

use model::{RoleDefinition, RoleKind};

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
        let mut filter = Self::default();
        for part in text.split(" and ").map(str::trim).filter(|p| !p.is_empty()) {
            let value = |field: &str| {
                let name = part.get(..field.len()).filter(|p| p.eq_ignore_ascii_case(field))?;
                let rest = part[name.len()..].trim().strip_prefix("eq ")?.trim();
                rest.strip_prefix('\'')?.strip_suffix('\'').map(|v| v.replace("''", "'"))
            };
            match (value("roleName"), value("type").as_deref()) {
                (Some(name), _) => filter.role_name = Some(name.to_lowercase()),
                (_, Some("BuiltInRole")) => filter.kind = Some(RoleKind::BuiltIn),
                (_, Some("CustomRole")) => filter.kind = Some(RoleKind::Custom),
                _ if part.eq_ignore_ascii_case("atScopeAndBelow()") => filter.below = true,
                _ if part.eq_ignore_ascii_case("atScope()") => {}
                _ => return Err(ArmError::bad("InvalidFilter", format!("The filter '{text}' is not supported."))),
            }
        }
        Ok(filter)
    }

    pub(super) fn admits(&self, role: &RoleDefinition) -> bool {
        self.role_name.as_ref().is_none_or(|name| *name == role.role_name.to_lowercase())
            && self.kind.is_none_or(|kind| kind == role.kind)
    }
}
