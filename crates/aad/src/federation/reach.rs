//! Which addresses may be asked: smalt runs where its users work, and must not ask that network in strangers' names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far questions may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Addresses of the public network.
    Public,
    /// Those, and addresses of this machine and of private networks.
    Private,
    /// Addresses that nobody may be sent to: what answers there trusts whoever reaches it.
    Nowhere,
}

impl Reach {
    /// Whether `address` lies within.
    pub(super) fn covers(self, address: IpAddr) -> bool {
        Self::needed_for(address) <= self
    }

    fn needed_for(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::needed_for_v4(address),
            IpAddr::V6(address) => Self::needed_for_v6(address),
        }
    }

    fn needed_for_v4(address: Ipv4Addr) -> Self {
        match address.octets() {
            // Metadata services of every cloud; Azure's platform, which has a public address and is none.
            [169, 254, ..] | [168, 63, 129, 16] => Self::Nowhere,
            // This network, multicast, reserved, broadcast.
            [0, ..] | [224..=255, ..] => Self::Nowhere,
            // Private, loopback, carrier-grade NAT, benchmarks, protocols, documentation (RFC 6890).
            [10 | 127, ..]
            | [100, 64..=127, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [198, 18..=19, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 51, 100, _]
            | [203, 0, 113, _] => Self::Private,
            _ => Self::Public,
        }
    }

    fn needed_for_v6(address: Ipv6Addr) -> Self {
        if let Some(inner) = embedded(address) {
            return Self::needed_for_v4(inner);
        }
        match address.segments() {
            // Link-local, multicast, the unspecified address; metadata services of other clouds.
            [0xfe80..=0xfebf, ..] | [0xff00..=0xffff, ..] | [0, 0, 0, 0, 0, 0, 0, 0] => Self::Nowhere,
            [0xfd00, 0x0ec2, ..] => Self::Nowhere,
            // Teredo and documentation lie within the global range and are not of it.
            [0x2001, 0 | 0x0db8, ..] => Self::Private,
            [0x2000..=0x3fff, ..] => Self::Public,
            _ => Self::Private,
        }
    }
}

/// The version 4 address within a version 6 one: mapped, translated (NAT64) or tunnelled (6to4).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        // The deprecated form without a mark; `::` and `::1` are none of it.
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_is_as_far_as_it_is() {
        for (address, needed) in [
            ("20.190.128.1", Reach::Public),
            ("2603:1030::1", Reach::Public),
            ("169.254.169.254", Reach::Nowhere),
            ("169.254.0.1", Reach::Nowhere),
            ("168.63.129.16", Reach::Nowhere),
            ("0.0.0.0", Reach::Nowhere),
            ("255.255.255.255", Reach::Nowhere),
            ("239.1.1.1", Reach::Nowhere),
            ("fe80::1", Reach::Nowhere),
            ("febf::1", Reach::Nowhere),
            ("fd00:ec2::254", Reach::Nowhere),
            ("ff02::1", Reach::Nowhere),
            ("::", Reach::Nowhere),
            ("::ffff:169.254.169.254", Reach::Nowhere),
            ("64:ff9b::a9fe:a9fe", Reach::Nowhere),
            ("2002:a9fe:a9fe::1", Reach::Nowhere),
            ("::a9fe:a9fe", Reach::Nowhere),
            ("127.0.0.1", Reach::Private),
            ("127.255.255.254", Reach::Private),
            ("10.0.0.1", Reach::Private),
            ("100.64.0.1", Reach::Private),
            ("100.63.0.1", Reach::Public),
            ("172.31.255.255", Reach::Private),
            ("172.32.0.1", Reach::Public),
            ("192.168.0.1", Reach::Private),
            ("198.19.0.1", Reach::Private),
            ("203.0.113.9", Reach::Private),
            ("::1", Reach::Private),
            ("::ffff:127.0.0.1", Reach::Private),
            ("fc00::1", Reach::Private),
            ("fec0::1", Reach::Private),
            ("2001:db8::1", Reach::Private),
            ("2001::1", Reach::Private),
            ("100::1", Reach::Private),
        ] {
            assert_eq!(Reach::needed_for(address.parse().unwrap()), needed, "{address}");
        }
        let private: IpAddr = "10.0.0.1".parse().unwrap();
        assert!(Reach::Private.covers(private) && !Reach::Public.covers(private));
        assert!(!Reach::Private.covers("169.254.169.254".parse().unwrap()));
    }
}
