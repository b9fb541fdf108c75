//! Issuers that smalt plays: a CI provider, a cluster. They give jobs and pods the tokens that federated credentials trust.
//!
//! What it is: making an issuer ([`ensure`]), a token of it ([`issue`]), and the two documents that everybody may read.
//! An issuer at a URL of its own below smalt's token service can be asked for its keys over the network; one that plays a
//! provider with a URL elsewhere cannot. The token service knows the keys of both and asks nobody.
//!
//! What it is not: it trusts nobody; federated credentials say who is trusted.
//!
//! How to add the next: what such issuers tell of a subject stands in `tokens::issuer_token`.

pub(crate) mod documents;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::{FederatedIdentityCredential, Ids, Time};
use store::{Snapshot, Store, StoreError, TokenIssuer};
use thiserror::Error;
use tokens::{Assertion, Authority, IssuerClaims, KeyError, RsaKey, issuer_token};

use crate::federation::keys_of;

/// Why there is no issuer, or no token of it.
#[derive(Debug, Error)]
pub enum IssuerError {
    /// The name cannot stand in a URL.
    #[error("'{0}' cannot name an issuer: use up to 63 small letters, digits and dashes")]
    Name(String),
    /// The URL cannot be an issuer's.
    #[error("'{0}' cannot be an issuer's URL: it must begin with https:// and have neither query nor fragment")]
    Url(String),
    /// The URL is Entra's.
    #[error("'{0}' is Entra's own: its tokens come from the token service")]
    Entra(String),
    /// The issuer has another URL, which never changes.
    #[error("the issuer {name} is at {url} and stays there: give another name")]
    Elsewhere {
        /// The issuer's name.
        name: String,
        /// Where it is.
        url: String,
    },
    /// Another issuer has the URL.
    #[error("the issuer {0} already has this URL")]
    UrlTaken(String),
    /// The state failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key cannot be made or used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The thread that made a key ended before it could tell how.
    #[error("the making of a key was interrupted")]
    Interrupted,
}

/// What a token is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// Who runs, such as `repo:org/repo:ref:refs/heads/main` or `system:serviceaccount:ns:name`.
    pub subject: &'a str,
    /// Whom the token is for, such as `api://AzureADTokenExchange`.
    pub audience: &'a str,
    /// How long it counts.
    pub lifetime: time::Duration,
}

/// The issuer `name`, made with a key of its own if it is not there. It is at `url`; without one, wherever it is, and a
/// new one below `login`, the token service's address.
///
/// # Errors
/// [`IssuerError`].
pub async fn ensure(
    store: &Store,
    ids: &Ids,
    name: &str,
    url: Option<&str>,
    login: &str,
    now: Time,
) -> Result<Arc<TokenIssuer>, IssuerError> {
    let is_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !(1..=63).contains(&name.len()) || !name.bytes().all(is_letter) {
        return Err(IssuerError::Name(name.to_owned()));
    }
    if let Some(url) = url.filter(|url| !FederatedIdentityCredential::is_issuer(url)) {
        return Err(IssuerError::Url(url.to_owned()));
    }
    if let Some(url) = url.filter(|url| Authority::is_entra(url)) {
        return Err(IssuerError::Entra(url.to_owned()));
    }
    // Most of the time it is there, and then nobody has to wait for a turn to write.
    if let Some(found) = existing(store.read().token_issuer(name), url)? {
        return Ok(found);
    }
    let mut tx = store.begin().await;
    if let Some(found) = existing(tx.token_issuer(name), url)? {
        return Ok(found);
    }
    let url = url.map_or_else(|| format!("{login}/issuers/{name}"), str::to_owned);
    if let Some(other) = tx.token_issuers().find(|known| known.url == url) {
        return Err(IssuerError::UrlTaken(other.name.clone()));
    }
    let key = match tx.take_ready_key() {
        Some(ready) => RsaKey::from_base64(&ready)?,
        None => tokio::task::spawn_blocking(RsaKey::generate).await.map_err(|_| IssuerError::Interrupted)??,
    };
    let issuer = TokenIssuer {
        name: name.to_owned(),
        url,
        kid: URL_SAFE_NO_PAD.encode(ids.bytes::<24>()),
        public_key: STANDARD.encode(key.public_der()?),
        created_at: now,
    };
    tx.put_token_issuer(issuer.clone(), key.to_base64()?);
    tx.commit().await?;
    Ok(Arc::new(issuer))
}

fn existing(found: Option<&Arc<TokenIssuer>>, url: Option<&str>) -> Result<Option<Arc<TokenIssuer>>, IssuerError> {
    match found {
        Some(found) if url.is_some_and(|url| url != found.url) => {
            Err(IssuerError::Elsewhere { name: found.name.clone(), url: found.url.clone() })
        }
        found => Ok(found.cloned()),
    }
}

/// The issuer that signed `token`, if it is one that smalt plays.
#[must_use]
pub fn signer(world: &Snapshot, token: &str) -> Option<Arc<TokenIssuer>> {
    let assertion = Assertion::parse(token).ok()?;
    let issuer = world.token_issuers().find(|issuer| issuer.url == assertion.issuer)?;
    keys_of(issuer)?.verify(&assertion).ok()?;
    Some(issuer.clone())
}

/// A token of an issuer, as its job or pod would be given.
///
/// # Errors
/// [`IssuerError::Store`], [`IssuerError::Key`].
pub async fn issue(
    store: &Store,
    ids: &Ids,
    issuer: &TokenIssuer,
    job: Job<'_>,
    now: Time,
) -> Result<String, IssuerError> {
    // An issuer is never taken away, so its key is there.
    let private_key = store.token_issuer_key(&issuer.name).await?.unwrap_or_default();
    let claims =
        IssuerClaims { issuer: &issuer.url, subject: job.subject, audience: job.audience, lifetime: job.lifetime };
    Ok(issuer_token(&RsaKey::from_base64(&private_key)?, &issuer.kid, claims, now, ids)?)
}
