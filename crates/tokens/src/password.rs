//! Hashes of people's passwords.

use std::num::NonZeroU32;

use aws_lc_rs::{digest, pbkdf2};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// People choose words that can be guessed, so that a guess has to be slow: some 10 ms of a core. Real directories take ten
/// times as many rounds; here the people are invented and tests make many of them.
const ROUNDS: NonZeroU32 = NonZeroU32::new(50_000).unwrap();

/// SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// SHA-256 in base64url: of what a client was handed, and the challenge of a PKCE verifier (RFC 7636, 4.2).
#[must_use]
pub fn fingerprint(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(text.as_bytes()))
}

/// PBKDF2 of a password under a random salt, with all that verifying takes.
#[must_use]
pub fn password_hash(password: &str, salt: [u8; 16]) -> String {
    let derived = derive(password, &salt, ROUNDS);
    format!("pbkdf2-sha256${ROUNDS}${}${}", URL_SAFE_NO_PAD.encode(salt), URL_SAFE_NO_PAD.encode(derived))
}

/// Whether `hash` is one of `password`. As slow as the hash was: not on a task that others wait for.
#[must_use]
pub fn is_password(password: &str, hash: &str) -> bool {
    let read = || {
        let mut parts = hash.strip_prefix("pbkdf2-sha256$")?.split('$');
        let rounds: NonZeroU32 = parts.next()?.parse().ok()?;
        let salt = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let derived = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        Some((rounds, salt, derived))
    };
    let Some((rounds, salt, derived)) = read() else { return false };
    pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, password.as_bytes(), &derived).is_ok()
}

fn derive(password: &str, salt: &[u8], rounds: NonZeroU32) -> [u8; 32] {
    let mut out = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, password.as_bytes(), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_password_and_is_never_the_same_twice() {
        let hash = password_hash("correct horse", [1; 16]);
        assert!(is_password("correct horse", &hash));
        assert!(!is_password("correct horsf", &hash));
        assert_ne!(hash, password_hash("correct horse", [2; 16]));
        for broken in ["", "pbkdf2-sha256$", "pbkdf2-sha256$0$AA$AA", "pbkdf2-sha256$1$!$AA", "correct horse"] {
            assert!(!is_password("correct horse", broken), "{broken}");
        }
    }
}
