//! Who may change what of a person (Microsoft Graph, "Update user" and "Working with users": who can perform sensitive
//! actions).
//!
//! It is simplified in one place: every directory role protects its holder, also from administrators whom Entra lets
//! change holders of lesser roles.

use model::User;
use store::Snapshot;

use super::access::{Area, Denial, Need};
use super::call::Call;
use super::directory_roles;
use super::error::GraphError;
use super::references::is_binding;
use super::role_groups::reaches_roles;

const PASSWORD: &str = "passwordProfile";

/// What people say of themselves without any role (Microsoft Graph, `User.ReadWrite`).
const OWN: &[&str] = &[
    "aboutMe",
    "birthday",
    "businessPhones",
    "interests",
    "mobilePhone",
    "mySite",
    "pastProjects",
    "preferredLanguage",
    "preferredName",
    "responsibilities",
    "schools",
    "skills",
];

/// What opens an account, or leads to it: of people with directory roles only few may change it.
const SENSITIVE: &[&str] = &[
    "accountEnabled",
    "businessPhones",
    "mobilePhone",
    "onPremisesImmutableId",
    "otherMails",
    PASSWORD,
    "userPrincipalName",
];

/// To change whatever of people; without an object, of all of them.
const ANYBODY: Need = Need { area: Area::Users, writes: true };

/// Refuses to change what the caller may not.
///
/// # Errors
/// [`GraphError::RequestDenied`].
pub(super) fn check_update(call: &Call<'_>, world: &Snapshot, person: &User) -> Result<(), GraphError> {
    // Annotations say nothing of the person, but for what they bind.
    let names = || call.body.keys().map(String::as_str).filter(|name| !name.contains('@') || is_binding(name));
    let sets_password = names().any(|name| name == PASSWORD);
    if sets_password {
        call.caller.require(Need { area: Area::Passwords, writes: true }, None)?;
    }
    if !sets_password || names().any(|name| name != PASSWORD) {
        let is_own = names().all(|name| OWN.contains(&name));
        let object = world.object(person.id).filter(|_| is_own);
        call.caller.require(ANYBODY, object.map(AsRef::as_ref))?;
    }
    match names().any(|name| SENSITIVE.contains(&name)) {
        true => check_standing(call, world, person),
        false => Ok(()),
    }
}

/// Refuses to delete a person whom the caller may not; nobody may delete themselves for being themselves.
///
/// # Errors
/// [`GraphError::RequestDenied`].
pub(super) fn check_delete(call: &Call<'_>, world: &Snapshot, person: &User) -> Result<(), GraphError> {
    call.caller.require(ANYBODY, None)?;
    check_standing(call, world, person)
}

/// Somebody who holds a directory role, or can come by one, yields only to the two roles above all others.
fn check_standing(call: &Call<'_>, world: &Snapshot, person: &User) -> Result<(), GraphError> {
    let is_administrator = world.directory_roles_of(person.id).next().is_some() || reaches_roles(world, person.id);
    let passes = !is_administrator
        || call.caller.id == person.id
        || world.directory_roles_of(call.caller.id).any(directory_roles::is_above_administrators);
    if passes { Ok(()) } else { Err(GraphError::RequestDenied(Denial::Administrator)) }
}
