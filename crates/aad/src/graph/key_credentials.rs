//! Certificates of applications and service principals, which clients set as the list `keyCredentials` (AZ-WIRE 12).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{JsonMap, KeyCredential};
use serde_json::{Value, json};
use tokens::ParsedCertificate;
use uuid::Uuid;

use super::call::Call;
use super::error::GraphError;
use super::properties::{guid, members, moment, seconds};

/// How many certificates an object may have: far more than anybody uses.
const MOST: usize = 256;

/// Certificates as Graph shows them; the thumbprint is hexadecimal in recorded answers.
pub(super) fn draw_keys(keys: &[KeyCredential]) -> Vec<Value> {
    keys.iter().map(|key| Value::Object(draw(key))).collect()
}

/// One certificate.
pub(super) fn draw(key: &KeyCredential) -> JsonMap {
    members(json!({
        "customKeyIdentifier": key.thumbprint,
        "displayName": key.display_name,
        "endDateTime": seconds(key.end),
        "key": key.certificate,
        "keyId": key.key_id,
        "startDateTime": seconds(key.start),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }))
}

/// Replaces the certificates by those sent. One without `key` is one that exists and is sent back as it was shown.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn lay(call: &Call<'_>, keys: &mut Vec<KeyCredential>) -> Result<(), GraphError> {
    let Some(given) = call.body.get("keyCredentials") else { return Ok(()) };
    let wrong = || GraphError::invalid_value("keyCredentials", call.noun.class());
    let given = given.as_array().filter(|items| items.len() <= MOST).ok_or_else(wrong)?;
    let mut laid: Vec<KeyCredential> = Vec::new();
    for item in given {
        let item = item.as_object().ok_or_else(wrong)?;
        let key = match item.get("key") {
            None | Some(Value::Null) => {
                let key_id = guid(item, "keyId", call.noun)?;
                keys.iter().find(|known| Some(known.key_id) == key_id).cloned().ok_or_else(wrong)?
            }
            Some(_) => given_key(call, item)?,
        };
        if laid.iter().any(|other| other.key_id == key.key_id) {
            return Err(wrong());
        }
        laid.push(key);
    }
    *keys = laid;
    Ok(())
}

/// The certificate that a client describes.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn given_key(call: &Call<'_>, item: &JsonMap) -> Result<KeyCredential, GraphError> {
    let wrong = || GraphError::invalid_value("keyCredentials", call.noun.class());
    let read = item.get("key").and_then(Value::as_str).and_then(read).ok_or_else(wrong)?;
    let key_id = guid(item, "keyId", call.noun)?.unwrap_or_else(|| call.aad.ids.guid());
    made(call, item, key_id, read)
}

fn made(
    call: &Call<'_>,
    item: &JsonMap,
    key_id: Uuid,
    (parsed, der): (ParsedCertificate, Vec<u8>),
) -> Result<KeyCredential, GraphError> {
    let says = |name: &str, expected: &str| match item.get(name) {
        None | Some(Value::Null) => Ok(()),
        Some(value) if value == expected => Ok(()),
        Some(_) => Err(GraphError::invalid_value("keyCredentials", call.noun.class())),
    };
    says("type", "AsymmetricX509Cert")?;
    says("usage", "Verify")?;
    let start = moment(item, "startDateTime", call.noun)?.unwrap_or(call.now.max(parsed.not_before));
    // Clients send the certificate's dates with fractions of a second that the certificate has not.
    let end = moment(item, "endDateTime", call.noun)?.unwrap_or(parsed.not_after).min(parsed.not_after);
    if end <= start {
        return Err(GraphError::Invalid("Key credential end date is invalid.".to_owned()));
    }
    let named = item.get("displayName").and_then(Value::as_str).filter(|name| !name.is_empty());
    Ok(KeyCredential {
        key_id,
        display_name: Some(named.map_or(parsed.subject, str::to_owned)),
        thumbprint: parsed.thumbprint,
        certificate: STANDARD.encode(der),
        start,
        end,
    })
}

/// The certificate in base64 of DER, with or without line breaks, or of PEM.
fn read(key: &str) -> Option<(ParsedCertificate, Vec<u8>)> {
    if let Ok(found) = ParsedCertificate::from_text(key) {
        return Some(found);
    }
    let pem = String::from_utf8(STANDARD.decode(key).ok()?).ok()?;
    ParsedCertificate::from_text(&pem).ok()
}
