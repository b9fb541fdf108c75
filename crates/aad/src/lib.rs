//! Entra ID: the token service, the certificates of managed identities, and Microsoft Graph.
//!
//! What it is: two faces over one directory — [`token_service`] and [`graph`] — and the renewal of certificates.
//!
//! What it is not: it assigns no roles and decides no ARM access.
//!
//! How to add the next: a grant is one file under `grants/`, a Graph noun one file under `graph/`, an AADSTS code one
//! variant in `error.rs`.

mod answer;
mod app_roles;
mod authorize;
mod call;
pub mod certificates;
mod claims_request;
mod client;
mod consent;
mod device;
mod discovery;
mod entitlements;
mod error;
mod federation;
mod form;
mod grants;
mod graph;
mod host;
mod html;
pub mod issuers;
mod logout;
mod opaque;
mod people;
mod realm;
mod redirect_uri;
mod registration;
mod route;
mod scope;
mod sign_in;
mod target;
mod tenant;
#[cfg(test)]
mod testing;
mod throttle;
mod token_endpoint;
mod token_service;
mod userinfo;

use std::sync::Arc;

use model::{Clock, FacePorts, Ids, Recent};
use store::Store;
use tokens::{SecretHasher, Signer, Verifier};

pub use discovery::KeptMetadata;
pub use federation::ForeignKeys;
pub use graph::{Refusal, ensure_first_party, graph};
pub use sign_in::SignInMode;
pub use throttle::Throttle;
pub use token_service::token_service;

/// What both faces work with. Cheap to clone.
#[derive(Clone)]
pub struct Aad {
    /// The directory.
    pub store: Store,
    /// Read once per request.
    pub clock: Arc<Clock>,
    /// New identifiers and secrets.
    pub ids: Arc<Ids>,
    /// Signs access tokens.
    pub signer: Arc<Signer>,
    /// Verifies access tokens that come back to Graph.
    pub verifier: Arc<Verifier>,
    /// Hashes client secrets.
    pub hasher: Arc<SecretHasher>,
    /// Where the faces are.
    pub ports: FacePorts,
    /// The keys of issuers that vouch for clients.
    pub foreign_keys: Arc<ForeignKeys>,
    /// What Graph refused of late, to be explained.
    pub refusals: Arc<Recent<Refusal>>,
    /// What the sign-in page asks for.
    pub sign_in: SignInMode,
    /// How often each client asks for tokens.
    pub throttle: Arc<Throttle>,
    /// Metadata that was written before.
    pub metadata: KeptMetadata,
}
