//! What conditions may ask of the writing and deleting of role assignments: which role, for whom, of which kind. By them
//! the right to assign roles is handed on in part (RBAC A7; Azure docs, "Delegate Azure role assignment management").

use axum::http::Method;
use model::PrincipalType;
use rbac::{Attributes, Source};
use serde_json::Value;
use store::Snapshot;
use uuid::Uuid;

use super::role_assignments;
use crate::route::Route;

/// A write is asked about what it wants, a deletion about what is there. What cannot be read is left out, so that no
/// condition over it holds: the road refuses the rest of a malformed body by itself.
pub(super) fn of(world: &Snapshot, route: &Route, method: &Method, body: &Value) -> Attributes {
    match *method {
        Method::PUT => of_request(world, &body["properties"]),
        Method::DELETE => of_resource(world, route),
        _ => Attributes::default(),
    }
}

fn of_request(world: &Snapshot, properties: &Value) -> Attributes {
    let text = |name: &str| properties[name].as_str();
    let guid = |text: &str| Uuid::parse_str(text.rsplit('/').next()?).ok();
    let principal = text("principalId").and_then(guid);
    // A client that does not say what the principal is means what the directory says.
    let known = || world.object(principal?)?.principal_type().map(PrincipalType::as_str);
    let kind = text("principalType").or_else(known);
    attributes(Source::Request, text("roleDefinitionId").and_then(guid), principal, kind)
}

fn of_resource(world: &Snapshot, route: &Route) -> Attributes {
    match role_assignments::at(world, route) {
        Some(found) => attributes(
            Source::Resource,
            Some(found.role_definition_id),
            Some(found.principal_id),
            Some(found.principal_type.as_str()),
        ),
        None => Attributes::default(),
    }
}

fn attributes(source: Source, role: Option<Uuid>, principal: Option<Uuid>, kind: Option<&str>) -> Attributes {
    let mut attributes = Attributes::default();
    let values = [
        ("RoleDefinitionId", role.map(|id| id.to_string())),
        ("PrincipalId", principal.map(|id| id.to_string())),
        ("PrincipalType", kind.map(str::to_owned)),
    ];
    for (name, value) in values {
        if let Some(value) = value {
            attributes.set(source, &format!("Microsoft.Authorization/roleAssignments:{name}"), value);
        }
    }
    attributes
}
