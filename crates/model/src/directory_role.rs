//! Roles of the directory itself; they have nothing to do with roles on Azure resources.

use serde::{Deserialize, Serialize};
use uuid::{Uuid, uuid};

/// The template id of Global Administrator, the same in every tenant.
pub const GLOBAL_ADMINISTRATOR: Uuid = uuid!("62e90394-69f5-4237-9190-012177145e10");

/// A directory role that somebody has, in the whole tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryRoleAssignment {
    /// The role's template id.
    pub role_id: Uuid,
    /// Who has it: the object id of a user, a service principal or a group that may hold roles.
    pub principal_id: Uuid,
}
