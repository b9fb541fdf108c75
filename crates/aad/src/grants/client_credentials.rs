//! Client credentials: an application asks in its own name (IDENTITY-WIRE 3.5).

use serde::Serialize;
use tokens::{AppSubject, Lifetime, ResourceApp};

use crate::app_roles;
use crate::claims_request::ClaimsRequest;
use crate::client;
use crate::entitlements;
use crate::error::Aadsts;
use crate::route::Version;
use crate::target::{self, Target};
use crate::tenant::TenantName;
use crate::token_endpoint::TokenRequest;

/// Of the version 1 endpoint: every value is a text (IDENTITY-WIRE 3.6).
#[derive(Serialize)]
struct Version1<'a> {
    token_type: &'a str,
    expires_in: String,
    ext_expires_in: String,
    expires_on: String,
    not_before: String,
    resource: &'a str,
    access_token: &'a str,
}

/// Of the version 2 endpoint: lifetimes are numbers.
#[derive(Serialize)]
struct Version2<'a> {
    token_type: &'a str,
    expires_in: i64,
    ext_expires_in: i64,
    access_token: &'a str,
}

/// The body of the answer.
///
/// # Errors
/// [`Aadsts`]: first for what is wrong with the request itself, then for the client, then for the resource.
pub(super) fn answer(request: &TokenRequest<'_>) -> Result<String, Aadsts> {
    if matches!(request.tenant_name, TenantName::Common | TenantName::Consumers) {
        return Err(Aadsts::TenantNeeded);
    }
    let resource = target::asked_by_client(request)?;
    let asked = ClaimsRequest::read(request.form)?;
    let client = client::prove(request)?;
    let target = Target::find(request, resource)?;
    let principal = client.account.principal;
    app_roles::check_application(request, principal, &target)?;
    // Of the resources that challenge, Graph alone does so to applications (DOC-ENTRA, continuous access evaluation for
    // workload identities).
    let is_revocable = asked.understands_revocation() && target.app == Some(ResourceApp::Graph);
    let is_long = principal.managed_identity.is_some() || is_revocable;
    let lifetime = Lifetime::of_application(is_long, request.call.now);
    let subject = AppSubject {
        app_id: principal.app_id,
        object_id: principal.id,
        proof: client.proof,
        managed_identity: principal.managed_identity.as_ref(),
        host: client.host.as_deref(),
    };
    let ids = &request.aad.ids;
    let entitled = entitlements::of_application(request, principal.id, &target, &asked);
    // After what was taken back, and as late as a challenge asks.
    let now = request.call.now;
    let lifetime = lifetime.from(request.world.revoked_at(principal.id).max(asked.not_before.filter(|at| *at <= now)));
    let claims = tokens::application(request.tenant, &subject, &target.recipient(), &entitled, lifetime, ids);
    let token = request.aad.signer.sign(&claims).map_err(|error| {
        tracing::error!(%error, "a token could not be signed");
        Aadsts::Internal
    })?;
    Ok(body(request, target.resource, lifetime, &token))
}

fn body(request: &TokenRequest<'_>, resource: &str, lifetime: Lifetime, access_token: &str) -> String {
    // Real answers count the second that has begun as gone: 3599, 86399.
    let left = lifetime.seconds_left(request.call.now) - 1;
    let token_type = "Bearer";
    let body = match request.version {
        Version::V1 => serde_json::to_string(&Version1 {
            token_type,
            expires_in: left.to_string(),
            ext_expires_in: left.to_string(),
            expires_on: lifetime.expires.unix_timestamp().to_string(),
            not_before: lifetime.not_before.unix_timestamp().to_string(),
            resource,
            access_token,
        }),
        Version::V2 => {
            serde_json::to_string(&Version2 { token_type, expires_in: left, ext_expires_in: left, access_token })
        }
    };
    body.unwrap_or_default()
}
