//! Azure Resource Manager.
//!
//! What it is: one face — [`router`] — whose every request goes down one road, [`pipeline`]: verify the token, check
//! the api-version, read the path, find the resource type, authorize, let the type act, commit, answer.
//!
//! What it is not: it issues no tokens and runs no machines; it makes and ends their identities.
//!
//! How to add the next resource type: one file in [`resource_types`] that implements `ResourceType`, and one line in
//! `ALL`. Everything else — listing, authorization, api-versions, storage, tags, identity, rendering, its row in the
//! authorization matrix — comes with it.

mod answer;
mod api_version;
mod authorize;
mod caller;
mod clauses;
mod deployment;
mod error;
mod explanation;
mod face;
mod filter;
mod identity;
mod linked;
mod list;
mod locks;
mod managed_identity;
mod metadata;
mod operation;
mod pipeline;
mod query;
mod refusals;
mod render;
mod request;
mod resource_types;
mod route;
mod token_endpoint;
mod tracked;

use std::sync::Arc;

use model::{Clock, FacePorts, Ids, Recent};
use rbac::Rules;
use rcgen::{Issuer, KeyPair};
use store::Store;
use tokens::Verifier;

pub use caller::Caller;
pub use deployment::settle_interrupted_deployments;
pub use explanation::{Question, explain, explain_refusal, what_can, who_can};
pub use face::router;
pub use refusals::Refusal;
pub use resource_types::{Inventory, Schedule, inventory, schedule_event, settle_scheduled_events};

/// What the face works with. Cheap to clone.
#[derive(Clone)]
pub struct Arm {
    /// The world.
    pub store: Store,
    /// Read once per request.
    pub clock: Arc<Clock>,
    /// New identifiers.
    pub ids: Arc<Ids>,
    /// Verifies the callers' tokens.
    pub verifier: Arc<Verifier>,
    /// Signs the certificates of managed identities.
    pub ca: Arc<Issuer<'static, KeyPair>>,
    /// Where the faces are.
    pub ports: FacePorts,
    /// Roles, denies and conditions, compiled once.
    pub rules: Arc<Rules>,
    /// The latest refusals, to be explained.
    pub refusals: Arc<Recent<Refusal>>,
}
