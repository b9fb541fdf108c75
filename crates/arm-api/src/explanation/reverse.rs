//! The question turned round: who may, and what may one.

use std::collections::{BTreeMap, HashSet};

use model::{DeniedPrincipal, DirectoryObject, EVERYONE, Place, Scope};
use rbac::{Action, Attributes, Finding, Plane, Rules, Universe, builtin_role};
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::{name, principals, through};

/// Everybody who may do `action` at `scope`: for each, the assignments that allow it and the groups on the way. Those
/// whom only a condition keeps apart are told of as `conditional`; those whom a deny assignment stops are left out.
#[must_use]
pub fn who_can(world: &Snapshot, rules: &Rules, action: &str, scope: &str, plane: Plane) -> Value {
    let place_asked = Scope::new(scope);
    let above = world.management_groups_above(&place_asked);
    let (asked, attributes) = (Action::new(action), Attributes::default());
    let place = Place::new(&place_asked, &above);
    let request = rbac::Request {
        principals: &[],
        action: &asked,
        plane,
        place: &place,
        sub_operation: None,
        attributes: &attributes,
    };
    let mut ways: BTreeMap<Uuid, Vec<Value>> = BTreeMap::new();
    for held in rbac::holders(&request, world.access(), rules) {
        for member in members(world, held.principal_id) {
            ways.entry(member).or_default().push(json!({
                "assignment": held.assignment,
                "roleName": held.role_name,
                "scope": held.scope,
                "through": through(world, member, held.principal_id),
                "conditional": matches!(held.finding, Finding::ConditionNotSatisfied { .. }),
            }));
        }
    }
    let who = ways.into_iter().filter_map(|(principal, by)| {
        let is_conditional = by.iter().all(|way| way["conditional"] == true);
        let principals = principals(world, principal);
        let asked = rbac::Request { principals: &principals, ..request };
        let denied = rbac::outcome(&asked, world.access(), rules) == rbac::Outcome::Denied;
        (!denied).then(|| {
            json!({
                "principalId": principal,
                "principalName": name(world, principal),
                "principalType": world.object(principal).and_then(|o| o.principal_type()),
                "conditional": is_conditional,
                "by": by,
            })
        })
    });
    json!({"action": action, "scope": scope, "isDataAction": plane == Plane::Data, "who": who.collect::<Vec<_>>()})
}

/// The people and service principals that an id stands for: itself, or everybody in the group, directly or not.
fn members(world: &Snapshot, id: Uuid) -> Vec<Uuid> {
    let mut found = Vec::new();
    let mut seen = HashSet::from([id]);
    let mut next = vec![id];
    while let Some(id) = next.pop() {
        match world.object(id).map(AsRef::as_ref) {
            Some(DirectoryObject::Group(group)) => next.extend(group.members.iter().filter(|m| seen.insert(**m))),
            Some(_) => found.push(id),
            // Orphaned assignments allow nobody anything.
            None => {}
        }
    }
    found
}

/// All that a principal may do: every role it holds, where and through which groups, with the number of known operations
/// that it allows in each plane, and every deny assignment that names it; at `scope` only, where one is given.
#[must_use]
pub fn what_can(world: &Snapshot, principal: Uuid, scope: Option<&str>) -> Value {
    let place = scope.map(Scope::new);
    let above = place.as_ref().map(|place| world.management_groups_above(place)).unwrap_or_default();
    let reaches = |at: &Scope| place.as_ref().is_none_or(|place| Place::new(place, &above).is_within(at));
    let principals = principals(world, principal);
    let mut held: Vec<_> =
        principals.iter().flat_map(|id| world.role_assignments_of(*id)).filter(|a| reaches(&a.scope)).collect();
    held.sort_by(|a, b| (&a.scope, a.name).cmp(&(&b.scope, b.name)));
    let roles = held.into_iter().map(|a| {
        let id = a.role_definition_id;
        let role = world.custom_role(id).map(AsRef::as_ref).or_else(|| builtin_role(id));
        let operations = |plane| role.map(|role| Universe::known().allowed_by(&role.permissions, plane).len());
        json!({
            "assignment": a.name,
            "roleName": role.map(|role| &role.role_name),
            "scope": a.scope_as_written,
            "through": through(world, principal, a.principal_id),
            "condition": a.condition,
            "controlOperations": operations(Plane::Control),
            "dataOperations": operations(Plane::Data),
        })
    });
    let names_it = |list: &[DeniedPrincipal]| list.iter().any(|p| p.id == EVERYONE || principals.contains(&p.id));
    let denied = world
        .access()
        .deny_assignments
        .iter()
        .filter(|d| reaches(&d.scope) && names_it(&d.principals) && !names_it(&d.exclude_principals));
    let denied = denied.map(|d| json!({"denyAssignment": d.name, "name": d.display_name, "scope": d.scope_as_written}));
    json!({
        "principalId": principal,
        "principalName": name(world, principal),
        "scope": scope,
        "roles": roles.collect::<Vec<_>>(),
        "denyAssignments": denied.collect::<Vec<_>>(),
    })
}
