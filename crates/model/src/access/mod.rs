//! Everything that access rests on: roles, who holds them where, and who is denied.
//!
//! What it is: [`AccessControl`], persistent collections in which what bears on a request is found without reading the
//! rest. A clone costs a few reference counts and shares what did not change, so every commit has a picture of its own.
//!
//! What it is not: it decides nothing; rules are `rbac`'s, rows are `store`'s.
//!
//! How to add the next collection: a file beside these, a member here.

mod deny_assignments;
mod guid_map;
mod holdings;
mod place;
mod role_assignments;

use std::sync::Arc;

use imbl::GenericHashMap;
use imbl::shared_ptr::DefaultSharedPtr;
use uuid::Uuid;

use crate::RoleDefinition;

pub use deny_assignments::DenyAssignments;
pub use holdings::Held;
pub use place::Place;
pub use role_assignments::RoleAssignments;

/// A persistent map. Its keys are random identifiers or numbers that were hashed before: a fast hash is good enough.
pub type SharedMap<K, V> = GenericHashMap<K, V, foldhash::fast::RandomState, DefaultSharedPtr>;

/// A tenant's access control.
#[derive(Clone, Default)]
pub struct AccessControl {
    /// The tenant's own roles; Azure's come with the program.
    pub custom_roles: SharedMap<Uuid, Arc<RoleDefinition>>,
    /// Who holds which role where.
    pub role_assignments: RoleAssignments,
    /// Who is denied what where.
    pub deny_assignments: DenyAssignments,
}
