//! `$filter` of role assignments.

use uuid::Uuid;

use crate::error::ArmError;

/// `atScope()`, `principalId eq '…'`, `assignedTo('…')`, joined by `and`.
#[derive(Default)]
pub(super) struct Filter {
    at_scope: bool,
    principal: Option<Uuid>,
    assigned_to: Option<Uuid>,
}

impl Filter {
    fn parse(filter: &str) -> Result<Self, ArmError> {
        let mut filter = Self::default();
        let invalid = || {
            ArmError::bad(
                "InvalidFilter",
                format!(
                    "The filter '{filter}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{{value}}' or assignedTo('{{value}}')'."
                ),
            )
        };
        for part in filter.split(" and ").map(str::trim).filter(|p| !p.is_empty()) {
            let lower = part.to_ascii_lowercase();
            let guid = |text: &str| Uuid::parse_str(text.trim().trim_matches('\'')).map_err(|_| invalid());
            if lower == "atscope()" {
                filter.at_scope = true;
            } else if let Some(rest) = lower.strip_prefix("principalid eq") {
                filter.principal = Some(guid(rest)?);
            } else if let Some(rest) = lower.strip_prefix("assignedto(").and_then(|r| r.strip_suffix(')')) {
                filter.assigned_to = Some(guid(rest)?);
            } else {
                return Err(invalid());
            }
        }
        Ok(filter)
    }
}
