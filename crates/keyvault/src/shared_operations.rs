//! What can be asked of every noun alike: its lists, changes of a version, and what becomes of the deleted.

use axum::http::Method;
use serde_json::Value;
use store::Tx;

use crate::answer::Answer;
use crate::call::Call;
use crate::deleted;
use crate::error::VaultError;
use crate::noun::{self, Noun, Version};
use crate::operation::{Operation, Right};
use crate::page::page;

/// The rights in which nouns differ.
pub(crate) struct Rights {
    pub(crate) list: Right,
    pub(crate) change: Right,
    pub(crate) read_deleted: Right,
}

/// These operations for one noun.
pub(crate) const fn of<T: Noun>(rights: &Rights) -> [Operation; 9] {
    let (here, deleted) = (T::COLLECTION, T::DELETED);
    let Rights { list: to_list, change, read_deleted } = *rights;
    let delete = Right::of::<T>("delete", "delete");
    let recover = Right::of::<T>("recover/action", "recover");
    let purge = Right::of::<T>("purge/action", "purge");
    [
        Operation::new(Method::GET, here, "", to_list, |call| Box::pin(list::<T>(call))),
        Operation::new(Method::GET, here, "{name}/versions", to_list, |call| Box::pin(versions::<T>(call))),
        Operation::new(Method::PATCH, here, "{name}", change, |call| Box::pin(update::<T>(call))),
        Operation::new(Method::PATCH, here, "{name}/{version}", change, |call| Box::pin(update::<T>(call))),
        Operation::new(Method::DELETE, here, "{name}", delete, |call| Box::pin(deleted::delete::<T>(call))),
        Operation::new(Method::GET, deleted, "", to_list, |call| Box::pin(deleted::list::<T>(call))),
        Operation::new(Method::GET, deleted, "{name}", read_deleted, |call| Box::pin(deleted::get::<T>(call))),
        Operation::new(Method::POST, deleted, "{name}/recover", recover, |call| Box::pin(deleted::recover::<T>(call))),
        Operation::new(Method::DELETE, deleted, "{name}", purge, |call| Box::pin(deleted::purge::<T>(call))),
    ]
}

async fn list<T: Noun>(call: &Call) -> Result<Answer, VaultError> {
    page(call, noun::all::<T>(call, &call.world).map(|object| Value::Object(object.listed(call))))
}

async fn versions<T: Noun>(call: &Call) -> Result<Answer, VaultError> {
    // Of what is not there there are no versions.
    let found = noun::find::<T>(call, &call.world).ok();
    let of = |object| T::versions(object).iter().map(move |version| Value::Object(object.item(call, version, true)));
    page(call, found.into_iter().map(AsRef::as_ref).flat_map(of))
}

async fn update<T: Noun>(call: &Call) -> Result<Answer, VaultError> {
    let body = call.body()?;
    let mut tx = call.begin().await?;
    let mut object = noun::find::<T>(call, &tx)?.as_ref().clone();
    noun::version_mut(call, &mut object)?.change(call, &body)?;
    let version = noun::version(call, &object)?;
    pass_on(&mut tx, &object, version)?;
    let answer = object.shown(call, version);
    tx.put_vault_object(object)?;
    tx.commit().await?;
    Ok(Answer::ok(answer))
}

/// The secret that is part of something is enabled and disabled with it: `enabled` of a certificate says whether it can be
/// had as a secret (Azure's "About Azure Key Vault certificates").
fn pass_on<T: Noun>(tx: &mut Tx, object: &T, version: &T::Version) -> Result<(), VaultError> {
    let Some(mut secret) = object.secret(tx).map(|secret| secret.as_ref().clone()) else { return Ok(()) };
    if let Some(file) = secret.versions.iter_mut().find(|file| file.id == version.id()) {
        file.attributes = version.attributes().clone();
    }
    Ok(tx.put_vault_object(secret)?)
}
