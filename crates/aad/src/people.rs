//! The people of the tenant, as they sign in.

use std::sync::Arc;

use model::{DirectoryObject, SignIn, User};
use store::Snapshot;
use uuid::Uuid;

use crate::error::Aadsts;
use crate::realm::Realm;

/// The person with this sign-in name, enabled or not.
pub(crate) fn known_as<'w>(world: &'w Snapshot, name: &str) -> Option<&'w User> {
    let folded = name.to_lowercase();
    world.objects().find_map(|object| match object.as_ref() {
        DirectoryObject::User(user) if user.user_principal_name.to_lowercase() == folded => Some(user),
        _ => None,
    })
}

/// The person who signs in by this name.
///
/// # Errors
/// [`Aadsts::UserNotFound`], [`Aadsts::UserDisabled`].
pub(crate) fn named<'r>(realm: &Realm<'r>, name: &str) -> Result<&'r User, Aadsts> {
    let found = known_as(realm.world, name.trim());
    enabled(found.ok_or_else(|| unknown(realm, name))?)
}

/// The person with this object id.
///
/// # Errors
/// [`Aadsts::UserNotFound`], [`Aadsts::UserDisabled`].
pub(crate) fn with_id<'r>(realm: &Realm<'r>, id: Uuid) -> Result<&'r User, Aadsts> {
    enabled(realm.world.user(id).ok_or_else(|| unknown(realm, &id.to_string()))?)
}

/// The person with this sign-in name, if the password is theirs.
///
/// # Errors
/// [`Aadsts::UserNotFound`], [`Aadsts::UserDisabled`], [`Aadsts::WrongPassword`].
pub(crate) async fn with_password<'r>(realm: &Realm<'r>, name: &str, password: &str) -> Result<&'r User, Aadsts> {
    let user = named(realm, name)?;
    let (password, hash) = (password.to_owned(), user.password_hash.clone().unwrap_or_default());
    // Slow on purpose: not on a thread that serves others.
    let is_theirs = tokio::task::spawn_blocking(move || tokens::is_password(&password, &hash)).await;
    if is_theirs.unwrap_or(false) { Ok(user) } else { Err(Aadsts::WrongPassword) }
}

/// The person of a sign-in, whose family still counts.
///
/// # Errors
/// [`Aadsts::UserNotFound`], [`Aadsts::UserDisabled`], [`Aadsts::GrantRevoked`].
pub(crate) fn of_sign_in(
    realm: &Realm<'_>,
    world: &Snapshot,
    sign_in: &SignIn,
) -> Result<Arc<DirectoryObject>, Aadsts> {
    let id = sign_in.user_id;
    enabled(world.user(id).ok_or_else(|| unknown(realm, &id.to_string()))?)?;
    let with_all = world.revoked_at(id).filter(|at| sign_in.at < *at);
    if let Some(valid_from) = with_all.or_else(|| world.revoked_at(sign_in.family)) {
        return Err(Aadsts::GrantRevoked { issued: sign_in.at, valid_from });
    }
    world.object(id).cloned().ok_or(Aadsts::Internal)
}

fn enabled(user: &User) -> Result<&User, Aadsts> {
    if user.account_enabled { Ok(user) } else { Err(Aadsts::UserDisabled) }
}

fn unknown(realm: &Realm<'_>, name: &str) -> Aadsts {
    Aadsts::UserNotFound { name: name.to_owned(), tenant: realm.tenant.display_name.clone() }
}
