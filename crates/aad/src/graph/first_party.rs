//! Microsoft's own applications, as far as every tenant has a service principal of them: what others are given
//! permissions on.
//!
//! How to add the next: a line in [`APPLICATIONS`]; its permissions are drawn, not stored, so every world has those of the
//! program that serves it.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use model::{DirectoryObject, JsonMap, ServicePrincipal, Time};
use serde_json::{Value, json};
use store::{Store, StoreError};
use uuid::{Builder, Uuid, uuid};

use super::graph_permissions::{APP_ROLES, SCOPES};
use super::properties::members;
use super::service_principals::bare;

/// Microsoft's own tenant, which all of these come from.
const MICROSOFT: Uuid = uuid!("f8cdef31-a31e-4b4a-93e4-5f571e91255a");

/// A delegated permission that stands for everything the person may do there.
const ARM_IMPERSONATION: Uuid = uuid!("41094075-9dad-400e-a0bd-54e686782033");
const VAULT_IMPERSONATION: Uuid = uuid!("f53da476-18e3-4152-8e01-aec403e6edc0");
const STORAGE_IMPERSONATION: Uuid = uuid!("03e0da56-190b-40ad-a80c-ea378c433f7f");

/// Application id, name, names to ask tokens for, and the permission `user_impersonation` where there is one.
const APPLICATIONS: [(Uuid, &str, &[&str], Option<Uuid>); 4] = [
    (GRAPH, "Microsoft Graph", &["https://graph.microsoft.com", "https://graph.microsoft.com/"], None),
    (
        uuid!("797f4846-ba00-4fd7-ba43-dac1f8f63013"),
        "Windows Azure Service Management API",
        &["https://management.core.windows.net/", "https://management.azure.com/"],
        Some(ARM_IMPERSONATION),
    ),
    (
        uuid!("cfa8b339-82a2-471a-a3c9-0fc0be7a4093"),
        "Azure Key Vault",
        &["https://vault.azure.net"],
        Some(VAULT_IMPERSONATION),
    ),
    (
        uuid!("e406a681-f3d4-42a8-90b6-c2b029497af1"),
        "Azure Storage",
        &["https://storage.azure.com"],
        Some(STORAGE_IMPERSONATION),
    ),
];

const GRAPH: Uuid = uuid!("00000003-0000-0000-c000-000000000000");

/// What each draws: cut from the program's tables once.
static DRAWN: LazyLock<Vec<(Uuid, JsonMap)>> = LazyLock::new(|| {
    APPLICATIONS
        .iter()
        .map(|(app_id, name, _, impersonation)| (*app_id, properties(*app_id, name, *impersonation)))
        .collect()
});

/// Makes the service principals that the world has not yet.
///
/// # Errors
/// [`StoreError`] when the state cannot be written.
pub async fn ensure_first_party(store: &Store, now: Time) -> Result<(), StoreError> {
    let mut tx = store.begin().await;
    let tenant = tx.tenant().map(|tenant| tenant.id).unwrap_or_default();
    for (app_id, name, names, _) in APPLICATIONS {
        if tx.service_principal_by_app_id(app_id).is_none() {
            let names = std::iter::once(app_id.to_string()).chain(names.iter().map(|name| (*name).to_owned()));
            let principal = named(app_id, name, object_id(tenant, app_id), now);
            tx.put_object(DirectoryObject::ServicePrincipal(ServicePrincipal {
                service_principal_names: names.collect(),
                ..principal
            }));
        }
    }
    tx.commit().await
}

/// The principal of one of Microsoft's programs that people sign in to.
pub(crate) fn first_party_client(app_id: Uuid, name: &str, id: Uuid, now: Time) -> ServicePrincipal {
    ServicePrincipal { service_principal_names: vec![app_id.to_string()], ..named(app_id, name, id, now) }
}

fn named(app_id: Uuid, name: &str, id: Uuid, now: Time) -> ServicePrincipal {
    ServicePrincipal { display_name: name.to_owned(), ..bare(app_id, id, now) }
}

/// The object id in this tenant: another in every tenant and the same at every start, whatever else was made before.
fn object_id(tenant: Uuid, app_id: Uuid) -> Uuid {
    let digest = digest(&SHA256, &[tenant.into_bytes(), app_id.into_bytes()].concat());
    let first = digest.as_ref().first_chunk().copied().unwrap_or_default();
    Builder::from_random_bytes(first).into_uuid()
}

/// The properties that the application with this id gives its service principal; none for others.
pub(super) fn draw(app_id: Uuid) -> JsonMap {
    DRAWN.iter().find(|(known, _)| *known == app_id).map(|(_, drawn)| drawn.clone()).unwrap_or_default()
}

/// Whether applications can have this permission of Microsoft Graph's; some are for people's clients alone.
pub(super) fn is_app_role(value: &str) -> bool {
    APP_ROLES.iter().any(|(_, known, _)| *known == value)
}

fn properties(app_id: Uuid, name: &str, impersonation: Option<Uuid>) -> JsonMap {
    let (roles, scopes): (Vec<Value>, Vec<Value>) = if app_id == GRAPH {
        let scopes = SCOPES.iter().map(|(id, value, admin, text)| scope(*id, value, *admin, text));
        (APP_ROLES.iter().map(|(id, value, text)| app_role(*id, value, text)).collect(), scopes.collect())
    } else {
        let text = format!("Access {name} as the person who is signed in");
        (Vec::new(), impersonation.map(|id| scope(id, "user_impersonation", false, &text)).into_iter().collect())
    };
    members(json!({
        "appDisplayName": name,
        "appOwnerOrganizationId": MICROSOFT,
        "signInAudience": "AzureADMultipleOrgs",
        "appRoles": roles,
        "oauth2PermissionScopes": scopes,
    }))
}

fn app_role(id: Uuid, value: &str, text: &str) -> Value {
    json!({
        "allowedMemberTypes": ["Application"],
        "description": text,
        "displayName": text,
        "id": id,
        "isEnabled": true,
        "origin": "Application",
        "value": value,
    })
}

fn scope(id: Uuid, value: &str, admin: bool, text: &str) -> Value {
    json!({
        "adminConsentDescription": text,
        "adminConsentDisplayName": text,
        "id": id,
        "isEnabled": true,
        "type": if admin { "Admin" } else { "User" },
        "userConsentDescription": text,
        "userConsentDisplayName": text,
        "value": value,
    })
}
