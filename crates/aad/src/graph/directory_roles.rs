//! Roles of the directory: `/directoryRoles`, `/directoryRoleTemplates` and `/roleManagement/directory`.
//!
//! A role's id is that of its template, which is the same in every tenant; every role counts as activated.

use model::{DirectoryObject, DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, JsonMap};
use serde_json::{Value, json};
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::access::{Area, Caller, Need, Rights};
use super::answer::Answer;
use super::call::Call;
use super::directory_role_catalogue::{CATALOGUE, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, Role};
use super::entity::{Kind, draw_among_others, hide};
use super::error::GraphError;
use super::identifiers::{joined, parts};
use super::properties::{guid, members};
use super::references::referred;
use super::relations::Related;
use super::role_groups::may_hold_roles;
use super::route::Route;

/// Of `/directoryRoles`.
pub(super) const ROUTES: &[Route] = &[
    Route::get("", list_roles),
    Route::get("{}", show_role),
    Route::get("{}/members", list_members),
    Route::get("{}/members/{}", show_member),
    Route::post("{}/members/$ref", add_member),
    Route::delete("{}/members/{}/$ref", remove_member),
];
/// Of `/directoryRoleTemplates`.
pub(super) const TEMPLATES: &[Route] = &[Route::get("", list_templates), Route::get("{}", show_template)];
/// Of `/roleManagement/directory/roleDefinitions`.
pub(super) const DEFINITIONS: &[Route] = &[Route::get("", list_definitions), Route::get("{}", show_definition)];
/// Of `/roleManagement/directory/roleAssignments`.
pub(super) const ASSIGNMENTS: &[Route] = &[
    Route::get("", list_assignments),
    Route::post("", assign),
    Route::get("{}", show_assignment),
    Route::delete("{}", unassign),
];

/// What a role allows; a role that is not in the catalogue allows nothing.
pub(super) fn rights_of(id: Uuid) -> Rights {
    CATALOGUE.iter().find(|role| role.id == id).map(|role| role.rights).unwrap_or_default()
}

/// Whether a role lets its holder change what opens an administrator's account.
pub(super) fn is_above_administrators(id: Uuid) -> bool {
    [GLOBAL_ADMINISTRATOR, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR].contains(&id)
}

/// The roles that somebody has, drawn among what they are members of.
pub(super) fn held_by(caller: &Caller, world: &Snapshot, id: Uuid) -> Vec<JsonMap> {
    let reads = caller.require(Need { area: Area::Roles, writes: false }, None).is_ok();
    let named = |role: &Role| {
        let mut drawn = members(json!({"@odata.type": "#microsoft.graph.directoryRole"}));
        drawn.extend(draw_role(role));
        if !reads {
            hide(&mut drawn);
        }
        drawn
    };
    world.directory_roles_of(id).filter_map(|id| CATALOGUE.iter().find(|role| role.id == id)).map(named).collect()
}

/// Who has a role; of an assignment, the principal and the role.
pub(super) fn related(caller: &Caller, world: &Snapshot, item: &JsonMap, name: &str) -> Option<Related> {
    let id = |name: &str| item.get(name).and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
    match (name, id("roleTemplateId"), id("principalId"), id("roleDefinitionId")) {
        ("members", Some(role_id), ..) => Some(Related::Many(Kind::DirectoryObject, holders(caller, world, role_id))),
        ("principal", _, Some(principal), _) => {
            Some(Related::One(world.object(principal).map(|object| draw_among_others(caller, world, object))))
        }
        ("roleDefinition", .., Some(role_id)) => {
            Some(Related::One(CATALOGUE.iter().find(|role| role.id == role_id).map(draw_definition)))
        }
        _ => None,
    }
}

fn holders(caller: &Caller, world: &Snapshot, role_id: Uuid) -> Vec<JsonMap> {
    let holders = world.directory_role_assignments().filter(|assignment| assignment.role_id == role_id);
    let holders = holders.filter_map(|assignment| world.object(assignment.principal_id));
    holders.map(|object| draw_among_others(caller, world, object)).collect()
}

fn draw_role(role: &Role) -> JsonMap {
    members(json!({
        "id": role.id,
        "deletedDateTime": null,
        "description": role.description,
        "displayName": role.name,
        "roleTemplateId": role.id,
    }))
}

fn draw_template(role: &Role) -> JsonMap {
    members(json!({
        "id": role.id,
        "deletedDateTime": null,
        "description": role.description,
        "displayName": role.name,
    }))
}

fn draw_definition(role: &Role) -> JsonMap {
    members(json!({
        "id": role.id,
        "description": role.description,
        "displayName": role.name,
        "isBuiltIn": true,
        "isEnabled": true,
        "resourceScopes": ["/"],
        "templateId": role.id,
        "version": "1",
    }))
}

fn draw_assignment(assignment: &DirectoryRoleAssignment) -> JsonMap {
    members(json!({
        "id": format!("{}-1", joined(&[assignment.role_id, assignment.principal_id])),
        "principalId": assignment.principal_id,
        "directoryScopeId": "/",
        "roleDefinitionId": assignment.role_id,
    }))
}

fn list_roles(_: &Call<'_>, _: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Collection(Kind::DirectoryRole, CATALOGUE.iter().map(draw_role).collect()))
}

fn list_templates(_: &Call<'_>, _: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Collection(Kind::DirectoryRoleTemplate, CATALOGUE.iter().map(draw_template).collect()))
}

