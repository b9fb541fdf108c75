//! Client assertions: how a client proves itself with a certificate (RFC 7523, as real clients spell it).

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jsonwebtoken::{Algorithm as JwtAlgorithm, DecodingKey};
use model::{Ids, Time};
use serde_json::{Value, json};
use thiserror::Error;
use time::Duration;
use uuid::Uuid;

use crate::ec_key;
use crate::jwt::{self, Decoded, signed, unsigned};
use crate::rsa_key::numbers;
use crate::{Algorithm, KeyError, RsaKey};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// Why an assertion cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AssertionError {
    /// It is no JWT, or a claim that must be there is missing.
    #[error("the assertion is malformed")]
    Malformed,
    /// `typ` is neither absent nor one of the two allowed.
    #[error("the assertion's header type is not allowed")]
    Type,
    /// `alg` is none of RS256, PS256 and ES256.
    #[error("the assertion's algorithm is not allowed")]
    Algorithm,
}

/// How a client signs. The keys of smalt sign with RSA alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signing {
    Rsa(JwtAlgorithm),
    /// ECDSA on P-256 with SHA-256: certificates of the Terraform provider.
    Es256,
}

/// Which certificate signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thumbprint {
    /// SHA-1: `x5t`, or `kid` of the Terraform provider.
    Sha1(Vec<u8>),
    /// SHA-256: `x5t#S256`.
    Sha256(Vec<u8>),
}

impl Thumbprint {
    /// Upper-case hexadecimal digits, as refusals print it.
    #[must_use]
    pub fn hex(&self) -> String {
        let (Self::Sha1(bytes) | Self::Sha256(bytes)) = self;
        bytes.iter().map(|b| format!("{b:02X}")).collect()
    }
}

/// An assertion taken apart; only [`Assertion::is_signed_by`] tells whether to believe it.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    text: String,
    decoded: Decoded,
    signing: Signing,
    /// Who speaks.
    pub issuer: String,
    /// About whom.
    pub subject: String,
    /// To whom: one, or any of several.
    pub audiences: Vec<String>,
    /// From when it counts, when it says so.
    pub not_before: Option<Time>,
    /// Until when it counts.
    pub expires: Time,
    /// Which certificate signed, when it says so.
    pub thumbprint: Option<Thumbprint>,
    /// Which key signed, as an issuer of its own names it.
    pub kid: Option<String>,
}

impl Assertion {
    /// Takes an assertion apart, whatever spelling its client uses: thumbprints in either base64 alphabet or hex, padded
    /// or not; times as integers, fractions or texts (IDENTITY-WIRE 2.7).
    ///
    /// # Errors
    /// [`AssertionError`].
    pub fn parse(text: &str) -> Result<Self, AssertionError> {
        Self::read(text)
            .and_then(|read| if read.subject.is_empty() { Err(AssertionError::Malformed) } else { Ok(read) })
    }

    /// Takes a proof of possession apart: an assertion that need not say about whom it is.
    ///
    /// # Errors
    /// [`AssertionError`].
    pub fn parse_proof(text: &str) -> Result<Self, AssertionError> {
        Self::read(text)
    }

    fn read(text: &str) -> Result<Self, AssertionError> {
        let decoded = jwt::decode(text).ok_or(AssertionError::Malformed)?;
        let header = |name: &str| decoded.header.get(name).and_then(Value::as_str);
        if !matches!(header("typ"), None | Some("JWT" | "http://openid.net/specs/jwt/1.0")) {
            return Err(AssertionError::Type);
        }
        let signing = match header("alg") {
            Some("RS256") => Signing::Rsa(JwtAlgorithm::RS256),
            Some("PS256") => Signing::Rsa(JwtAlgorithm::PS256),
            Some("ES256") => Signing::Es256,
            _ => return Err(AssertionError::Algorithm),
        };
        let thumbprint = header("x5t#S256").map(|t| bytes(t).map(Thumbprint::Sha256));
        let thumbprint = thumbprint.or_else(|| header("x5t").or(header("kid")).map(|t| bytes(t).map(Thumbprint::Sha1)));
        let claim = |name: &str| decoded.claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let (issuer, subject) = (claim("iss"), claim("sub"));
        let audiences = match decoded.claims.get("aud") {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => return Err(AssertionError::Malformed),
        };
        let not_before = decoded.claims.get("nbf").map(|v| moment(v).ok_or(AssertionError::Malformed)).transpose()?;
        let expires = decoded.claims.get("exp").and_then(moment).ok_or(AssertionError::Malformed)?;
        Ok(Self {
            text: text.to_owned(),
            signing,
            issuer: issuer.ok_or(AssertionError::Malformed)?,
            subject: subject.unwrap_or_default(),
            audiences,
            not_before,
            expires,
            thumbprint: thumbprint.flatten(),
            kid: header("kid").map(str::to_owned),
            decoded,
        })
    }

    /// Whether the holder of this public key (SubjectPublicKeyInfo, DER) signed it. The signature covers the original
    /// text, padding included.
    #[must_use]
    pub fn is_signed_by(&self, public_der: &[u8]) -> bool {
        match self.signing {
            Signing::Rsa(_) => numbers(public_der).is_ok_and(|(n, e)| self.is_signed_with(&n, &e)),
            Signing::Es256 => ec_key::is_signed(public_der, self.message(), &self.decoded.signature),
        }
    }

    /// Whether the holder of the RSA key with this modulus and exponent signed it.
    #[must_use]
    pub(crate) fn is_signed_with(&self, n: &[u8], e: &[u8]) -> bool {
        let Signing::Rsa(algorithm) = self.signing else { return false };
        let signature = NO_PAD.encode(&self.decoded.signature);
        let key = DecodingKey::from_rsa_raw_components(n, e);
        jsonwebtoken::crypto::verify(&signature, self.message(), &key, algorithm).unwrap_or(false)
    }

