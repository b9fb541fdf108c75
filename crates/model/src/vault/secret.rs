//! A secret, all but its values.

use serde::{Deserialize, Serialize};

use super::{Deletion, VaultAttributes};
use crate::{JsonMap, Scope};

/// A secret with its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VaultSecret {
    /// The vault.
    pub vault: Scope,
    /// The name, as it was spelt first.
    pub name: String,
    /// Its versions, the oldest first.
    pub versions: Vec<SecretVersion>,
    /// Whether it is deleted.
    pub deletion: Option<Deletion>,
}

/// One value that a secret has or had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretVersion {
    /// 32 hexadecimal digits.
    pub id: String,
    /// What every version has.
    pub attributes: VaultAttributes,
    /// What the value is, in its owner's words.
    pub content_type: Option<String>,
    /// Tags.
    pub tags: Option<JsonMap>,
    /// Whether it is the file of the certificate of the same name and version.
    pub is_managed: bool,
}
