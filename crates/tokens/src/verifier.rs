//! Verifying access tokens against smalt's own key set.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use model::{JsonMap, Time};
use serde_json::json;
use thiserror::Error;
use uuid::Uuid;

use crate::{Authority, PublicJwk, sha256};

/// How many verified tokens are remembered. A token is some 2 kB of claims; this keeps the cache below 4 MB.
const REMEMBERED: usize = 2048;

/// Why a token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// It is no token of this service: not a JWT, another algorithm than RS256, an unknown key, a wrong signature.
    #[error("The access token is invalid.")]
    Invalid,
    /// A key signed it that is not published any more; its claims were not believed, so nothing is known of it.
    #[error("the key that signed the token is not known any more")]
    ForgottenKey,
    /// It was taken back before its end.
    #[error("the token was revoked at {0}")]
    Revoked(Time),
    /// It was issued for something else.
    #[error("the audience '{0}' is not accepted here")]
    Audience(String),
    /// It was issued by another tenant.
    #[error("the issuer '{0}' is not this tenant's")]
    Issuer(String),
    /// Its time is over.
    #[error("the token ended at {0}")]
    Expired(Time),
    /// Its time has not come.
    #[error("the token begins at {0}")]
    NotYetValid(Time),
}

impl TokenError {
    /// From when on a token would do: what a claims challenge asks for. None where another token would not help.
    #[must_use]
    pub fn better_since(&self, now: Time) -> Option<Time> {
        match self {
            Self::ForgottenKey => Some(now),
            Self::Revoked(at) => Some(*at),
            _ => None,
        }
    }
}

/// The parameter `claims` of a challenge: a token from `since` or later is wanted, whatever is in the client's cache
/// (continuous access evaluation).
#[must_use]
pub fn claims_challenge(since: Time) -> String {
    let value = since.unix_timestamp().to_string();
    STANDARD.encode(json!({"access_token": {"nbf": {"essential": true, "value": value}}}).to_string())
}

/// A token that was verified.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessToken {
    /// The caller's object id.
    pub object_id: Uuid,
    /// The client's application id.
    pub app_id: String,
    /// What it was issued for, as asked.
    pub audience: String,
    /// Everything it says.
    pub claims: JsonMap,
    /// When it was issued, five minutes back-dated: `iat`.
    pub issued: Time,
    /// The family of the sign-in that it comes from, when a person's: `sid`.
    pub family: Option<Uuid>,
    issuer: String,
    not_before: Time,
    expires: Time,
    kid: String,
}

impl AccessToken {
    fn read(claims: JsonMap, kid: &str) -> Option<Self> {
        let text = |name: &str| claims.get(name).and_then(|v| v.as_str());
        let moment = |name: &str| Time::from_unix_timestamp(claims.get(name)?.as_i64()?).ok();
        Some(Self {
            object_id: Uuid::parse_str(text("oid")?).ok()?,
            app_id: text("appid").or(text("azp"))?.to_owned(),
            audience: text("aud")?.to_owned(),
            issued: moment("iat").or(moment("nbf"))?,
            family: text("sid").and_then(|sid| Uuid::parse_str(sid).ok()),
            issuer: text("iss")?.to_owned(),
            not_before: moment("nbf")?,
            expires: moment("exp")?,
            kid: kid.to_owned(),
            claims,
        })
    }

    /// How the caller is called in refusals: a person's sign-in name, an application's id.
    #[must_use]
    pub fn caller_name(&self) -> &str {
        let name = |claim: &str| self.claims.get(claim).and_then(|v| v.as_str());
        name("upn").or(name("preferred_username")).unwrap_or(&self.app_id)
    }

    /// Whether a person is the caller, through some client.
    #[must_use]
    pub fn is_delegated(&self) -> bool {
        self.claims.contains_key("scp")
    }
}

/// A published key, and until when.
struct VerifyingKey {
    decoding: DecodingKey,
    retires_at: Option<Time>,
}

/// Checks signatures with keys parsed once, and remembers the tokens whose signature it has checked.
pub struct Verifier {
    issuers: [String; 2],
    keys: RwLock<Arc<HashMap<String, VerifyingKey>>>,
    seen: RwLock<HashMap<[u8; 32], Arc<AccessToken>>>,
}

