//! Kinds of things that Graph shows: their names, how keys find them, which properties are shown unasked.

use std::sync::Arc;

use model::{DirectoryObject, JsonMap};
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::access::{Area, Caller};
use super::error::GraphError;
use super::target::Key;
use super::{
    app_role_assignments, applications, domains, federated_identity_credentials, groups, organization,
    permission_grants, service_principals, unique_names, users,
};
use crate::people::known_as;

/// A kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An application registration.
    Application,
    /// The holder of roles and keys.
    ServicePrincipal,
    /// A person.
    User,
    /// A group.
    Group,
    /// Any of the four above.
    DirectoryObject,
    /// The tenant.
    Organization,
    /// A domain of the tenant.
    Domain,
    /// Trust of an application in another issuer.
    FederatedIdentityCredential,
    /// Delegated permissions that a client has.
    PermissionGrant,
    /// An app role that somebody has.
    AppRoleAssignment,
    /// A role of the directory.
    DirectoryRole,
    /// What a role of the directory is made from.
    DirectoryRoleTemplate,
    /// A role of the directory, as role management shows it.
    RoleDefinition,
    /// A role of the directory that somebody has.
    RoleAssignment,
}

impl Kind {
    /// What a directory object is.
    pub(super) fn of(object: &DirectoryObject) -> Self {
        match object {
            DirectoryObject::Application(_) => Self::Application,
            DirectoryObject::ServicePrincipal(_) => Self::ServicePrincipal,
            DirectoryObject::User(_) => Self::User,
            DirectoryObject::Group(_) => Self::Group,
        }
    }

    /// The kind of directory object with this type name.
    pub(super) fn named(type_name: &str) -> Option<Self> {
        const KINDS: [Kind; 5] =
            [Kind::Application, Kind::ServicePrincipal, Kind::User, Kind::Group, Kind::DirectoryRole];
        KINDS.into_iter().find(|kind| kind.type_name() == type_name)
    }

