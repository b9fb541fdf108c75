//! The resource that a token is asked for.

use model::{Application, DirectoryObject};
use store::Snapshot;
use tokens::{ResourceApp, resource_app};
use uuid::Uuid;

use crate::error::Aadsts;
use crate::route::Version;
use crate::token_endpoint::TokenRequest;

/// Scopes about the user, which some clients add even where there is none (IDENTITY-WIRE 3.5).
const ABOUT_THE_USER: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// A resource that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target<'r> {
    /// Its name in the caller's spelling, slashes included: the token's `aud` (IDENTITY-WIRE 4.1).
    pub(crate) resource: &'r str,
    /// The first-party application behind it; none for the tenant's own applications.
    pub(crate) app: Option<ResourceApp>,
}

/// The resource that a client names for a token in its own name: `resource`, or the one scope without its `/.default`,
/// which is taken off once, so that `https://host//.default` leaves a slash.
///
/// # Errors
/// [`Aadsts::Missing`], [`Aadsts::ResourceAtVersion2`], [`Aadsts::InvalidScope`], [`Aadsts::ScopeNotDefault`].
pub(crate) fn asked_by_client<'r>(request: &TokenRequest<'r>) -> Result<&'r str, Aadsts> {
    let form = request.form;
    if request.version == Version::V1 {
        return form.required("resource");
    }
    if form.get("resource").is_some() {
        return Err(Aadsts::ResourceAtVersion2);
    }
    let scope = form.required("scope")?;
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
    pub(crate) fn find(request: &TokenRequest<'_>, resource: &'r str) -> Result<Self, Aadsts> {
        let app = resource_app(resource, &request.call.host_name(), request.aad.ports);
        if app.is_some() || is_in_tenant(request.world, resource) {
            return Ok(Self { resource, app });
        }
        Err(Aadsts::ResourceNotFound { resource: resource.to_owned(), tenant: request.tenant.display_name.clone() })
    }
}

/// Whether one of the tenant's applications, with a service principal to hold its consents, answers to `resource`.
fn is_in_tenant(world: &Snapshot, resource: &str) -> bool {
    let has_principal = |app: &Application| world.service_principal_by_app_id(app.app_id).is_some();
    let is_named = |app: &Application| {
        let name = resource.trim_end_matches('/');
        app.identifier_uris.iter().any(|uri| uri.trim_end_matches('/').eq_ignore_ascii_case(name))
    };
    let by_id = resource.strip_prefix("api://").unwrap_or(resource);
    match Uuid::parse_str(by_id) {
        // An application answers to its bare id; to `api://{id}` only when that is one of its URIs.
        Ok(id) => world
            .application_by_app_id(id)
            .is_some_and(|app| has_principal(app) && (by_id.len() == resource.len() || is_named(app))),
        Err(_) => world.objects().any(|object| match object.as_ref() {
            DirectoryObject::Application(app) => is_named(app) && has_principal(app),
            _ => false,
        }),
    }
}
