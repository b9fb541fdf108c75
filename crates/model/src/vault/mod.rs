//! What vaults keep: secrets and certificates, without what is secret about them. Values and private keys are the
//! store's to guard; these are the words for everything else.
//!
//! How to add the next: a file with its noun, as [`VaultSecret`] is one.

mod certificate;
mod secret;

use serde::{Deserialize, Serialize};

use crate::Scope;

pub use certificate::{CertificateVersion, PendingCertificate, VaultCertificate};
pub use secret::{SecretVersion, VaultSecret};

/// The type of vaults.
pub const VAULTS: &str = "Microsoft.KeyVault/vaults";

/// What everything in a vault has. In documents it stands beside the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The vault.
    pub vault: Scope,
    /// The name, as it was spelt first.
    pub name: String,
    /// Whether it is deleted.
    pub deletion: Option<Deletion>,
}

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Databases hold documents of this shape.
    #[test]
    fn a_document_names_its_vault_at_the_top() {
        let document = json!({
            "vault": "/subscriptions/s", "name": "Mine", "versions": [], "deletion": {"at": 1, "purgedAt": 2},
        });
        let read: VaultSecret = serde_json::from_value(document.clone()).unwrap();
        assert_eq!(read.kept.deletion, Some(Deletion { at: 1, purged_at: 2 }));
        assert_eq!(serde_json::to_value(read).unwrap(), document);
        let certificate = json!({
            "vault": "/subscriptions/s", "name": "c", "policy": {}, "policyCreated": 1, "policyUpdated": 2, "pending": null,
            "versions": [], "deletion": null,
        });
        let read: VaultCertificate = serde_json::from_value(certificate.clone()).unwrap();
        assert_eq!((read.kept.name.as_str(), read.kept.deletion), ("c", None));
        assert_eq!(serde_json::to_value(read).unwrap(), certificate);
    }
}
