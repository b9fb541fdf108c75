//! The `identity` block that any resource may carry. Rules and answers: RECORDED-FACTS 5, AZ-WIRE 9.3.

use model::{JsonMap, Resource, Scope, UserAssigned};
use serde_json::Value;
use store::Snapshot;
use uuid::Uuid;

use crate::error::ArmError;
use crate::managed_identity;
use crate::resource_types::Write;

/// What a map of user-assigned identities means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attachment {
    /// PUT: these and no others.
    Replace,
    /// PATCH: these as well; a `null` takes one away.
    Merge,
}

/// Brings the draft's identities to what the body says; a body that says nothing changes nothing. Answers the principals
/// of the user-assigned identities that were not attached before.
pub(crate) fn apply(
    write: &mut Write<'_>,
    draft: &mut Resource,
    attachment: Attachment,
) -> Result<Vec<Uuid>, ArmError> {
    let block = match write.object()?.get("identity") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(block)) => block.clone(),
        Some(_) => return Err(unreadable("Error converting value to type 'object'. Path 'identity'")),
    };
    let (wants_system, wants_user) = kinds(&block)?;
    let fresh = match wants_user {
        true => attach(write, draft, map(&block)?, attachment)?,
        false => {
            draft.identity.user.clear();
            Vec::new()
        }
    };
    match (wants_system, draft.identity.system) {
        (true, None) => draft.identity.system = Some(managed_identity::begin(write, &draft.name, &draft.id, false)?.id),
        (false, Some(_)) => {
            managed_identity::end_system_assigned(&mut write.tx, draft);
            draft.identity.system = None;
        }
        _ => {}
    }
    Ok(fresh)
}

/// Whether `type` asks for a system-assigned identity, and for user-assigned ones.
fn kinds(block: &JsonMap) -> Result<(bool, bool), ArmError> {
    let text = match block.get("type") {
        Some(Value::String(text)) => text,
        _ => return Err(unreadable("Required property 'type' not found in JSON. Path 'identity'.")),
    };
    let (mut system, mut user) = (false, false);
    for word in text.split(',').map(str::trim) {
        match word.to_ascii_lowercase().as_str() {
            "systemassigned" => system = true,
            "userassigned" => user = true,
            "none" => {}
            _ => {
                return Err(unreadable(&format!(
                    "Error converting value \"{text}\" to type 'ResourceIdentityType'. Path 'identity.type'."
                )));
            }
        }
    }
    Ok((system, user))
}

fn map(block: &JsonMap) -> Result<JsonMap, ArmError> {
    match block.get("userAssignedIdentities") {
        None | Some(Value::Null) => Ok(JsonMap::new()),
        Some(Value::Object(map)) => Ok(map.clone()),
        Some(_) => Err(unreadable("Error converting value to type 'object'. Path 'identity.userAssignedIdentities'")),
    }
}

fn attach(
    write: &Write<'_>,
    draft: &mut Resource,
    wanted: JsonMap,
    attachment: Attachment,
) -> Result<Vec<Uuid>, ArmError> {
    let is = |entry: &UserAssigned, id: &str| Scope::new(&entry.id) == Scope::new(id);
    let gone = |entry: &UserAssigned| wanted.iter().any(|(id, value)| value.is_null() && is(entry, id));
    let kept = |entry: &UserAssigned| wanted.keys().any(|id| is(entry, id));
    let replaces = attachment == Attachment::Replace && !wanted.is_empty();
    draft.identity.user.retain(|entry| !gone(entry) && (!replaces || kept(entry)));
    let wanted: Vec<String> = wanted.into_iter().filter(|(_, value)| !value.is_null()).map(|(id, _)| id).collect();
    let mut fresh = Vec::new();
    for id in &wanted {
        let (principal_id, client_id) = principal(&write.tx, id)
            .ok_or_else(|| ArmError::IdentityNotFound { resource: draft.id.clone(), identity: id.clone() })?;
        match draft.identity.user.iter_mut().find(|entry| is(entry, id)) {
            // The same name may meanwhile be another identity.
            Some(entry) => *entry = UserAssigned { id: entry.id.clone(), principal_id, client_id },
            None => {
                draft.identity.user.push(UserAssigned { id: id.clone(), principal_id, client_id });
                fresh.push(principal_id);
            }
        }
    }
    Ok(fresh)
}

/// Principal and client id of the user-assigned identity with this id.
fn principal(world: &Snapshot, id: &str) -> Option<(Uuid, Uuid)> {
    let status = &world.resource(&Scope::new(id))?.status;
    let guid = |name: &str| Uuid::parse_str(status.get(name)?.as_str()?).ok();
    guid("principalId").zip(guid("clientId"))
}

fn unreadable(why: &str) -> ArmError {
    ArmError::InvalidRequestContent(why.to_owned())
}
