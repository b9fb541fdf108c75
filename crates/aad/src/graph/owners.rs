//! Owners of applications, service principals and groups.

use model::DirectoryObject;
use serde_json::Value;
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::access::Area;
use super::answer::Answer;
use super::call::Call;
use super::error::GraphError;
use super::references::{add, bound, referred, remove};
use super::route::Route;

/// What can be done below what has owners.
pub(super) const ROUTES: &[Route] =
    &[Route::post("{}/owners/$ref", add_owner), Route::delete("{}/owners/{}/$ref", remove_owner)];

/// Who owns an object.
pub(super) fn owners(object: &DirectoryObject) -> &[Uuid] {
    match object {
        DirectoryObject::Application(application) => &application.owners,
        DirectoryObject::ServicePrincipal(principal) => &principal.owners,
        DirectoryObject::Group(group) => &group.owners,
        DirectoryObject::User(_) => &[],
    }
}

/// What somebody owns.
pub(super) fn owned_by(world: &Snapshot, owner: Uuid) -> Vec<Uuid> {
    world.objects().filter(|object| owners(object).contains(&owner)).map(|object| object.id()).collect()
}

/// Who owns something new before anybody is named: the one who makes it.
pub(super) fn makers(call: &Call<'_>, area: Area) -> Vec<Uuid> {
    call.caller.as_owner(area).into_iter().collect()
}

/// Adds the owners that were sent (`owners@odata.bind`); the maker may be among them.
///
/// # Errors
/// As [`bound`]; [`GraphError::Invalid`] for what cannot own.
pub(super) fn lay(call: &Call<'_>, world: &Snapshot, owners: &mut Vec<Uuid>) -> Result<(), GraphError> {
    for owner in bound(&call.body, "owners", world)? {
        may_own(call, world, owner)?;
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    Ok(())
}

/// People and service principals own; groups and applications do not.
fn may_own(call: &Call<'_>, world: &Snapshot, id: Uuid) -> Result<(), GraphError> {
    match world.object(id).map(AsRef::as_ref) {
        Some(DirectoryObject::User(_) | DirectoryObject::ServicePrincipal(_)) => Ok(()),
        _ => Err(GraphError::invalid_value("owners", call.noun.class())),
    }
}

fn add_owner(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let given = call.body.get("@odata.id").and_then(Value::as_str).unwrap_or_default();
    let owner = referred(given, tx)?;
    may_own(call, tx, owner)?;
    change(call, tx, |owners| add(owners, owner, "owners"))
}

fn remove_owner(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let owner = call.key(1)?.value.clone();
    change(call, tx, |owners| remove(owners, &owner))
}

fn change(
    call: &Call<'_>,
    tx: &mut Tx,
    change: impl FnOnce(&mut Vec<Uuid>) -> Result<(), GraphError>,
) -> Result<Answer, GraphError> {
    let mut object = call.object(tx)?.as_ref().clone();
    change(match &mut object {
        DirectoryObject::Application(application) => &mut application.owners,
        DirectoryObject::ServicePrincipal(principal) => &mut principal.owners,
        DirectoryObject::Group(group) => &mut group.owners,
        DirectoryObject::User(_) => return Err(GraphError::MethodNotAllowed),
    })?;
    tx.put_object(object);
    Ok(Answer::Done)
}
