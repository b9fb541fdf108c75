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
mod admin_consent;
mod answer;
mod app_role_assignments;
mod application_checks;
mod applications;
mod batch;
mod call;
mod credentials;
mod deleted_items;
mod delta;
mod directory_objects;
mod directory_role_catalogue;
mod directory_roles;
mod domains;
mod entity;
mod error;
mod expand;
mod federated_identity_credentials;
mod first_party;
mod graph_permissions;
mod groups;
mod headers;
mod identifiers;
#[cfg(test)]
mod in_process;
mod key_credentials;
mod key_rolling;
mod managers;
mod me;
mod memberships;
mod nouns;
mod odata;
mod organization;
mod owners;
mod passwords;
mod permission_grants;
mod person_changes;
mod properties;
mod property_names;
#[cfg(test)]
mod recorded_shapes;
mod references;
mod refusals;
mod relations;
mod road;
mod role_groups;
mod route;
mod service_principals;
mod target;
#[cfg(test)]
mod tests;
mod unique_names;
mod users;

use axum::Router;
use axum::routing::any;
pub use first_party::ensure_first_party;
pub(crate) use first_party::first_party_client;
pub use refusals::Refusal;
pub(crate) use service_principals::{app_roles, delegated_permissions};

use crate::{Aad, userinfo};

/// Graph's face: answers every path and verb in Graph's own shape.
pub fn graph(aad: Aad) -> Router {
    // OpenID Connect's, at Graph's address: no noun and no version.
    Router::new().route("/oidc/userinfo", any(userinfo::at_graph)).fallback(road::road).with_state(aad)
}
