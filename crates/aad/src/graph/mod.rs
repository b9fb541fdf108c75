//! Microsoft Graph over the directory, versions `v1.0` and `beta`.
//!
//! What it is: one road for every request ([`road`]), a list of nouns with their routes ([`nouns`]), and OData over the
//! JSON that the nouns draw ([`odata`]). A route is either read or written; which of the two decides who may take it.
//!
//! What it is not: it issues no tokens, gives no managed identity and knows nothing of ARM's roles.
//!
//! How to add the next: a noun is a file with its `ROUTES` and one line in [`nouns::ALL`]; an error is one variant in
//! `error.rs`.

mod access;
mod answer;
mod applications;
mod call;
mod credentials;
mod directory_objects;
mod domains;
mod entity;
mod error;
mod groups;
mod headers;
#[cfg(test)]
mod in_process;
mod key_credentials;
mod me;
mod memberships;
mod nouns;
mod odata;
mod organization;
mod owners;
mod properties;
#[cfg(test)]
mod recorded_shapes;
mod references;
mod refusals;
mod road;
mod route;
mod service_principals;
mod target;
#[cfg(test)]
mod tests;
mod users;

use axum::Router;
use axum::routing::any;
pub use refusals::Refusal;

use crate::{Aad, userinfo};

/// Graph's face: answers every path and verb in Graph's own shape.
pub fn graph(aad: Aad) -> Router {
    // OpenID Connect's, at Graph's address: no noun and no version.
    Router::new().route("/oidc/userinfo", any(userinfo::at_graph)).fallback(road::road).with_state(aad)
}
