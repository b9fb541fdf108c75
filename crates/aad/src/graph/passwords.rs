//! Passwords of people: set by who may set them (`passwordProfile`), and changed by the people themselves
//! (`changePassword`). None is ever shown.

use model::{DirectoryObject, JsonMap, User};
use serde_json::Value;
use store::Tx;
use uuid::Uuid;

use super::access::{Area, Denial};
use super::answer::Answer;
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::properties::required_text;
use super::route::Route;
use crate::Aad;

const CHANGE: &str = "changePassword";

/// What can be done below a person.
pub(super) const ROUTES: &[Route] = &[Route::post("{}/changePassword", change).about(Area::Passwords)];

/// What the passwords in a body come to.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// The new one's hash.
    hash: Option<String>,
    /// The hash by which the caller is known, if the other one is theirs.
    known_by: Option<String>,
}

/// Looks at the passwords in a body. It is slow on purpose, so it happens on a thread that serves nobody, and before the
/// directory is held for a change.
pub(super) async fn sent(aad: &Aad, caller: Uuid, noun: Kind, action: &str, body: &JsonMap) -> Sent {
    let new = match (noun, action) {
        (Kind::User, CHANGE) => body.get("newPassword"),
        (Kind::User, _) => body.get("passwordProfile").and_then(|profile| profile.get("password")),
        _ => None,
    };
    let Some(new) = new.and_then(Value::as_str).map(str::to_owned) else { return Sent::default() };
    let current = body.get("currentPassword").and_then(Value::as_str).map(str::to_owned);
    let known_by = aad.store.read().user(caller).and_then(|user| user.password_hash.clone());
    let salt = aad.ids.bytes();
    let work = move || {
        let is_theirs = |(current, hash): &(String, String)| tokens::is_password(current, hash);
        let known_by = current.zip(known_by).filter(is_theirs).map(|(_, hash)| hash);
        Sent { hash: Some(tokens::password_hash(&new, salt)), known_by }
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_default()
}

/// Lays the password that was sent onto a person.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn lay(call: &Call<'_>, user: &mut User) -> Result<(), GraphError> {
    let Some(profile) = call.body.get("passwordProfile") else { return Ok(()) };
    let wrong = || GraphError::invalid_value("passwordProfile", Kind::User.class());
    match profile.as_object().ok_or_else(wrong)?.get("password") {
        Some(Value::String(password)) if !password.is_empty() => user.password_hash.clone_from(&call.passwords.hash),
        None => {}
        Some(_) => return Err(wrong()),
    }
    Ok(())
}

/// Whoever knows the password that counts puts another in its place; for themselves alone (Microsoft Graph, "user:
/// changePassword").
fn change(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let id = call.object(tx)?.id();
    if call.caller.id != id {
        return Err(GraphError::RequestDenied(Denial::NotOneself));
    }
    for name in ["currentPassword", "newPassword"] {
        required_text(&call.body, name, Kind::User)?;
    }
    let mut user = tx.user(id).cloned().ok_or_else(|| GraphError::NotFound(id.to_string()))?;
    if call.passwords.known_by.is_none() || call.passwords.known_by != user.password_hash {
        return Err(GraphError::Invalid("The current password is not the one that was given.".to_owned()));
    }
    user.password_hash.clone_from(&call.passwords.hash);
    tx.revoke_tokens(id, call.now);
    tx.put_object(DirectoryObject::User(user));
    Ok(Answer::Done)
}
