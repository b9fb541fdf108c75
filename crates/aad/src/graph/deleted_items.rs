//! `/directory/deletedItems`: objects that can be restored for thirty days.
//!
//! Applications, service principals, people and Microsoft 365 groups come here; security groups and the principals of
//! managed identities are gone for good.

use std::sync::Arc;

use model::{DeletedObject, DirectoryObject, JsonMap, ServicePrincipalType};
use serde_json::json;
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::entity::{Kind, draw_among_others};
use super::error::GraphError;
use super::properties::seconds;
use super::route::Route;
use super::unique_names;
use crate::people::known_as;

/// What can be done.
pub(super) const ROUTES: &[Route] =
    &[Route::get("", list), Route::get("{}", show), Route::delete("{}", delete), Route::post("{}/restore", restore)];

/// Deletes an object as Entra does: so that it can come back, or for good.
pub(super) fn put_away(call: &Call<'_>, tx: &mut Tx, id: Uuid) {
    let returns = tx.object(id).is_some_and(|object| match object.as_ref() {
        DirectoryObject::Application(_) | DirectoryObject::User(_) => true,
        DirectoryObject::ServicePrincipal(principal) => principal.kind == ServicePrincipalType::Application,
        DirectoryObject::Group(group) => group
            .other
            .get("groupTypes")
            .and_then(|types| types.as_array())
            .is_some_and(|t| t.contains(&json!("Unified"))),
    });
    if returns { tx.soft_delete_object(id, call.now) } else { tx.delete_object(id) }
}

/// A deleted object. The sign-in name of a person is free for others; theirs has the object id before it.
fn draw(call: &Call<'_>, world: &Snapshot, deleted: &DeletedObject) -> JsonMap {
    let mut drawn = draw_among_others(&call.caller, world, &deleted.object);
    if !call.caller.reads(&deleted.object) {
        return drawn;
    }
    drawn.insert("deletedDateTime".to_owned(), json!(seconds(deleted.deleted_at)));
    if let DirectoryObject::User(user) = &deleted.object {
        let name = format!("{}{}", user.id.simple(), user.user_principal_name);
        drawn.insert("userPrincipalName".to_owned(), json!(name));
    }
    drawn
}

fn list(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let drawn = world.deleted_objects(call.now).map(|deleted| draw(call, world, deleted)).collect();
    Ok(Answer::Collection(Kind::DirectoryObject, drawn))
}

fn found<'w>(call: &Call<'_>, world: &'w Snapshot) -> Result<&'w Arc<DeletedObject>, GraphError> {
    let id = &call.key(0)?.value;
    let found = Uuid::parse_str(id).ok().and_then(|id| world.deleted_object(id, call.now));
    found.ok_or_else(|| GraphError::NotFound(id.clone()))
}

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Entity(Kind::DirectoryObject, draw(call, world, found(call, world)?)))
}

fn delete(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let id = found(call, tx)?.object.id();
    tx.delete_for_good(id);
    Ok(Answer::Done)
}

/// An application brings back the service principal that went with it.
fn restore(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let deleted = found(call, tx)?.clone();
    refuse_if_replaced(tx, &deleted.object)?;
    tx.restore_object(&deleted);
    if let DirectoryObject::Application(application) = &deleted.object {
        let is_its = |found: &&Arc<DeletedObject>| match &found.object {
            DirectoryObject::ServicePrincipal(principal) => principal.app_id == application.app_id,
            _ => false,
        };
        let principal = tx.deleted_objects(call.now).find(is_its).cloned();
        if let Some(principal) = principal.filter(|_| tx.service_principal_by_app_id(application.app_id).is_none()) {
            tx.restore_object(&principal);
        }
    }
    Ok(Answer::Entity(Kind::DirectoryObject, draw_among_others(&call.caller, tx, &deleted.object)))
}

/// What has taken the object's place in the meantime keeps it.
fn refuse_if_replaced(world: &Snapshot, object: &DirectoryObject) -> Result<(), GraphError> {
    match object {
        DirectoryObject::ServicePrincipal(o) if world.service_principal_by_app_id(o.app_id).is_some() => {
            Err(GraphError::KeyInUse(o.app_id.to_string()))
        }
        DirectoryObject::User(o) if known_as(world, &o.user_principal_name).is_some() => {
            Err(GraphError::same_value("userPrincipalName"))
        }
        object if unique_names::is_taken(world, object) => Err(GraphError::same_value("uniqueName")),
        _ => Ok(()),
    }
}
