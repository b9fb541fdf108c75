//! May the caller do this? Roles decide, or the vault's access policies, as the vault says.

use model::{Place, Scope, Time, VAULTS};
use rbac::{Action, Attributes, Outcome, Plane, Rules, Source};
use serde_json::Value;
use store::Snapshot;
use time::format_description::well_known::Rfc3339;
use tokens::AccessToken;

use crate::error::VaultError;
use crate::operation::Right;
use crate::vault::Vault;

/// What is asked: a right, on all of a vault or on one thing in it.
pub(crate) struct Asked<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) right: Right,
    pub(crate) name: Option<&'a str>,
    pub(crate) token: &'a AccessToken,
    pub(crate) now: Time,
}

impl Right {
    /// The data action in full.
    pub(crate) fn full_action(self) -> String {
        format!("{VAULTS}/{}/{}", self.collection, self.action)
    }
}

/// Refuses unless the caller holds the right in this world.
pub(crate) fn authorize(asked: &Asked<'_>, world: &Snapshot, rules: &Rules) -> Result<(), VaultError> {
    match asked.vault.uses_roles() {
        true => by_roles(asked, world, rules),
        false => by_policies(asked, world),
    }
}

fn by_roles(asked: &Asked<'_>, world: &Snapshot, rules: &Rules) -> Result<(), VaultError> {
    let vault = asked.vault.scope();
    let scope = match asked.name {
        Some(name) => Scope::new(&format!("{}/{}/{name}", vault.as_str(), asked.right.collection)),
        None => vault,
    };
    let action = asked.right.full_action();
    let above = world.management_groups_above(&scope);
    let mut attributes = Attributes::default();
    attributes.set(Source::Environment, "UtcNow", asked.now.format(&Rfc3339).unwrap_or_default());
    let request = rbac::Request {
        principals: &world.principals_of(asked.token.object_id),
        action: &Action::new(&action),
        plane: Plane::Data,
        place: &Place::new(&scope, &above),
        sub_operation: None,
        attributes: &attributes,
    };
    let decision = rbac::decide(&request, world.access(), rules);
    if decision.outcome == Outcome::Allowed {
        return Ok(());
    }
    let denial = decision.denied_by.first().map_or("null".to_owned(), |deny| format!("'{}'", deny.name));
    // Line by line as in Azure's answers (RECORDED-FACTS 8).
    let message = [
        "Caller is not authorized to perform action on resource.".to_owned(),
        "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time."
            .to_owned(),
        format!("Caller: {}", caller(asked.token)),
        format!("Action: '{action}'"),
        format!("Resource: '{}'", scope.as_str()),
        "Assignment: (not found)".to_owned(),
        format!("DenyAssignmentId: {denial}"),
        "DecisionReason: null".to_owned(),
        format!("Vault: {};location={}", asked.vault.name(), asked.vault.region()),
    ];
    Err(VaultError::Forbidden { message: message.join("\r\n"), inner: Some("ForbiddenByRbac") })
}

fn by_policies(asked: &Asked<'_>, world: &Snapshot) -> Result<(), VaultError> {
    let principals = world.principals_of(asked.token.object_id);
    let right = asked.right;
    let is_of_caller = |policy: &&Value| {
        let holder = policy["objectId"].as_str().unwrap_or_default();
        let application = policy["applicationId"].as_str();
        principals.iter().any(|id| id.to_string().eq_ignore_ascii_case(holder))
            && application.is_none_or(|id| id.eq_ignore_ascii_case(&asked.token.app_id))
    };
    let lists = |policy: &Value| {
        let permissions = policy["permissions"][right.collection].as_array().map_or(&[][..], Vec::as_slice);
        let mut permissions = permissions.iter().filter_map(Value::as_str);
        permissions.any(|p| p.eq_ignore_ascii_case("all") || p.eq_ignore_ascii_case(right.permission))
    };
    if asked.vault.policies().iter().filter(is_of_caller).any(lists) {
        return Ok(());
    }
    let message = format!(
        "The user, group or application '{}' does not have {} {} permission on key vault '{};location={}'. For help resolving this \
         issue, please see https://go.microsoft.com/fwlink/?linkid=2125287",
        caller(asked.token),
        right.collection,
        right.permission,
        asked.vault.name(),
        asked.vault.region()
    );
    Err(VaultError::Forbidden { message, inner: Some("AccessDenied") })
}

/// The caller as refusals name it (IDENTITY-WIRE 4.5).
fn caller(token: &AccessToken) -> String {
    let claim = |name: &str| token.claims.get(name).and_then(Value::as_str);
    let mut caller = format!("appid={};oid={};iss={}", token.app_id, token.object_id, claim("iss").unwrap_or_default());
    for name in ["xms_mirid", "xms_az_rid"] {
        if let Some(id) = claim(name) {
            caller.push_str(&format!(";{name}={id}"));
        }
    }
    caller
}
