//! Roles and who holds them.

use serde::{Deserialize, Serialize};
use uuid::{Uuid, uuid};

use crate::{Scope, Time};

/// Azure's built-in role Owner.
pub const OWNER_ROLE: Uuid = uuid!("8e3af657-a8ff-443c-a75c-2fe8c4bcb635");

/// What a role allows: one block of a role definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Permission {
    /// Control-plane operations allowed, with at most one `*` each.
    pub actions: Vec<String>,
    /// Control-plane operations taken out of `actions`.
    pub not_actions: Vec<String>,
    /// Data-plane operations allowed.
    pub data_actions: Vec<String>,
    /// Data-plane operations taken out of `data_actions`.
    pub not_data_actions: Vec<String>,
    /// An attribute condition on this block (29 built-in roles carry one).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The condition language's version, `2.0` (one built-in role says `1.0`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_version: Option<String>,
}

/// Who made a role definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoleKind {
    /// Azure's own; the same in every tenant.
    #[serde(rename = "BuiltInRole")]
    BuiltIn,
    /// A tenant's own.
    #[serde(rename = "CustomRole")]
    Custom,
}

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleDefinition {
    /// The GUID that names it.
    pub id: Uuid,
    /// The name people use, such as `Reader`.
    pub role_name: String,
    /// Built in or custom.
    pub kind: RoleKind,
    /// What it is for, in words.
    pub description: String,
    /// Its blocks; their grants add up.
    pub permissions: Vec<Permission>,
    /// Where it may be assigned, as written.
    pub assignable_scopes: Vec<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_on: Time,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_on: Time,
    /// Object id of who made it; none for built-in roles.
    pub created_by: Option<Uuid>,
    /// Object id of who changed it last.
    pub updated_by: Option<Uuid>,
}

/// The kind of directory object that holds a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrincipalType {
    /// A person.
    User,
    /// A group, whose transitive members hold the role too.
    Group,
    /// An application's or a managed identity's principal.
    ServicePrincipal,
}

impl PrincipalType {
    /// Azure's spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::ServicePrincipal => "ServicePrincipal",
        }
    }

    /// Reads Azure's spelling, whatever its case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::User, Self::Group, Self::ServicePrincipal].into_iter().find(|t| t.as_str().eq_ignore_ascii_case(text))
    }
}

/// A role given to a principal at a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignment {
    /// The GUID that names it, unique in the tenant.
    pub name: Uuid,
    /// Where it holds, as ARM compares scopes.
    pub scope: Scope,
    /// The same as its creator wrote it: answers echo this spelling.
    pub scope_as_written: String,
    /// The role's GUID.
    pub role_definition_id: Uuid,
    /// The holder's object id.
    pub principal_id: Uuid,
    /// What the holder is.
    pub principal_type: PrincipalType,
    /// A condition that must hold as well.
    pub condition: Option<String>,
    /// The condition language's version.
    pub condition_version: Option<String>,
    /// Why, in words.
    pub description: Option<String>,
    /// A resource whose identity acts across tenants (Lighthouse); kept and echoed only.
    pub delegated_managed_identity_resource_id: Option<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_on: Time,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_on: Time,
    /// Object id of who made it.
    pub created_by: Option<Uuid>,
    /// Object id of who changed it last.
    pub updated_by: Option<Uuid>,
}
