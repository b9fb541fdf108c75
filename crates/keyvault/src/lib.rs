//! Key Vault's data plane: secrets and certificates.
//!
//! What it is: a face with Key Vault's shapes and errors. `road.rs` is to be read from top to bottom: the token, the vault,
//! the operation, the right to it, the act. A request without a token is told where to get one, as every client of Key
//! Vault expects. Vaults themselves are resources, and Resource Manager's.
//!
//! What it is not: there are no keys to encrypt with, no issuers but `Self`, no backups, and nothing is rotated.
//!
//! How to add the next noun: a word in `model`, a kind in `store`, and a file here with its `OPERATIONS` and those
//! that all nouns share, which `operation::ALL` names.

mod answer;
mod api_version;
mod attributes;
mod authenticate;
mod authorize;
mod call;
mod certificate_keeping;
mod certificate_policy;
mod certificates;
mod deleted;
mod error;
mod heavy_work;
mod noun;
mod operation;
mod page;
mod pkcs12_work;
mod query;
mod road;
mod secrets;
mod shared_operations;
mod vault;

use std::sync::Arc;

use axum::Router;
use model::{Clock, FacePorts, Ids};
use rbac::Rules;
use store::Store;
use tokens::Verifier;

/// What the face works with. Cheap to clone.
#[derive(Clone)]
pub struct KeyVault {
    /// The world.
    pub store: Store,
    /// Read once per request.
    pub clock: Arc<Clock>,
    /// Names versions.
    pub ids: Arc<Ids>,
    /// Verifies the callers' tokens.
    pub verifier: Arc<Verifier>,
    /// Roles and conditions, compiled.
    pub rules: Arc<Rules>,
    /// Where the faces are.
    pub ports: FacePorts,
}

/// The face as a router.
pub fn router(vault: KeyVault) -> Router {
    Router::new().fallback(road::handle).with_state(vault)
}
