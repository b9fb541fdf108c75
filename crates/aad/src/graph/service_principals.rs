//! `/servicePrincipals`: what applications and managed identities are in this tenant (IDENTITY-WIRE 6).
//!
//! Managed identities come and go with their resources: Graph shows them, and refuses to make, delete or re-key them.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{Application, DirectoryObject, JsonMap, ServicePrincipal, ServicePrincipalType, Time, merge};
use serde_json::{Value, json};
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::access::{Area, Denial, Need};
use super::answer::Answer;
use super::applications::{no_links, no_publisher};
use super::call::Call;
use super::credentials::{draw_passwords, lay_passwords};
use super::deleted_items::put_away;
use super::entity::{Kind, draw_all};
use super::error::GraphError;
use super::key_credentials::{self, draw_keys};
use super::properties::{keep_others, members, required_text, seconds, switch, text, texts};

use super::route::Route;
use super::{first_party, owners};

/// What can be done.
pub(super) const ROUTES: &[Route] = &[
    Route::get("", list),
    Route::post("", create),
    Route::get("{}", show),
    Route::patch("{}", update),
    Route::delete("{}", delete),
];

/// Shown only when selected.
pub(super) const HIDDEN: &[&str] = &["samlMetadataUrl"];
/// Set by the service.
pub(super) const READ_ONLY: &[&str] = &[
    "appId",
    "appDisplayName",
    "appDescription",
    "appOwnerOrganizationId",
    "applicationTemplateId",
    "disabledByMicrosoftStatus",
    "servicePrincipalType",
    "signInAudience",
];
/// Properties with a field of their own.
const FIELDS: &[&str] = &[
    "appId",
    "displayName",
    "accountEnabled",
    "servicePrincipalNames",
    "keyCredentials",
    "passwordCredentials",
    "owners@odata.bind",
];
/// What a managed identity has from its resource.
const FROM_RESOURCE: &[&str] =
    &["displayName", "alternativeNames", "servicePrincipalNames", "keyCredentials", "passwordCredentials"];

/// Every property at its default, in the order of recorded answers.
pub(super) fn defaults() -> JsonMap {
    members(json!({
        "id": null,
        "deletedDateTime": null,
        "accountEnabled": true,
        "alternativeNames": [],
        "appDisplayName": null,
        "appDescription": null,
        "appId": null,
        "applicationTemplateId": null,
        "appOwnerOrganizationId": null,
        "appRoleAssignmentRequired": false,
        "createdDateTime": null,
        "description": null,
        "disabledByMicrosoftStatus": null,
        "displayName": null,
        "homepage": null,
        "loginUrl": null,
        "logoutUrl": null,
        "notes": null,
        "notificationEmailAddresses": [],
        "preferredSingleSignOnMode": null,
        "preferredTokenSigningKeyThumbprint": null,
        "replyUrls": [],
        "servicePrincipalNames": [],
        "servicePrincipalType": "Application",
        "signInAudience": null,
        "tags": [],
        "tokenEncryptionKeyId": null,
        "samlMetadataUrl": null,
        "info": null,
        "samlSingleSignOnSettings": null,
        "addIns": [],
        "appRoles": [],
        "keyCredentials": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "resourceSpecificApplicationPermissions": [],
        "verifiedPublisher": no_publisher(),
    }))
}

