//! Which groups an object is in, asked for as ids, and who is in a group.

use model::{Group, JsonMap};
use serde_json::json;
use store::Snapshot;
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::error::GraphError;
use super::properties::{members, switch, texts};
use super::route::Route;

/// Questions to anything that can be a member.
pub(super) const QUESTIONS: &[Route] = &[
    Route::ask("{}/getMemberGroups", get_groups),
    Route::ask("{}/getMemberObjects", get_objects),
    Route::ask("{}/checkMemberGroups", check_groups),
    Route::ask("{}/checkMemberObjects", check_objects),
];

/// The context of a list of ids.
const IDS: &str = "Collection(Edm.String)";

/// Who is in a group, directly or through other groups. Cycles do no harm.
pub(super) fn members_below(world: &Snapshot, group: &Group) -> Vec<Uuid> {
    let mut seen = Vec::new();
    let mut next = group.members.clone();
    while let Some(id) = next.pop() {
        if !seen.contains(&id) {
            seen.push(id);
            next.extend(world.group(id).into_iter().flat_map(|group| &group.members));
        }
    }
    seen
}

fn get_groups(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let id = call.object(world)?.id();
    Ok(ids(&if only_security(call)? { world.security_groups_of(id) } else { world.transitive_groups_of(id) }))
}

/// Groups and directory roles, or security groups alone (Microsoft Graph, `getMemberObjects`).
fn get_objects(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let id = call.object(world)?.id();
    Ok(ids(&if only_security(call)? { world.security_groups_of(id) } else { objects_that_hold(world, id) }))
}

fn only_security(call: &Call<'_>) -> Result<bool, GraphError> {
    switch(&call.body, "securityEnabledOnly", call.noun)?
        .ok_or_else(|| GraphError::required("securityEnabledOnly", call.noun.class()))
}

fn objects_that_hold(world: &Snapshot, id: Uuid) -> Vec<Uuid> {
    let mut found = world.transitive_groups_of(id);
    found.extend(world.directory_roles_of(id));
    found
}

fn check_groups(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let groups = world.transitive_groups_of(call.object(world)?.id());
    check(call, "groupIds", &groups)
}

fn check_objects(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let holders = objects_that_hold(world, call.object(world)?.id());
    check(call, "ids", &holders)
}

/// How many ids one question may name.
const MOST: usize = 20;

/// Of the ids in the body, those of `holders`.
fn check(call: &Call<'_>, name: &str, holders: &[Uuid]) -> Result<Answer, GraphError> {
    let asked = texts(&call.body, name, call.noun)?.ok_or_else(|| GraphError::required(name, call.noun.class()))?;
    if asked.len() > MOST {
        return Err(GraphError::invalid_value(name, call.noun.class()));
    }
    let asked = asked.iter().filter_map(|id| Uuid::parse_str(id).ok());
    Ok(ids(&asked.filter(|id| holders.contains(id)).collect::<Vec<_>>()))
}

fn ids(found: &[Uuid]) -> Answer {
    let body: JsonMap = members(json!({"value": found}));
    Answer::Action(IDS, body)
}
