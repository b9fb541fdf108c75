//! How much work a PKCS#12 file asks for: it says itself how often its password is to be hashed, in every part anew.

use x509_parser::asn1_rs::{Any, Class, FromDer, Tag};

use crate::error::VaultError;

/// The most bytes of a file. What stands encrypted in it cannot be counted before it is opened: a file no longer than
/// this, the longest value of a secret, at least hides little.
const LONGEST: usize = crate::secrets::LONGEST;

/// The most hashes: NSS writes files that ask for a million of them three times, everybody else for some thousand.
const MOST_HASHES: u64 = 5_000_000;

/// The key derivation that takes memory too (`id-scrypt`, RFC 7914, 7). No client is known to write it here.
const SCRYPT: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b];

/// No certificate in a file stands deeper.
const DEEPEST: u8 = 64;

/// Refuses a file that takes too long to open.
pub(crate) fn check(file: &[u8]) -> Result<(), VaultError> {
    match file.len() <= LONGEST && hashes(file, DEEPEST) <= MOST_HASHES {
        true => Ok(()),
        false => Err(VaultError::BadParameter(
            "The specified PKCS#12 X.509 certificate content is too long or has too many iterations.".to_owned(),
        )),
    }
}

/// The sum of all numbers that stand behind a salt: iterations do, in every scheme (RFC 7292, 4 and C; RFC 8018, A).
fn hashes(der: &[u8], depth: u8) -> u64 {
    let Some(below) = depth.checked_sub(1) else { return u64::MAX };
    let (mut rest, mut sum, mut is_behind_salt) = (der, 0_u64, false);
    while let Ok((behind, element)) = Any::from_der(rest) {
        let kind = Some(element.tag()).filter(|_| element.class() == Class::Universal);
        sum = sum.saturating_add(match kind {
            Some(Tag::Integer) if is_behind_salt => number(element.data),
            Some(Tag::Oid) if element.data == SCRYPT => u64::MAX,
            Some(Tag::OctetString) => hashes(element.data, below),
            _ if element.header.is_constructed() => hashes(element.data, below),
            _ => 0,
        });
        is_behind_salt = kind == Some(Tag::OctetString);
        rest = behind;
    }
    sum
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0_u64, |number, byte| number.saturating_mul(256).saturating_add(u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use tokens::{CertificateWish, KeyBundle, KeyKind, generate_key, self_signed};

    use super::*;

    const SEQUENCE: u8 = 0x30;
    const OCTETS: u8 = 0x04;

    fn element(tag: u8, inside: &[u8]) -> Vec<u8> {
        let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
        let mut element = match inside.len() {
            0..0x80 => vec![tag, length[1]],
            0x80..0x100 => vec![tag, 0x81, length[1]],
            _ => vec![tag, 0x82, length[0], length[1]],
        };
        element.extend(inside);
        element
    }

    /// So many parts, each with a salt and a number behind it, within octets as a file's parts are.
    fn file(parts: usize, iterations: u32) -> Vec<u8> {
        let number = [&[0], iterations.to_be_bytes().as_slice()].concat();
        let part = element(SEQUENCE, &[element(OCTETS, b"saltsalt"), element(0x02, &number)].concat());
        element(SEQUENCE, &element(0xa0, &element(OCTETS, &element(SEQUENCE, &part.repeat(parts)))))
    }

    #[test]
    fn a_file_that_asks_for_too_much_is_refused() {
        let deep = (0..100).fold(Vec::new(), |inside, _| element(SEQUENCE, &inside));
        for (what, file, is_taken) in [
            ("as NSS writes it", file(3, 1_000_000), true),
            ("too many parts", file(300, 1_000_000), false),
            ("too many iterations", file(1, u32::MAX), false),
            ("memory", element(SEQUENCE, &element(0x06, SCRYPT)), false),
            ("endless nesting", deep, false),
            ("nothing", Vec::new(), true),
            ("too long", vec![0; LONGEST + 1], false),
        ] {
            assert_eq!(check(&file).is_ok(), is_taken, "{what}");
        }
    }

    #[test]
    fn every_iteration_of_a_file_is_counted() {
        let key = generate_key(KeyKind::P256).unwrap();
        let not_after = model::Time::UNIX_EPOCH + time::Duration::days(1);
        let certificate = self_signed(&CertificateWish { not_after, ..CertificateWish::default() }, &key, [1; 16]);
        let bundle = KeyBundle { private_key: Some(key), certificate: certificate.unwrap().certificate };
        // For the MAC, the certificate and the key.
        assert_eq!(hashes(&bundle.to_pkcs12().unwrap(), DEEPEST), 3 * 2048);
    }
}
