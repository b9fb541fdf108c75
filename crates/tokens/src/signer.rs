//! Signing access tokens, and the public halves of the keys that did.

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{JsonMap, Time};
use serde_json::{Value, json};

use crate::jwt::{signed, unsigned};
use crate::rsa_key::numbers;
use crate::{Algorithm, KeyError, RsaKey};

/// The keys of a token service: the newest signs, those before it are published until they retire.
///
/// `jsonwebtoken::encode` would parse the key at every call, which makes it 2.8 times slower than this.
pub struct Signer(RwLock<Arc<Vec<SignerKey>>>);

/// A key that signs, with the headers of the tokens it signs: those of version 1 and those of version 2.
pub struct SignerKey {
    key: RsaKey,
    headers: [Value; 2],
    /// The public half.
    pub jwk: Arc<PublicJwk>,
    /// Until when tokens that it signed count; none while it signs.
    pub retires_at: Option<Time>,
}

/// The public half, as a JWKS lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicJwk {
    /// `kid`, equal to `x5t`: base64url SHA-1 of the certificate, 27 characters (IDENTITY-WIRE 3.3).
    pub kid: String,
    /// Modulus, base64url.
    pub n: String,
    /// Exponent, base64url.
    pub e: String,
    /// The certificate, DER in base64.
    pub x5c: String,
}

impl SignerKey {
    /// From a key and its certificate (DER in base64).
    ///
    /// # Errors
    /// [`KeyError`] when the key's public half cannot be read.
    pub fn new(key: RsaKey, kid: &str, certificate: &str, retires_at: Option<Time>) -> Result<Self, KeyError> {
        let (n, e) = numbers(&key.public_der()?)?;
        let jwk = Arc::new(PublicJwk {
            kid: kid.to_owned(),
            n: URL_SAFE_NO_PAD.encode(n),
            e: URL_SAFE_NO_PAD.encode(e),
            x5c: certificate.to_owned(),
        });
        // `x5t` stands in the header of version 1 tokens alone (IDENTITY-WIRE 4.1).
        let headers = [
            json!({"typ": "JWT", "alg": "RS256", "x5t": kid, "kid": kid}),
            json!({"typ": "JWT", "alg": "RS256", "kid": kid}),
        ];
        Ok(Self { key, headers, jwk, retires_at })
    }
}

impl Signer {
    /// A signer with one key and its certificate (DER in base64).
    ///
    /// # Errors
    /// [`KeyError`] when the key's public half cannot be read.
    pub fn new(key: RsaKey, kid: &str, certificate: &str) -> Result<Self, KeyError> {
        Ok(Self::of(vec![SignerKey::new(key, kid, certificate, None)?]))
    }

    /// A signer with these keys, newest first.
    #[must_use]
    pub fn of(keys: Vec<SignerKey>) -> Self {
        Self(RwLock::new(Arc::new(keys)))
    }

    /// Goes on with these keys, newest first.
    pub fn replace(&self, keys: Vec<SignerKey>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// The public halves of the keys whose tokens count at `now`, the signing one first.
    #[must_use]
    pub fn published(&self, now: Time) -> Vec<Arc<PublicJwk>> {
        let counts = |key: &&SignerKey| key.retires_at.is_none_or(|at| now < at);
        self.keys().iter().filter(counts).map(|key| key.jwk.clone()).collect()
    }

    /// A token that says `claims`.
    ///
    /// # Errors
    /// [`KeyError`] when signing fails, or nothing is there to sign with.
    pub fn sign(&self, claims: &JsonMap) -> Result<String, KeyError> {
        let keys = self.keys();
        let newest = keys.first().ok_or(KeyError("found"))?;
        let [version_1, version_2] = &newest.headers;
        let is_version_2 = claims.get("ver").is_some_and(|version| version == "2.0");
        let message = unsigned(if is_version_2 { version_2 } else { version_1 }, claims);
        let signature = newest.key.sign(Algorithm::Rs256, message.as_bytes())?;
        Ok(signed(message, &signature))
    }

    fn keys(&self) -> Arc<Vec<SignerKey>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
