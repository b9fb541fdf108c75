//! What every request must show before its parameters are looked at (IDENTITY-WIRE 1.1): proof that it comes from a
//! program on the VM and not from a web page or through a proxy.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::http::header::{HOST, HeaderName};
use axum::http::request::Parts;
use axum::http::uri::Authority;

use crate::error::Error;

static METADATA: HeaderName = HeaderName::from_static("metadata");
static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Header, then proxy, then host, then method, which must be one of `methods`.
///
/// # Errors
/// [`Error::MetadataHeader`], [`Error::ForwardedFor`], [`Error::Host`], [`Error::Method`].
pub(crate) fn check(request: &Parts, methods: &'static str) -> Result<(), Error> {
    // Of several, each: whatever stands before this service may have looked at another one.
    let mut marks = request.headers.get_all(&METADATA).iter().peekable();
    if marks.peek().is_none() || !marks.all(|v| v.as_bytes().eq_ignore_ascii_case(b"true")) {
        return Err(Error::MetadataHeader);
    }
    if request.headers.contains_key(&FORWARDED_FOR) {
        return Err(Error::ForwardedFor);
    }
    // A target in absolute form overrides the header (RFC 9112, 3.2.2); both must be ours.
    let header = request.headers.get_all(HOST).iter().map(|value| value.to_str().unwrap_or_default());
    let target = request.uri.authority().map(Authority::as_str);
    if !header.chain(target).all(is_own) {
        return Err(Error::Host);
    }
    if !methods.split(", ").any(|method| method == request.method.as_str()) {
        return Err(Error::Method(methods));
    }
    Ok(())
}

/// Whether nobody outside can make `host` lead here by DNS: addresses, names without a dot, and names below the
/// domains that are kept for private use. A page of a rebound public name could else read the VM's tokens.
fn is_own(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(address, _)| address.parse::<Ipv6Addr>().is_ok());
    }
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    if name.parse::<Ipv4Addr>().is_ok() {
        return true;
    }
    let below = |domain: &str| {
        name.len() > domain.len()
            && name.as_bytes()[name.len() - domain.len()..].eq_ignore_ascii_case(domain.as_bytes())
    };
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && (!name.contains('.') || below(".localhost") || below(".internal"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_an_outsider_can_own_are_refused() {
        for own in [
            "169.254.169.254",
            "127.0.0.1:8557",
            "localhost",
            "LOCALHOST:8500",
            "[::1]:80",
            "smalt:8557",
            "metadata.azure.internal",
            "host.docker.internal:8557",
            "vm1.localhost",
        ] {
            assert!(is_own(own), "{own}");
        }
        for foreign in [
            "evil.example",
            "127.0.0.1.nip.io:8557",
            "localhost.evil.example",
            "internal.evil.example:80",
            "management.azure.com",
            "",
            ":80",
            "[::1",
            "[evil]",
            "a b",
            "localhost@evil.example",
            "evil.example.",
        ] {
            assert!(!is_own(foreign), "{foreign}");
        }
    }
}
