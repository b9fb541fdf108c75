//! Who is denied what where.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Permission, Scope, Time};

/// The id that stands for everyone among the principals of a deny assignment; its type is `SystemDefined` (RBAC A6).
pub const EVERYONE: Uuid = Uuid::nil();

/// One of the principals that a deny assignment names, or excepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeniedPrincipal {
    /// Its object id; [`EVERYONE`] for everyone.
    pub id: Uuid,
    /// What it is, in Azure's words: `User`, `Group`, `ServicePrincipal`, `SystemDefined`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Whether a deny assignment denies, or only lets its owner see what it would deny.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DenyEffect {
    /// It denies.
    #[default]
    Enforced,
    /// It denies nothing.
    Audit,
}

/// Operations denied to principals at a scope, whatever roles they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DenyAssignment {
    /// The GUID that names it.
    pub name: Uuid,
    /// The name people use.
    pub display_name: String,
    /// Why, in words.
    pub description: Option<String>,
    /// What is denied; the blocks add up.
    pub permissions: Vec<Permission>,
    /// Where, as ARM compares scopes.
    pub scope: Scope,
    /// The same as its creator wrote it.
    pub scope_as_written: String,
    /// Who is denied.
    pub principals: Vec<DeniedPrincipal>,
    /// Who is not, and whose members are not, for all that.
    pub exclude_principals: Vec<DeniedPrincipal>,
    /// Whether it holds at the scope itself and not below it.
    pub do_not_apply_to_child_scopes: bool,
    /// Whether it is Azure's own, as those of managed applications are, and cannot be taken away by a customer.
    pub is_system_protected: bool,
    /// Whether it denies.
    pub effect: DenyEffect,
    /// A condition that must hold as well.
    pub condition: Option<String>,
    /// The condition language's version.
    pub condition_version: Option<String>,
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
