//! The token endpoint: read the form, then let the grant decide.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use model::Tenant;
use store::Snapshot;

use crate::Aad;
use crate::call::{Answer, Call};
use crate::error::Aadsts;
use crate::federation;
use crate::form::Form;
use crate::grants;
use crate::route::Version;
use crate::tenant::TenantName;

/// Bytes of a form. The longest honest one holds an assertion with its certificate chain, some 10 kB.
const LONGEST: usize = 64 * 1024;

/// A token request: what every grant works with.
pub(crate) struct TokenRequest<'r> {
    pub(crate) aad: &'r Aad,
    pub(crate) call: &'r Call,
    /// The directory as it is at the request's moment; no query is made on the way to a token.
    pub(crate) world: &'r Snapshot,
    pub(crate) tenant: &'r Tenant,
    /// What the URL says of the tenant.
    pub(crate) tenant_name: TenantName,
    pub(crate) version: Version,
    pub(crate) form: &'r Form<'r>,
    pub(crate) headers: &'r HeaderMap,
}

/// Answers a POST.
///
/// # Errors
/// [`Aadsts`].
pub(crate) async fn answer(
    aad: &Aad,
    call: &Call,
    tenant_name: &str,
    version: Version,
    request: Request,
) -> Result<Answer, Aadsts> {
    // An unknown tenant is told without a look at the body.
    let named = aad.store.read().tenant().cloned().ok_or(Aadsts::Internal)?;
    let tenant_name = TenantName::read(tenant_name, &named, false)?;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LONGEST).await.map_err(|_| Aadsts::Malformed(StatusCode::PAYLOAD_TOO_LARGE))?;
    // A body of another type holds no parameters, and the first one is missed: what Entra says of JSON.
    let form = Form::parse(if is_form(&parts.headers) { &body } else { &[] })?;
    federation::learn_keys(aad, &form).await;
    // Read only now: waiting for an issuer must not make a token out of what has changed meanwhile.
    let world = aad.store.read();
    let tenant = world.tenant().ok_or(Aadsts::Internal)?;
    grants::answer(&TokenRequest {
        aad,
        call,
        world: &world,
        tenant,
        tenant_name,
        version,
        form: &form,
        headers: &parts.headers,
    })
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
