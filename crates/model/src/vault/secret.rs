//! A secret, all but its values.

use serde::{Deserialize, Serialize};

use super::{Kept, VaultAttributes};
use crate::JsonMap;

/// A secret with its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VaultSecret {
    /// Vault, name, and whether it is deleted.
    #[serde(flatten)]
    pub kept: Kept,
    /// Its versions, the oldest first.
    pub versions: Vec<SecretVersion>,
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
