//! `/metadata/instance`: what the VM is told about itself (IDENTITY-WIRE 1.4).
//!
//! The document is made anew for every request out of the VM's resource and those it points to. Every primitive is a
//! text, and what does not apply is the empty one; a version answers the members that it knew ([`since`]).

pub(crate) mod compute;
mod network;
mod since;
mod storage;
mod walk;

use model::Resource;
use serde_json::json;
use store::Snapshot;

use crate::error::Error;
use crate::query::Query;
use crate::reply::Reply;

/// The element at `path`, counted from `/metadata`.
///
/// # Errors
/// [`Error::Format`], [`Error::NotFound`], [`Error::Leaf`].
pub(crate) fn answer(
    world: &Snapshot,
    vm: &Resource,
    path: &[&str],
    version: &str,
    query: &Query<'_>,
) -> Result<Reply, Error> {
    let as_text = match query.get("format") {
        None => false,
        Some(format) if format.eq_ignore_ascii_case("json") => false,
        Some(format) if format.eq_ignore_ascii_case("text") => true,
        Some(_) => return Err(Error::Format),
    };
    let mut document =
        json!({"instance": {"compute": compute::compute(world, vm), "network": network::network(world, vm)}});
    since::trim(&mut document, version);
    let element = walk::find(&document, path).ok_or(Error::NotFound)?;
    match (as_text, walk::is_branch(element)) {
        (true, _) => Ok(Reply::text(walk::text(element))),
        // Bare `/metadata` can only be listed.
        (false, true) if path.is_empty() => Err(Error::NotFound),
        (false, true) => Ok(Reply::json(element)),
        (false, false) => Err(Error::Leaf),
    }
}
