//! A certificate, all but its private keys.

use serde::{Deserialize, Serialize};

use super::{Kept, VaultAttributes};
use crate::JsonMap;

/// A certificate with its policy and its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VaultCertificate {
    /// Vault, name, and whether it is deleted.
    #[serde(flatten)]
    pub kept: Kept,
    /// How the next version will be made, as answers show it.
    pub policy: JsonMap,
    /// When the policy was made.
    pub policy_created: i64,
    /// When it was changed last.
    pub policy_updated: i64,
    /// What became of the last wish for a version; none for what was imported.
    pub pending: Option<PendingCertificate>,
    /// Its versions, the oldest first.
    pub versions: Vec<CertificateVersion>,
}

/// The operation that made a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingCertificate {
    /// The request that an issuer would get: PKCS#10 DER in base64.
    pub request: String,
    /// 32 hexadecimal digits.
    pub id: String,
}

/// One certificate that it is or was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateVersion {
    /// 32 hexadecimal digits; those of its key and its secret too.
    pub id: String,
    /// What every version has.
    pub attributes: VaultAttributes,
    /// Tags.
    pub tags: Option<JsonMap>,
    /// The certificate, DER in base64.
    pub certificate: String,
    /// Its SHA-1 in base64url.
    pub thumbprint: String,
}
