//! An issuer's public keys (RFC 7517), and whether one of them signed an assertion.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use thiserror::Error;

use crate::rsa_key::numbers;
use crate::{Assertion, KeyError};

/// How many keys of a document are looked at: issuers publish two or three.
const MOST: usize = 32;

/// Why an assertion is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unverified {
    /// None of the keys is the one that it names.
    #[error("the assertion names a key that its issuer does not publish")]
    UnknownKey,
    /// The key that it names did not sign it.
    #[error("the assertion's signature is wrong")]
    WrongSignature,
}

/// The RSA keys of an issuer; keys of other kinds are left out, since assertions signed with them are not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet(Vec<Key>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    kid: Option<String>,
    n: Vec<u8>,
    e: Vec<u8>,
}

impl KeySet {
    /// The set of one key, its public half given as a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// [`KeyError`] when it is no RSA key.
    pub fn of_key(kid: &str, public_der: &[u8]) -> Result<Self, KeyError> {
        let (n, e) = numbers(public_der)?;
        Ok(Self(vec![Key { kid: Some(kid.to_owned()), n, e }]))
    }

    /// Reads a key set; none when the document is none.
    #[must_use]
    pub fn parse(document: &[u8]) -> Option<Self> {
        let document: Value = serde_json::from_slice(document).ok()?;
        let keys = document.get("keys")?.as_array()?;
        Some(Self(keys.iter().filter_map(Key::read).take(MOST).collect()))
    }

    /// The document that says so.
    #[must_use]
    pub fn document(&self) -> Value {
        json!({"keys": self.0.iter().map(Key::shown).collect::<Vec<_>>()})
    }

    /// Whether it has the key that the assertion names.
    #[must_use]
    pub fn has_key_of(&self, assertion: &Assertion) -> bool {
        self.key_of(assertion).is_some()
    }

    /// Believes the assertion, or says why not.
    ///
    /// # Errors
    /// [`Unverified`].
    pub fn verify(&self, assertion: &Assertion) -> Result<(), Unverified> {
        let key = self.key_of(assertion).ok_or(Unverified::UnknownKey)?;
        if assertion.is_signed_with(&key.n, &key.e) { Ok(()) } else { Err(Unverified::WrongSignature) }
    }

    /// The key that the assertion names. One that names none can only mean the only one.
    fn key_of(&self, assertion: &Assertion) -> Option<&Key> {
        match (&assertion.kid, self.0.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (named, keys) => keys.iter().find(|key| key.kid == *named),
        }
    }
}

impl Key {
    fn read(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?.trim_end_matches('=')).ok();
        let signs = text("kty") == Some("RSA") && matches!(text("use"), None | Some("sig"));
        signs.then_some(())?;
        Some(Self { kid: text("kid").map(str::to_owned), n: bytes("n")?, e: bytes("e")? })
    }

    fn shown(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": text(&self.n), "e": text(&self.e)})
    }
}