/// A service principal with all its properties.
pub(super) fn draw(world: &Snapshot, principal: &ServicePrincipal) -> JsonMap {
    let mut drawn = defaults();
    if principal.kind == ServicePrincipalType::Application {
        drawn.insert("info".to_owned(), no_links());
    }
    if let Some(application) = world.application_by_app_id(principal.app_id) {
        let seen = super::applications::draw(world, application);
        let from_application = json!({
            "appDisplayName": application.display_name,
            "appDescription": seen["description"],
            "appOwnerOrganizationId": world.tenant().map(|tenant| tenant.id),
            "homepage": seen["web"]["homePageUrl"],
            "logoutUrl": seen["web"]["logoutUrl"],
            "replyUrls": seen["web"]["redirectUris"],
            "signInAudience": seen["signInAudience"],
            "info": seen["info"],
            "appRoles": seen["appRoles"],
            "oauth2PermissionScopes": seen["api"]["oauth2PermissionScopes"],
        });
        merge(&mut drawn, &members(from_application));
    }
    merge(&mut drawn, &first_party::draw(principal.app_id));
    merge(&mut drawn, &principal.other);
    let own = json!({
        "id": principal.id,
        "accountEnabled": principal.account_enabled,
        "appId": principal.app_id,
        "createdDateTime": seconds(principal.created_at),
        "displayName": principal.display_name,
        "servicePrincipalNames": names(principal),
        "servicePrincipalType": match principal.kind {
            ServicePrincipalType::Application => "Application",
            ServicePrincipalType::ManagedIdentity => "ManagedIdentity",
        },
        "keyCredentials": draw_keys(&principal.key_credentials),
        "passwordCredentials": draw_passwords(&principal.password_credentials, false),
    });
    merge(&mut drawn, &members(own));
    if let Some(identity) = &principal.managed_identity {
        let explicit = if identity.explicit { "isExplicit=True" } else { "isExplicit=False" };
        drawn.insert("alternativeNames".to_owned(), json!([explicit, identity.resource_id]));
    }
    drawn
}

/// The app roles of a resource.
pub(crate) fn app_roles(world: &Snapshot, resource: &ServicePrincipal) -> Vec<Value> {
    listed(world, resource, "appRoles")
}

/// The delegated permissions that a resource offers, as it shows them.
pub(crate) fn delegated_permissions(world: &Snapshot, resource: &ServicePrincipal) -> Vec<Value> {
    listed(world, resource, "oauth2PermissionScopes")
}

fn listed(world: &Snapshot, principal: &ServicePrincipal, property: &str) -> Vec<Value> {
    match draw(world, principal).remove(property) {
        Some(Value::Array(values)) => values,
        _ => Vec::new(),
    }
}

/// The names a principal answers to. A managed identity has one more than its application id, made of 32 bytes that
/// Azure does not explain; here they are a digest of the object id, so that the name never changes.
fn names(principal: &ServicePrincipal) -> Vec<String> {
    const PREFIX: &str = "https://identity.azure.net/";
    let mut names = principal.service_principal_names.clone();
    if names.is_empty() {
        names.push(principal.app_id.to_string());
    }
    let has_own = names.iter().any(|name| name.starts_with(PREFIX));
    if principal.kind == ServicePrincipalType::ManagedIdentity && !has_own {
        names.push(format!("{PREFIX}{}", STANDARD.encode(digest(&SHA256, principal.id.as_bytes()))));
    }
    names
}

fn list(_: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Collection(Kind::ServicePrincipal, draw_all(world, Kind::ServicePrincipal)))
}

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Entity(Kind::ServicePrincipal, draw(world, found(call, world)?)))
}

fn found<'w>(call: &Call<'_>, world: &'w Snapshot) -> Result<&'w ServicePrincipal, GraphError> {
    let id = call.object(world)?.id();
    world.service_principal(id).ok_or_else(|| GraphError::NotFound(id.to_string()))
}

fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    const KIND: Kind = Kind::ServicePrincipal;
    if call.body.get("servicePrincipalType").is_some_and(|kind| kind == "ManagedIdentity") {
        return Err(GraphError::RequestDenied(Denial::Managed));
    }
    let app_id = required_text(&call.body, "appId", KIND)?;
    let missing = || GraphError::NoBackingApplication(app_id.to_owned());
    let guid = Uuid::parse_str(app_id).map_err(|_| GraphError::invalid_value("appId", KIND.class()))?;
    if tx.service_principal_by_app_id(guid).is_some() {
        return Err(GraphError::KeyInUse(app_id.to_owned()));
    }
    let application = tx.application_by_app_id(guid).ok_or_else(missing)?;
    // Who may only change what it owns makes the principal of no application but its own.
    let need = Need { area: Area::Applications, writes: true };
    call.caller.require(need, tx.object(application.id).map(AsRef::as_ref))?;
    let owners = owners::makers(call, Area::Applications);
    let mut principal = ServicePrincipal { owners, ..of(application, call.aad.ids.guid(), call.now) };
    let current = draw(tx, &principal);
    lay(call, tx, &mut principal, &current)?;
    let drawn = draw(tx, &principal);
    tx.put_object(DirectoryObject::ServicePrincipal(principal));
    Ok(Answer::Created(KIND, drawn))
}