    /// What the signature covers.
    fn message(&self) -> &[u8] {
        &self.text.as_bytes()[..self.decoded.signed]
    }

    /// The text that it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Any other claim that is a text.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.decoded.claims.get(name).and_then(Value::as_str)
    }
}

/// A thumbprint in any of the spellings: 20 or 32 bytes in hex or in either base64 alphabet.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return (0..20).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()).collect();
    }
    let decoded = URL_SAFE.decode(text).or_else(|_| STANDARD.decode(text)).ok()?;
    matches!(decoded.len(), 20 | 32).then_some(decoded)
}

fn moment(value: &Value) -> Option<Time> {
    let seconds = match value {
        Value::String(text) => text.parse().ok()?,
        other => other.as_f64()?,
    };
    #[expect(clippy::cast_possible_truncation, reason = "fractions of a second do not matter; out of range saturates")]
    let whole = seconds as i64;
    Time::from_unix_timestamp(whole).ok()
}

/// What an assertion of a managed identity says.
#[derive(Debug, Clone, Copy)]
pub struct AssertionClaims<'a> {
    /// The identity's client id.
    pub client_id: Uuid,
    /// The token endpoint's URL.
    pub audience: &'a str,
    /// ARM id of the machine it is used on: `xms_az_rid`, which the token service copies into the token.
    pub host: &'a str,
}

/// The assertion with which IMDS proves a managed identity: ten minutes of life, `x5t` and `x5c` in the header.
/// `certificate` is the public half of `key`, DER in base64.
///
/// # Errors
/// [`KeyError`] when the certificate is no base64 or signing fails.
pub fn client_assertion(
    key: &RsaKey,
    certificate: &str,
    claims: AssertionClaims<'_>,
    now: Time,
    ids: &Ids,
) -> Result<String, KeyError> {
    let der = STANDARD.decode(certificate).map_err(|_| KeyError("matched to its certificate"))?;
    let thumbprint = NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &der));
    let header = json!({"typ": "JWT", "alg": "RS256", "x5t": thumbprint, "x5c": [certificate]});
    let body = json!({
        "aud": claims.audience,
        "iss": claims.client_id,
        "sub": claims.client_id,
        "jti": ids.guid(),
        "nbf": now.unix_timestamp(),
        "exp": (now + Duration::minutes(10)).unix_timestamp(),
        "xms_az_rid": claims.host,
    });
    let message = unsigned(&header, &body);
    let signature = key.sign(Algorithm::Rs256, message.as_bytes())?;
    Ok(signed(message, &signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ParsedCertificate;

    fn certified() -> (RsaKey, String, Vec<u8>) {
        let key = RsaKey::generate().unwrap();
        let issued = crate::token_signing(&key, [1; 16], Time::UNIX_EPOCH).unwrap();
        let public = key.public_der().unwrap();
        (key, issued.certificate, public)
    }

    #[test]
    fn an_assertion_is_believed_from_its_signer_alone() {
        let (key, certificate, public) = certified();
        let (_, _, stranger) = certified();
        let claims = AssertionClaims { client_id: Uuid::nil(), audience: "https://a/t/oauth2/token", host: "/vm" };
        let text = client_assertion(&key, &certificate, claims, Time::UNIX_EPOCH, &Ids::seeded(1)).unwrap();
        let assertion = Assertion::parse(&text).unwrap();
        assert!(assertion.is_signed_by(&public));
        assert!(!assertion.is_signed_by(&stranger));
        let (parsed, _) = ParsedCertificate::from_text(&certificate).unwrap();
        assert_eq!(assertion.thumbprint.map(|t| t.hex()), Some(parsed.thumbprint));
        assert_eq!(assertion.expires, Time::UNIX_EPOCH + Duration::minutes(10));
    }

    #[test]
    fn every_client_s_spelling_is_read() {
        let sha1 = [0xfb; 20];
        let sha256 = [0xfb; 32];
        let padded = base64::engine::general_purpose::STANDARD;
        for (header, thumbprint) in [
            (json!({"alg": "PS256", "x5t#S256": NO_PAD.encode(sha256)}), Thumbprint::Sha256(sha256.to_vec())),
            (json!({"alg": "PS256", "x5t#S256": padded.encode(sha256)}), Thumbprint::Sha256(sha256.to_vec())),
            (json!({"alg": "RS256", "typ": "JWT", "x5t": padded.encode(sha1)}), Thumbprint::Sha1(sha1.to_vec())),
            (json!({"alg": "RS256", "x5t": NO_PAD.encode(sha1)}), Thumbprint::Sha1(sha1.to_vec())),
            (json!({"alg": "RS256", "kid": "FB".repeat(20)}), Thumbprint::Sha1(sha1.to_vec())),
        ] {
            for exp in [json!(1_800_000_000), json!(1_800_000_000.25), json!("1800000000")] {
                let text = signed(unsigned(&header, &json!({"iss": "a", "sub": "a", "aud": "b", "exp": exp})), &[1]);
                let assertion = Assertion::parse(&text).unwrap();
                assert_eq!(assertion.thumbprint.as_ref(), Some(&thumbprint), "{header}");
                assert_eq!(assertion.expires.unix_timestamp(), 1_800_000_000);
            }
        }
        let none =
            signed(unsigned(&json!({"alg": "none"}), &json!({"iss": "a", "sub": "a", "aud": "b", "exp": 1})), &[]);
        assert_eq!(Assertion::parse(&none), Err(AssertionError::Algorithm));
    }
}
