//! `$expand`: related objects inside the objects of an answer.

use model::JsonMap;
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::answer::shown;
use super::entity::Kind;
use super::error::GraphError;
use super::odata::Options;
use super::relations::related;

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
        let found = id.and_then(|id| world.object(id)).and_then(|object| related(world, object, &wanted.relation));
        let (related_kind, found) = found.ok_or_else(|| {
            GraphError::Malformed(format!(
                "Parsing OData Select and Expand failed: Could not find a property named '{}' on type \
                 'microsoft.graph.{}'.",
                wanted.relation,
                kind.type_name()
            ))
        })?;
        let select = Options::selecting(&wanted.select);
        let items: Vec<Value> =
            found.into_iter().take(MOST).map(|item| Value::Object(shown(related_kind, item, &select, false))).collect();
        item.insert(wanted.relation.clone(), json!(items));
    }
    Ok(())
}
