//! Passwords of people: set by who may set them (`passwordProfile`), and changed by the people themselves
//! (`changePassword`). None is ever shown.

use model::{DirectoryObject, User};
use serde_json::Value;
use store::Tx;

use super::access::{Area, Denial};
use super::answer::Answer;
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::properties::required_text;
use super::route::Route;

/// What can be done below a person.
pub(super) const ROUTES: &[Route] = &[Route::post("{}/changePassword", change).about(Area::Passwords)];

/// Lays the password that was sent onto a person.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn lay(call: &Call<'_>, user: &mut User) -> Result<(), GraphError> {
    let Some(profile) = call.body.get("passwordProfile") else { return Ok(()) };
    let wrong = || GraphError::invalid_value("passwordProfile", Kind::User.class());
    match profile.as_object().ok_or_else(wrong)?.get("password") {
        Some(Value::String(password)) if !password.is_empty() => set(call, user, password),
        None => {}
        Some(_) => return Err(wrong()),
    }
    Ok(())
}

fn set(call: &Call<'_>, user: &mut User, password: &str) {
    user.password_hash = Some(tokens::password_hash(password, call.aad.ids.bytes()));
}

/// Whoever knows the password that counts puts another in its place; for themselves alone (Microsoft Graph, "user:
/// changePassword").
fn change(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let id = call.object(tx)?.id();
    if call.caller.id != id {
        return Err(GraphError::RequestDenied(Denial::NotOneself));
    }
    let current = required_text(&call.body, "currentPassword", Kind::User)?;
    let new = required_text(&call.body, "newPassword", Kind::User)?;
    let mut user = tx.user(id).cloned().ok_or_else(|| GraphError::NotFound(id.to_string()))?;
    if !user.password_hash.as_ref().is_some_and(|hash| tokens::is_password(current, hash)) {
        return Err(GraphError::Invalid("The current password is not the one that was given.".to_owned()));
    }
    set(call, &mut user, new);
    tx.revoke_tokens(id, call.now);
    tx.put_object(DirectoryObject::User(user));
    Ok(Answer::Done)
}
