//! The three parts of a JWT, apart from any trust in them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::JsonMap;
use serde::Serialize;
use serde_json::Value;

/// A token taken apart; nothing about it has been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The first part.
    pub header: JsonMap,
    /// The second part.
    pub claims: JsonMap,
    /// The third part.
    pub signature: Vec<u8>,
    /// Where the signature's message ends in the token's text.
    pub(crate) signed: usize,
}

/// Takes a token apart. Base64url with or without padding is read: some clients pad (IDENTITY-WIRE 2.7).
#[must_use]
pub fn decode(token: &str) -> Option<Decoded> {
    let mut parts = token.split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let object = |part: &str| match serde_json::from_slice(&bytes(part)?).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    };
    Some(Decoded {
        header: object(header)?,
        claims: object(claims)?,
        signature: bytes(signature)?,
        signed: header.len() + 1 + claims.len(),
    })
}

fn bytes(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()
}

/// `header.claims`, ready to be signed.
pub(crate) fn unsigned(header: &Value, claims: &impl Serialize) -> String {
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}", part(header.to_string()), part(serde_json::to_string(claims).unwrap_or_default()))
}

pub(crate) fn signed(mut unsigned: String, signature: &[u8]) -> String {
    unsigned.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut unsigned);
    unsigned
}
