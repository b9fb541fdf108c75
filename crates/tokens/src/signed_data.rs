//! PKCS #7 signed data (RFC 5652): a content, one signature over it, and the certificate of whoever signed.

use aws_lc_rs::digest::{SHA256, digest};
use x509_parser::prelude::{FromDer, X509Certificate};
use yasna::models::ObjectIdentifier;
use yasna::{DERWriter, DERWriterSet, Tag};

use crate::{Algorithm, CertificateError, RsaKey};

const DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 1];
const SIGNED_DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 2];
const CONTENT_TYPE: &[u64] = &[1, 2, 840, 113_549, 1, 9, 3];
const MESSAGE_DIGEST: &[u64] = &[1, 2, 840, 113_549, 1, 9, 4];
const SHA_256: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];
const RSA_ENCRYPTION: &[u64] = &[1, 2, 840, 113_549, 1, 1, 1];

/// `content` with its signature by `key`, whose certificate (DER) goes along; DER. Nothing above the certificate does:
/// verifiers fetch that themselves (IDENTITY-WIRE 1.6).
///
/// # Errors
/// [`CertificateError`] when the certificate cannot be read or the key not be used.
pub fn signed_data(key: &RsaKey, certificate: &[u8], content: &[u8]) -> Result<Vec<u8>, CertificateError> {
    let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| CertificateError::Read)?;
    let hash = digest(&SHA256, content);
    // What is signed is the set under its own tag; in the message it stands under another (RFC 5652, 5.4).
    let attributes = |set: &mut DERWriterSet<'_>| {
        attribute(set.next(), CONTENT_TYPE, |value| value.write_oid(&oid(DATA)));
        attribute(set.next(), MESSAGE_DIGEST, |value| value.write_bytes(hash.as_ref()));
    };
    let signed = yasna::construct_der(|writer| writer.write_set_of(attributes));
    let signature = key.sign(Algorithm::Rs256, &signed)?;
    let signer = |writer: DERWriter<'_>| {
        writer.write_sequence(|signer| {
            signer.next().write_u8(1);
            signer.next().write_sequence(|id| {
                id.next().write_der(parsed.issuer().as_raw());
                id.next().write_bigint_bytes(parsed.raw_serial(), true);
            });
            algorithm(signer.next(), SHA_256);
            signer.next().write_tagged_implicit(Tag::context(0), |set| set.write_set_of(attributes));
            algorithm(signer.next(), RSA_ENCRYPTION);
            signer.next().write_bytes(&signature);
        });
    };
    Ok(yasna::construct_der(|writer| {
        wrapped(writer, SIGNED_DATA, |data| {
            data.write_sequence(|data| {
                data.next().write_u8(1);
                data.next().write_set_of(|set| algorithm(set.next(), SHA_256));
                wrapped(data.next(), DATA, |inner| inner.write_bytes(content));
                data.next().write_tagged_implicit(Tag::context(0), |certificates| {
                    certificates.write_set_of(|set| set.next().write_der(certificate));
                });
                data.next().write_set_of(|set| signer(set.next()));
            });
        });
    }))
}

fn oid(arcs: &[u64]) -> ObjectIdentifier {
    ObjectIdentifier::from_slice(arcs)
}

/// A type and, below a tag, what is of that type.
fn wrapped(writer: DERWriter<'_>, kind: &[u64], content: impl FnOnce(DERWriter<'_>)) {
    writer.write_sequence(|info| {
        info.next().write_oid(&oid(kind));
        info.next().write_tagged(Tag::context(0), content);
    });
}

fn algorithm(writer: DERWriter<'_>, name: &[u64]) {
    writer.write_sequence(|algorithm| {
        algorithm.next().write_oid(&oid(name));
        algorithm.next().write_null();
    });
}

fn attribute(writer: DERWriter<'_>, name: &[u64], value: impl FnOnce(DERWriter<'_>)) {
    writer.write_sequence(|attribute| {
        attribute.next().write_oid(&oid(name));
        attribute.next().write_set_of(|set| value(set.next()));
    });
}
