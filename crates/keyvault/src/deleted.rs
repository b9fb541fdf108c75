//! Deleting, and what is deleted: it can come back for as many days as the vault says, or be purged before.

use std::sync::Arc;

use model::{Deletion, JsonMap, Scope, VaultCertificate, VaultSecret};
use serde_json::{Value, json};
use store::{Snapshot, Tx};

use crate::answer::Answer;
use crate::call::Call;
use crate::error::VaultError;
use crate::noun::{self, Noun};
use crate::page::page;

const DAY: i64 = 24 * 60 * 60;

/// Deletes what a request names, with the secret that is part of it.
pub(crate) async fn delete<T: Noun>(call: &Call) -> Result<Answer, VaultError> {
    let mut tx = call.begin().await?;
    let object = noun::find::<T>(call, &tx)?.clone();
    if object.is_managed() {
        let word = T::WORD.to_ascii_lowercase();
        return Err(VaultError::Forbidden {
            message: format!("Operation delete is not allowed on a managed {word}."),
            inner: None,
        });
    }
    forget_overdue(call, &mut tx);
    let answer = match call.vault.retention() {
        Some(days) => {
            let now = call.second();
            let deletion = Deletion { at: now, purged_at: now + days * DAY };
            mark(&mut tx, object.as_ref(), Some(deletion))?;
            shown(call, object.as_ref(), object.latest(call), deletion)
        }
        None => {
            let answer = object.latest(call);
            purge_object(&mut tx, object.as_ref());
            answer
        }
    };
    tx.commit().await?;
    Ok(Answer::ok(answer))
}

/// `GET deleted…`.
pub(crate) async fn list<T: Noun>(call: &Call) -> Result<Answer, VaultError> {
    let kept = call.world.vault_objects::<T>(&call.vault.scope());
    page(call, kept.filter_map(|o| Some(Value::Object(shown(call, o.as_ref(), o.listed(call), kept_until(call, o)?)))))
}

/// `GET deleted…/{name}`.
pub(crate) async fn get<T: Noun>(call: &Call) -> Result<Answer, VaultError> {
    let (object, deletion) = find::<T>(call, &call.world)?;
    Ok(Answer::ok(shown(call, object.as_ref(), object.latest(call), deletion)))
}

/// `POST deleted…/{name}/recover`.
pub(crate) async fn recover<T: Noun>(call: &Call) -> Result<Answer, VaultError> {
    let mut tx = call.begin().await?;
    let object = find::<T>(call, &tx)?.0.clone();
    mark(&mut tx, object.as_ref(), None)?;
    tx.commit().await?;
    Ok(Answer::ok(object.latest(call)))
}

/// `DELETE deleted…/{name}`.
pub(crate) async fn purge<T: Noun>(call: &Call) -> Result<Answer, VaultError> {
    let mut tx = call.begin().await?;
    let object = find::<T>(call, &tx)?.0.clone();
    if call.vault.is_protected() {
        let message = format!(
            "Operation \"purge\" is not allowed because purge protection is enabled for this vault. Key Vault service will \
             automatically purge it after the retention period has passed.\r\nVault: {};location={}",
            call.vault.name(),
            call.vault.region()
        );
        return Err(VaultError::Forbidden { message, inner: None });
    }
    purge_object(&mut tx, object.as_ref());
    tx.commit().await?;
    Ok(Answer::no_content())
}

/// The deleted one that a request names, while it can come back.
fn find<'a, T: Noun>(call: &Call, world: &'a Snapshot) -> Result<(&'a Arc<T>, Deletion), VaultError> {
    let found = world.vault_object::<T>(&call.vault.scope(), call.name());
    found.and_then(|object| Some((object, kept_until(call, object)?))).ok_or_else(|| VaultError::NotFound {
        code: T::NOT_FOUND,
        message: format!("Deleted {} not found: {}", T::WORD, call.name()),
    })
}

fn kept_until<T: Noun>(call: &Call, object: &Arc<T>) -> Option<Deletion> {
    object.kept().deletion.filter(|deletion| deletion.purged_at > call.second())
}

/// What answers say of something deleted.
fn shown<T: Noun>(call: &Call, object: &T, rest: JsonMap, deletion: Deletion) -> JsonMap {
    let mut shown = JsonMap::new();
    shown.insert("recoveryId".into(), json!(call.id(T::DELETED, &object.kept().name, None)));
    shown.insert("deletedDate".into(), json!(deletion.at));
    shown.insert("scheduledPurgeDate".into(), json!(deletion.purged_at));
    shown.extend(rest);
    shown
}

fn mark<T: Noun>(tx: &mut Tx, object: &T, deletion: Option<Deletion>) -> Result<(), VaultError> {
    if let Some(secret) = object.secret(tx).cloned() {
        let mut secret = secret.as_ref().clone();
        secret.kept.deletion = deletion;
        tx.put_vault_object(secret)?;
    }
    let mut object = object.clone();
    object.kept_mut().deletion = deletion;
    Ok(tx.put_vault_object(object)?)
}

fn purge_object<T: Noun>(tx: &mut Tx, object: &T) {
    if let Some(secret) = object.secret(tx).cloned() {
        tx.purge_vault_object::<VaultSecret>(&secret.kept.vault, &secret.kept.name);
    }
    tx.purge_vault_object::<T>(&object.kept().vault, &object.kept().name);
}

/// Forgets what can no more come back, whatever it is: the next may have its name.
pub(crate) fn forget_overdue(call: &Call, tx: &mut Tx) {
    forget_overdue_of::<VaultCertificate>(call, tx);
    forget_overdue_of::<VaultSecret>(call, tx);
}

fn forget_overdue_of<T: Noun>(call: &Call, tx: &mut Tx) {
    let vault: Scope = call.vault.scope();
    let is_over = |object: &&Arc<T>| object.kept().deletion.is_some_and(|deletion| deletion.purged_at <= call.second());
    let over: Vec<_> = tx.vault_objects::<T>(&vault).filter(is_over).cloned().collect();
    for object in over {
        purge_object(tx, object.as_ref());
    }
}
