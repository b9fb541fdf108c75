//! A resource as answers show it.

use model::{JsonMap, Resource, Time};
use serde_json::{Value, json};
use store::Snapshot;
use time::macros::format_description;
use uuid::Uuid;

use crate::request::Request;
use crate::resource_types::ResourceType;

/// The whole resource. `fresh` names the user-assigned identities that this very request attached.
pub(crate) fn resource<T: ResourceType + ?Sized>(
    resource_type: &T,
    world: &Snapshot,
    resource: &Resource,
    request: &Request,
    fresh: &[Uuid],
) -> JsonMap {
    let mut shown = envelope(world, resource, fresh);
    shown.insert("properties".into(), Value::Object(resource.properties()));
    resource_type.finish(world, resource, request, &mut shown);
    shown
}

/// Everything but the properties, in the order that Azure mostly uses.
pub(crate) fn envelope(world: &Snapshot, resource: &Resource, fresh: &[Uuid]) -> JsonMap {
    let mut shown = JsonMap::new();
    shown.insert("id".into(), json!(resource.id));
    shown.insert("name".into(), json!(resource.name));
    shown.insert("type".into(), json!(resource.resource_type));
    if let Some(location) = &resource.location {
        shown.insert("location".into(), json!(location));
    }
    if let Some(tags) = &resource.tags {
        shown.insert("tags".into(), Value::Object(tags.clone()));
    }
    let tenant = world.tenant().map(|t| t.id).unwrap_or_default();
    if let Some(identity) = resource.identity.render(tenant, fresh) {
        shown.insert("identity".into(), identity);
    }
    shown.extend(resource.envelope.iter().map(|(name, value)| (name.clone(), value.clone())));
    shown
}

/// The members of an object without those named.
pub(crate) fn without(object: &JsonMap, names: &[&str]) -> JsonMap {
    let kept = object.iter().filter(|(name, _)| !names.iter().any(|other| other.eq_ignore_ascii_case(name)));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The same, and without explicit nulls, which mean "absent" in a whole resource (AZ-WIRE 0.13).
pub(crate) fn plain(object: &JsonMap, names: &[&str]) -> JsonMap {
    let mut kept = without(object, names);
    kept.retain(|_, value| !value.is_null());
    kept
}

/// A moment with seven digits behind the second, as Authorization and Compute write it.
pub(crate) fn moment(at: Time) -> String {
    at.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z"))
        .unwrap_or_default()
}
