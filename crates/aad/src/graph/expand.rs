//! `$expand`: related objects inside the objects of an answer.

use model::JsonMap;
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::access::Caller;
use super::answer::shown;
use super::call::Call;
use super::directory_roles;
use super::entity::Kind;
use super::error::GraphError;
use super::odata::Options;
use super::relations::{Related, is_filtered, related};

/// How many related objects an object shows; the rest is at the relation's own path, as in Graph.
const MOST: usize = 20;

/// Adds to `item`, an object of `kind`, what the query expands, as far as the caller may read it.
///
/// # Errors
/// [`GraphError::Malformed`] for what is no relation of the kind.
pub(super) fn expand(
    call: &Call<'_>,
    world: &Snapshot,
    kind: Kind,
    item: &mut JsonMap,
    id: Option<Uuid>,
) -> Result<(), GraphError> {
    for wanted in &call.options.expand {
        let found = related_to(&call.caller, world, kind, item, id, &wanted.relation).ok_or_else(|| {
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

fn related_to(
    caller: &Caller,
    world: &Snapshot,
    kind: Kind,
    item: &JsonMap,
    id: Option<Uuid>,
    name: &str,
) -> Option<Related> {
    match kind {
        Kind::DirectoryRole | Kind::RoleAssignment => directory_roles::related(caller, world, item, name),
        _ => related(caller, world, id.and_then(|id| world.object(id))?, name),
    }
}

/// Adds to `items` the relations that the query's conditions look at; they are no part of the answer.
pub(super) fn draw_filtered(call: &Call<'_>, world: &Snapshot, kind: Kind, items: &mut [JsonMap]) {
    for name in call.options.filtered().into_iter().filter(|name| is_filtered(kind, name)) {
        for item in items.iter_mut() {
            let id = item.get("id").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
            if let Some(Related::Many(_, found)) = related_to(&call.caller, world, kind, item, id, name) {
                item.insert(name.to_owned(), json!(found));
            }
        }
    }
}
