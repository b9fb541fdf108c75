//! Children that a parent's body may bring along: the subnets of a network, the rules of a security group. They are
//! resources of their own; the parent only shows them.

use model::{Resource, Scope};
use serde_json::Value;
use store::Snapshot;

use super::named;
use crate::error::ArmError;
use crate::render::{self, plain};
use crate::request::Request;
use crate::resource_types::{ResourceType, Write};
use crate::tracked;

/// Makes the children that the body of `parent` names and takes away the others, each of which `may_go` may refuse to
/// lose. A body without the list leaves them all alone; one with an empty list loses them.
pub(in crate::resource_types) fn replace(
    write: &mut Write<'_>,
    parent: &mut Resource,
    child_type: &dyn ResourceType,
    may_go: fn(&Snapshot, &Resource) -> Result<(), ArmError>,
) -> Result<(), ArmError> {
    let collection = collection(child_type);
    let given = match parent.spec.shift_remove(collection) {
        None => return Ok(()),
        Some(Value::Array(given)) => given,
        Some(_) => {
            return Err(ArmError::InvalidRequestContent(format!(
                "Error converting value to type 'array'. Path 'properties.{collection}'"
            )));
        }
    };
    let mut drafts = Vec::new();
    for item in &given {
        drafts.push(draft(write, parent, child_type, item)?);
    }
    let is_kept = |scope: &Scope| drafts.iter().any(|(draft, _)| draft.scope() == *scope);
    let gone: Vec<_> = of(&write.tx, parent, child_type).filter(|child| !is_kept(&child.scope())).cloned().collect();
    for child in gone {
        may_go(&write.tx, &child)?;
        tracked::remove(&mut write.tx, &child.scope())?;
    }
    // A child is checked against its parent and its siblings: all stand before the first is completed.
    write.tx.put_resource(parent.clone());
    for (draft, _) in &drafts {
        write.tx.put_resource(draft.clone());
    }
    for (mut draft, before) in drafts {
        child_type.complete(write, &mut draft, before.as_ref())?;
        write.tx.put_resource(draft);
    }
    Ok(())
}

/// The children of one type, in the order of their ids.
pub(in crate::resource_types) fn of<'a>(
    world: &'a Snapshot,
    parent: &Resource,
    child_type: &dyn ResourceType,
) -> impl Iterator<Item = &'a std::sync::Arc<Resource>> + use<'a> {
    world.resources_of_type(&parent.scope(), child_type.name())
}

/// The children of one type as their parent shows them.
pub(in crate::resource_types) fn shown(
    world: &Snapshot,
    parent: &Resource,
    child_type: &dyn ResourceType,
    request: &Request,
) -> Vec<Value> {
    of(world, parent, child_type)
        .map(|child| Value::Object(render::resource(child_type, world, child, request, &[])))
        .collect()
}

fn collection(child_type: &dyn ResourceType) -> &'static str {
    child_type.name().rsplit('/').next().unwrap_or_default()
}

/// A child as an element of its parent's list describes it, and what it was before.
fn draft(
    write: &Write<'_>,
    parent: &Resource,
    child_type: &dyn ResourceType,
    item: &Value,
) -> Result<(Resource, Option<Resource>), ArmError> {
    let (name, properties) = named(item)?;
    let id = super::part_id(parent, collection(child_type), &name);
    let before = write.tx.resource(&Scope::new(&id)).map(|b| Resource::clone(b));
    let mut child = before.clone().unwrap_or_else(|| Resource {
        id,
        resource_type: child_type.name().to_owned(),
        name,
        location: None,
        tags: None,
        identity: model::Identity::default(),
        envelope: model::JsonMap::new(),
        spec: model::JsonMap::new(),
        status: model::JsonMap::new(),
        runtime: model::JsonMap::new(),
        created_at: write.now,
        changed_at: write.now,
        version: 0,
    });
    child.spec = plain(&properties, child_type.read_only());
    child.changed_at = write.now;
    child.version += 1;
    Ok((child, before))
}
