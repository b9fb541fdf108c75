//! What every request must show before its parameters are looked at (IDENTITY-WIRE 1.1): proof that it comes from a
//! program on the VM and not from a web page or through a proxy.

use axum::http::HeaderMap;
use axum::http::header::{HOST, HeaderName};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use model::is_private_host;

use crate::error::Error;

static METADATA: HeaderName = HeaderName::from_static("metadata");
static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Header, then proxy, then host, then method, which must be one of `methods`.
///
/// # Errors
/// Those of [`check_headers`], [`Error::Host`], [`Error::Method`].
pub(crate) fn check(request: &Parts, methods: &'static str) -> Result<(), Error> {
    check_headers(&request.headers)?;
    if !names_own_host(request) {
        return Err(Error::Host);
    }
    if !methods.split(", ").any(|method| method == request.method.as_str()) {
        return Err(Error::Method(methods));
    }
    Ok(())
}

/// The header that no page can send, and none that a proxy adds: also what other hosts want that ask for no secret.
///
/// # Errors
/// [`Error::MetadataHeader`], [`Error::ForwardedFor`].
pub(crate) fn check_headers(headers: &HeaderMap) -> Result<(), Error> {
    // Of several, each: whatever stands before this service may have looked at another one.
    let mut marks = headers.get_all(&METADATA).iter().peekable();
    if marks.peek().is_none() || !marks.all(|v| v.as_bytes().eq_ignore_ascii_case(b"true")) {
        return Err(Error::MetadataHeader);
    }
    if headers.contains_key(&FORWARDED_FOR) {
        return Err(Error::ForwardedFor);
    }
    Ok(())
}

/// Whether the request is addressed to a host that nobody outside can be. A target in absolute form overrides the header
/// (RFC 9112, 3.2.2); both must be ours.
pub(crate) fn names_own_host(request: &Parts) -> bool {
    let header = request.headers.get_all(HOST).iter().map(|value| value.to_str().unwrap_or_default());
    let target = request.uri.authority().map(Authority::as_str);
    header.chain(target).all(is_private_host)
}
