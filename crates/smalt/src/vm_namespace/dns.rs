//! The name server inside a VM: smalt's names are 127.0.0.1, nothing else exists.
//!
//! It is there for the wildcards (`*.vault.azure.net`), which a hosts file cannot express. Saying "no such name" to all
//! the rest, and at once, keeps a program inside from waiting for a network that is not there.

use std::collections::HashSet;
use std::io;
use std::net::Ipv4Addr;

use tokio::net::UdpSocket;

const TYPE_A: [u8; 2] = [0, 1];
const CLASS_INTERNET: [u8; 2] = [0, 1];
const NO_SUCH_NAME: u8 = 3;

/// The names that exist, in lower case.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    names: HashSet<String>,
    suffixes: HashSet<String>,
}

impl Zones {
    /// `names` exist as they are, `suffixes` (`vault.azure.net`, without a leading dot) with one or more labels before.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>, suffixes: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            names: names.into_iter().map(str::to_ascii_lowercase).collect(),
            suffixes: suffixes.into_iter().map(str::to_ascii_lowercase).collect(),
        }
    }

    /// `name` in lower case, without the final dot.
    fn contain(&self, name: &str) -> bool {
        self.names.contains(name)
            || name.match_indices('.').any(|(dot, _)| dot > 0 && self.suffixes.contains(&name[dot + 1..]))
    }
}

/// Answers queries until the socket fails.
pub async fn serve_dns(socket: &UdpSocket, zones: &Zones) -> io::Result<()> {
    let mut query = [0; 512];
    loop {
        let (length, from) = socket.recv_from(&mut query).await?;
        if let Some(answer) = answer(&query[..length], zones) {
            // A client that has given up closes its port; the next one is none the worse for it.
            if let Err(error) = socket.send_to(&answer, from).await {
                tracing::debug!(%error, "an answer to a name query was lost");
            }
        }
    }
}

/// The answer to one message (RFC 1035, section 4.1), or none if it is not a query for one name.
///
/// A known name has an address of type A and nothing of any other type, AAAA above all; an unknown one does not exist.
/// Extensions (EDNS) are ignored, as RFC 6891 leaves a server free to do.
fn answer(query: &[u8], zones: &Zones) -> Option<Vec<u8>> {
    let &[id_high, id_low, flags, _, 0, 1, ..] = query.first_chunk::<12>()? else { return None };
    let (is_response, opcode) = (flags & 0x80 != 0, flags & 0x78);
    if is_response || opcode != 0 {
        return None;
    }
    let after_header = &query[12..];
    let (name, name_length) = name(after_header)?;
    let question = after_header.get(..name_length + 4)?;
    let (kind, class) = question[name_length..].split_at(2);
    let known = class == CLASS_INTERNET && zones.contain(&name);
    let has_address = known && kind == TYPE_A;

    let recursion_desired = flags & 0x01;
    // Response and authoritative; recursion available, without which some resolvers ask elsewhere.
    let mut message = vec![id_high, id_low, 0x84 | recursion_desired, 0x80 | if known { 0 } else { NO_SUCH_NAME }];
    message.extend([0, 1, 0, u8::from(has_address), 0, 0, 0, 0]);
    message.extend(question);
    if has_address {
        // A pointer to the question's name, its type and class, a minute to live, four bytes of address.
        message.extend([0xc0, 12]);
        message.extend(TYPE_A);
        message.extend(CLASS_INTERNET);
        message.extend([0, 0, 0, 60, 0, 4]);
        message.extend(Ipv4Addr::LOCALHOST.octets());
    }
    Some(message)
}

/// The name at the start of `bytes`, in lower case, and how many bytes it takes. A question has nothing before it that a
/// compressed name could point to, so that lengths above 63 are errors.
fn name(bytes: &[u8]) -> Option<(String, usize)> {
    let mut name = String::new();
    let mut at = 0;
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1;
        match length {
            0 => return Some((name, at)),
            1..=63 => {
                let label = str::from_utf8(bytes.get(at..at + length)?).ok()?;
                if !name.is_empty() {
                    name.push('.');
                }
                name.push_str(&label.to_ascii_lowercase());
                at += length;
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zones() -> Zones {
        Zones::new(["management.azure.com", "Login.MicrosoftOnline.com"], ["vault.azure.net"])
    }

    fn query(name: &str, kind: u8) -> Vec<u8> {
        let mut query = vec![0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name.split('.') {
            query.push(u8::try_from(label.len()).unwrap());
            query.extend(label.as_bytes());
        }
        query.extend([0, 0, kind, 0, 1]);
        query
    }

    #[test]
    fn known_names_have_one_address_and_others_do_not_exist() {
        const A: u8 = 1;
        const AAAA: u8 = 28;
        let cases = [
            ("management.azure.com", A, 0, 1),
            ("MANAGEMENT.azure.COM", A, 0, 1),
            ("login.microsoftonline.com", A, 0, 1),
            ("management.azure.com", AAAA, 0, 0),
            ("v1.vault.azure.net", A, 0, 1),
            ("a.b.Vault.azure.net", A, 0, 1),
            ("v1.vault.azure.net", AAAA, 0, 0),
            ("vault.azure.net", A, NO_SUCH_NAME, 0),
            ("notvault.azure.net", A, NO_SUCH_NAME, 0),
            ("x.management.azure.com", A, NO_SUCH_NAME, 0),
            ("example.org", A, NO_SUCH_NAME, 0),
        ];
        for (name, kind, code, addresses) in cases {
            let query = query(name, kind);
            let answer = answer(&query, &zones()).unwrap();
            assert_eq!((answer[3] & 15, answer[7]), (code, addresses), "{name} {kind}");
            assert_eq!(answer[..2], query[..2], "the id is the query's");
            assert_eq!(answer[12..query.len()], query[12..], "the question comes back as it was asked");
            assert_eq!(answer.ends_with(&[127, 0, 0, 1]), addresses == 1);
        }
    }

    #[test]
    fn what_is_not_a_query_gets_no_answer() {
        let good = query("management.azure.com", 1);
        let changed = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        let cases = [
            ("a response", changed(2, 0x81)),
            ("a status request", changed(2, 0x11)),
            ("two questions", changed(5, 2)),
            ("a compressed name", changed(12, 0xc0)),
            ("a name longer than the message", changed(23, 60)),
            ("cut short", good[..good.len() - 1].to_vec()),
            ("a header alone", good[..12].to_vec()),
            ("nothing", Vec::new()),
        ];
        for (what, bytes) in cases {
            assert_eq!(answer(&bytes, &zones()), None, "{what}");
        }
        assert!(answer(&good, &zones()).is_some());
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            answer(&bytes, &zones());
        }

        #[test]
        fn a_damaged_query_never_panics_nor_changes_its_question(at in 0_usize..38, byte: u8) {
            let mut bytes = query("management.azure.com", 1);
            let end = bytes.len();
            bytes[at.min(end - 1)] = byte;
            if let Some(answer) = answer(&bytes, &zones()) {
                let addresses = 16 * usize::from(answer[7]);
                prop_assert!(bytes[12..].starts_with(&answer[12..answer.len() - addresses]));
            }
        }
    }
}
