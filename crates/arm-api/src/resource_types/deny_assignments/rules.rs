//! What a deny assignment must be (RBAC A6, A12).
//!
//! Those that users make, in preview since 2026, may say less than Azure's own, which are system protected. Of Azure's
//! answers two codes are known, and the words of one: on denying the deletion of deny assignments.

use model::{DenyAssignment, EVERYONE, Permission};
use rbac::{Condition, List, Plane, Universe, broken_by_pattern};

use super::draft::missing;
use crate::error::ArmError;

/// The operations on deny assignments, in lower case.
const DENY_ASSIGNMENTS: &str = "microsoft.authorization/denyassignments/";

/// Refuses a deny assignment that breaks a rule.
pub(super) fn check(deny: &DenyAssignment) -> Result<(), ArmError> {
    if deny.principals.is_empty() {
        return Err(missing("principals"));
    }
    if deny.permissions.iter().all(|block| block.actions.is_empty() && block.data_actions.is_empty()) {
        return Err(missing("permissions[0].actions"));
    }
    for block in &deny.permissions {
        for list in List::ALL {
            let broken = list.of(block).iter().find_map(|text| broken_by_pattern(text, list.plane()));
            if let Some(rule) = broken {
                return Err(ArmError::bad(rule.code(), rule.message()));
            }
        }
        check_condition(block.condition.as_deref(), block.condition_version.as_deref())?;
    }
    check_condition(deny.condition.as_deref(), deny.condition_version.as_deref())?;
    match deny.is_system_protected {
        true => Ok(()),
        false => check_user_assigned(deny),
    }
}

fn check_condition(condition: Option<&str>, version: Option<&str>) -> Result<(), ArmError> {
    match condition {
        Some(text) if version != Some("2.0") || Condition::parse(text).is_err() => Err(ArmError::bad(
            "InvalidDenyAssignmentCondition",
            "The given deny assignment condition is invalid. A condition needs the conditionVersion '2.0'.",
        )),
        _ => Ok(()),
    }
}

fn check_user_assigned(deny: &DenyAssignment) -> Result<(), ArmError> {
    let denies_everyone = deny.principals.iter().any(|p| p.id == EVERYONE);
    if denies_everyone && deny.exclude_principals.is_empty() {
        return Err(not_valid("A deny assignment to everyone must exclude at least one principal."));
    }
    if deny.principals.iter().any(|p| p.kind == "Group") {
        return Err(not_valid("A group cannot be denied. A principal must be a User or a ServicePrincipal."));
    }
    if deny.do_not_apply_to_child_scopes {
        return Err(not_valid("DoNotApplyToChildScopes is not supported."));
    }
    if deny.permissions.iter().any(|block| !block.data_actions.is_empty() || !block.not_data_actions.is_empty()) {
        return Err(not_valid("DataActions and NotDataActions are not supported."));
    }
    deny.permissions.iter().try_for_each(check_actions)
}

/// Refuses to deny reads, and to name operations on deny assignments. A pattern that names more, such as `*/delete`, is
/// taken, as Azure's own examples have it.
fn check_actions(block: &Permission) -> Result<(), ArmError> {
    let known = Universe::known();
    let excepted = known.matched_by(&block.not_actions, Plane::Control);
    for action in &block.actions {
        let mut denied = known.matched_by(&[action], Plane::Control);
        denied.remove(&excepted);
        let says_read = action.trim().to_ascii_lowercase().ends_with("/read");
        if says_read || denied.iter().any(|operation| operation.lower().ends_with("/read")) {
            return Err(not_permitted(action, "Denying read access is not allowed."));
        }
        if !denied.is_empty() && denied.iter().all(|operation| operation.lower().starts_with(DENY_ASSIGNMENTS)) {
            let verb = if action.trim().to_ascii_lowercase().ends_with("/write") { "write" } else { "delete" };
            return Err(not_permitted(action, &format!("Denying {verb} access to deny assignments is not allowed.")));
        }
    }
    Ok(())
}

fn not_permitted(action: &str, why: &str) -> ArmError {
    let message = format!("'{action}' is not permitted in user assigned deny assignments. {why}");
    ArmError::bad("InvalidActionOrNotAction", message)
}

/// The code with which Azure refuses what users cannot make.
pub(super) fn not_valid(why: impl Into<String>) -> ArmError {
    let message = format!("The properties of the user assigned deny assignment are not valid. {}", why.into());
    ArmError::bad("UserAssignedDenyAssignmentPropertiesNotValid", message)
}
