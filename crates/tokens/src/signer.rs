//! Signing access tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::JsonMap;
use serde_json::{Value, json};

use crate::jwt::{signed, unsigned};
use crate::rsa_key::numbers;
use crate::{Algorithm, KeyError, RsaKey};

/// The key that signs, with the header of every token it signs.
///
/// `jsonwebtoken::encode` would parse the key at every call, which makes it 2.8 times slower than this.
pub struct Signer {
    key: RsaKey,
    header: Value,
    jwk: PublicJwk,
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

impl Signer {
    /// A signer from a key and its certificate (DER in base64).
    ///
    /// # Errors
    /// [`KeyError`] when the key's public half cannot be read.
    pub fn new(key: RsaKey, kid: &str, certificate: &str) -> Result<Self, KeyError> {
        let (n, e) = numbers(&key.public_der()?)?;
        let jwk = PublicJwk {
            kid: kid.to_owned(),
            n: URL_SAFE_NO_PAD.encode(n),
            e: URL_SAFE_NO_PAD.encode(e),
            x5c: certificate.to_owned(),
        };
        // `x5t` stands in the header of version 1 tokens (IDENTITY-WIRE 4.1).
        let header = json!({"typ": "JWT", "alg": "RS256", "x5t": kid, "kid": kid});
        Ok(Self { key, header, jwk })
    }

    /// The public half.
    #[must_use]
    pub fn jwk(&self) -> &PublicJwk {
        &self.jwk
    }

    /// A token that says `claims`.
    ///
    /// # Errors
    /// [`KeyError`] when signing fails.
    pub fn sign(&self, claims: &JsonMap) -> Result<String, KeyError> {
        let message = unsigned(&self.header, claims);
        let signature = self.key.sign(Algorithm::Rs256, message.as_bytes())?;
        Ok(signed(message, &signature))
    }
}
