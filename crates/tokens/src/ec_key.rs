//! Elliptic-curve keys of clients: P-256, for verifying alone.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo};

/// Length of a signature as JWTs have it: two numbers side by side (RFC 7518, 3.4).
const FIXED: usize = 64;

/// Whether the holder of this public key (SubjectPublicKeyInfo, DER) signed `message` by ECDSA with SHA-256. The Terraform
/// provider writes its signatures in ASN.1 (IDENTITY-WIRE 2.7), everybody else as RFC 7518 says.
pub(crate) fn is_signed(public_der: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let Ok((_, key)) = SubjectPublicKeyInfo::from_der(public_der) else { return false };
    let algorithm = if signature.len() == FIXED { &ECDSA_P256_SHA256_FIXED } else { &ECDSA_P256_SHA256_ASN1 };
    UnparsedPublicKey::new(algorithm, &key.subject_public_key.data).verify(message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    use rcgen::{KeyPair, PublicKeyData};

    use super::*;

    #[test]
    fn either_spelling_of_a_signature_is_believed_from_its_signer_alone() {
        let (own, stranger) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        for algorithm in [&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P256_SHA256_FIXED_SIGNING] {
            let key = EcdsaKeyPair::from_pkcs8(algorithm, &own.serialize_der()).unwrap();
            let signature = key.sign(&SystemRandom::new(), b"said").unwrap();
            let believes =
                |key: &KeyPair, said: &[u8]| is_signed(&key.subject_public_key_info(), said, signature.as_ref());
            assert!(believes(&own, b"said"));
            assert!(!believes(&own, b"other") && !believes(&stranger, b"said"));
        }
        let rsa = crate::RsaKey::generate().unwrap().public_der().unwrap();
        for nonsense in [&rsa[..], b"", b"x"] {
            assert!(!is_signed(nonsense, b"said", &[0; 64]));
        }
    }
}
