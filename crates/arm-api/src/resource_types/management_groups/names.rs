//! Names of management groups, and `checkNameAvailability`.

use serde_json::{Value, json};

use super::{API_VERSIONS, ManagementGroups, refusal};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::resource_types::{Access, Level, ResourceType, Write};

/// Azure docs, "Naming rules and restrictions for Azure resources", Microsoft.Management.
const RULE: &str = "It can be up to 90 characters long, of letters, digits, '-', '_', '.', '(' and ')', and cannot end with \
                    a period.";

/// Refuses a name that no group may have.
pub(super) fn check(name: &str) -> Result<(), ArmError> {
    match is_valid(name) {
        true => Ok(()),
        false => Err(refusal::bad(format!("The management group ID '{name}' is invalid. {RULE}"))),
    }
}

fn is_valid(name: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || "-_().".contains(c);
    (1..=90).contains(&name.len()) && name.chars().all(is_known) && !name.ends_with('.')
}

pub(crate) struct NameAvailability;

impl ResourceType for NameAvailability {
    fn name(&self) -> &'static str {
        "Microsoft.Management/checkNameAvailability"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        API_VERSIONS
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["checkNameAvailability"]
    }

    fn act(&self, write: &mut Write<'_>, _action: &str) -> Result<Answer, ArmError> {
        let body = write.object()?;
        let Some(name) = body.get("name").and_then(Value::as_str) else {
            return Err(refusal::bad("The request body must have the name to check."));
        };
        let wanted = body.get("type").and_then(Value::as_str).unwrap_or(ManagementGroups.name());
        if !wanted.eq_ignore_ascii_case(ManagementGroups.name()) {
            return Err(refusal::bad(format!("The type must be '{}'.", ManagementGroups.name())));
        }
        Ok(Answer::ok(if !is_valid(name) {
            let message = format!("The name '{name}' is invalid. {RULE}");
            json!({"nameAvailable": false, "reason": "Invalid", "message": message})
        } else if write.tx.management_group(name).is_some() {
            let message = format!("The name '{name}' is already in use. Please select a different name.");
            json!({"nameAvailable": false, "reason": "AlreadyExists", "message": message})
        } else {
            json!({"nameAvailable": true})
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_the_rule() {
        for (name, expected) in [
            ("a", true),
            ("Corp-1_(x).y", true),
            (&"x".repeat(90), true),
            (&"x".repeat(91), false),
            ("", false),
            ("ends.", false),
            ("with space", false),
            ("übung", false),
            ("a/b", false),
        ] {
            assert_eq!(is_valid(name), expected, "{name}");
        }
    }
}
