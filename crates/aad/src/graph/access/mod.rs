//! Who may do what in the directory.
//!
//! What it is: a [`Caller`] has [`Rights`] over parts of the directory: an application those of its app roles on Microsoft
//! Graph (the claim `roles`) and of its directory roles, a person those of a member and of their directory roles, as far
//! as their client's delegated permissions (the claim `scp`) reach.
//!
//! What it is not: it decides nothing about Azure resources; roles there count for nothing here.
//!
//! How to add the next: a permission is one line in [`permissions`], a directory role one line in `directory_roles`.

mod permissions;
mod rights;

use model::DirectoryObject;
use store::Snapshot;
use tokens::AccessToken;
use uuid::Uuid;

use super::directory_roles;
use super::entity::Kind;
use super::error::GraphError;
use super::owners::owners;
use super::role_groups::may_hold_roles;
pub(super) use permissions::that_allow;
pub(super) use rights::{Area, Reach, Rights};

/// What a request does to which part of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Need {
    /// The part.
    pub(super) area: Area,
    /// Whether it changes something.
    pub(super) writes: bool,
}

/// Why somebody is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    /// The directory does not have the caller any more.
    Gone,
    /// The caller's rights do not reach so far.
    Beyond(Need),
    /// The person is an administrator, and the caller is none who may change administrators.
    Administrator,
    /// Only the person may.
    NotOneself,
    /// Service principals of managed identities follow their resources.
    Managed,
}

/// Who calls.
pub(super) struct Caller {
    /// The object id.
    pub(super) id: Uuid,
    /// Whether it is a person.
    pub(super) is_person: bool,
    rights: Rights,
}

impl Caller {
    /// The caller that a token for Graph speaks of. Permissions are those that the token names: one given since is in the
    /// next token. Directory roles are looked up, as the directory itself does.
    ///
    /// # Errors
    /// [`GraphError::RequestDenied`] for a caller that has left the directory, however long its token still counts.
    pub(super) fn of(world: &Snapshot, token: &AccessToken) -> Result<Self, GraphError> {
        let scopes = token.claims.get("scp").and_then(|scopes| scopes.as_str());
        Self::within(world, token, scopes.map(|scopes| permissions::rights_of(scopes.split(' '))))
    }

    /// The caller that a token for the portal's own service speaks of. Its one permission, `user_impersonation`, is
    /// whatever the person may.
    ///
    /// # Errors
    /// As [`Caller::of`].
    pub(super) fn at_portal(world: &Snapshot, token: &AccessToken) -> Result<Self, GraphError> {
        Self::within(world, token, None)
    }

    /// The caller with its own rights; a person's, as far as those of their client reach, where it has any limit.
    fn within(world: &Snapshot, token: &AccessToken, delegated: Option<Rights>) -> Result<Self, GraphError> {
        let id = token.object_id;
        let object = world.object(id).ok_or(GraphError::RequestDenied(Denial::Gone))?;
        let by_role = Rights::union(world.directory_roles_of(id).map(directory_roles::rights_of));
        let (is_person, rights) = match object.as_ref() {
            DirectoryObject::User(user) => {
                let own = by_role.or(rights::of_person(user));
                (true, delegated.map_or(own, |delegated| own.within(delegated)))
            }
            _ => {
                let roles = token.claims.get("roles").and_then(|roles| roles.as_array()).into_iter().flatten();
                (false, by_role.or(permissions::rights_of(roles.filter_map(|role| role.as_str()))))
            }
        };
        Ok(Self { id, is_person, rights })
    }

    /// Lets the caller pass to do `need` with `object`; without one, with the whole collection. Changes of a group that
    /// may hold directory roles are about roles.
    ///
    /// # Errors
    /// [`GraphError::RequestDenied`].
    pub(super) fn require(&self, need: Need, object: Option<&DirectoryObject>) -> Result<(), GraphError> {
        let need = match object {
            Some(DirectoryObject::Group(group)) if need.writes && is_of_groups(need.area) && may_hold_roles(group) => {
                Need { area: Area::Roles, ..need }
            }
            _ => need,
        };
        let (area, writes) = (need.area, need.writes);
        let passes = match (self.rights.reach(area, writes), object) {
            (Reach::All, _) => true,
            (Reach::None, _) => false,
            (Reach::Own, Some(object)) => object.id() == self.id || owners(object).contains(&self.id),
            // What somebody makes they own.
            (Reach::Own, None) => writes && matches!(area, Area::Applications | Area::Groups),
        };
        if passes { Ok(()) } else { Err(GraphError::RequestDenied(Denial::Beyond(need))) }
    }

    /// Whether the caller may read `object`, met among objects of other kinds.
    pub(super) fn reads(&self, object: &DirectoryObject) -> bool {
        self.require(Need { area: Kind::of(object).area(), writes: false }, Some(object)).is_ok()
    }

    /// The owners of what the caller makes: itself, when it is a person or may only change what it owns.
    pub(super) fn as_owner(&self, area: Area) -> Option<Uuid> {
        (self.is_person || self.rights.reach(area, true) == Reach::Own).then_some(self.id)
    }
}

fn is_of_groups(area: Area) -> bool {
    matches!(area, Area::Groups | Area::Members)
}
