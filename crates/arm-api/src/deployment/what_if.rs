//! What a deployment would change, without changing it.

use model::{JsonMap, Scope};
use serde_json::{Value, json};
use template::PlannedResource;

use super::wanted::Mode;
use super::{Live, Wanted, complete_mode, delta};
use crate::error::ArmError;
use crate::resource_types::{self, Write};

/// `properties.changes`: what becomes of each resource of the template and, in a deployment to a group, of all others
/// in the group.
///
/// # Errors
/// The caller may not read a resource that would be changed.
pub(crate) fn changes(write: &Write<'_>, wanted: &Wanted, live: &Live<'_>) -> Result<Vec<Value>, ArmError> {
    let is_brief =
        write.properties()?.get("whatIfSettings").and_then(|s| s.get("resultFormat")) == Some(&json!("ResourceIdOnly"));
    let mut changes = Vec::new();
    for resource in &wanted.plan.resources {
        changes.push(planned(write, resource, live)?);
    }
    if write.route.path.resource_group().is_some() {
        let fate = if wanted.mode == Mode::Complete { "Delete" } else { "Ignore" };
        for resource in complete_mode::superfluous(&write.tx, &wanted.destination, &wanted.plan) {
            let version = resource_types::find(&resource.resource_type)
                .and_then(|(t, _)| t.api_versions().first().copied())
                .unwrap_or_default();
            // What the caller may not see is none of its business.
            if let Ok(before) = live.read(&resource.id, version) {
                changes.push(json!({"resourceId": resource.id, "changeType": fate, "before": before}));
            }
        }
    }
    let secrets = wanted.plan.secrets();
    changes.iter_mut().for_each(|change| conceal(change, &secrets));
    if is_brief {
        for change in &mut changes {
            if let Value::Object(change) = change {
                change.retain(|name, _| name == "resourceId" || name == "changeType");
            }
        }
    }
    Ok(changes)
}

/// Puts asterisks in the place of every text that gives a secret away.
fn conceal(shown: &mut Value, secrets: &[&str]) {
    match shown {
        Value::String(text) if secrets.iter().any(|secret| text.contains(secret)) => "*******".clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| conceal(item, secrets)),
        Value::Object(members) => members.values_mut().for_each(|member| conceal(member, secrets)),
        _ => {}
    }
}

fn planned(write: &Write<'_>, resource: &PlannedResource, live: &Live<'_>) -> Result<Value, ArmError> {
    let mut after = JsonMap::new();
    for (name, value) in [
        ("apiVersion", &resource.api_version),
        ("id", &resource.id),
        ("name", &resource.name),
        ("type", &resource.resource_type),
    ] {
        after.insert(name.into(), json!(value));
    }
    // A body that depends on what is yet to be made is shown as the template has it.
    let body = resource.body(live).ok();
    let is_known = body.is_some();
    let body = match body {
        Some(Value::Object(body)) => body,
        _ => resource.raw_body().clone(),
    };
    if write.tx.resource(&Scope::new(&resource.id)).is_none() {
        after.extend(body);
        return Ok(json!({"resourceId": resource.id, "changeType": "Create", "after": after}));
    }
    let Value::Object(before) = live.read(&resource.id, &resource.api_version)? else {
        return Err(ArmError::Internal(format!("{} is no object", resource.id)));
    };
    let delta = delta::between(&before, &body);
    let change_type = match (is_known, delta.is_empty()) {
        (false, _) => "Deploy",
        (true, true) => "NoChange",
        (true, false) => "Modify",
    };
    let after = delta::applied(&before, &body);
    let mut change = json!({"resourceId": resource.id, "changeType": change_type, "before": before, "after": after});
    if change_type == "Modify" {
        change["delta"] = Value::Array(delta);
    }
    Ok(change)
}
