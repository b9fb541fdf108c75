//! `/directoryObjects`: objects of any kind.

use model::DirectoryObject;
use serde_json::json;
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::entity::{Kind, draw_among_others};
use super::error::GraphError;
use super::properties::{members, texts};
use super::route::Route;
use super::{applications, groups, service_principals, users};

/// What can be done.
pub(super) const ROUTES: &[Route] =
    &[Route::ask("getByIds", get_by_ids), Route::get("{}", show), Route::delete("{}", delete)];

/// How many ids one question may name.
const MOST: usize = 1000;

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let object = call.object(world)?;
    Ok(Answer::Entity(Kind::DirectoryObject, draw_among_others(&call.caller, world, object)))
}

/// As its own noun deletes it.
fn delete(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    match call.object(tx)?.as_ref() {
        DirectoryObject::Application(_) => applications::delete(call, tx),
        DirectoryObject::ServicePrincipal(_) => service_principals::delete(call, tx),
        DirectoryObject::User(_) => users::delete(call, tx),
        DirectoryObject::Group(_) => groups::delete(call, tx),
    }
}

/// Unknown ids are left out without a word; so are objects of other types than those asked for (RECORDED-FACTS 9).
fn get_by_ids(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    const KIND: Kind = Kind::DirectoryObject;
    let ids = texts(&call.body, "ids", KIND)?.ok_or_else(|| GraphError::required("ids", KIND.class()))?;
    if ids.len() > MOST {
        return Err(GraphError::invalid_value("ids", KIND.class()));
    }
    let types = texts(&call.body, "types", KIND)?.unwrap_or_default();
    let wanted = |name: &str| {
        types.is_empty()
            || types.iter().any(|t| t.eq_ignore_ascii_case(name) || t.eq_ignore_ascii_case("directoryObject"))
    };
    let mut found = Vec::new();
    for id in ids {
        let id = Uuid::parse_str(&id).map_err(|_| GraphError::Invalid(format!("Invalid GUID:{id}")))?;
        if let Some(object) = world.object(id).filter(|object| wanted(Kind::of(object).type_name())) {
            found.push(draw_among_others(&call.caller, world, object));
        }
    }
    Ok(Answer::Action("directoryObjects", members(json!({"value": found}))))
}
