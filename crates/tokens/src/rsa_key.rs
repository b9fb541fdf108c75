//! RSA-2048 keys.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::PublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use thiserror::Error;

/// A key that cannot be made, read or used.
#[derive(Debug, Error)]
#[error("the RSA key cannot be {0}")]
pub struct KeyError(pub(crate) &'static str);

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// PKCS #1 v1.5 with SHA-256: what Entra signs with.
    Rs256,
    /// PSS with SHA-256: what newer clients sign their assertions with.
    Ps256,
}

impl Algorithm {
    /// The name in a token's header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }
}

/// A private key, parsed once: parsing costs most of a signature.
pub struct RsaKey(KeyPair);

impl RsaKey {
    /// A new RSA-2048 key. Takes some 60 ms of a core, 190 ms at worst: not on a request's road.
    ///
    /// # Errors
    /// [`KeyError`] when the generator fails.
    pub fn generate() -> Result<Self, KeyError> {
        KeyPair::generate(KeySize::Rsa2048).map(Self).map_err(|_| KeyError("generated"))
    }

    /// Reads PKCS#8 DER in base64.
    ///
    /// # Errors
    /// [`KeyError`] when the text is no such key.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        let der = STANDARD.decode(text).map_err(|_| KeyError("read"))?;
        KeyPair::from_pkcs8(&der).map(Self).map_err(|_| KeyError("read"))
    }

    /// PKCS#8 DER in base64.
    ///
    /// # Errors
    /// [`KeyError`] when the key cannot be written.
    pub fn to_base64(&self) -> Result<String, KeyError> {
        Ok(STANDARD.encode(self.0.as_der().map_err(|_| KeyError("written"))?.as_ref()))
    }

    /// The public half as a SubjectPublicKeyInfo, DER.
    ///
    /// # Errors
    /// [`KeyError`] when the key cannot be written.
    pub fn public_der(&self) -> Result<Vec<u8>, KeyError> {
        Ok(self.0.public_key().as_der().map_err(|_| KeyError("written"))?.as_ref().to_vec())
    }

    /// Signs `message`.
    ///
    /// # Errors
    /// [`KeyError`] when the generator of the padding fails.
    pub fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let padding: &'static dyn aws_lc_rs::signature::RsaEncoding = match algorithm {
            Algorithm::Rs256 => &RSA_PKCS1_SHA256,
            Algorithm::Ps256 => &RSA_PSS_SHA256,
        };
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(padding, &SystemRandom::new(), message, &mut signature).map_err(|_| KeyError("used"))?;
        Ok(signature)
    }
}

/// Modulus and exponent of a SubjectPublicKeyInfo, big-endian: the numbers of a JWK.
pub(crate) fn numbers(public_der: &[u8]) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
    let key = PublicKey::from_public_key_der(public_der).map_err(|_| KeyError("read"))?;
    Ok((key.n().to_be_bytes_trimmed_vartime().into(), key.e().to_be_bytes_trimmed_vartime().into()))
}
