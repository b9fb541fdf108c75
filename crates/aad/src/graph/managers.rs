//! Whom people report to: `manager` and its other side, `directReports`.

use model::{DirectoryObject, User};
use serde_json::Value;
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::access::{Area, Need};
use super::answer::Answer;
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::references::referred;
use super::route::Route;

/// What can be done below a person.
pub(super) const ROUTES: &[Route] = &[Route::put("{}/manager/$ref", assign), Route::delete("{}/manager/$ref", remove)];

/// Who has this manager.
pub(super) fn reports_of(world: &Snapshot, manager: Uuid) -> Vec<Uuid> {
    let reports = |object: &DirectoryObject| match object {
        DirectoryObject::User(user) if user.manager == Some(manager) => Some(user.id),
        _ => None,
    };
    world.objects().filter_map(|object| reports(object)).collect()
}

fn assign(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let given = call.body.get("@odata.id").and_then(Value::as_str).unwrap_or_default();
    let manager = person(given, tx)?;
    change(call, tx, Some(manager))
}

/// Lays the manager that was sent (`manager@odata.bind`) onto a person.
///
/// # Errors
/// As [`referred`]; [`GraphError::Invalid`] for what is no person.
pub(super) fn lay(call: &Call<'_>, world: &Snapshot, user: &mut User) -> Result<(), GraphError> {
    if let Some(given) = call.body.get("manager@odata.bind") {
        user.manager = Some(person(given.as_str().unwrap_or_default(), world)?);
    }
    Ok(())
}

/// Only people manage.
fn person(url: &str, world: &Snapshot) -> Result<Uuid, GraphError> {
    let id = referred(url, world)?;
    match world.user(id) {
        Some(_) => Ok(id),
        None => Err(GraphError::invalid_value("manager", Kind::User.class())),
    }
}

fn remove(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    change(call, tx, None)
}

fn change(call: &Call<'_>, tx: &mut Tx, manager: Option<Uuid>) -> Result<Answer, GraphError> {
    // Nobody chooses their own.
    call.caller.require(Need { area: Area::Users, writes: true }, None)?;
    let id = call.object(tx)?.id();
    let mut user = tx.user(id).cloned().ok_or_else(|| GraphError::NotFound(id.to_string()))?;
    if manager.is_none() && user.manager.is_none() {
        return Err(GraphError::NotFound("manager".to_owned()));
    }
    user.manager = manager;
    tx.put_object(DirectoryObject::User(user));
    Ok(Answer::Done)
}
