//! Kinds of things that Graph shows: their names, how keys find them, which properties are shown unasked.

use std::sync::Arc;

use model::{DirectoryObject, JsonMap};
use serde_json::json;
use store::Snapshot;
use uuid::Uuid;

use super::error::GraphError;
use super::target::Key;
use super::{applications, domains, federated_identity_credentials, groups, organization, service_principals, users};

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

    /// The name of their set: what paths begin with.
    pub(super) fn set(self) -> &'static str {
        match self {
            Self::Application => "applications",
            Self::ServicePrincipal => "servicePrincipals",
            Self::User => "users",
            Self::Group => "groups",
            Self::DirectoryObject => "directoryObjects",
            Self::Organization => "organization",
            Self::Domain => "domains",
            Self::FederatedIdentityCredential => "federatedIdentityCredentials",
        }
    }

    /// The directory's own name of the type, as in `Location` and in messages.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Application => "Application",
            Self::ServicePrincipal => "ServicePrincipal",
            Self::User => "User",
            Self::Group => "Group",
            Self::DirectoryObject => "DirectoryObject",
            Self::Organization => "Organization",
            Self::Domain => "Domain",
            Self::FederatedIdentityCredential => "FederatedIdentityCredential",
        }
    }

    /// The type's name in OData, without `microsoft.graph.`.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::ServicePrincipal => "servicePrincipal",
            Self::User => "user",
            Self::Group => "group",
            Self::DirectoryObject => "directoryObject",
            Self::Organization => "organization",
            Self::Domain => "domain",
            Self::FederatedIdentityCredential => "federatedIdentityCredential",
        }
    }

    /// Every property of the kind, at its default. Empty for directory objects, which differ.
    pub(super) fn defaults(self) -> JsonMap {
        match self {
            Self::Application => applications::defaults(),
            Self::ServicePrincipal => service_principals::defaults(),
            Self::User => users::defaults(),
            Self::Group => groups::defaults(),
            Self::DirectoryObject => JsonMap::new(),
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
            (None, Self::User) if guid.is_none() => users::named(world, &key.value).map(|user| user.id),
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
            (Some(name), Self::User) if name.eq_ignore_ascii_case("userPrincipalName") => {
                users::named(world, &key.value).map(|user| user.id)
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

/// A directory object among others: it says what it is.
pub(super) fn draw_among_others(world: &Snapshot, object: &DirectoryObject) -> JsonMap {
    let name = format!("#microsoft.graph.{}", Kind::of(object).type_name());
    let mut drawn = JsonMap::from_iter([("@odata.type".to_owned(), json!(name))]);
    drawn.extend(draw(world, object));
    drawn
}

/// Every object of a kind, drawn.
pub(super) fn draw_all(world: &Snapshot, kind: Kind) -> Vec<JsonMap> {
    world.objects().filter(|object| Kind::of(object) == kind).map(|object| draw(world, object)).collect()
}
