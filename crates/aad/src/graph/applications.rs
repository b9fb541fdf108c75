//! `/applications`: application registrations (RECORDED-FACTS 9, AZ-WIRE 12).

use model::{Application, DirectoryObject, JsonMap, merge};
use serde_json::{Value, json};
use store::{Snapshot, Tx};

use super::access::Area;
use super::answer::Answer;
use super::application_checks;
use super::call::Call;
use super::credentials::{draw_passwords, lay_passwords};
use super::deleted_items::put_away;
use super::entity::{Kind, draw_all};
use super::error::GraphError;
use super::key_credentials::{self, draw_keys};
use super::properties::{keep_others, members, required_text, seconds, text, texts, ticks};

use super::route::Route;
use super::{owners, service_principals, unique_names};

/// What can be done.
pub(super) const ROUTES: &[Route] = &[
    Route::get("", list),
    Route::post("", create),
    Route::get("{}", show),
    Route::patch("{}", update),
    Route::delete("{}", delete),
];

/// Shown only when selected.
pub(super) const HIDDEN: &[&str] = &["oauth2RequirePostResponse"];
/// Set by the service.
pub(super) const READ_ONLY: &[&str] =
    &["appId", "publisherDomain", "uniqueName", "applicationTemplateId", "certification", "disabledByMicrosoftStatus"];
/// Properties with a field of their own.
const FIELDS: &[&str] =
    &["displayName", "identifierUris", "keyCredentials", "passwordCredentials", "owners@odata.bind"];

/// Every property at its default, in the order of recorded answers.
pub(super) fn defaults() -> JsonMap {
    let api = json!({
        "acceptMappedClaims": null,
        "knownClientApplications": [],
        "requestedAccessTokenVersion": null,
        "oauth2PermissionScopes": [],
        "preAuthorizedApplications": [],
    });
    let implicit = json!({"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false});
    let web = json!({
        "homePageUrl": null,
        "logoutUrl": null,
        "redirectUris": [],
        "implicitGrantSettings": implicit,
        "redirectUriSettings": [],
    });
    members(json!({
        "id": null,
        "deletedDateTime": null,
        "appId": null,
        "applicationTemplateId": null,
        "disabledByMicrosoftStatus": null,
        "createdDateTime": null,
        "displayName": null,
        "description": null,
        "groupMembershipClaims": null,
        "identifierUris": [],
        "isDeviceOnlyAuthSupported": null,
        "isFallbackPublicClient": null,
        "notes": null,
        "publisherDomain": null,
        "serviceManagementReference": null,
        "signInAudience": "AzureADandPersonalMicrosoftAccount",
        "tags": [],
        "tokenEncryptionKeyId": null,
        "samlMetadataUrl": null,
        "defaultRedirectUri": null,
        "certification": null,
        "optionalClaims": null,
        "servicePrincipalLockConfiguration": null,
        "requestSignatureVerification": null,
        "oauth2RequirePostResponse": false,
        "addIns": [],
        "api": api,
        "appRoles": [],
        "info": no_links(),
        "keyCredentials": [],
        "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
        "passwordCredentials": [],
        "publicClient": {"redirectUris": []},
        "requiredResourceAccess": [],
        "verifiedPublisher": no_publisher(),
        "web": web,
        "spa": {"redirectUris": []},
    }))
}

/// `info` of an application that says nothing about itself.
pub(super) fn no_links() -> Value {
    json!({"logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null, "termsOfServiceUrl": null})
}

/// `verifiedPublisher` where nobody verified one.
pub(super) fn no_publisher() -> Value {
    json!({"displayName": null, "verifiedPublisherId": null, "addedDateTime": null})
}

/// An application with all its properties.
pub(super) fn draw(world: &Snapshot, application: &Application) -> JsonMap {
    let mut drawn = defaults();
    merge(&mut drawn, &application.other);
    // Personal accounts get version 2 tokens and nothing else.
    if drawn["signInAudience"] == "AzureADandPersonalMicrosoftAccount"
        && drawn["api"]["requestedAccessTokenVersion"].is_null()
    {
        drawn["api"]["requestedAccessTokenVersion"] = json!(2);
    }
    let own = json!({
        "id": application.id,
        "appId": application.app_id,
        "createdDateTime": seconds(application.created_at),
        "displayName": application.display_name,
        "identifierUris": application.identifier_uris,
        "publisherDomain": world.tenant().map(|tenant| tenant.domain.clone()),
        "keyCredentials": draw_keys(&application.key_credentials),
        "passwordCredentials": draw_passwords(&application.password_credentials, true),
    });
    merge(&mut drawn, &members(own));
    drawn
}

fn list(_: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Collection(Kind::Application, draw_all(world, Kind::Application)))
}

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Entity(Kind::Application, draw(world, found(call, world)?)))
}

fn found<'w>(call: &Call<'_>, world: &'w Snapshot) -> Result<&'w Application, GraphError> {
    let id = call.object(world)?.id();
    world.application(id).ok_or_else(|| GraphError::NotFound(id.to_string()))
}

fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    make(call, tx, None)
}

