//! What management locks stop: whatever rights a caller has, what is locked is neither deleted nor, where the lock says
//! so, changed. Rules: Azure's "lock your resources" page; words: RECORDED-FACTS 2.
//!
//! The locks themselves are a resource type, `resource_types/locks.rs`. Data planes never ask here.

use std::sync::Arc;

use model::{Resource, Scope};
use serde_json::Value;
use store::Snapshot;

use crate::error::ArmError;
use crate::request::Request;
use crate::resource_types::{CHECK_ACCESS, LOCKS};
use crate::route::Route;

/// What somebody is about to do to a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Write,
    Delete,
}

impl Deed {
    /// As refusals call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Delete => "delete",
        }
    }
}

/// Refuses what a lock stops. Every POST counts as a write, even one that only looks, unless it is authorized as a read.
/// Locks are made and taken away whatever is locked, and a question about rights changes nothing.
pub(crate) fn check(request: &Request, route: &Route, world: &Snapshot) -> Result<(), ArmError> {
    let deed = match route.operation.action.rsplit('/').next() {
        Some("read") => return Ok(()),
        Some("delete") => Deed::Delete,
        _ => Deed::Write,
    };
    match [LOCKS, CHECK_ACCESS].contains(&route.type_name) {
        true => Ok(()),
        false => protect(world, &request.as_spelt(&route.operation.scope), deed),
    }
}

/// Refuses a deed to the scope `id` when something is locked against it: the scope or one above it, and, since a parent
/// takes along what it holds, for a deletion also one below it.
pub(crate) fn protect(world: &Snapshot, id: &str, deed: Deed) -> Result<(), ArmError> {
    let scope = Scope::new(id);
    let mut locks = holding(world, &scope);
    if deed == Deed::Delete {
        locks.extend(below(world, &scope));
    }
    locks.retain(|lock| stops(lock, deed));
    let mut locked: Vec<String> = locks.into_iter().map(|lock| locked_scope(lock).to_owned()).collect();
    // The locks of one scope come together.
    locked.dedup_by(|one, other| Scope::new(one) == Scope::new(other));
    match locked.is_empty() {
        true => Ok(()),
        false => Err(ArmError::ScopeLocked { scope: id.to_owned(), deed, locked }),
    }
}

/// The locks that hold at a scope: its own and those above, the outermost first.
pub(crate) fn holding<'a>(world: &'a Snapshot, scope: &Scope) -> Vec<&'a Arc<Resource>> {
    let mut scopes: Vec<&str> = scope.ancestors().collect();
    scopes.reverse();
    scopes.into_iter().flat_map(|place| at(world, &Scope::new(place))).collect()
}

/// The locks on what lies below a scope.
pub(crate) fn below<'a>(world: &'a Snapshot, scope: &Scope) -> impl Iterator<Item = &'a Arc<Resource>> {
    let own = scope.clone();
    world.resources_of_type(scope, LOCKS).filter(move |lock| Scope::new(locked_scope(lock)) != own)
}

fn at<'a>(world: &'a Snapshot, place: &Scope) -> Vec<&'a Arc<Resource>> {
    let collection = Scope::new(&format!("{place}/providers/{LOCKS}"));
    // A lock may be locked in turn; that lock is not one of this place.
    let is_here = |lock: &&Arc<Resource>| Scope::new(locked_scope(lock)) == *place;
    world.resources_below(&collection).filter(is_here).collect()
}

/// What a lock locks, spelt as in the lock's id.
fn locked_scope(lock: &Resource) -> &str {
    lock.id.rsplit_once("/providers/").map_or("", |(scope, _)| scope)
}

fn stops(lock: &Resource, deed: Deed) -> bool {
    match lock.spec.get("level").and_then(Value::as_str) {
        Some("ReadOnly") => true,
        Some("CanNotDelete") => deed == Deed::Delete,
        _ => false,
    }
}
