//! Hashes of client secrets.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Hashes secrets with a key of the world's own. Secrets are generated with more than 200 bits of entropy, so nobody can
/// guess one from its hash and a slow hash would protect nothing; the key makes the hashes worthless elsewhere.
pub struct SecretHasher(hmac::Key);

impl SecretHasher {
    /// A hasher with this key, at least 32 bytes.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The hash of `secret`, base64.
    #[must_use]
    pub fn hash(&self, secret: &str) -> String {
        STANDARD.encode(hmac::sign(&self.0, secret.as_bytes()))
    }

    /// Whether `hash` is the hash of `secret`; takes the same time wherever they differ.
    #[must_use]
    pub fn verify(&self, secret: &str, hash: &str) -> bool {
        STANDARD.decode(hash).is_ok_and(|tag| hmac::verify(&self.0, secret.as_bytes(), &tag).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_secret_and_its_key() {
        let hasher = SecretHasher::new(&[7; 32]);
        let hash = hasher.hash("s3cret");
        assert!(hasher.verify("s3cret", &hash));
        assert!(!hasher.verify("s3cres", &hash));
        assert!(!SecretHasher::new(&[8; 32]).verify("s3cret", &hash));
    }
}
