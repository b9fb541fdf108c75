//! Owners of applications, service principals and groups, and what somebody owns.

use model::DirectoryObject;
use serde_json::Value;
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::entity::{Kind, draw_among_others};
use super::error::GraphError;
use super::references::{add, referred, remove};
use super::route::Route;

/// What can be done below what has owners.
pub(super) const ROUTES: &[Route] = &[
    Route::get("{}/owners", list),
    Route::post("{}/owners/$ref", add_owner),
    Route::delete("{}/owners/{}/$ref", remove_owner),
];

/// What can be done below who can own.
pub(super) const OWNED_ROUTES: &[Route] = &[Route::get("{}/ownedObjects", list_owned)];

fn owners(object: &DirectoryObject) -> &[Uuid] {
    match object {
        DirectoryObject::Application(application) => &application.owners,
        DirectoryObject::ServicePrincipal(principal) => &principal.owners,
        DirectoryObject::Group(group) => &group.owners,
        DirectoryObject::User(_) => &[],
    }
}

fn list(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let found = owners(call.object(world)?).iter().filter_map(|id| world.object(*id));
    let drawn = found.map(|owner| draw_among_others(world, owner)).collect();
    Ok(Answer::Collection(Kind::DirectoryObject, drawn))
}

fn list_owned(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let owner = call.object(world)?.id();
    let owned = world.objects().filter(|object| owners(object).contains(&owner));
    Ok(Answer::Collection(Kind::DirectoryObject, owned.map(|object| draw_among_others(world, object)).collect()))
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
