//! A Java trust store: certificates in PKCS#12 (RFC 7292), without password, encryption or integrity check.
//!
//! Java cannot read PEM as a trust store, and its own `keytool` takes a second per call and is often not there. Roots are
//! no secret, so that the plain form, which every Java since 8 loads when no password is given, is enough.

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OCTET_STRING: u8 = 0x04;
const EXPLICIT_0: u8 = 0xa0;

const VERSION_3: &[u8] = &[0x02, 1, 3];
/// 1.2.840.113549.1.7.1, `data`.
const DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
/// 1.2.840.113549.1.12.10.1.3, `certBag`.
const CERT_BAG: &[u8] = &[0x06, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 3];
/// 1.2.840.113549.1.9.22.1, `x509Certificate`.
const X509_CERTIFICATE: &[u8] = &[0x06, 10, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 22, 1];
/// 2.16.840.1.113894.746875.1.1, Oracle's `trustedKeyUsage`: without it Java sees a certificate but no trust anchor.
const TRUSTED_KEY_USAGE: &[u8] = &[0x06, 12, 0x60, 0x86, 0x48, 1, 0x86, 0xf9, 0x66, 0xad, 0xca, 0x7b, 1, 1];
/// 2.5.29.37.0, `anyExtendedKeyUsage`.
const ANY_USAGE: &[u8] = &[0x06, 4, 0x55, 0x1d, 0x25, 0];

/// The store with every certificate of `pem`. Fails if a certificate block is not base64.
pub(super) fn from_pem(pem: &str) -> anyhow::Result<Vec<u8>> {
    let mut bags = Vec::new();
    for block in pem.split("-----BEGIN CERTIFICATE-----").skip(1) {
        let base64: String = block.split("-----END").take(1).flat_map(str::split_whitespace).collect();
        let certificate = BASE64_STANDARD.decode(base64).context("the CA bundle holds a damaged certificate")?;
        bags.extend(trusted_certificate(&certificate));
    }
    let safe = content_info(&der(SEQUENCE, &bags));
    let authenticated_safe = content_info(&der(SEQUENCE, &safe));
    Ok(der(SEQUENCE, &[VERSION_3, &authenticated_safe].concat()))
}

fn trusted_certificate(certificate: &[u8]) -> Vec<u8> {
    let certificate = der(EXPLICIT_0, &der(OCTET_STRING, certificate));
    let bag = der(EXPLICIT_0, &der(SEQUENCE, &[X509_CERTIFICATE, &certificate].concat()));
    let trusted = der(SEQUENCE, &[TRUSTED_KEY_USAGE, &der(SET, ANY_USAGE)].concat());
    der(SEQUENCE, &[CERT_BAG, &bag, &der(SET, &trusted)].concat())
}

fn content_info(content: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[DATA, &der(EXPLICIT_0, &der(OCTET_STRING, content))].concat())
}

/// Tag, length, content. Lengths below 128 take one byte; longer ones say first how many bytes they take.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|&&byte| byte == 0).count()..];
    let mut value = vec![tag];
    match significant {
        [] => value.push(0),
        [short] if *short < 128 => value.push(*short),
        long => {
            value.push(0x80 | long.len() as u8);
            value.extend(long);
        }
    }
    value.extend(content);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_as_many_bytes_as_they_need() {
        let header = |length: usize| der(OCTET_STRING, &vec![0; length])[..][..8.min(length + 2)].to_vec();
        assert_eq!(header(0), [4, 0]);
        assert_eq!(header(1), [4, 1, 0]);
        assert_eq!(header(127)[..2], [4, 127]);
        assert_eq!(header(128)[..3], [4, 0x81, 128]);
        assert_eq!(header(300)[..4], [4, 0x82, 1, 44]);
        assert_eq!(header(70_000)[..5], [4, 0x83, 1, 0x11, 0x70]);
    }

    #[test]
    fn each_certificate_is_a_trusted_bag_of_its_own() {
        let pem = "# a comment\n-----BEGIN CERTIFICATE-----\nAQID\nBAUG\n-----END CERTIFICATE-----\n\
                   text between\n-----BEGIN CERTIFICATE-----\r\nBwgJ\r\n-----END CERTIFICATE-----\r\n";
        let store = from_pem(pem).unwrap();
        let bags = [trusted_certificate(&[1, 2, 3, 4, 5, 6]), trusted_certificate(&[7, 8, 9])].concat();
        assert!(store.ends_with(&bags));
        assert_eq!(bags.windows(TRUSTED_KEY_USAGE.len()).filter(|at| at == &TRUSTED_KEY_USAGE).count(), 2);
        assert_eq!(usize::from(store[2]), store.len() - 3, "the outer length covers all of it");
    }

    #[test]
    fn a_damaged_certificate_is_an_error() {
        assert!(from_pem("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----").is_err());
    }
}
