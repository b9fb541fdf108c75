//! What all nouns have in common: a name, versions, and that they may be deleted.

use std::sync::Arc;

use model::{JsonMap, Kept, VaultAttributes, VaultSecret};
use serde_json::Value;
use store::{Snapshot, VaultObject};

use crate::call::Call;
use crate::error::VaultError;

/// A kind of thing that vaults keep.
pub(crate) trait Noun: VaultObject {
    /// What there is one more of with every change of its value.
    type Version: Version;
    /// Where they are, such as `secrets`; deleted ones are at `deletedsecrets`.
    const COLLECTION: &'static str;
    /// The same for those that are deleted.
    const DELETED: &'static str;
    /// What one is called.
    const WORD: &'static str;
    /// The code of a refusal.
    const NOT_FOUND: &'static str;

    /// Its versions, the oldest first.
    fn versions(&self) -> &[Self::Version];

    /// The same, to change them.
    fn versions_mut(&mut self) -> &mut [Self::Version];

    /// A version, as answers show it that show no value.
    fn shown(&self, call: &Call, version: &Self::Version) -> JsonMap;

    /// A version, as lists show it: its id says which it is in those of versions alone.
    fn item(&self, call: &Call, version: &Self::Version, says_version: bool) -> JsonMap;

    /// The latest version.
    fn latest(&self, call: &Call) -> JsonMap {
        self.versions().last().map(|version| self.shown(call, version)).unwrap_or_default()
    }

    /// The latest version, as lists of all show it.
    fn listed(&self, call: &Call) -> JsonMap {
        self.versions().last().map(|version| self.item(call, version, false)).unwrap_or_default()
    }

    /// Whether it is part of something else, which alone can be changed.
    fn is_managed(&self) -> bool {
        false
    }

    /// The secret that is part of it; one that only has its name is not.
    fn secret<'a>(&self, _world: &'a Snapshot) -> Option<&'a Arc<VaultSecret>> {
        None
    }
}

/// A version of whatever noun.
pub(crate) trait Version: Send + Sync {
    /// 32 hexadecimal digits.
    fn id(&self) -> &str;

    /// What every version has.
    fn attributes(&self) -> &VaultAttributes;

    /// Changes what a body names.
    fn change(&mut self, call: &Call, body: &JsonMap) -> Result<(), VaultError>;
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
pub(crate) fn version<'a, T: Noun>(call: &Call, object: &'a T) -> Result<&'a T::Version, VaultError> {
    let place = place(call, object)?;
    Ok(&object.versions()[place])
}

/// The same, to change it.
pub(crate) fn version_mut<'a, T: Noun>(call: &Call, object: &'a mut T) -> Result<&'a mut T::Version, VaultError> {
    let place = place(call, object)?;
    Ok(&mut object.versions_mut()[place])
}

fn place<T: Noun>(call: &Call, object: &T) -> Result<usize, VaultError> {
    let versions = object.versions();
    let found = match call.version() {
        Some(wanted) => versions.iter().position(|version| version.id().eq_ignore_ascii_case(wanted)),
        None => versions.len().checked_sub(1),
    };
    found.ok_or_else(|| missing::<T>(&call.words[1..].join("/")))
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
