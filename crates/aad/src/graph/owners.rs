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

/// The owners of something new: those that are named, and the one who makes it.
///
/// # Errors
/// As [`bound`].
pub(super) fn owners_of_new(call: &Call<'_>, world: &Snapshot, area: Area) -> Result<Vec<Uuid>, GraphError> {
    let mut owners = bound(&call.body, "owners", world)?;
    let maker = call.caller.as_owner(area).filter(|maker| !owners.contains(maker));
    owners.extend(maker);
    Ok(owners)
}

fn add_owner(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let given = call.body.get("@odata.id").and_then(Value::as_str).unwrap_or_default();
    let owner = referred(given, tx)?;
    let is_owner = tx.object(owner).is_some_and(|object| {
        matches!(object.as_ref(), DirectoryObject::User(_) | DirectoryObject::ServicePrincipal(_))
    });
    if !is_owner {
        return Err(GraphError::invalid_value("owners", call.noun.class()));
    }
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
