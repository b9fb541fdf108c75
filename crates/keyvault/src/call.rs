//! One request whose caller is known and may: what the operations work with.

use std::sync::Arc;

use axum::body::Bytes;
use model::{JsonMap, Time};
use serde_json::Value;
use store::{Snapshot, Tx};
use tokens::AccessToken;

use crate::KeyVault;
use crate::api_version::ApiVersion;
use crate::authorize::{Asked, authorize};
use crate::error::VaultError;
use crate::operation::Operation;
use crate::query::Query;
use crate::vault::Vault;

/// A request on a vault.
pub(crate) struct Call {
    pub(crate) face: KeyVault,
    pub(crate) operation: &'static Operation,
    pub(crate) vault: Vault,
    /// `https://{vault's own host}`: ids begin with it on every way in (CONTRACT 11).
    pub(crate) origin: String,
    /// The address that was asked, without its query: links to the next page lead back to it.
    pub(crate) address: String,
    /// What follows the vault in the path: a collection, perhaps a name, perhaps a version.
    pub(crate) words: Vec<String>,
    pub(crate) query: Query,
    pub(crate) api_version: ApiVersion,
    pub(crate) body: Bytes,
    pub(crate) token: Arc<AccessToken>,
    pub(crate) now: Time,
    /// The world as it was when the request came.
    pub(crate) world: Arc<Snapshot>,
}

impl Call {
    /// The name in the path; empty where the path has none.
    pub(crate) fn name(&self) -> &str {
        self.words.get(1).map(String::as_str).unwrap_or_default()
    }

    /// The version in the path.
    pub(crate) fn version(&self) -> Option<&str> {
        self.words.get(2).map(String::as_str)
    }

    /// The moment, as Key Vault writes it.
    pub(crate) fn second(&self) -> i64 {
        self.now.unix_timestamp()
    }

    /// The body, which must be a JSON object.
    pub(crate) fn body(&self) -> Result<JsonMap, VaultError> {
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(body)) => Ok(body),
            _ => Err(VaultError::BadParameter("The request body is missing or is no JSON object.".to_owned())),
        }
    }

    /// A new version's name: 32 hexadecimal digits.
    pub(crate) fn new_version(&self) -> String {
        self.face.ids.guid().simple().to_string()
    }

    /// The id of something in the vault.
    pub(crate) fn id(&self, collection: &str, name: &str, version: Option<&str>) -> String {
        let version = version.map(|version| format!("/{version}")).unwrap_or_default();
        format!("{}/{collection}/{name}{version}", self.origin)
    }

    /// Refuses unless the caller may do this in `world`.
    pub(crate) fn check(&self, world: &Snapshot) -> Result<(), VaultError> {
        let name = Some(self.name()).filter(|name| !name.is_empty());
        let (vault, right) = (&self.vault, self.operation.right);
        authorize(&Asked { vault, right, name, token: &self.token, now: self.now }, world, &self.face.rules)
    }

    /// Waits for the turn to write. Meanwhile the vault may have gone, or the right to it: what counts is what is there
    /// when the turn has come.
    pub(crate) async fn begin(&self) -> Result<Tx, VaultError> {
        let tx = self.face.store.begin().await;
        if tx.resource(&self.vault.scope()).is_none() {
            return Err(VaultError::NoSuchVault(self.vault.name().to_owned()));
        }
        self.check(&tx)?;
        Ok(tx)
    }
}