fn make(call: &Call<'_>, tx: &mut Tx, unique_name: Option<&str>) -> Result<Answer, GraphError> {
    let mut application = Application {
        id: call.aad.ids.guid(),
        app_id: call.aad.ids.guid(),
        display_name: required_text(&call.body, "displayName", Kind::Application)?.to_owned(),
        identifier_uris: Vec::new(),
        key_credentials: Vec::new(),
        password_credentials: Vec::new(),
        federated_identity_credentials: Vec::new(),
        owners: owners::makers(call, Area::Applications),
        created_at: call.now,
        other: JsonMap::new(),
    };
    lay(call, tx, &mut application, &defaults())?;
    unique_names::give(&mut application.other, unique_name);
    let mut drawn = draw(tx, &application);
    drawn.insert("createdDateTime".to_owned(), json!(ticks(application.created_at)));
    tx.put_object(DirectoryObject::Application(application));
    Ok(Answer::Created(Kind::Application, drawn))
}

fn update(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    if let Some(name) = unique_names::to_make(call, tx) {
        return make(call, tx, Some(name));
    }
    let mut application = found(call, tx)?.clone();
    let current = draw(tx, &application);
    lay(call, tx, &mut application, &current)?;
    if let Some(principal) = tx.service_principal_by_app_id(application.app_id) {
        let principal = service_principals::following(principal.clone(), &application);
        tx.put_object(DirectoryObject::ServicePrincipal(principal));
    }
    tx.put_object(DirectoryObject::Application(application));
    Ok(Answer::Done)
}

/// In its home tenant an application takes its service principal with it.
pub(super) fn delete(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let (id, app_id) = found(call, tx).map(|application| (application.id, application.app_id))?;
    if let Some(principal) = tx.service_principal_by_app_id(app_id).map(|principal| principal.id) {
        put_away(call, tx, principal);
    }
    put_away(call, tx, id);
    Ok(Answer::Done)
}

/// Lays what was sent onto an application.
fn lay(call: &Call<'_>, world: &Snapshot, application: &mut Application, current: &JsonMap) -> Result<(), GraphError> {
    const KIND: Kind = Kind::Application;
    if let Some(name) = text(&call.body, "displayName", KIND)? {
        name.clone_into(&mut application.display_name);
    }
    if let Some(uris) = texts(&call.body, "identifierUris", KIND)? {
        if uris.iter().any(|uri| is_taken(call, world, application, uri)) {
            return Err(GraphError::same_value("identifierUris"));
        }
        application.identifier_uris = uris;
    }
    key_credentials::lay(call, &mut application.key_credentials)?;
    lay_passwords(&call.body, &mut application.password_credentials, KIND)?;
    application_checks::check(&call.body, current)?;
    owners::lay(call, world, &mut application.owners)?;
    keep_others(&mut application.other, call, current, KIND, FIELDS)
}

/// Whether another application has the URI; one that can be restored keeps its own.
fn is_taken(call: &Call<'_>, world: &Snapshot, own: &Application, uri: &str) -> bool {
    let deleted = world.deleted_objects(call.now).map(|deleted| &deleted.object);
    world.objects().map(AsRef::as_ref).chain(deleted).any(|object| match object {
        DirectoryObject::Application(other) => {
            other.id != own.id && other.identifier_uris.iter().any(|taken| taken.eq_ignore_ascii_case(uri))
        }
        _ => false,
    })
}
