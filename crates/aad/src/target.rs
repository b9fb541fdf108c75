//! The resource that a token is asked for.

use model::{Application, DirectoryObject, ServicePrincipal};
use store::Snapshot;
use tokens::{Recipient, ResourceApp, resource_app};
use uuid::Uuid;

use crate::error::Aadsts;
use crate::realm::Realm;
use crate::route::Version;
use crate::scope::{ABOUT_THE_USER, DIRECTORY};
use crate::token_endpoint::TokenRequest;

/// A resource that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target<'r> {
    /// Its name in the caller's spelling, slashes included: the token's `aud` (IDENTITY-WIRE 4.1).
    pub(crate) resource: &'r str,
    /// The first-party application behind it; none for the tenant's own applications.
    pub(crate) app: Option<ResourceApp>,
    /// The tenant's own application, when it is one.
    pub(crate) application: Option<&'r Application>,
}

/// The resource that a client names for a token in its own name: `resource`, or the one scope without its `/.default`,
/// which is taken off once, so that `https://host//.default` leaves a slash.
///
/// # Errors
/// [`Aadsts::Missing`], [`Aadsts::ResourceAtVersion2`], [`Aadsts::InvalidScope`], [`Aadsts::ScopeNotDefault`].
pub(crate) fn asked_by_client<'r>(request: &TokenRequest<'r>) -> Result<&'r str, Aadsts> {
    let form = request.form;
    if request.version == Version::V1 {
        return Ok(form.get("resource").unwrap_or(DIRECTORY));
    }
    if form.get("resource").is_some() {
        return Err(Aadsts::ResourceAtVersion2);
    }
    let scope = form.required("scope")?;
    // Some clients add scopes about the user even where there is none (IDENTITY-WIRE 3.5).
    let mut scopes = scope.split_whitespace().filter(|scope| !ABOUT_THE_USER.contains(scope));
    let (Some(only), None) = (scopes.next(), scopes.next()) else {
        return Err(Aadsts::InvalidScope(scope.to_owned()));
    };
    match only.strip_suffix("/.default") {
        Some(resource) if !resource.is_empty() => Ok(resource),
        _ => Err(Aadsts::ScopeNotDefault(only.to_owned())),
    }
}

impl<'r> Target<'r> {
    /// What `resource` names: a first-party application, or one of the tenant's by application id or identifier URI.
    ///
    /// # Errors
    /// [`Aadsts::ResourceNotFound`].
    pub(crate) fn find(realm: &Realm<'r>, resource: &'r str) -> Result<Self, Aadsts> {
        let app = resource_app(resource, &realm.call.host_name(), realm.aad.ports);
        let application = if app.is_some() { None } else { in_tenant(realm.world, resource) };
        if app.is_some() || application.is_some() {
            return Ok(Self { resource, app, application });
        }
        Err(Aadsts::ResourceNotFound { resource: resource.to_owned(), tenant: realm.tenant.display_name.clone() })
    }

    /// Whether it answers a token that was taken back with a challenge, so that tokens for it may last long: Resource Manager
    /// and Graph (continuous access evaluation).
    pub(crate) fn challenges(&self) -> bool {
        matches!(self.app, Some(ResourceApp::Arm | ResourceApp::Graph))
    }

    /// Its application id.
    pub(crate) fn app_id(&self) -> Uuid {
        // `find` makes none with neither.
        self.app.map(ResourceApp::app_id).or(self.application.map(|app| app.app_id)).unwrap_or_default()
    }

    /// Its service principal. Not all of Microsoft's resources have one in every tenant.
    pub(crate) fn principal<'w>(&self, world: &'w Snapshot) -> Option<&'w ServicePrincipal> {
        world.service_principal_by_app_id(self.app_id())
    }

    /// What tokens say of it.
    pub(crate) fn recipient(&self) -> Recipient<'r> {
        // The registration's own choice; nobody asks for version 2 by an endpoint.
        let wants_version_2 =
            |app: &Application| app.other.get("api").is_some_and(|api| api["requestedAccessTokenVersion"] == 2);
        Recipient {
            resource: self.resource,
            app: self.app,
            app_id: self.app_id(),
            is_version_2: self.app.is_some_and(|app| !app.takes_version_1())
                || self.application.is_some_and(wants_version_2),
        }
    }
}

/// The tenant's application, with a service principal to hold its consents, that answers to `resource`.
fn in_tenant<'r>(world: &'r Snapshot, resource: &str) -> Option<&'r Application> {
    let has_principal = |app: &Application| world.service_principal_by_app_id(app.app_id).is_some();
    let by_id = resource.strip_prefix("api://").unwrap_or(resource);
    match Uuid::parse_str(by_id) {
        // An application answers to its bare id; to `api://{id}` only when that is one of its URIs.
        Ok(id) => world
            .application_by_app_id(id)
            .filter(|app| has_principal(app) && (by_id.len() == resource.len() || answers_to(app, resource))),
        Err(_) => world.objects().find_map(|object| match object.as_ref() {
            DirectoryObject::Application(app) if answers_to(app, resource) && has_principal(app) => Some(app),
            _ => None,
        }),
    }
}

/// Whether `resource` is one of the application's identifier URIs.
pub(crate) fn answers_to(app: &Application, resource: &str) -> bool {
    let name = resource.trim_end_matches('/');
    app.identifier_uris.iter().any(|uri| uri.trim_end_matches('/').eq_ignore_ascii_case(name))
}
