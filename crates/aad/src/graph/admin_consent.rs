//! An administrator's consent to everything that an application wants: `az ad app permission admin-consent`.
//!
//! It is not Microsoft Graph's: the Azure CLI asks the portal's own service for it, in Azure's own cloud alone.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::{AppRoleAssignment, DirectoryObject, ServicePrincipal, Time};
use serde_json::{Value, json};
use store::Tx;
use tokens::AccessToken;
use uuid::Uuid;

use super::access::{Area, Caller, Need};
use super::error::GraphError;
use super::{applications, service_principals};
use crate::Aad;

/// The application whose wishes a path asks to consent to.
pub(super) fn asked(path: &str) -> Option<Uuid> {
    let below = path.strip_prefix("/api/RegisteredApplications/")?;
    Uuid::parse_str(below.strip_suffix("/Consent")?).ok()
}

/// Grants what the application wants, in everybody's name; what it has stays.
///
/// # Errors
/// [`GraphError`].
pub(super) async fn consent(aad: &Aad, now: Time, token: &AccessToken, app_id: Uuid) -> Result<Response, GraphError> {
    let mut tx = aad.store.begin().await;
    let caller = Caller::at_portal(&tx, token)?;
    for area in [Area::Grants, Area::AppRoles] {
        caller.require(Need { area, writes: true }, None)?;
    }
    let application = tx.application_by_app_id(app_id).cloned();
    let application = application.ok_or_else(|| GraphError::NotFound(app_id.to_string()))?;
    let client = tx.service_principal_by_app_id(app_id).map(|principal| principal.id).unwrap_or_else(|| {
        let principal = service_principals::of(&application, aad.ids.guid(), now);
        let id = principal.id;
        tx.put_object(DirectoryObject::ServicePrincipal(principal));
        id
    });
    let wishes = applications::draw(&tx, &application).remove("requiredResourceAccess").unwrap_or_default();
    for wish in wishes.as_array().into_iter().flatten() {
        let resource = wish["resourceAppId"].as_str().and_then(|id| Uuid::parse_str(id).ok());
        let resource = resource.and_then(|id| tx.service_principal_by_app_id(id)).cloned();
        if let Some(resource) = resource {
            grant_scopes(&mut tx, client, &resource, &wanted(wish, "Scope"));
            assign_roles(&mut tx, client, &resource, &wanted(wish, "Role"), now, || aad.ids.guid());
        }
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The ids of the permissions of this type that an application wants of one resource.
fn wanted(wish: &Value, permission_type: &str) -> Vec<Value> {
    let all = wish["resourceAccess"].as_array().into_iter().flatten();
    all.filter(|access| access["type"] == permission_type).map(|access| access["id"].clone()).collect()
}

fn grant_scopes(tx: &mut Tx, client_id: Uuid, resource: &ServicePrincipal, ids: &[Value]) {
    let published = service_principals::delegated_permissions(tx, resource);
    let wanted = published.iter().filter(|scope| ids.contains(&scope["id"]));
    tx.widen_permission_grant(client_id, resource.id, None, wanted.filter_map(|scope| scope["value"].as_str()));
}

fn assign_roles(
    tx: &mut Tx,
    principal_id: Uuid,
    resource: &ServicePrincipal,
    ids: &[Value],
    now: Time,
    number: impl Fn() -> Uuid,
) {
    for role in service_principals::app_roles(tx, resource).iter().filter(|role| ids.contains(&role["id"])) {
        let app_role_id = role["id"].as_str().and_then(|id| Uuid::parse_str(id).ok()).unwrap_or_default();
        let has =
            |known: &AppRoleAssignment| known.resource_id == resource.id && json!(known.app_role_id) == role["id"];
        if !tx.app_roles_of(principal_id).any(|known| has(known)) {
            tx.put_app_role_assignment(AppRoleAssignment {
                principal_id,
                number: number(),
                resource_id: resource.id,
                app_role_id,
                created_at: now,
            });
        }
    }
}
