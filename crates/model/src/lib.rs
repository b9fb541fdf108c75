//! The words that every other crate of smalt speaks.
//!
//! What it is: plain data types and the rules of their spelling — ARM paths and scopes, resources,
//! directory principals, roles and assignments, the movable [`Clock`] and the seedable [`Ids`].
//!
//! What it is not: it does no I/O, keeps no state beyond the clock, and decides nothing.
//!
//! How to add the next word: one file, one noun, re-exported here.

mod access;
mod arm_path;
mod claims_matching;
mod clock;
mod deny_assignment;
mod directory;
mod federated_identity_credential;
mod fingerprint;
mod ids;
mod management_group;
mod origins;
mod recent;
mod resource;
mod role;
mod scope;
mod world;

pub use access::{AccessControl, DenyAssignments, Held, Place, RoleAssignments, SharedMap};
pub use arm_path::{ArmPath, Base, PathError, ProviderPart};
pub use claims_matching::ClaimsMatchingExpression;
pub use clock::{Clock, ClockState, Time, http_date, parse_span};
pub use deny_assignment::{DeniedPrincipal, DenyAssignment, DenyEffect, EVERYONE};
pub use directory::{
    Application, DirectoryObject, Group, KeyCredential, ManagedIdentity, PasswordCredential, ServicePrincipal,
    ServicePrincipalType, User,
};
pub use federated_identity_credential::FederatedIdentityCredential;
pub use ids::Ids;
pub use management_group::ManagementGroup;
pub use origins::{FacePorts, Origins};
pub use recent::Recent;
pub use resource::{Identity, JsonMap, Resource, Tags, UserAssigned, merge};
pub use role::{OWNER_ROLE, Permission, PrincipalType, RoleAssignment, RoleDefinition, RoleKind};
pub use scope::Scope;
pub use world::{Subscription, Tenant};
