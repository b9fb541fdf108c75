//! What every version says of itself.

use model::{JsonMap, VaultAttributes};
use serde_json::{Value, json};

use crate::call::Call;
use crate::error::VaultError;

/// Those of a new version, of which nothing is said.
pub(crate) fn fresh(call: &Call) -> VaultAttributes {
    let now = call.second();
    VaultAttributes { enabled: true, not_before: None, expires: None, created: now, updated: now }
}

/// Changes whether the version is enabled, if the body says so.
pub(crate) fn enable(call: &Call, attributes: &mut VaultAttributes, body: &JsonMap) -> Result<(), VaultError> {
    match body.get("attributes").map_or(&Value::Null, |given| &given["enabled"]) {
        Value::Null => {}
        Value::Bool(enabled) => attributes.enabled = *enabled,
        _ => return Err(VaultError::invalid("attributes.enabled")),
    }
    attributes.updated = call.second();
    Ok(())
}

/// Changes that, and the dates that the body names.
pub(crate) fn change(call: &Call, attributes: &mut VaultAttributes, body: &JsonMap) -> Result<(), VaultError> {
    enable(call, attributes, body)?;
    let given = body.get("attributes").unwrap_or(&Value::Null);
    for (name, moment) in [("nbf", &mut attributes.not_before), ("exp", &mut attributes.expires)] {
        match &given[name] {
            Value::Null => {}
            value => *moment = Some(value.as_i64().ok_or_else(|| VaultError::invalid(&format!("attributes.{name}")))?),
        }
    }
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