/// The principal of an application in this tenant.
pub(super) fn of(application: &Application, id: Uuid, now: Time) -> ServicePrincipal {
    following(bare(application.app_id, id, now), application)
}

/// The principal of an application about which nothing else is known.
pub(super) fn bare(app_id: Uuid, id: Uuid, now: Time) -> ServicePrincipal {
    ServicePrincipal {
        id,
        app_id,
        display_name: String::new(),
        kind: ServicePrincipalType::Application,
        managed_identity: None,
        account_enabled: true,
        service_principal_names: Vec::new(),
        key_credentials: Vec::new(),
        password_credentials: Vec::new(),
        owners: Vec::new(),
        created_at: now,
        other: JsonMap::new(),
    }
}

/// A principal with what it has from its application: its name and the URIs that name it.
pub(super) fn following(principal: ServicePrincipal, application: &Application) -> ServicePrincipal {
    let uris = application.identifier_uris.iter().cloned();
    let names = std::iter::once(application.app_id.to_string()).chain(uris).collect();
    ServicePrincipal { display_name: application.display_name.clone(), service_principal_names: names, ..principal }
}

fn update(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let mut principal = found(call, tx)?.clone();
    if call.body.keys().any(|name| FROM_RESOURCE.contains(&name.as_str())) {
        refuse_managed(&principal)?;
    }
    let current = draw(tx, &principal);
    lay(call, tx, &mut principal, &current)?;
    tx.put_object(DirectoryObject::ServicePrincipal(principal));
    Ok(Answer::Done)
}

/// Takes a principal away.
pub(super) fn delete(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let principal = found(call, tx)?;
    refuse_managed(principal)?;
    let id = principal.id;
    put_away(call, tx, id);
    Ok(Answer::Done)
}

/// Managed identities belong to their resources.
///
/// # Errors
/// [`GraphError::RequestDenied`] for one.
pub(super) fn refuse_managed(principal: &ServicePrincipal) -> Result<(), GraphError> {
    match principal.kind {
        ServicePrincipalType::ManagedIdentity => Err(GraphError::RequestDenied(Denial::Managed)),
        ServicePrincipalType::Application => Ok(()),
    }
}

/// Lays what was sent onto a principal.
fn lay(
    call: &Call<'_>,
    world: &Snapshot,
    principal: &mut ServicePrincipal,
    current: &JsonMap,
) -> Result<(), GraphError> {
    const KIND: Kind = Kind::ServicePrincipal;
    if let Some(given) = call.body.get("appId")
        && given.as_str().and_then(|id| Uuid::parse_str(id).ok()) != Some(principal.app_id)
    {
        return Err(GraphError::read_only("appId"));
    }
    if let Some(name) = text(&call.body, "displayName", KIND)? {
        name.clone_into(&mut principal.display_name);
    }
    if let Some(enabled) = switch(&call.body, "accountEnabled", KIND)? {
        principal.account_enabled = enabled;
    }
    if let Some(names) = texts(&call.body, "servicePrincipalNames", KIND)? {
        principal.service_principal_names = names;
    }
    key_credentials::lay(call, &mut principal.key_credentials)?;
    lay_passwords(&call.body, &mut principal.password_credentials, KIND)?;
    owners::lay(call, world, &mut principal.owners)?;
    keep_others(&mut principal.other, call, current, KIND, FIELDS)
}
