//! What all nouns have in common: a name, versions, and that they may be deleted.

use std::sync::Arc;

use model::{JsonMap, Kept, VaultSecret};
use serde_json::Value;
use store::{Snapshot, VaultObject};

use crate::call::Call;
use crate::error::VaultError;

/// A kind of thing that vaults keep.
pub(crate) trait Noun: VaultObject {
    /// Where they are, such as `secrets`; deleted ones are at `deletedsecrets`.
    const COLLECTION: &'static str;
    /// The same for those that are deleted.
    const DELETED: &'static str;
    /// What one is called.
    const WORD: &'static str;
    /// The code of a refusal.
    const NOT_FOUND: &'static str;

    /// The latest version, as answers show it that show no value.
    fn latest(&self, call: &Call) -> JsonMap;

    /// The latest version, as lists show it.
    fn item(&self, call: &Call) -> JsonMap;

    /// Whether it is part of something else, which alone can be changed.
    fn is_managed(&self) -> bool {
        false
    }

    /// The secret that is part of it; one that only has its name is not.
    fn secret<'a>(&self, _world: &'a Snapshot) -> Option<&'a Arc<VaultSecret>> {
        None
    }
}

/// What is kept first of something new that a request names.
pub(crate) fn named(call: &Call) -> Kept {
    Kept { vault: call.vault.scope(), name: call.name().to_owned(), deletion: None }
}

/// The one that a request names.
pub(crate) fn find<'a, T: Noun>(call: &Call, world: &'a Snapshot) -> Result<&'a Arc<T>, VaultError> {
    let found = world.vault_object::<T>(&call.vault.scope(), call.name());
    found.filter(|object| object.kept().deletion.is_none()).ok_or_else(|| missing::<T>(call.name()))
}

/// All that are there.
pub(crate) fn all<'a, T: Noun>(call: &Call, world: &'a Snapshot) -> impl Iterator<Item = &'a Arc<T>> + use<'a, T> {
    world.vault_objects::<T>(&call.vault.scope()).filter(|object| object.kept().deletion.is_none())
}

/// The refusal of what is not there.
pub(crate) fn missing<T: Noun>(id: &str) -> VaultError {
    let word = T::WORD.to_ascii_lowercase();
    let message = format!(
        "A {word} with (name/id) {id} was not found in this key vault. If you recently deleted this {word} you may be able to recover \
         it using the correct recovery command. For help resolving this issue, please see \
         https://go.microsoft.com/fwlink/?linkid=2125182"
    );
    VaultError::NotFound { code: T::NOT_FOUND, message }
}

/// The version that a request names, or the latest.
pub(crate) fn version<'a, T: Noun, V>(
    call: &Call,
    versions: &'a [V],
    id: impl Fn(&V) -> &str,
) -> Result<&'a V, VaultError> {
    let found = match call.version() {
        Some(wanted) => versions.iter().find(|version| id(version).eq_ignore_ascii_case(wanted)),
        None => versions.last(),
    };
    let named = || call.words[1..].join("/");
    found.ok_or_else(|| missing::<T>(&named()))
}

/// Whether the name can be one.
pub(crate) fn check_name(name: &str) -> Result<(), VaultError> {
    let is_valid = (1..=127).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    match is_valid {
        true => Ok(()),
        false => Err(VaultError::BadParameter(format!("The request URI contains an invalid name: {name}"))),
    }
}

/// Whether the name is free of something deleted that can come back.
pub(crate) fn check_not_deleted<T: Noun>(call: &Call, world: &Snapshot) -> Result<(), VaultError> {
    let found = world.vault_object::<T>(&call.vault.scope(), call.name());
    match found.and_then(|object| object.kept().deletion).filter(|deletion| deletion.purged_at > call.second()) {
        None => Ok(()),
        Some(_) => Err(VaultError::Conflict {
            message: format!(
                "{} {} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the {} can only \
                 be recovered or purged.",
                T::WORD,
                call.name(),
                T::WORD.to_ascii_lowercase()
            ),
            inner: Some("ObjectIsDeletedButRecoverable"),
        }),
    }
}

/// Tags, as a body gives them.
pub(crate) fn tags(body: &JsonMap) -> Result<Option<JsonMap>, VaultError> {
    match body.get("tags") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(tags)) if tags.values().all(Value::is_string) => Ok(Some(tags.clone())),
        Some(_) => Err(VaultError::invalid("tags")),
    }
}
