//! Whom people report to: `manager` and its other side, `directReports`.

use model::DirectoryObject;
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
    let manager = referred(given, tx)?;
    if tx.user(manager).is_none() {
        return Err(GraphError::invalid_value("manager", Kind::User.class()));
    }
    change(call, tx, Some(manager))
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
