//! What an application may not be: the checks of what is sent about one.

use model::JsonMap;
use serde_json::Value;
use uuid::Uuid;

use super::entity::Kind;
use super::error::GraphError;

/// Who may sign in.
const AUDIENCES: [&str; 4] =
    ["AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"];
/// The longest name.
const LONGEST: usize = 256;

/// Checks `body`, sent to change an application that is `current`.
///
/// # Errors
/// [`GraphError::Invalid`], or [`GraphError::EnabledEntitlement`] when a permission would go that is in force.
pub(super) fn check(body: &JsonMap, current: &JsonMap) -> Result<(), GraphError> {
    let wrong = |property: &str| Err(GraphError::invalid_value(property, Kind::Application.class()));
    if body.get("displayName").and_then(Value::as_str).is_some_and(|name| name.chars().count() > LONGEST) {
        return wrong("displayName");
    }
    if body.get("signInAudience").is_some_and(|given| !AUDIENCES.iter().any(|known| given == known)) {
        return wrong("signInAudience");
    }
    if let Some(roles) = body.get("appRoles") {
        if !items(roles).iter().all(is_role) {
            return wrong("appRoles");
        }
        keeps_enabled(current.get("appRoles"), roles)?;
    }
    if let Some(scopes) = body.get("api").and_then(|api| api.get("oauth2PermissionScopes")) {
        if !scopes.is_array() || !items(scopes).iter().all(|scope| id(scope).is_some()) {
            return wrong("oauth2PermissionScopes");
        }
        keeps_enabled(current.get("api").and_then(|api| api.get("oauth2PermissionScopes")), scopes)?;
    }
    Ok(())
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn id(item: &Value) -> Option<Uuid> {
    item.get("id")?.as_str().and_then(|id| Uuid::parse_str(id).ok())
}

/// Whether it is a role: it has an id, names to show, and says who can have it.
fn is_role(role: &Value) -> bool {
    let has_text = |name: &str| role.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    let members = role.get("allowedMemberTypes").map_or(&[][..], items);
    let are_known = members.iter().all(|member| member == "User" || member == "Application");
    id(role).is_some() && has_text("displayName") && has_text("description") && !members.is_empty() && are_known
}

/// Somebody may have it: it is to be disabled before it goes.
fn keeps_enabled(known: Option<&Value>, given: &Value) -> Result<(), GraphError> {
    let stays = |permission: &&Value| items(given).iter().any(|other| id(other) == id(permission));
    let enabled = |permission: &&Value| permission.get("isEnabled") == Some(&Value::Bool(true));
    let gone = known.map_or(&[][..], items).iter().filter(|permission| !stays(permission)).find(enabled);
    if gone.is_some() { Err(GraphError::EnabledEntitlement) } else { Ok(()) }
}
