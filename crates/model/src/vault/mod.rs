//! What vaults keep: secrets and certificates, without what is secret about them. Values and private keys are the
//! store's to guard; these are the words for everything else.
//!
//! How to add the next: a file with its noun, as [`VaultSecret`] is one.

mod certificate;
mod secret;

use serde::{Deserialize, Serialize};

pub use certificate::{CertificateVersion, PendingCertificate, VaultCertificate};
pub use secret::{SecretVersion, VaultSecret};

/// The type of vaults.
pub const VAULTS: &str = "Microsoft.KeyVault/vaults";

/// What every version of everything in a vault says of itself. Times are seconds since 1970, as Key Vault writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VaultAttributes {
    /// Whether its value is handed out.
    pub enabled: bool,
    /// From when it is meant to be used.
    pub not_before: Option<i64>,
    /// Until when.
    pub expires: Option<i64>,
    /// When the version was made.
    pub created: i64,
    /// When it was changed last.
    pub updated: i64,
}

/// That something was deleted and can come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deletion {
    /// When.
    pub at: i64,
    /// From when on it cannot come back.
    pub purged_at: i64,
}
