//! What an object is related to: its own collection (`/groups/{id}/members`) and what `$expand` adds to it.
//!
//! How to add the next: one arm in [`related`], and its routes below the nouns that have it.

use model::{DirectoryObject, JsonMap};
use store::Snapshot;
use uuid::Uuid;

use super::access::{Area, Caller};
use super::answer::Answer;
use super::call::Call;
use super::entity::{Kind, draw_among_others};
use super::error::GraphError;
use super::route::Route;
use super::{
    app_role_assignments, directory_roles, federated_identity_credentials, managers, memberships, owners,
    permission_grants,
};

/// Of what has owners.
pub(super) const OWNERS: &[Route] = &[Route::get("{}/owners", list), Route::get("{}/owners/{}", show)];
/// Of who can own.
pub(super) const OWNED: &[Route] = &[Route::get("{}/ownedObjects", list)];
/// Of people.
pub(super) const MANAGER: &[Route] = &[Route::get("{}/manager", list), Route::get("{}/directReports", list)];
/// Of groups.
pub(super) const MEMBERS: &[Route] = &[
    Route::get("{}/members", list).about(Area::Members),
    Route::get("{}/members/{}", show).about(Area::Members),
    Route::get("{}/transitiveMembers", list).about(Area::Members),
];
/// Of what can be a member.
pub(super) const MEMBER_OF: &[Route] = &[Route::get("{}/memberOf", list), Route::get("{}/transitiveMemberOf", list)];
/// Of who can have app roles.
pub(super) const APP_ROLES: &[Route] = &[Route::get("{}/appRoleAssignments", list)];
/// Of resources.
pub(super) const APP_ROLES_ON: &[Route] = &[Route::get("{}/appRoleAssignedTo", list)];
/// Of clients, and of people whom clients act for.
pub(super) const GRANTS: &[Route] = &[Route::get("{}/oauth2PermissionGrants", list)];

/// What something is related to.
pub(super) enum Related {
    /// Objects of a kind.
    Many(Kind, Vec<JsonMap>),
    /// One object of any kind, or nothing.
    One(Option<JsonMap>),
}

/// Whether filters may look at objects of the relation.
pub(super) fn is_filtered(kind: Kind, name: &str) -> bool {
    let has_owners = matches!(kind, Kind::Application | Kind::ServicePrincipal | Kind::Group);
    (name.eq_ignore_ascii_case("owners") && has_owners)
        || (name.eq_ignore_ascii_case("federatedIdentityCredentials") && kind == Kind::Application)
}

/// What `object` is related to by the relation `name`; none where there is no such relation.
pub(super) fn related(caller: &Caller, world: &Snapshot, object: &DirectoryObject, name: &str) -> Option<Related> {
    use DirectoryObject::{Application, Group, ServicePrincipal, User};
    let id = object.id();
    if let ("manager", User(user)) = (name.to_ascii_lowercase().as_str(), object) {
        let manager = user.manager.and_then(|id| world.object(id));
        return Some(Related::One(manager.map(|manager| draw_among_others(caller, world, manager))));
    }
    let (kind, found) = match (name.to_ascii_lowercase().as_str(), object) {
        ("owners", Application(_) | ServicePrincipal(_) | Group(_)) => {
            objects(caller, world, owners::owners(object).to_vec())
        }
        ("ownedobjects", ServicePrincipal(_) | User(_)) => objects(caller, world, owners::owned_by(world, id)),
        ("federatedidentitycredentials", Application(application)) => {
            let all = application.federated_identity_credentials.iter();
            (Kind::FederatedIdentityCredential, all.map(federated_identity_credentials::draw).collect())
        }
        ("directreports", User(_)) => objects(caller, world, managers::reports_of(world, id)),
        ("members", Group(group)) => objects(caller, world, group.members.clone()),
        ("transitivemembers", Group(group)) => objects(caller, world, memberships::members_below(world, group)),
        ("memberof", ServicePrincipal(_) | User(_) | Group(_)) => {
            let (kind, mut found) = objects(caller, world, world.groups_of(id).collect());
            found.extend(directory_roles::held_by(caller, world, id));
            (kind, found)
        }
        ("transitivememberof", ServicePrincipal(_) | User(_) | Group(_)) => {
            let (kind, mut found) = objects(caller, world, world.transitive_groups_of(id));
            found.extend(directory_roles::held_by(caller, world, id));
            (kind, found)
        }
        ("approleassignments", ServicePrincipal(_) | User(_) | Group(_)) => {
            let drawn = world.app_roles_of(id).map(|role| app_role_assignments::draw(world, role));
            (Kind::AppRoleAssignment, drawn.collect())
        }
        ("approleassignedto", ServicePrincipal(_)) => {
            let drawn = world.app_roles_on(id).map(|role| app_role_assignments::draw(world, role));
            (Kind::AppRoleAssignment, drawn.collect())
        }
        ("oauth2permissiongrants", ServicePrincipal(_)) => {
            let drawn = world.permission_grants_of(id).map(|grant| permission_grants::draw(grant));
            (Kind::PermissionGrant, drawn.collect())
        }
        ("oauth2permissiongrants", User(_)) => {
            let own = world.permission_grants().filter(|grant| grant.principal_id == Some(id));
            (Kind::PermissionGrant, own.map(|grant| permission_grants::draw(grant)).collect())
        }
        _ => return None,
    };
    Some(Related::Many(kind, found))
}

fn objects(caller: &Caller, world: &Snapshot, ids: Vec<Uuid>) -> (Kind, Vec<JsonMap>) {
    let found = ids.into_iter().filter_map(|id| world.object(id));
    (Kind::DirectoryObject, found.map(|object| draw_among_others(caller, world, object)).collect())
}

/// The collection that the last word of the route names.
fn list(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let object = call.object(world)?;
    match related(&call.caller, world, object, call.relation) {
        Some(Related::Many(kind, found)) => Ok(Answer::Collection(kind, found)),
        Some(Related::One(Some(found))) => Ok(Answer::Entity(Kind::DirectoryObject, found)),
        Some(Related::One(None)) => Err(GraphError::NotFound(call.relation.to_owned())),
        None => Err(GraphError::UnknownSegment(call.relation.to_owned())),
    }
}

/// One of the collection; as Terraform looks whether a reference is there.
fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let wanted = &call.key(1)?.value;
    let found = match related(&call.caller, world, call.object(world)?, call.relation) {
        Some(Related::Many(_, found)) => found,
        _ => Vec::new(),
    };
    let is_wanted = |item: &JsonMap| item.get("id").is_some_and(|id| id == wanted);
    let found = found.into_iter().find(is_wanted).ok_or_else(|| GraphError::NotFound(wanted.clone()))?;
    Ok(Answer::Entity(Kind::DirectoryObject, found))
}