    /// The name of their set, the directory's own name of the type, and its name in OData without `microsoft.graph.`.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Application => ("applications", "Application", "application"),
            Self::ServicePrincipal => ("servicePrincipals", "ServicePrincipal", "servicePrincipal"),
            Self::User => ("users", "User", "user"),
            Self::Group => ("groups", "Group", "group"),
            Self::DirectoryObject => ("directoryObjects", "DirectoryObject", "directoryObject"),
            Self::Organization => ("organization", "Organization", "organization"),
            Self::Domain => ("domains", "Domain", "domain"),
            Self::PermissionGrant => ("oauth2PermissionGrants", "OAuth2PermissionGrant", "oAuth2PermissionGrant"),
            Self::AppRoleAssignment => ("appRoleAssignments", "AppRoleAssignment", "appRoleAssignment"),
            Self::DirectoryRole => ("directoryRoles", "DirectoryRole", "directoryRole"),
            Self::DirectoryRoleTemplate => ("directoryRoleTemplates", "DirectoryRoleTemplate", "directoryRoleTemplate"),
            Self::RoleDefinition => {
                ("roleManagement/directory/roleDefinitions", "RoleDefinition", "unifiedRoleDefinition")
            }
            Self::RoleAssignment => {
                ("roleManagement/directory/roleAssignments", "RoleAssignment", "unifiedRoleAssignment")
            }
            Self::FederatedIdentityCredential => {
                ("federatedIdentityCredentials", "FederatedIdentityCredential", "federatedIdentityCredential")
            }
        }
    }

    /// The name of their set.
    pub(super) fn set(self) -> &'static str {
        self.names().0
    }

    /// The directory's own name of the type, as in `Location` and in messages.
    pub(super) fn class(self) -> &'static str {
        self.names().1
    }

    /// The type's name in OData, without `microsoft.graph.`.
    pub(super) fn type_name(self) -> &'static str {
        self.names().2
    }

    /// Whether they are directory objects, of which only advanced queries ask certain things.
    pub(super) fn is_directory_object(self) -> bool {
        matches!(self, Self::Application | Self::ServicePrincipal | Self::User | Self::Group | Self::DirectoryObject)
    }

    /// The part of the directory that objects of the kind are in.
    pub(super) fn area(self) -> Area {
        match self {
            Self::User => Area::Users,
            Self::Group => Area::Groups,
            _ => Area::Applications,
        }
    }

    /// Every property of the kind, at its default. Empty for directory objects, which differ, and for what nobody makes.
    pub(super) fn defaults(self) -> JsonMap {
        match self {
            Self::Application => applications::defaults(),
            Self::ServicePrincipal => service_principals::defaults(),
            Self::User => users::defaults(),
            Self::Group => groups::defaults(),
            Self::PermissionGrant => permission_grants::defaults(),
            Self::AppRoleAssignment => app_role_assignments::defaults(),
            Self::DirectoryObject
            | Self::DirectoryRole
            | Self::DirectoryRoleTemplate
            | Self::RoleDefinition
            | Self::RoleAssignment => JsonMap::new(),
            Self::Organization => organization::defaults(),
            Self::Domain => domains::defaults(),
            Self::FederatedIdentityCredential => federated_identity_credentials::defaults(),
        }
    }

    /// Whether `property` is shown only when it is selected.
    pub(super) fn hides(self, property: &str) -> bool {
        match self {
            Self::Application => applications::HIDDEN.contains(&property),
            Self::ServicePrincipal => service_principals::HIDDEN.contains(&property),
            Self::User => !users::SHOWN.contains(&property),
            _ => false,
        }
    }

    /// Whether clients cannot set `property`.
    pub(super) fn keeps_for_itself(self, property: &str) -> bool {
        const EVERYWHERE: [&str; 3] = ["id", "createdDateTime", "deletedDateTime"];
        EVERYWHERE.contains(&property)
            || match self {
                Self::Application => applications::READ_ONLY.contains(&property),
                Self::ServicePrincipal => service_principals::READ_ONLY.contains(&property),
                Self::Group => groups::READ_ONLY.contains(&property),
                _ => false,
            }
    }

    /// The object that `key` names.
    ///
    /// # Errors
    /// [`GraphError::NotFound`], or [`GraphError::Invalid`] for what can be no key of the kind.
    pub(super) fn find<'w>(self, world: &'w Snapshot, key: &Key) -> Result<&'w Arc<DirectoryObject>, GraphError> {
        let missing = || GraphError::NotFound(key.value.clone());
        let guid = Uuid::parse_str(&key.value).ok();
        let id = match (&key.property, self) {
            (None, Self::User) if guid.is_none() => known_as(world, &key.value).map(|user| user.id),
            (None, _) => match guid {
                Some(id) => Some(id),
                None => return Err(GraphError::Invalid(format!("Invalid object identifier '{}'.", key.value))),
            },
            (Some(name), Self::Application) if name.eq_ignore_ascii_case("appId") => {
                guid.and_then(|id| world.application_by_app_id(id)).map(|found| found.id)
            }
            (Some(name), Self::ServicePrincipal) if name.eq_ignore_ascii_case("appId") => {
                guid.and_then(|id| world.service_principal_by_app_id(id)).map(|found| found.id)
            }
            (Some(name), _) if unique_names::is_key(self, name) => unique_names::find(world, self, &key.value),
            (Some(name), Self::User) if name.eq_ignore_ascii_case("userPrincipalName") => {
                known_as(world, &key.value).map(|user| user.id)
            }
            (Some(name), _) => {
                return Err(GraphError::Invalid(format!(
                    "The property '{name}' is no key of the type 'microsoft.graph.{}'.",
                    self.type_name()
                )));
            }
        };
        let found = id.and_then(|id| world.object(id)).ok_or_else(missing)?;
        if self == Self::DirectoryObject || Self::of(found) == self { Ok(found) } else { Err(missing()) }
    }
}

/// A directory object with all its properties.
pub(super) fn draw(world: &Snapshot, object: &DirectoryObject) -> JsonMap {
    match object {
        DirectoryObject::Application(application) => applications::draw(world, application),
        DirectoryObject::ServicePrincipal(principal) => service_principals::draw(world, principal),
        DirectoryObject::User(user) => users::draw(user),
        DirectoryObject::Group(group) => groups::draw(group),
    }
}

/// A directory object among others: it says what it is, and to a caller who may not read its kind no more than that and
/// its id.
pub(super) fn draw_among_others(caller: &Caller, world: &Snapshot, object: &DirectoryObject) -> JsonMap {
    let name = format!("#microsoft.graph.{}", Kind::of(object).type_name());
    let mut drawn = JsonMap::from_iter([("@odata.type".to_owned(), json!(name))]);
    drawn.extend(draw(world, object));
    if !caller.reads(object) {
        hide(&mut drawn);
    }
    drawn
}

/// Leaves of an object its type and its id, and null in place of everything else (Microsoft Graph, "Limited information
/// returned for inaccessible member objects").
pub(super) fn hide(drawn: &mut JsonMap) {
    for (name, value) in drawn {
        if name != "id" && !name.starts_with('@') {
            *value = Value::Null;
        }
    }
}

/// Every object of a kind, drawn.
pub(super) fn draw_all(world: &Snapshot, kind: Kind) -> Vec<JsonMap> {
    world.objects().filter(|object| Kind::of(object) == kind).map(|object| draw(world, object)).collect()
}
