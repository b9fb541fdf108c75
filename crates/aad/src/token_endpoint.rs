//! The token endpoint: read the form, then let the grant decide.

use std::ops::Deref;
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};

use crate::Aad;
use crate::call::{Answer, Call};
use crate::device;
use crate::error::Aadsts;
use crate::federation;
use crate::form::Form;
use crate::grants;
use crate::realm::Realm;
use crate::route::Version;

/// Bytes of a form. The longest honest one holds an assertion with its certificate chain, some 10 kB.
const LONGEST: usize = 64 * 1024;

/// A token request: what every grant works with.
pub(crate) struct TokenRequest<'r> {
    pub(crate) realm: Realm<'r>,
    pub(crate) version: Version,
    pub(crate) form: &'r Form<'r>,
    pub(crate) headers: &'r HeaderMap,
}

impl<'r> Deref for TokenRequest<'r> {
    type Target = Realm<'r>;

    fn deref(&self) -> &Realm<'r> {
        &self.realm
    }
}

/// Answers a request for tokens.
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
    let (headers, body) = posted(request).await?;
    let form = Form::parse(&body)?;
    federation::learn_keys(aad, &form).await;
    // Read only now: waiting for an issuer must not make a token out of what has changed meanwhile.
    let world = aad.store.read();
    let realm = Realm::of(aad, call, &world, tenant_name)?;
    if world.is_throttling() {
        aad.throttle.admit(form.get("client_id"), Instant::now())?;
    }
    let request = TokenRequest { realm, version, form: &form, headers: &headers };
    grants::answer(&request).await.map(Answer::Token)
}

/// Answers a request for a device code, which looks like one for tokens.
///
/// # Errors
/// [`Aadsts`].
pub(crate) async fn start_device(
    aad: &Aad,
    call: &Call,
    tenant_name: &str,
    version: Version,
    request: Request,
) -> Result<Answer, Aadsts> {
    let (headers, body) = posted(request).await?;
    let form = Form::parse(&body)?;
    let world = aad.store.read();
    let realm = Realm::of(aad, call, &world, tenant_name)?;
    let request = TokenRequest { realm, version, form: &form, headers: &headers };
    device::start(&request).await.map(Answer::Token)
}

/// What was posted.
async fn posted(request: Request) -> Result<(HeaderMap, Vec<u8>), Aadsts> {
    if *request.method() != Method::POST {
        return Err(Aadsts::OnlyPost(request.method().clone()));
    }
    let (parts, body) = request.into_parts();
    let body = read_form(&parts.headers, body).await?;
    Ok((parts.headers, body))
}

/// The bytes of a form. A body of another type holds no parameters, and the first one is missed: what Entra says of JSON.
///
/// # Errors
/// [`Aadsts::Malformed`] when it is too long or does not come.
pub(crate) async fn read_form(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Aadsts> {
    let body = request_body::read(body, LONGEST).await.map_err(|why| Aadsts::Malformed(why.status()))?;
    Ok(if is_form(headers) { body.into() } else { Vec::new() })
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
