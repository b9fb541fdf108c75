//! The name by which a client reached a face.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};

/// The host that a request names, with its port, if it names one: HTTP/1.1 does in a header, HTTP/2 in the target.
pub(crate) fn named<'r>(headers: &'r HeaderMap, target: &'r Uri) -> Option<&'r str> {
    let header = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    header.or(target.authority().map(Authority::as_str))
}

/// A host's name without its port; nothing where it is no host.
pub(crate) fn without_port(host: &str) -> String {
    host.parse::<Authority>().map(|authority| authority.host().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn the_header_counts_before_the_target() {
        let target = Uri::from_static("https://target.example:1/path");
        let mut headers = HeaderMap::new();
        assert_eq!(named(&headers, &target), Some("target.example:1"));
        assert_eq!(named(&headers, &Uri::from_static("/path")), None);
        headers.insert(header::HOST, HeaderValue::from_static("header.example"));
        assert_eq!(named(&headers, &target), Some("header.example"));
    }

    #[test]
    fn a_port_is_taken_off() {
        for (host, name) in [
            ("localhost:8445", "localhost"),
            ("graph.microsoft.com", "graph.microsoft.com"),
            ("[::1]:8445", "[::1]"),
            ("[::1]", "[::1]"),
            ("", ""),
        ] {
            assert_eq!(without_port(host), name, "{host}");
        }
    }
}