fn list_definitions(_: &Call<'_>, _: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Collection(Kind::RoleDefinition, CATALOGUE.iter().map(draw_definition).collect()))
}

/// The role that the path names, by its id or as `roleTemplateId=…`.
fn found(call: &Call<'_>) -> Result<&'static Role, GraphError> {
    let id = &call.key(0)?.value;
    role(id).ok_or_else(|| GraphError::NotFound(id.clone()))
}

fn role(id: &str) -> Option<&'static Role> {
    let id = Uuid::parse_str(id).ok()?;
    CATALOGUE.iter().find(|role| role.id == id)
}

fn show_role(call: &Call<'_>, _: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Entity(Kind::DirectoryRole, draw_role(found(call)?)))
}

fn show_template(call: &Call<'_>, _: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Entity(Kind::DirectoryRoleTemplate, draw_template(found(call)?)))
}

fn show_definition(call: &Call<'_>, _: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Entity(Kind::RoleDefinition, draw_definition(found(call)?)))
}

fn list_members(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Collection(Kind::DirectoryObject, holders(&call.caller, world, found(call)?.id)))
}

fn show_member(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let id = &call.key(1)?.value;
    let has = |item: &JsonMap| item.get("id").is_some_and(|own| own == id);
    let holder = holders(&call.caller, world, found(call)?.id).into_iter().find(has);
    Ok(Answer::Entity(Kind::DirectoryObject, holder.ok_or_else(|| GraphError::NotFound(id.clone()))?))
}

fn add_member(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let given = call.body.get("@odata.id").and_then(Value::as_str).unwrap_or_default();
    let assignment = DirectoryRoleAssignment { role_id: found(call)?.id, principal_id: referred(given, tx)? };
    give(tx, assignment, GraphError::already_referenced("members"))?;
    Ok(Answer::Done)
}

fn remove_member(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let id = &call.key(1)?.value;
    let principal_id = Uuid::parse_str(id).unwrap_or_default();
    take(tx, DirectoryRoleAssignment { role_id: found(call)?.id, principal_id }, id)
}

fn list_assignments(_: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let drawn = world.directory_role_assignments().map(|assignment| draw_assignment(assignment)).collect();
    Ok(Answer::Collection(Kind::RoleAssignment, drawn))
}

fn assign(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    const KIND: Kind = Kind::RoleAssignment;
    let id = |name: &str| guid(&call.body, name, KIND)?.ok_or_else(|| GraphError::required(name, KIND.class()));
    let (role_id, principal_id) = (id("roleDefinitionId")?, id("principalId")?);
    role(&role_id.to_string()).ok_or_else(|| GraphError::NotFound(role_id.to_string()))?;
    tx.object(principal_id).ok_or_else(|| GraphError::NotFound(principal_id.to_string()))?;
    if call.body.get("directoryScopeId").is_some_and(|scope| scope != "/") {
        return Err(GraphError::invalid_value("directoryScopeId", KIND.class()));
    }
    let assignment = DirectoryRoleAssignment { role_id, principal_id };
    let conflict =
        "A conflicting object with one or more of the specified property values is present in the directory.";
    give(tx, assignment, GraphError::Invalid(conflict.to_owned()))?;
    Ok(Answer::Created(KIND, draw_assignment(&assignment)))
}

fn show_assignment(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let wanted = named(call)?;
    let found = world.directory_role_assignments().find(|assignment| ***assignment == wanted);
    let found = found.ok_or_else(|| GraphError::NotFound(call.keys[0].value.clone()))?;
    Ok(Answer::Entity(Kind::RoleAssignment, draw_assignment(found)))
}

fn unassign(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let id = &call.key(0)?.value;
    take(tx, named(call)?, id)
}

/// The assignment that an id in the path stands for.
fn named(call: &Call<'_>) -> Result<DirectoryRoleAssignment, GraphError> {
    let id = &call.key(0)?.value;
    match *parts(id.strip_suffix("-1").unwrap_or(id)).unwrap_or_default() {
        [role_id, principal_id] => Ok(DirectoryRoleAssignment { role_id, principal_id }),
        _ => Err(GraphError::NotFound(id.clone())),
    }
}

/// Gives a role, unless `conflict`: the principal has it.
fn give(tx: &mut Tx, assignment: DirectoryRoleAssignment, conflict: GraphError) -> Result<(), GraphError> {
    let may_hold = tx.object(assignment.principal_id).is_some_and(|object| match object.as_ref() {
        DirectoryObject::User(_) | DirectoryObject::ServicePrincipal(_) => true,
        DirectoryObject::Group(group) => may_hold_roles(group),
        DirectoryObject::Application(_) => false,
    });
    if !may_hold {
        return Err(GraphError::invalid_value("principalId", Kind::RoleAssignment.class()));
    }
    if tx.directory_role_assignments().any(|known| **known == assignment) {
        return Err(conflict);
    }
    tx.put_directory_role_assignment(assignment);
    Ok(())
}

fn take(tx: &mut Tx, assignment: DirectoryRoleAssignment, id: &str) -> Result<Answer, GraphError> {
    if !tx.directory_role_assignments().any(|known| **known == assignment) {
        return Err(GraphError::NotFound(id.to_owned()));
    }
    tx.delete_directory_role_assignment(assignment);
    Ok(Answer::Done)
}
