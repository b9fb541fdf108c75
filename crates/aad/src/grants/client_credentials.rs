//! Client credentials: an application asks in its own name (IDENTITY-WIRE 3.5).

use serde::Serialize;
use tokens::{AppSubject, Lifetime, ResourceApp};

use super::token_body::Holds;
use crate::answer::written;
use crate::app_roles;
use crate::claims_request::ClaimsRequest;
use crate::client;
use crate::entitlements;
use crate::error::Aadsts;
use crate::target::{self, Target};
use crate::tenant::TenantName;
use crate::token_endpoint::TokenRequest;

#[derive(Serialize)]
struct Body<'a> {
    token_type: &'a str,
    #[serde(flatten)]
    holds: Holds<'a>,
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
    let lifetime = lifetime.from(asked.since(request.world.revoked_at(principal.id), request.call.now));
    let claims = tokens::application(request.tenant, &subject, &target.recipient(), &entitled, lifetime, ids);
    let access_token = &request.sign(&claims)?;
    Ok(written(&Body { token_type: "Bearer", holds: Holds::of(request, lifetime, target.resource), access_token }))
}
