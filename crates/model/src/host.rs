//! Whose a host name is.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether nobody outside can make `host` (with or without a port) lead here by DNS: addresses, names without a dot, and
/// names below the domains that are kept for private use. A page of a rebound public name could else speak to the
/// services of this machine in its visitor's name.
#[must_use]
pub fn is_private_host(host: &str) -> bool {
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
            "evil.example.",
        ] {
            assert!(!is_private_host(foreign), "{foreign}");
        }
    }
}
