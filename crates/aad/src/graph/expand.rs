//! `$expand`: related objects inside the objects of an answer.

use model::JsonMap;
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::answer::shown;
use super::directory_roles;
use super::entity::Kind;
use super::error::GraphError;
use super::odata::Options;
use super::relations::{Related, is_filtered, related};

/// How many related objects an object shows; the rest is at the relation's own path, as in Graph.
const MOST: usize = 20;

/// Adds to `item`, an object of `kind`, what `options` expand.
///
/// # Errors
/// [`GraphError::Malformed`] for what is no relation of the kind.
pub(super) fn expand(
    world: &Snapshot,
    kind: Kind,
    item: &mut JsonMap,
    id: Option<Uuid>,
    options: &Options,
) -> Result<(), GraphError> {
    for wanted in &options.expand {
        let found = related_to(world, kind, item, id, &wanted.relation).ok_or_else(|| {
            GraphError::Malformed(format!(
                "Parsing OData Select and Expand failed: Could not find a property named '{}' on type \
                 'microsoft.graph.{}'.",
                wanted.relation,
                kind.type_name()
            ))
        })?;
        let select = Options::selecting(&wanted.select);
        let drawn = match found {
            Related::Many(kind, found) => {
                found.into_iter().take(MOST).map(|item| Value::Object(shown(kind, item, &select, false))).collect()
            }
            Related::One(found) => {
                found.map_or(Value::Null, |item| Value::Object(shown(Kind::DirectoryObject, item, &select, false)))
            }
        };
        item.insert(wanted.relation.clone(), drawn);
    }
    Ok(())
}

fn related_to(world: &Snapshot, kind: Kind, item: &JsonMap, id: Option<Uuid>, name: &str) -> Option<Related> {
    match kind {
        Kind::DirectoryRole | Kind::RoleAssignment => directory_roles::related(world, item, name),
        _ => related(world, id.and_then(|id| world.object(id))?, name),
    }
}

/// Adds to `items` the relations that the query's conditions look at; they are no part of the answer.
pub(super) fn draw_filtered(world: &Snapshot, kind: Kind, items: &mut [JsonMap], options: &Options) {
    for name in options.filtered().into_iter().filter(|name| is_filtered(kind, name)) {
        for item in items.iter_mut() {
            let id = item.get("id").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
            if let Some(Related::Many(_, found)) = related_to(world, kind, item, id, name) {
                item.insert(name.to_owned(), json!(found));
            }
        }
    }
}
