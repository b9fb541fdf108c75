//! Verifying access tokens against smalt's own key set.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest::{SHA256, digest};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use model::{JsonMap, Time};
use thiserror::Error;
use uuid::Uuid;

use crate::{Authority, PublicJwk};

/// How many verified tokens are remembered. A token is some 2 kB of claims; this keeps the cache below 4 MB.
const REMEMBERED: usize = 2048;

/// Why a token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// It is no token of this service: not a JWT, another algorithm than RS256, an unknown key, a wrong signature.
    #[error("The access token is invalid.")]
    Invalid,
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
    issuer: String,
    not_before: Time,
    expires: Time,
}

impl AccessToken {
    fn read(claims: JsonMap) -> Option<Self> {
        let text = |name: &str| claims.get(name).and_then(|v| v.as_str());
        let moment = |name: &str| Time::from_unix_timestamp(claims.get(name)?.as_i64()?).ok();
        Some(Self {
            object_id: Uuid::parse_str(text("oid")?).ok()?,
            app_id: text("appid").or(text("azp"))?.to_owned(),
            audience: text("aud")?.to_owned(),
            issuer: text("iss")?.to_owned(),
            not_before: moment("nbf")?,
            expires: moment("exp")?,
            claims,
        })
    }

    /// How the caller is called in refusals: a person's sign-in name, an application's id.
    #[must_use]
    pub fn caller_name(&self) -> &str {
        self.claims.get("upn").and_then(|v| v.as_str()).unwrap_or(&self.app_id)
    }
}

/// Checks signatures with keys parsed once, and remembers the tokens whose signature it has checked.
pub struct Verifier {
    issuers: [String; 2],
    keys: HashMap<String, DecodingKey>,
    seen: RwLock<HashMap<[u8; 32], Arc<AccessToken>>>,
}

impl Verifier {
    /// A verifier of this tenant's tokens.
    ///
    /// # Errors
    /// The key's id, when its numbers cannot be read.
    pub fn new(authority: &Authority, keys: &[PublicJwk]) -> Result<Self, String> {
        let parsed = keys.iter().map(|key| {
            let parsed = DecodingKey::from_rsa_components(&key.n, &key.e).map_err(|_| key.kid.clone())?;
            Ok((key.kid.clone(), parsed))
        });
        let issuers = [authority.issuer_v1(), authority.issuer_v2()];
        Ok(Self { issuers, keys: parsed.collect::<Result<_, String>>()?, seen: RwLock::default() })
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
        let found = self.signed(token)?;
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

    /// Whether this token service signed `token`, whatever it says.
    #[must_use]
    pub fn is_signed(&self, token: &str) -> bool {
        self.signed(token).is_ok()
    }

    /// The token's claims, once its signature is known to be right. Times are the caller's to judge: the library would
    /// compare them with the machine's clock.
    fn signed(&self, token: &str) -> Result<Arc<AccessToken>, TokenError> {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        if let Some(known) = self.seen.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        let kid = header.kid.as_ref().ok_or(TokenError::Invalid)?;
        let decoding = self.keys.get(kid).ok_or(TokenError::Invalid)?;
        // The algorithm is ours to say, never the token's: `none` and HS256 with the public key fail here.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let data = jsonwebtoken::decode::<JsonMap>(token, decoding, &validation).map_err(|_| TokenError::Invalid)?;
        let verified = Arc::new(AccessToken::read(data.claims).ok_or(TokenError::Invalid)?);
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(key, verified.clone());
        Ok(verified)
    }
}
