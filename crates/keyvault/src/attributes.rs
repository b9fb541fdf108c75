//! What every version says of itself.

use model::VaultAttributes;
use serde_json::{Value, json};

use crate::call::Call;
use crate::error::VaultError;

/// Those of a new version, as far as the body says.
pub(crate) fn fresh(call: &Call, given: Option<&Value>) -> Result<VaultAttributes, VaultError> {
    let now = call.second();
    let mut attributes = VaultAttributes { enabled: true, not_before: None, expires: None, created: now, updated: now };
    change(call, &mut attributes, given)?;
    Ok(attributes)
}

/// Changes what the body names.
pub(crate) fn change(call: &Call, attributes: &mut VaultAttributes, given: Option<&Value>) -> Result<(), VaultError> {
    let given = given.unwrap_or(&Value::Null);
    match &given["enabled"] {
        Value::Null => {}
        Value::Bool(enabled) => attributes.enabled = *enabled,
        _ => return Err(VaultError::invalid("attributes.enabled")),
    }
    for (name, moment) in [("nbf", &mut attributes.not_before), ("exp", &mut attributes.expires)] {
        match &given[name] {
            Value::Null => {}
            value => *moment = Some(value.as_i64().ok_or_else(|| VaultError::invalid(&format!("attributes.{name}")))?),
        }
    }
    attributes.updated = call.second();
    Ok(())
}

/// As answers show them.
pub(crate) fn shown(call: &Call, attributes: &VaultAttributes) -> Value {
    let mut shown = json!({"enabled": attributes.enabled});
    for (name, moment) in [("nbf", attributes.not_before), ("exp", attributes.expires)] {
        if let Some(moment) = moment {
            shown[name] = json!(moment);
        }
    }
    shown["created"] = json!(attributes.created);
    shown["updated"] = json!(attributes.updated);
    shown["recoveryLevel"] = json!(call.vault.recovery_level());
    if let Some(days) = call.vault.retention().filter(|_| call.api_version.says_days) {
        shown["recoverableDays"] = json!(days);
    }
    shown
}
