//! Groups that may hold directory roles (`isAssignableToRole`). Who changes one gives roles away, so it takes the right to
//! give them, or owning the group (Entra, "Use Microsoft Entra groups to manage role assignments").

use model::{DirectoryObject, Group};
use serde_json::Value;
use store::Snapshot;
use uuid::Uuid;

use super::access::{Area, Need};
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;

const FLAG: &str = "isAssignableToRole";

/// Whether a group may hold roles.
pub(super) fn may_hold_roles(group: &Group) -> bool {
    group.other.get(FLAG) == Some(&Value::Bool(true))
}

/// Whether somebody is in such a group, or owns one: they have its roles, or may take them.
pub(super) fn reaches_roles(world: &Snapshot, id: Uuid) -> bool {
    world.objects().any(|object| match object.as_ref() {
        DirectoryObject::Group(group) => {
            may_hold_roles(group) && (group.members.contains(&id) || group.owners.contains(&id))
        }
        _ => false,
    })
}

/// Refuses to make such a group to who may give no roles.
///
/// # Errors
/// [`GraphError::RequestDenied`], or [`GraphError::Invalid`] for what is neither true nor false.
pub(super) fn check_new(call: &Call<'_>) -> Result<(), GraphError> {
    match wanted(call)? {
        Some(true) => call.caller.require(Need { area: Area::Roles, writes: true }, None),
        _ => Ok(()),
    }
}

/// Refuses to change what a group was made as.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn check_kept(call: &Call<'_>, group: &Group) -> Result<(), GraphError> {
    match wanted(call)? {
        Some(wanted) if wanted != may_hold_roles(group) => Err(GraphError::read_only(FLAG)),
        _ => Ok(()),
    }
}

/// What was sent; null is as good as false.
fn wanted(call: &Call<'_>) -> Result<Option<bool>, GraphError> {
    match call.body.get(FLAG) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(false)),
        Some(Value::Bool(wanted)) => Ok(Some(*wanted)),
        Some(_) => Err(GraphError::invalid_value(FLAG, Kind::Group.class())),
    }
}
