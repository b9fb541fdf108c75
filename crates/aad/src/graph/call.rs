//! One request, understood.

use std::sync::Arc;

use model::{DirectoryObject, JsonMap, Time};
use store::Snapshot;
use uuid::Uuid;

use super::access::{Area, Caller, Need};
use super::entity::Kind;
use super::error::GraphError;
use super::odata::Options;
use super::passwords;
use super::target::Key;
use crate::Aad;

/// What a route is given.
pub(super) struct Call<'a> {
    /// The face.
    pub(super) aad: &'a Aad,
    /// When the request came.
    pub(super) now: Time,
    /// Graph's address as the caller sees it, such as `https://localhost:8445`.
    pub(super) origin: String,
    /// `v1.0` or `beta`.
    pub(super) version: &'static str,
    /// The path as it was written, but for doubled slashes.
    pub(super) path: String,
    /// The query as it was written.
    pub(super) query: String,
    /// Who calls.
    pub(super) caller: Caller,
    /// The last word of the route: a relation, where it is one.
    pub(super) relation: &'static str,
    /// The noun at the beginning of the path.
    pub(super) noun: Kind,
    /// The keys in the path.
    pub(super) keys: Vec<Key>,
    /// The type at the end of the path.
    pub(super) cast: Option<&'static str>,
    /// Whether only the number of objects is asked for.
    pub(super) counted: bool,
    /// Whether references are asked for in place of the objects.
    pub(super) referenced: bool,
    /// Whether the client does without what OData says about the answer itself (`odata.metadata=none`).
    pub(super) plain: bool,
    /// Whether a change may make what is not there (`Prefer: create-if-missing`).
    pub(super) creates_if_missing: bool,
    /// What the query asks.
    pub(super) options: Options,
    /// What was sent.
    pub(super) body: JsonMap,
    /// What the passwords come to that were sent.
    pub(super) passwords: passwords::Sent,
}

impl Call<'_> {
    /// The key at `place`, the leftmost being 0.
    ///
    /// # Errors
    /// [`GraphError::NotFound`] when the path has fewer.
    pub(super) fn key(&self, place: usize) -> Result<&Key, GraphError> {
        self.keys.get(place).ok_or_else(|| GraphError::NotFound(String::new()))
    }

    /// The set that an object of `kind` is in, as contexts and links name it.
    pub(super) fn set_of(&self, kind: Kind) -> String {
        match (kind, self.keys.first()) {
            // One of its application's, not of the directory's.
            (Kind::FederatedIdentityCredential, Some(key)) => {
                format!("{}('{}')/{}", self.noun.set(), key.value, kind.set())
            }
            _ => kind.set().to_owned(),
        }
    }

    /// The address by which the directory refers to an object.
    pub(super) fn reference(&self, world: &Snapshot, kind: Kind, id: &str) -> String {
        let tenant = world.tenant().map(|tenant| tenant.id.to_string()).unwrap_or_default();
        let class = kind.class();
        format!("{}/v2/{tenant}/directoryObjects/{id}/Microsoft.DirectoryServices.{class}", self.origin)
    }

    /// The object that the path names first.
    ///
    /// # Errors
    /// [`GraphError::NotFound`], or [`GraphError::Invalid`] when the key can be none of this noun's.
    pub(super) fn object<'w>(&self, world: &'w Snapshot) -> Result<&'w Arc<DirectoryObject>, GraphError> {
        self.noun.find(world, self.key(0)?)
    }

    /// Lets the caller pass, or not, for what the path names.
    ///
    /// # Errors
    /// [`GraphError::RequestDenied`].
    pub(super) fn authorize(&self, world: &Snapshot, area: Area, writes: bool) -> Result<(), GraphError> {
        let key = self.keys.first();
        let present = key.and_then(|key| self.noun.find(world, key).ok()).map(AsRef::as_ref);
        let deleted = || {
            let id = key.and_then(|key| Uuid::parse_str(&key.value).ok())?;
            world.deleted_object(id, self.now).map(|deleted| &deleted.object)
        };
        let require = |area, object| self.caller.require(Need { area, writes }, object);
        if self.noun != Kind::DirectoryObject {
            return require(area, present);
        }
        match present.or_else(deleted) {
            Some(object) => require(Kind::of(object).area(), Some(object)),
            // A question about objects of any kind is for who may see some kind.
            None => require(Area::Groups, None)
                .or_else(|_| require(Area::Applications, None))
                .or_else(|_| require(Area::Users, None)),
        }
    }
}
