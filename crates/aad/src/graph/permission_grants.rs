//! `/oauth2PermissionGrants`: delegated permissions that clients have (RECORDED-FACTS 9).

use model::{JsonMap, PermissionGrant};
use serde_json::{Value, json};
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::identifiers::{joined, parts};
use super::properties::{guid, members};
use super::route::Route;

const KIND: Kind = Kind::PermissionGrant;

/// What can be done.
pub(super) const ROUTES: &[Route] = &[
    Route::get("", list),
    Route::post("", create),
    Route::get("{}", show),
    Route::patch("{}", update),
    Route::delete("{}", delete),
];

/// Every property at its default, in the order of recorded answers.
pub(super) fn defaults() -> JsonMap {
    members(json!({
        "clientId": null,
        "consentType": null,
        "id": null,
        "principalId": null,
        "resourceId": null,
        "scope": null,
    }))
}

/// A grant as Graph shows it. Its id joins client, resource and, where there is one, the person.
pub(super) fn draw(grant: &PermissionGrant) -> JsonMap {
    let ids: Vec<Uuid> = [grant.client_id, grant.resource_id].into_iter().chain(grant.principal_id).collect();
    members(json!({
        "clientId": grant.client_id,
        "consentType": if grant.principal_id.is_some() { "Principal" } else { "AllPrincipals" },
        "id": joined(&ids),
        "principalId": grant.principal_id,
        "resourceId": grant.resource_id,
        "scope": grant.scope,
    }))
}

fn list(_: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Collection(KIND, world.permission_grants().map(|grant| draw(grant)).collect()))
}

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Entity(KIND, draw(found(call, world)?)))
}

fn found<'w>(call: &Call<'_>, world: &'w Snapshot) -> Result<&'w PermissionGrant, GraphError> {
    let id = &call.key(0)?.value;
    let ids = parts(id).unwrap_or_default();
    let named = |grant: &&PermissionGrant| {
        grant.resource_id == ids.get(1).copied().unwrap_or_default() && grant.principal_id == ids.get(2).copied()
    };
    let client = ids.first().copied().unwrap_or_default();
    let found = world.permission_grants_of(client).map(AsRef::as_ref).find(named);
    found.ok_or_else(|| GraphError::NotFound(id.clone()))
}

fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let body = &call.body;
    let principal = |name: &str| -> Result<Uuid, GraphError> {
        let id = guid(body, name, KIND)?.ok_or_else(|| GraphError::required(name, KIND.class()))?;
        tx.service_principal(id).map(|found| found.id).ok_or_else(|| GraphError::NotFound(id.to_string()))
    };
    let (client_id, resource_id) = (principal("clientId")?, principal("resourceId")?);
    let wrong = |name: &str| GraphError::invalid_value(name, KIND.class());
    let principal_id = match (body.get("consentType").and_then(Value::as_str), guid(body, "principalId", KIND)?) {
        (Some("AllPrincipals"), None) => None,
        (Some("Principal"), Some(id)) => Some(tx.user(id).ok_or_else(|| GraphError::NotFound(id.to_string()))?.id),
        (Some("AllPrincipals" | "Principal"), _) => return Err(wrong("principalId")),
        _ => return Err(wrong("consentType")),
    };
    let is_there = |grant: &PermissionGrant| grant.resource_id == resource_id && grant.principal_id == principal_id;
    if tx.permission_grants_of(client_id).any(|grant| is_there(grant)) {
        return Err(GraphError::EntryExists);
    }
    let grant = PermissionGrant { client_id, resource_id, principal_id, scope: scope(call)?.unwrap_or_default() };
    let drawn = draw(&grant);
    tx.put_permission_grant(grant);
    Ok(Answer::Created(KIND, drawn))
}

/// Only the permissions can change; without any the grant remains, and grants nothing.
fn update(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let mut grant = found(call, tx)?.clone();
    if let Some(scope) = scope(call)? {
        grant.scope = scope;
    }
    tx.put_permission_grant(grant);
    Ok(Answer::Done)
}

fn delete(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let grant = found(call, tx)?.clone();
    tx.delete_permission_grant(&grant);
    Ok(Answer::Done)
}

fn scope(call: &Call<'_>) -> Result<Option<String>, GraphError> {
    match call.body.get("scope") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(scope)) => Ok(Some(scope.clone())),
        Some(_) => Err(GraphError::invalid_value("scope", KIND.class())),
    }
}
