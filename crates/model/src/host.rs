//! Whose a host name is.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The name or the address in `host`, which may name a port; none where what follows the colon is no port (RFC 3986,
/// 3.2.3).
#[must_use]
pub fn host_name(host: &str) -> Option<&str> {
    // Colons within brackets are the address's own.
    let address_end = host.find(']').unwrap_or_default();
    match host[address_end..].split_once(':') {
        Some((_, port)) => port.bytes().all(|b| b.is_ascii_digit()).then(|| &host[..host.len() - port.len() - 1]),
        None => Some(host),
    }
}

/// Whether nobody outside can make `host` (with or without a port) lead here by DNS: addresses, names without a dot, and
/// names below the domains that are kept for private use. A page of a rebound public name could else speak to the
/// services of this machine in its visitor's name.
#[must_use]
pub fn is_private_host(host: &str) -> bool {
    let Some(name) = host_name(host) else { return false };
    if let Some(address) = name.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
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
            "[::1]",
            "localhost:",
            "smalt:8557",
            "metadata.azure.internal",
            "host.docker.internal:8557",
            "vm1.localhost",
        ] {
            assert!(is_private_host(own), "{own}");
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
            "localhost:80@evil.example",
            "localhost:80:80",
            "127.0.0.1:anything",
            "127.0.0.1:80/",
            "[::1]@evil.example",
            "[::1]:80@evil.example",
            "[::1]80",
            "::1",
            "evil.example.",
        ] {
            assert!(!is_private_host(foreign), "{foreign}");
        }
    }
}
