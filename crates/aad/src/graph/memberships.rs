//! Which groups an object is in.

use model::JsonMap;
use serde_json::json;
use store::Snapshot;
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::entity::{Kind, draw_among_others};
use super::error::GraphError;
use super::properties::{members, switch, texts};
use super::route::Route;

/// The groups as objects.
pub(super) const ROUTES: &[Route] =
    &[Route::get("{}/memberOf", member_of), Route::get("{}/transitiveMemberOf", transitive_member_of)];

/// The groups as ids.
pub(super) const QUESTIONS: &[Route] = &[
    Route::ask("{}/getMemberGroups", get_members),
    Route::ask("{}/getMemberObjects", get_members),
    Route::ask("{}/checkMemberGroups", check_groups),
    Route::ask("{}/checkMemberObjects", check_objects),
];

/// The context of a list of ids.
const IDS: &str = "Collection(Edm.String)";

fn member_of(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let id = call.object(world)?.id();
    let mut direct = world.transitive_groups_of(id);
    direct.retain(|group| world.group(*group).is_some_and(|group| group.members.contains(&id)));
    Ok(groups(world, direct))
}

fn transitive_member_of(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(groups(world, world.transitive_groups_of(call.object(world)?.id())))
}

fn groups(world: &Snapshot, ids: Vec<Uuid>) -> Answer {
    let found = ids.into_iter().filter_map(|id| world.object(id));
    Answer::Collection(Kind::DirectoryObject, found.map(|group| draw_among_others(world, group)).collect())
}

/// There are no directory roles, so groups are all the objects there are to be a member of.
fn get_members(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let only_security = switch(&call.body, "securityEnabledOnly", call.noun)?
        .ok_or_else(|| GraphError::required("securityEnabledOnly", call.noun.class()))?;
    let mut found = world.transitive_groups_of(call.object(world)?.id());
    if only_security {
        let secures = |group: &model::Group| group.other.get("securityEnabled").is_none_or(|set| set == true);
        found.retain(|id| world.group(*id).is_some_and(secures));
    }
    Ok(ids(&found))
}

fn check_groups(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    check(call, world, "groupIds")
}

fn check_objects(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    check(call, world, "ids")
}

/// Of the ids in the body, those of groups that hold the object.
fn check(call: &Call<'_>, world: &Snapshot, name: &str) -> Result<Answer, GraphError> {
    let asked = texts(&call.body, name, call.noun)?.ok_or_else(|| GraphError::required(name, call.noun.class()))?;
    let groups = world.transitive_groups_of(call.object(world)?.id());
    let asked = asked.iter().filter_map(|id| Uuid::parse_str(id).ok());
    Ok(ids(&asked.filter(|id| groups.contains(id)).collect::<Vec<_>>()))
}

fn ids(found: &[Uuid]) -> Answer {
    let body: JsonMap = members(json!({"value": found}));
    Answer::Action(IDS, body)
}
