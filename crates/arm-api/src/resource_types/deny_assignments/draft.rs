//! The deny assignment that a body describes.

use model::{DeniedPrincipal, DenyAssignment, DenyEffect, EVERYONE, JsonMap, Scope};
use serde_json::Value;
use uuid::Uuid;

use super::rules::not_valid;
use crate::error::ArmError;
use crate::resource_types::role_definition_rules::{list, text, unreadable};
use crate::resource_types::{Write, principal};

/// What Azure calls the kind of principal that everyone is.
const SYSTEM_DEFINED: &str = "SystemDefined";

/// Reads the body over what was there before under the same name.
pub(super) fn read(write: &Write<'_>, name: Uuid, before: Option<&DenyAssignment>) -> Result<DenyAssignment, ArmError> {
    let properties = write.properties()?;
    let display_name = text(&properties, "denyAssignmentName")?;
    if display_name.trim().is_empty() {
        return Err(missing("denyAssignmentName"));
    }
    let permissions =
        serde_json::from_value(list(&properties, "permissions")).map_err(|e| unreadable("permissions", &e))?;
    let is_system_protected = flag(&properties, "isSystemProtected")?;
    if is_system_protected && !write.request.is_system {
        return Err(not_valid(
            "Only Azure makes system protected deny assignments. Smalt takes them from who sends the header 'x-smalt-system: true'.",
        ));
    }
    let optional = |name| text(&properties, name).map(|text| Some(text).filter(|text| !text.trim().is_empty()));
    let scope_as_written = write.route.path.extended();
    let caller = write.authorized.caller().object_id;
    Ok(DenyAssignment {
        name,
        display_name,
        description: optional("description")?,
        permissions,
        scope: Scope::new(&scope_as_written),
        scope_as_written,
        principals: principals(write, &properties, "principals")?,
        exclude_principals: principals(write, &properties, "excludePrincipals")?,
        do_not_apply_to_child_scopes: flag(&properties, "doNotApplyToChildScopes")?,
        is_system_protected,
        effect: effect(&text(&properties, "denyAssignmentEffect")?)?,
        condition: optional("condition")?,
        condition_version: optional("conditionVersion")?,
        created_on: before.map_or(write.now, |b| b.created_on),
        updated_on: write.now,
        created_by: before.map_or(Some(caller), |b| b.created_by),
        updated_by: Some(caller),
    })
}

pub(super) fn missing(property: &str) -> ArmError {
    ArmError::InvalidRequestContent(format!("Required property '{property}' not found in JSON. Path 'properties'."))
}

/// False where there is none.
fn flag(properties: &JsonMap, name: &str) -> Result<bool, ArmError> {
    match properties.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(ArmError::InvalidRequestContent(format!(
            "Error converting value to type 'boolean'. Path 'properties.{name}'"
        ))),
    }
}

/// Whatever its case; enforced where nothing is said.
fn effect(text: &str) -> Result<DenyEffect, ArmError> {
    match text.to_ascii_lowercase().as_str() {
        "" | "enforced" => Ok(DenyEffect::Enforced),
        "audit" => Ok(DenyEffect::Audit),
        _ => Err(ArmError::InvalidRequestContent(format!(
            "Error converting value \"{text}\" to type 'DenyAssignmentEffect'. Path 'properties.denyAssignmentEffect'. It must be one \
             of enforced, audit"
        ))),
    }
}

fn principals(write: &Write<'_>, properties: &JsonMap, member: &str) -> Result<Vec<DeniedPrincipal>, ArmError> {
    match list(properties, member) {
        Value::Array(named) => named.iter().map(|named| principal(write, named, member)).collect(),
        _ => Err(ArmError::InvalidRequestContent(format!(
            "Error converting value to type 'array'. Path 'properties.{member}'"
        ))),
    }
}

/// Whom a body means: everyone, or somebody whose type is as the directory has it, or as the body says where the directory
/// does not have it.
fn principal(write: &Write<'_>, named: &Value, member: &str) -> Result<DeniedPrincipal, ArmError> {
    let kind = named.get("type").and_then(Value::as_str);
    let id = principal::id(named.get("id").and_then(Value::as_str).unwrap_or_default())?;
    let says_everyone = kind.is_some_and(|kind| kind.eq_ignore_ascii_case(SYSTEM_DEFINED));
    let kind = match (id == EVERYONE, says_everyone) {
        (true, _) if member == "excludePrincipals" => {
            return Err(not_valid("The principal that stands for everyone cannot be excluded."));
        }
        (true, true) => SYSTEM_DEFINED,
        (true, false) | (false, true) => {
            return Err(not_valid(format!(
                "The principal '{EVERYONE}' stands for everyone. Its type, and no other principal's, is '{SYSTEM_DEFINED}'."
            )));
        }
        (false, false) => principal::kind(write, id, kind)?.as_str(),
    };
    Ok(DeniedPrincipal { id, kind: kind.to_owned() })
}
