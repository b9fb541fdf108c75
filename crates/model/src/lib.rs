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
mod consent;
mod deleted_object;
mod deny_assignment;
mod directory;
mod directory_role;
mod federated_identity_credential;
mod fingerprint;
mod host;
mod ids;
mod management_group;
mod origins;
mod persisted_grant;
mod recent;
mod resource;
mod role;
mod running;
mod scheduled_event;
mod scope;
mod vault;
mod world;

pub use access::{AccessControl, DenyAssignments, Held, Place, RoleAssignments, SharedMap};
pub use arm_path::{ArmPath, Base, PathError, ProviderPart};
pub use claims_matching::ClaimsMatchingExpression;
pub use clock::{Clock, ClockState, Time, http_date, parse_span};
pub use consent::{AppRoleAssignment, PermissionGrant};
pub use deleted_object::{DeletedObject, DirectoryChange, Removal};
pub use deny_assignment::{DeniedPrincipal, DenyAssignment, DenyEffect, EVERYONE};
pub use directory::{
    Application, DirectoryObject, Group, KeyCredential, ManagedIdentity, PasswordCredential, ServicePrincipal,
    ServicePrincipalType, User,
};
pub use directory_role::{DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR};
pub use federated_identity_credential::FederatedIdentityCredential;
pub use host::{host_name, is_private_host};
pub use ids::Ids;
pub use management_group::ManagementGroup;
pub use origins::{FacePorts, Origins};
pub use persisted_grant::{
    AskedScope, AuthorizationCode, CodeChallenge, Decision, DeviceCode, GrantKind, PersistedGrant, RefreshToken, SignIn,
};
pub use recent::Recent;
pub use resource::{Identity, JsonMap, Resource, Tags, UserAssigned, merge};
pub use role::{OWNER_ROLE, Permission, PrincipalType, RoleAssignment, RoleDefinition, RoleKind};
pub use running::{ENDPOINT_SECRET, POWER_STATE, RUNNING, is_running};
pub use scheduled_event::{EventSource, EventType, ScheduledEvent, ScheduledEvents};
pub use scope::Scope;
pub use vault::{
    CertificateVersion, Deletion, Kept, PendingCertificate, SecretVersion, VAULTS, VaultAttributes, VaultCertificate,
    VaultSecret,
};
pub use world::{Subscription, Tenant};
