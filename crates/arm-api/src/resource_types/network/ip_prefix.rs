//! Address ranges in CIDR notation, IPv4 and IPv6 alike.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::ArmError;

/// Addresses at the start of a subnet that Azure keeps: the network, the gateway and two for DNS. The last one is kept too.
const RESERVED: u128 = 4;

/// A range of addresses. The bits behind the prefix are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::resource_types) struct IpPrefix {
    first: u128,
    length: u32,
    is_v6: bool,
}

impl IpPrefix {
    /// The range that `text` spells, such as `10.0.0.0/24`, for the resource `id`, which the refusals name.
    pub(in crate::resource_types) fn parse(text: &str, id: &str) -> Result<Self, ArmError> {
        let Some((address, length)) = split(text) else {
            return Err(ArmError::bad(
                "InvalidAddressPrefixFormat",
                format!(
                    "Address prefix {text} of resource {id} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24."
                ),
            ));
        };
        let given = number(address);
        let mut prefix = Self { first: 0, length, is_v6: address.is_ipv6() };
        prefix.first = given & !(prefix.size() - 1);
        match prefix.first == given {
            true => Ok(prefix),
            false => Err(ArmError::bad(
                "InvalidCIDRNotation",
                format!(
                    "The address prefix {text} in resource {id} has an invalid CIDR notation. For the given prefix length, the address \
                     prefix should be {prefix}."
                ),
            )),
        }
    }

    pub(in crate::resource_types) fn is_v6(self) -> bool {
        self.is_v6
    }

    fn bits(self) -> u32 {
        if self.is_v6 { 128 } else { 32 }
    }

    /// How many addresses there are; all of IPv6 counts one less, which no subnet can notice.
    fn size(self) -> u128 {
        1u128.checked_shl(self.bits() - self.length).unwrap_or(u128::MAX)
    }

    fn last(self) -> u128 {
        self.first + (self.size() - 1)
    }

    /// Whether `address` is in the range.
    pub(in crate::resource_types) fn holds(self, address: IpAddr) -> bool {
        address.is_ipv6() == self.is_v6 && (self.first..=self.last()).contains(&number(address))
    }

    /// Whether `other` is in the range as a whole.
    pub(in crate::resource_types) fn encloses(self, other: Self) -> bool {
        self.is_v6 == other.is_v6 && self.first <= other.first && other.last() <= self.last()
    }

    /// Whether the two share an address.
    pub(in crate::resource_types) fn overlaps(self, other: Self) -> bool {
        self.is_v6 == other.is_v6 && self.first <= other.last() && other.first <= self.last()
    }

    /// Whether `address`, which is in the range, is one of those that Azure keeps.
    pub(in crate::resource_types) fn reserves(self, address: IpAddr) -> bool {
        let address = number(address);
        address < self.first + RESERVED || address == self.last()
    }

    /// The addresses that can be given away, lowest first.
    pub(in crate::resource_types) fn usable(self) -> impl Iterator<Item = IpAddr> {
        let address = move |n: u128| address(n, self.is_v6);
        (self.first + RESERVED..self.last()).map(address)
    }
}

impl fmt::Display for IpPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", address(self.first, self.is_v6), self.length)
    }
}

fn split(text: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let length = length.parse().ok()?;
    let bits = if address.is_ipv6() { 128 } else { 32 };
    (length <= bits).then_some((address, length))
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn address(number: u128, is_v6: bool) -> IpAddr {
    match u32::try_from(number) {
        Ok(number) if !is_v6 => IpAddr::V4(Ipv4Addr::from_bits(number)),
        _ => IpAddr::V6(Ipv6Addr::from_bits(number)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prefix(text: &str) -> IpPrefix {
        IpPrefix::parse(text, "/x").unwrap()
    }

    #[test]
    fn notation_is_checked() {
        for (text, code) in [
            ("10.0.0.0", "InvalidAddressPrefixFormat"),
            ("10.0.0/24", "InvalidAddressPrefixFormat"),
            ("10.0.0.0/33", "InvalidAddressPrefixFormat"),
            ("fd00::/129", "InvalidAddressPrefixFormat"),
            ("", "InvalidAddressPrefixFormat"),
            ("10.0.0.4/24", "InvalidCIDRNotation"),
        ] {
            assert_eq!(IpPrefix::parse(text, "/x").unwrap_err().parts().1, code, "{text}");
        }
        assert!(IpPrefix::parse("10.0.0.4/24", "/x").unwrap_err().parts().2.ends_with("should be 10.0.0.0/24."));
        for text in ["0.0.0.0/0", "10.0.0.0/24", "10.0.0.7/32", "::/0", "fd00:db8::/64"] {
            assert_eq!(prefix(text).to_string(), text);
        }
    }

    #[test]
    fn ranges_are_compared() {
        for (one, other, encloses, overlaps) in [
            ("10.0.0.0/16", "10.0.3.0/24", true, true),
            ("10.0.3.0/24", "10.0.0.0/16", false, true),
            ("10.0.0.0/24", "10.0.1.0/24", false, false),
            ("0.0.0.0/0", "fd00::/64", false, false),
            ("::/0", "fd00::/64", true, true),
        ] {
            assert_eq!(
                (prefix(one).encloses(prefix(other)), prefix(one).overlaps(prefix(other))),
                (encloses, overlaps),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn five_addresses_are_kept() {
        let usable: Vec<String> = prefix("10.0.0.8/29").usable().map(|a| a.to_string()).collect();
        assert_eq!(usable, ["10.0.0.12", "10.0.0.13", "10.0.0.14"]);
        assert_eq!(prefix("fd00::/64").usable().next().unwrap().to_string(), "fd00::4");
        assert_eq!(prefix("10.0.0.0/30").usable().count(), 0);
    }

    proptest! {
        #[test]
        fn what_is_usable_is_held_and_not_kept(first: u32, length in 8u32..=29, skip in 0usize..3) {
            let text = format!("{}/{length}", Ipv4Addr::from_bits(first & !(u32::MAX >> length)));
            let range = prefix(&text);
            let address = range.usable().nth(skip).unwrap();
            prop_assert!(range.holds(address) && !range.reserves(address));
        }

        #[test]
        fn overlapping_has_no_direction(a: u32, b: u32, la in 1u32..=32, lb in 1u32..=32) {
            let make = |n: u32, l: u32| prefix(&format!("{}/{l}", Ipv4Addr::from_bits(n & (u32::MAX << (32 - l)))));
            let (a, b) = (make(a, la), make(b, lb));
            prop_assert_eq!(a.overlaps(b), b.overlaps(a));
            prop_assert_eq!(a.encloses(b) || b.encloses(a), a.overlaps(b));
        }
    }
}
