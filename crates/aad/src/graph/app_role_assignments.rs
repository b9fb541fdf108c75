//! App roles that are assigned, seen from who has them (`appRoleAssignments`) and from the resource whose roles they are
//! (`appRoleAssignedTo`). Managed identities have them like any other principal (IDENTITY-WIRE 6).

use model::{AppRoleAssignment, DirectoryObject, JsonMap};
use serde_json::{Value, json};
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::access::Area;
use super::answer::Answer;
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::identifiers::{joined, parts};
use super::properties::{guid, members, ticks};
use super::route::Route;
use super::service_principals;

const KIND: Kind = Kind::AppRoleAssignment;

/// What can be done below who has roles.
pub(super) const ROUTES: &[Route] = &[
    Route::post("{}/appRoleAssignments", create).about(Area::AppRoles),
    Route::get("{}/appRoleAssignments/{}", show),
    Route::delete("{}/appRoleAssignments/{}", delete).about(Area::AppRoles),
];

/// What can be done below the resource whose roles they are.
pub(super) const RESOURCE_ROUTES: &[Route] = &[
    Route::post("{}/appRoleAssignedTo", create).about(Area::AppRoles),
    Route::get("{}/appRoleAssignedTo/{}", show),
    Route::delete("{}/appRoleAssignedTo/{}", delete).about(Area::AppRoles),
];

/// Every property at its default, in the order of recorded answers.
pub(super) fn defaults() -> JsonMap {
    members(json!({
        "id": null,
        "deletedDateTime": null,
        "appRoleId": null,
        "createdDateTime": null,
        "principalDisplayName": null,
        "principalId": null,
        "principalType": null,
        "resourceDisplayName": null,
        "resourceId": null,
    }))
}

/// An assignment as Graph shows it.
pub(super) fn draw(world: &Snapshot, assignment: &AppRoleAssignment) -> JsonMap {
    let name = |id: Uuid| world.object(id).map(|object| object.display_name().to_owned());
    let principal_type = world.object(assignment.principal_id).and_then(|object| match object.as_ref() {
        DirectoryObject::ServicePrincipal(_) => Some("ServicePrincipal"),
        DirectoryObject::User(_) => Some("User"),
        DirectoryObject::Group(_) => Some("Group"),
        DirectoryObject::Application(_) => None,
    });
    members(json!({
        "id": joined(&[assignment.principal_id, assignment.number]),
        "deletedDateTime": null,
        "appRoleId": assignment.app_role_id,
        "createdDateTime": ticks(assignment.created_at),
        "principalDisplayName": name(assignment.principal_id),
        "principalId": assignment.principal_id,
        "principalType": principal_type,
        "resourceDisplayName": name(assignment.resource_id),
        "resourceId": assignment.resource_id,
    }))
}

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Entity(KIND, draw(world, found(call, world)?)))
}

/// The assignment that the path names below its principal or its resource.
fn found<'w>(call: &Call<'_>, world: &'w Snapshot) -> Result<&'w AppRoleAssignment, GraphError> {
    let owner = call.object(world)?.id();
    let id = &call.key(1)?.value;
    let missing = || GraphError::NotFound(id.clone());
    let [principal, number] = *parts(id).unwrap_or_default() else { return Err(missing()) };
    let mut own = world.app_roles_of(principal).map(AsRef::as_ref).filter(|found| found.number == number);
    own.find(|found| owner == found.principal_id || owner == found.resource_id).ok_or_else(missing)
}

fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let id = |name: &str| guid(&call.body, name, KIND)?.ok_or_else(|| GraphError::required(name, KIND.class()));
    let (principal_id, resource_id, app_role_id) = (id("principalId")?, id("resourceId")?, id("appRoleId")?);
    let below = call.object(tx)?.id();
    if below != principal_id && below != resource_id {
        return Err(GraphError::invalid_value("principalId", KIND.class()));
    }
    let missing = |id: Uuid| GraphError::NotFound(id.to_string());
    let principal = tx.object(principal_id).ok_or_else(|| missing(principal_id))?;
    let resource = tx.service_principal(resource_id).ok_or_else(|| missing(resource_id))?;
    if principal.principal_type().is_none() {
        return Err(GraphError::invalid_value("principalId", KIND.class()));
    }
    let member = match principal.as_ref() {
        DirectoryObject::ServicePrincipal(_) => "Application",
        _ => "User",
    };
    if !app_role_id.is_nil() {
        let roles = service_principals::app_roles(tx, resource);
        let role = roles.iter().find(|role| role["id"] == json!(app_role_id));
        let takes = |role: &Value| role["allowedMemberTypes"].as_array().is_some_and(|of| of.contains(&json!(member)));
        if !role.is_some_and(|role| role["isEnabled"] != json!(false) && takes(role)) {
            return Err(GraphError::Invalid("Permission being assigned was not found on application".to_owned()));
        }
    }
    let mut own = tx.app_roles_of(principal_id);
    if own.any(|found| found.resource_id == resource_id && found.app_role_id == app_role_id) {
        return Err(GraphError::Invalid("Permission being assigned already exists on the object".to_owned()));
    }
    drop(own);
    let assignment =
        AppRoleAssignment { principal_id, number: call.aad.ids.guid(), resource_id, app_role_id, created_at: call.now };
    let drawn = draw(tx, &assignment);
    tx.put_app_role_assignment(assignment);
    Ok(Answer::Created(KIND, drawn))
}

fn delete(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let assignment = found(call, tx)?.clone();
    tx.delete_app_role_assignment(&assignment);
    Ok(Answer::Done)
}
