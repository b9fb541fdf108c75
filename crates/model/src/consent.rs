//! What applications may do in each other's name: app roles that are assigned, and delegated permissions that are granted.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Time;

/// An app role of a resource, given to a service principal, a user or a group: the claim `roles` of their tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRoleAssignment {
    /// Who has the role: an object id.
    pub principal_id: Uuid,
    /// Tells it from the principal's other assignments.
    pub number: Uuid,
    /// Whose role it is: the object id of the resource's service principal.
    pub resource_id: Uuid,
    /// The role, one of the resource's `appRoles`; nil where only access is meant.
    pub app_role_id: Uuid,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: Time,
}

/// Delegated permissions that a client has on a resource: the claim `scp` of tokens in a person's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionGrant {
    /// The object id of the client's service principal.
    pub client_id: Uuid,
    /// The object id of the resource's service principal.
    pub resource_id: Uuid,
    /// For whom the client may act; none means everybody (`AllPrincipals`).
    pub principal_id: Option<Uuid>,
    /// The permissions' values, with spaces between them.
    pub scope: String,
}
