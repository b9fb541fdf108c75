//! What an answer says of a deployment that is known before its first resource is made (RECORDED-FACTS 4).

use model::JsonMap;
use serde_json::{Value, json};
use template::{Lookup, Plan, PlannedResource};

use super::{TYPE, Wanted};
use crate::resource_types::canonical_region;

/// `properties` of a deployment that has come to `state` at `timestamp` and has not run yet.
pub(crate) fn properties(
    wanted: &Wanted,
    correlation_id: &str,
    state: &str,
    timestamp: &str,
    lookup: &dyn Lookup,
) -> JsonMap {
    let mut properties = JsonMap::new();
    properties.insert("templateHash".into(), json!(wanted.template_hash));
    properties.insert("parameters".into(), Value::Object(wanted.plan.parameters_echo.clone()));
    properties.insert("mode".into(), json!(wanted.mode.name()));
    properties.insert("provisioningState".into(), json!(state));
    properties.insert("timestamp".into(), json!(timestamp));
    properties.insert("duration".into(), json!("PT0S"));
    properties.insert("correlationId".into(), json!(correlation_id));
    properties.insert("providers".into(), providers(&wanted.plan, |resource| location(resource, lookup)));
    properties.insert("dependencies".into(), dependencies(&wanted.plan));
    properties
}

/// The answer to a validation that found nothing: a deployment that never was.
pub(crate) fn validated(wanted: &Wanted, name: &str, correlation_id: &str, lookup: &dyn Lookup) -> Value {
    let mut shown = json!({
        "id": format!("{}/providers/{TYPE}/{name}", wanted.destination),
        "name": name,
        "type": TYPE,
    });
    if let Some(location) = &wanted.location {
        shown["location"] = json!(location);
    }
    let mut properties = properties(wanted, correlation_id, "Succeeded", "0001-01-01T00:00:00Z", lookup);
    let resources = wanted.plan.resources.iter().map(|r| json!({"id": r.id})).collect();
    properties.insert("validatedResources".into(), resources);
    shown["properties"] = Value::Object(properties);
    shown
}

/// A namespace's types, each with its regions.
type Types<'p> = Vec<(&'p str, Vec<Value>)>;

/// Namespaces and types in the order of the template, each with the regions that it is deployed to.
fn providers(plan: &Plan, locate: impl Fn(&PlannedResource) -> Option<String>) -> Value {
    let mut namespaces: Vec<(&str, Types<'_>)> = Vec::new();
    for resource in &plan.resources {
        let (namespace, kind) = resource.resource_type.split_once('/').unwrap_or_default();
        let types = entry(&mut namespaces, namespace);
        let locations = entry(types, kind);
        let location = json!(locate(resource));
        if !locations.contains(&location) {
            locations.push(location);
        }
    }
    let shown = namespaces.into_iter().map(|(namespace, types)| {
        let types: Vec<Value> =
            types.into_iter().map(|(kind, locations)| json!({"resourceType": kind, "locations": locations})).collect();
        json!({"namespace": namespace, "resourceTypes": types})
    });
    shown.collect()
}

/// The value under a name that compares ignoring case, made where there is none.
fn entry<'a, 'n, T: Default>(entries: &'a mut Vec<(&'n str, T)>, name: &'n str) -> &'a mut T {
    let at = entries.iter().position(|(known, _)| known.eq_ignore_ascii_case(name)).unwrap_or_else(|| {
        entries.push((name, T::default()));
        entries.len() - 1
    });
    &mut entries[at].1
}

/// Where a resource is going to be, as far as that can be said before others exist.
fn location(resource: &PlannedResource, lookup: &dyn Lookup) -> Option<String> {
    let written = resource.raw_body().get("location").and_then(Value::as_str)?;
    if !written.starts_with('[') {
        return Some(canonical_region(written));
    }
    let body = resource.body(lookup).ok()?;
    body.get("location").and_then(Value::as_str).map(canonical_region)
}

fn dependencies(plan: &Plan) -> Value {
    let shown = |resource: &PlannedResource| json!({"id": resource.id, "resourceType": resource.resource_type, "resourceName": resource.name});
    let waiting = plan.resources.iter().filter(|r| !r.dependencies.is_empty()).map(|resource| {
        let on: Vec<Value> = resource.dependencies.iter().map(|at| shown(&plan.resources[*at])).collect();
        let mut entry = json!({"dependsOn": on});
        if let (Value::Object(entry), Value::Object(own)) = (&mut entry, shown(resource)) {
            entry.extend(own);
        }
        entry
    });
    waiting.collect()
}

#[cfg(test)]
mod tests {
    use model::Time;
    use template::{Context, Template};

    use super::*;

    fn plan() -> Plan {
        let template = json!({
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "resources": [
                {"type": "A.B/nets", "apiVersion": "2024-01-01", "name": "n", "location": "West US"},
                {"type": "A.B/nets", "apiVersion": "2024-01-01", "name": "m", "location": "westus"},
                {"type": "a.b/cards", "apiVersion": "2024-01-01", "name": "c", "dependsOn": ["A.B/nets/n"]},
            ],
        });
        let context = Context {
            subscription_id: "s".into(),
            subscription_name: "S".into(),
            tenant_id: "t".into(),
            resource_group: None,
            deployment_name: "d".into(),
            now: Time::UNIX_EPOCH,
        };
        let template = Template::parse(&template).unwrap();
        Plan::new(&template, &Value::Null, &context).unwrap()
    }

    #[test]
    fn types_are_told_once_with_their_regions() {
        let shown = providers(&plan(), |r| r.raw_body().get("location").and_then(Value::as_str).map(canonical_region));
        assert_eq!(
            shown,
            json!([{"namespace": "A.B", "resourceTypes": [
                {"resourceType": "nets", "locations": ["westus"]},
                {"resourceType": "cards", "locations": [null]},
            ]}])
        );
    }

    #[test]
    fn a_resource_that_waits_names_what_it_waits_for() {
        assert_eq!(
            dependencies(&plan()),
            json!([{
                "dependsOn": [
                    {"id": "/subscriptions/s/providers/A.B/nets/n", "resourceType": "A.B/nets", "resourceName": "n"},
                ],
                "id": "/subscriptions/s/providers/a.b/cards/c", "resourceType": "a.b/cards", "resourceName": "c",
            }])
        );
    }
}