impl Verifier {
    /// A verifier of this tenant's tokens.
    ///
    /// # Errors
    /// The key's id, when its numbers cannot be read.
    pub fn new(authority: &Authority, keys: &[Arc<PublicJwk>]) -> Result<Self, String> {
        let verifier = Self {
            issuers: [authority.issuer_v1(), authority.issuer_v2()],
            keys: RwLock::default(),
            seen: RwLock::default(),
        };
        let lasting: Vec<_> = keys.iter().map(|key| (key.clone(), None)).collect();
        verifier.replace_keys(&lasting)?;
        Ok(verifier)
    }

    /// Goes on with these keys, each until its moment. Tokens of others are not accepted from now on.
    ///
    /// # Errors
    /// The key's id, when its numbers cannot be read; then nothing changes.
    pub fn replace_keys(&self, keys: &[(Arc<PublicJwk>, Option<Time>)]) -> Result<(), String> {
        let parsed = keys.iter().map(|(key, retires_at)| {
            let decoding = DecodingKey::from_rsa_components(&key.n, &key.e).map_err(|_| key.kid.clone())?;
            Ok((key.kid.clone(), VerifyingKey { decoding, retires_at: *retires_at }))
        });
        let parsed = Arc::new(parsed.collect::<Result<HashMap<_, _>, String>>()?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = parsed;
        Ok(())
    }

    /// Accepts `token` or says why not. `accepts` judges the audience.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn verify(
        &self,
        token: &str,
        now: Time,
        accepts: impl Fn(&str) -> bool,
    ) -> Result<Arc<AccessToken>, TokenError> {
        let found = self.signed_at(token, now)?;
        if !self.issuers.contains(&found.issuer) {
            return Err(TokenError::Issuer(found.issuer.clone()));
        }
        if !accepts(&found.audience) {
            return Err(TokenError::Audience(found.audience.clone()));
        }
        if now >= found.expires {
            return Err(TokenError::Expired(found.expires));
        }
        if now < found.not_before {
            return Err(TokenError::NotYetValid(found.not_before));
        }
        Ok(found)
    }

    /// The token, if a key that counts at `now` signed it; what it says is the caller's to judge.
    ///
    /// # Errors
    /// [`TokenError::Invalid`], [`TokenError::ForgottenKey`].
    pub fn signed_at(&self, token: &str, now: Time) -> Result<Arc<AccessToken>, TokenError> {
        let found = self.signed(token)?;
        // Also of a token that was seen before: its key may have retired since.
        if self.knows(&found.kid, now) { Ok(found) } else { Err(TokenError::ForgottenKey) }
    }

    /// Whether tokens that the key `kid` signed count at `now`.
    #[must_use]
    pub fn knows(&self, kid: &str, now: Time) -> bool {
        self.keys().get(kid).is_some_and(|key| key.retires_at.is_none_or(|at| now < at))
    }

    /// Whether a key that is known, retired or not, signed `token`, whatever it says.
    #[must_use]
    pub fn is_signed(&self, token: &str) -> bool {
        self.signed(token).is_ok_and(|found| self.keys().contains_key(&found.kid))
    }

    /// The token's claims, once its signature is known to be right; its key may have gone since. Times are the caller's to
    /// judge: the library would compare them with the machine's clock.
    fn signed(&self, token: &str) -> Result<Arc<AccessToken>, TokenError> {
        let digest = sha256(token.as_bytes());
        if let Some(known) = self.seen.read().unwrap_or_else(PoisonError::into_inner).get(&digest) {
            return Ok(known.clone());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        let kid = header.kid.as_ref().ok_or(TokenError::Invalid)?;
        let keys = self.keys();
        let key = keys.get(kid).ok_or(TokenError::ForgottenKey)?;
        // The algorithm is ours to say, never the token's: `none` and HS256 with the public key fail here.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let data =
            jsonwebtoken::decode::<JsonMap>(token, &key.decoding, &validation).map_err(|_| TokenError::Invalid)?;
        let verified = Arc::new(AccessToken::read(data.claims, kid).ok_or(TokenError::Invalid)?);
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(digest, verified.clone());
        Ok(verified)
    }

    fn keys(&self) -> Arc<HashMap<String, VerifyingKey>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
