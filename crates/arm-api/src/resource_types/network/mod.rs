//! What the resources of `Microsoft.Network` have in common: how they answer, their etags, how they name each other, the
//! parts and children that stand inside them, and the arithmetic of address ranges.
//!
//! Not here: what is one type's own. A new type of the namespace takes [`STYLE`] and calls [`stamp`] when it is written;
//! children that a parent's body may bring along go through [`children::replace`].

pub(super) mod children;
mod ip_prefix;

use std::sync::Arc;

use model::{Ids, JsonMap, Resource, Scope};
use serde_json::{Value, json};
use store::Snapshot;

use super::{Polling, Style};
use crate::error::ArmError;

pub(super) use ip_prefix::IpPrefix;

/// api-versions of the namespace: all its types move together.
pub(super) const API_VERSIONS: &[&str] = &["2025-01-01", "2024-07-01", "2024-05-01", "2023-09-01", "2022-01-01"];

/// Writes and deletions are polled (RECORDED-FACTS 3).
pub(super) const STYLE: Style = Style { polling: Some(Polling::Network), created: 201, deleted: 202 };

/// A new etag, and the state that every answer of a finished write shows.
pub(super) fn stamp(ids: &Ids, resource: &mut Resource) {
    resource.envelope.insert("etag".into(), json!(format!("W/\"{}\"", ids.guid())));
    resource.status.insert("provisioningState".into(), json!("Succeeded"));
}

/// The guid that a top-level resource keeps for its life.
pub(super) fn keep_guid(ids: &Ids, resource: &mut Resource) {
    resource.status.entry("resourceGuid").or_insert_with(|| json!(ids.guid()));
}

/// Members that the caller left out.
pub(super) fn fill(object: &mut JsonMap, defaults: Value) {
    if let Value::Object(defaults) = defaults {
        for (name, value) in defaults {
            object.entry(name).or_insert(value);
        }
    }
}

/// The ids that a member names: it is `{"id": …}` or a list of such.
pub(super) fn references(object: &JsonMap, member: &str) -> Vec<String> {
    let id = |value: &Value| value["id"].as_str().map(str::to_owned);
    match object.get(member) {
        Some(Value::Array(list)) => list.iter().filter_map(id).collect(),
        Some(one) => id(one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// What a member names, which must exist and be in the same region. The reference is spelt as the resource spells itself.
pub(super) fn resolve(
    world: &Snapshot,
    from: &Resource,
    object: &mut JsonMap,
    member: &str,
) -> Result<Option<Arc<Resource>>, ArmError> {
    let Some(id) = references(object, member).pop() else { return Ok(None) };
    let found = world.resource(&Scope::new(&id)).filter(|target| is_near(world, from, target));
    let Some(target) = found else {
        return Err(ArmError::bad(
            "InvalidResourceReference",
            format!(
                "Resource {id} referenced by resource {} was not found. Please make sure that the referenced resource exists, and that \
                 both resources are in the same region.",
                from.id
            ),
        ));
    };
    object.insert(member.to_owned(), json!({"id": target.id}));
    Ok(Some(target.clone()))
}

/// Whether both are in one region; a child is where its parent is.
fn is_near(world: &Snapshot, one: &Resource, other: &Resource) -> bool {
    let region = |r: &Resource| r.location.clone().or_else(|| parent(world, r).and_then(|p| p.location.clone()));
    match (region(one), region(other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

/// The resource that a child belongs to.
pub(super) fn parent<'a>(world: &'a Snapshot, child: &Resource) -> Option<&'a Arc<Resource>> {
    let scope = child.scope();
    let above = scope.ancestors().nth(1)?;
    world.resource(&Scope::new(above))
}

/// The subscription that an id lies in: what names each other in a network shares one.
pub(super) fn subscription(id: &str) -> Scope {
    Scope::new(&format!("/subscriptions/{}", id.split('/').nth(2).unwrap_or_default()))
}

/// Name and properties of an element of a list of named things.
pub(super) fn named(item: &Value) -> Result<(String, JsonMap), ArmError> {
    let properties = item["properties"].as_object().cloned().unwrap_or_default();
    match item["name"].as_str().filter(|name| !name.is_empty()) {
        Some(name) => Ok((name.to_owned(), properties)),
        None => Err(ArmError::bad("InvalidRequestFormat", "Cannot parse the request.")),
    }
}

/// The id of something that has a name inside `parent` and is no resource.
pub(super) fn part_id(parent: &Resource, collection: &str, name: &str) -> String {
    format!("{}/{collection}/{name}", parent.id)
}

/// Something that has a name inside `parent` and is no resource, as answers show it: with its parent's etag.
pub(super) fn part(parent: &Resource, collection: &str, name: &str, properties: &JsonMap) -> Value {
    let mut shown = JsonMap::new();
    shown.insert("provisioningState".into(), json!("Succeeded"));
    shown.extend(properties.clone());
    json!({
        "name": name,
        "id": part_id(parent, collection, name),
        "etag": parent.envelope.get("etag"),
        "type": format!("{}/{collection}", parent.resource_type),
        "properties": shown,
    })
}
