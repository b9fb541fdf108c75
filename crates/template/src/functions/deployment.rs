//! What the template and its deployment say of themselves.

use serde_json::{Value, json};

use super::{Function, Outcome, eager, misplaced, text};
use crate::evaluator::{Evaluator, Place};

pub(super) const ALL: &[Function] = &[
    eager("deployment", 0, 0, |e, _| {
        let name = &e.settings.context.deployment_name;
        Ok(json!({"name": name, "properties": {"provisioningState": "Accepted"}}))
    }),
    eager("parameters", 1, 1, |e, args| e.parameter(text("parameters", &args[0])?)),
    eager("resourceGroup", 0, 0, resource_group),
    eager("subscription", 0, 0, subscription),
    eager("tenant", 0, 0, |e, _| {
        let id = &e.settings.context.tenant_id;
        Ok(json!({"id": format!("/tenants/{id}"), "tenantId": id}))
    }),
    eager("variables", 1, 1, |e, args| match e.place() {
        Place::ParameterDefault => Err(misplaced("variables")),
        _ => e.variable(text("variables", &args[0])?),
    }),
];

/// Not in a deployment at a subscription, where there is no group.
fn resource_group(evaluator: &Evaluator<'_>, _: &[Value]) -> Outcome {
    let Some(group) = &evaluator.settings.context.resource_group else { return Err(misplaced("resourceGroup")) };
    let mut shown = json!({
        "id": group.id,
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
    });
    if let Some(tags) = &group.tags {
        shown["tags"] = Value::Object(tags.clone());
    }
    shown["properties"] = json!({"provisioningState": "Succeeded"});
    Ok(shown)
}

fn subscription(evaluator: &Evaluator<'_>, _: &[Value]) -> Outcome {
    let context = &evaluator.settings.context;
    Ok(json!({
        "id": format!("/subscriptions/{}", context.subscription_id),
        "subscriptionId": context.subscription_id,
        "tenantId": context.tenant_id,
        "displayName": context.subscription_name,
    }))
}
