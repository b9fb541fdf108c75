//! Whom a person means at the command line.

use std::sync::Arc;

use model::DirectoryObject;
use store::Snapshot;
use uuid::Uuid;

use super::Refusal;

/// The principal that a text names: an object id, an application id, a sign-in name, or the name of a service principal, such
/// as that of its VM. An object id that the directory does not have is taken all the same: that it does not have it may be
/// the answer.
pub(super) fn principal(world: &Snapshot, text: &str) -> Result<Uuid, Refusal> {
    let id = Uuid::parse_str(text).ok();
    if let Some(id) = id.filter(|id| world.object(*id).is_some()) {
        return Ok(id);
    }
    let named = |object: &&Arc<DirectoryObject>| match object.as_ref() {
        DirectoryObject::User(user) => user.user_principal_name.eq_ignore_ascii_case(text),
        DirectoryObject::ServicePrincipal(principal) => Some(principal.app_id) == id || principal.display_name == text,
        _ => false,
    };
    let found: Vec<Uuid> = world.objects().filter(named).map(|object| object.id()).collect();
    match (found.as_slice(), id) {
        ([one], _) => Ok(*one),
        ([], Some(id)) => Ok(id),
        ([], None) => Err(Refusal::new(format!("The directory has no principal '{text}'."))),
        _ => Err(Refusal::new(format!("{} principals are named '{text}': say which by its object id.", found.len()))),
    }
}
