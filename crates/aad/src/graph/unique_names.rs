//! `uniqueName`: a key that a client chooses for an application or a group, so that making it twice makes it once. It is
//! given by the request that makes the object (`PATCH /groups(uniqueName='…')`, `Prefer: create-if-missing`) and never
//! changes.

use model::{DirectoryObject, JsonMap};
use serde_json::json;
use store::Snapshot;
use uuid::Uuid;

use super::call::Call;
use super::entity::Kind;

const NAME: &str = "uniqueName";

/// Whether `property` is this key, and the kind has it.
pub(super) fn is_key(kind: Kind, property: &str) -> bool {
    matches!(kind, Kind::Application | Kind::Group) && property.eq_ignore_ascii_case(NAME)
}

/// The object of the kind with this name.
pub(super) fn find(world: &Snapshot, kind: Kind, name: &str) -> Option<Uuid> {
    let mut of_kind = world.objects().filter(|object| Kind::of(object) == kind);
    of_kind.find(|object| unique_name(object) == Some(name)).map(|object| object.id())
}

/// Whether another object of the kind, made since `deleted` went, has its name.
pub(super) fn is_taken(world: &Snapshot, deleted: &DirectoryObject) -> bool {
    unique_name(deleted).is_some_and(|name| find(world, Kind::of(deleted), name).is_some())
}

fn unique_name(object: &DirectoryObject) -> Option<&str> {
    match object {
        DirectoryObject::Application(application) => application.other.get(NAME)?.as_str(),
        DirectoryObject::Group(group) => group.other.get(NAME)?.as_str(),
        DirectoryObject::ServicePrincipal(_) | DirectoryObject::User(_) => None,
    }
}

/// The name by which the path asks for an object that is not there, and that the client wants to be made.
pub(super) fn to_make<'c>(call: &'c Call<'_>, world: &Snapshot) -> Option<&'c str> {
    let key = call.keys.first().filter(|_| call.creates_if_missing)?;
    let is_key = key.property.as_ref().is_some_and(|property| is_key(call.noun, property));
    (is_key && find(world, call.noun, &key.value).is_none()).then_some(key.value.as_str())
}

/// Gives a new object its name.
pub(super) fn give(other: &mut JsonMap, name: Option<&str>) {
    if let Some(name) = name {
        other.insert(NAME.to_owned(), json!(name));
    }
}
