//! What lives in the directory: applications, service principals, users and groups.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{FederatedIdentityCredential, JsonMap, PrincipalType, Time};

/// Anything with an object id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "objectType", rename_all = "camelCase")]
pub enum DirectoryObject {
    /// The definition of an application, in its home tenant.
    Application(Application),
    /// What an application or a managed identity is in this tenant: the holder of roles and keys.
    ServicePrincipal(ServicePrincipal),
    /// A person.
    User(User),
    /// A group of other objects.
    Group(Group),
}

impl DirectoryObject {
    /// The object id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        match self {
            Self::Application(o) => o.id,
            Self::ServicePrincipal(o) => o.id,
            Self::User(o) => o.id,
            Self::Group(o) => o.id,
        }
    }

    /// The name people see.
    #[must_use]
    pub fn display_name(&self) -> &str {
        match self {
            Self::Application(o) => &o.display_name,
            Self::ServicePrincipal(o) => &o.display_name,
            Self::User(o) => &o.display_name,
            Self::Group(o) => &o.display_name,
        }
    }

    /// What it is to role assignments; an application is nothing to them, only its service principal is.
    #[must_use]
    pub fn principal_type(&self) -> Option<PrincipalType> {
        match self {
            Self::Application(_) => None,
            Self::ServicePrincipal(_) => Some(PrincipalType::ServicePrincipal),
            Self::User(_) => Some(PrincipalType::User),
            Self::Group(_) => Some(PrincipalType::Group),
        }
    }
}

/// An application registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Object id.
    pub id: Uuid,
    /// Application (client) id.
    pub app_id: Uuid,
    /// The name people see.
    pub display_name: String,
    /// URIs that name it as a resource, such as `api://…`.
    pub identifier_uris: Vec<String>,
    /// Certificates that prove it.
    pub key_credentials: Vec<KeyCredential>,
    /// Secrets that prove it.
    pub password_credentials: Vec<PasswordCredential>,
    /// Issuers that vouch for it, oldest first. Worlds that are older than these have none.
    #[serde(default)]
    pub federated_identity_credentials: Vec<FederatedIdentityCredential>,
    /// Object ids of its owners.
    pub owners: Vec<Uuid>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: Time,
    /// Every other property that a client set, as Graph spells it.
    pub other: JsonMap,
}

/// What stands behind a service principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServicePrincipalType {
    /// An application registration.
    Application,
    /// A resource with an identity, or an identity that is a resource.
    ManagedIdentity,
}

/// What a managed identity's principal remembers of its resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedIdentity {
    /// ARM id of the host (system-assigned) or of the identity (user-assigned), with `resourcegroups` in lower case
    /// as the directory and the claim `xms_mirid` spell it (IDENTITY-WIRE 4.2, 6).
    pub resource_id: String,
    /// Whether it is user-assigned: `isExplicit=True` in `alternativeNames`.
    pub explicit: bool,
}

/// A principal that holds roles and proves itself with keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipal {
    /// Object (principal) id: what role assignments name.
    pub id: Uuid,
    /// Application (client) id: what token requests name.
    pub app_id: Uuid,
    /// The name people see.
    pub display_name: String,
    /// What stands behind it.
    pub kind: ServicePrincipalType,
    /// Present for managed identities.
    pub managed_identity: Option<ManagedIdentity>,
    /// Whether it may get tokens.
    pub account_enabled: bool,
    /// Names it answers to: its application id and identifier URIs.
    pub service_principal_names: Vec<String>,
    /// Certificates that prove it.
    pub key_credentials: Vec<KeyCredential>,
    /// Secrets that prove it.
    pub password_credentials: Vec<PasswordCredential>,
    /// Object ids of its owners.
    pub owners: Vec<Uuid>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: Time,
    /// Every other property that a client set, as Graph spells it.
    pub other: JsonMap,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Object id.
    pub id: Uuid,
    /// The sign-in name.
    pub user_principal_name: String,
    /// The name people see.
    pub display_name: String,
    /// Keyed hash of the password, when one was set.
    pub password_hash: Option<String>,
    /// Whether they may sign in.
    pub account_enabled: bool,
    /// Whom they report to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<Uuid>,
    /// When the object was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: Time,
    /// Every other property that a client set, as Graph spells it.
    pub other: JsonMap,
}

/// A group of directory objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Object id.
    pub id: Uuid,
    /// The name people see.
    pub display_name: String,
    /// Object ids of its direct members.
    pub members: Vec<Uuid>,
    /// Object ids of its owners.
    pub owners: Vec<Uuid>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: Time,
    /// Every other property that a client set, as Graph spells it.
    pub other: JsonMap,
}

impl Group {
    /// Whether it counts for access: `securityEnabled`, which nobody has to say.
    #[must_use]
    pub fn is_for_security(&self) -> bool {
        self.other.get("securityEnabled") != Some(&serde_json::Value::Bool(false))
    }
}

/// A certificate in the directory; its private key is never here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyCredential {
    /// The credential's own GUID.
    pub key_id: Uuid,
    /// The name people see, such as `CN=…`.
    pub display_name: Option<String>,
    /// SHA-1 of the certificate, 40 upper-case hexadecimal digits.
    pub thumbprint: String,
    /// The certificate, DER in base64.
    pub certificate: String,
    /// From when it counts.
    #[serde(with = "time::serde::rfc3339")]
    pub start: Time,
    /// Until when it counts.
    #[serde(with = "time::serde::rfc3339")]
    pub end: Time,
}

/// A secret in the directory; only its keyed hash is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordCredential {
    /// The credential's own GUID.
    pub key_id: Uuid,
    /// The name people see.
    pub display_name: Option<String>,
    /// The secret's first three characters.
    pub hint: String,
    /// Keyed hash of the secret.
    pub hash: String,
    /// From when it counts.
    #[serde(with = "time::serde::rfc3339")]
    pub start: Time,
    /// Until when it counts.
    #[serde(with = "time::serde::rfc3339")]
    pub end: Time,
}
