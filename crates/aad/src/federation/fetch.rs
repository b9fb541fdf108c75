//! Asking an issuer for its keys: its metadata, then the key set that the metadata names. Everything has an end: time,
//! size, the number of questions; and nobody is led elsewhere.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Url};
use serde_json::Value;
use thiserror::Error;
use tokens::KeySet;
use tokio::sync::Semaphore;

use super::reach::Reach;

/// How long a connection may take to come about.
const CONNECTING: Duration = Duration::from_secs(3);
/// How long an answer may take, to its last byte.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a document. The largest real ones have some 20 kB.
const LARGEST: usize = 256 * 1024;
/// How many issuers are asked at the same time.
const AT_ONCE: usize = 8;

/// Why there are no keys.
#[derive(Debug, Error)]
pub(super) enum FetchError {
    #[error("'{0}' is no https URL")]
    NotHttps(String),
    #[error("'{0}' is at an address of this machine or of a private network, which smalt is not told to ask")]
    Unreachable(String),
    #[error("{}", Chain(.0))]
    Http(#[from] reqwest::Error),
    #[error("'{0}' was answered with HTTP {1}")]
    Status(Url, u16),
    #[error("the document at '{0}' has more than {LARGEST} bytes")]
    TooLarge(Url),
    #[error("the document at '{0}' is not what it should be")]
    Unreadable(Url),
    #[error("the metadata is that of the issuer '{0}'")]
    AnotherIssuer(String),
}

/// An error with its causes: the outermost says only that a request failed.
struct Chain<'e>(&'e reqwest::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = std::error::Error::source(self.0);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// Asks issuers.
pub(super) struct Fetcher {
    /// Hosts that are asked wherever they are: `name` or `name:port`.
    hosts: Vec<String>,
    /// Authorities that are trusted beside the system's, PEM.
    roots: String,
    turns: Semaphore,
    public: OnceLock<Client>,
    private: OnceLock<Client>,
}

impl Default for Fetcher {
    fn default() -> Self {
        Self::new(Vec::new(), "")
    }
}

impl Fetcher {
    pub(super) fn new(hosts: Vec<String>, roots: &str) -> Self {
        let turns = Semaphore::new(AT_ONCE);
        Self { hosts, roots: roots.to_owned(), turns, public: OnceLock::new(), private: OnceLock::new() }
    }

    /// The keys that `issuer` publishes.
    ///
    /// # Errors
    /// [`FetchError`].
    pub(super) async fn keys_of(&self, issuer: &str) -> Result<KeySet, FetchError> {
        // Never closed, so there is always a turn.
        let _turn = self.turns.acquire().await.ok();
        let (url, metadata) =
            self.get(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))).await?;
        let metadata: Value = serde_json::from_slice(&metadata).map_err(|_| FetchError::Unreadable(url.clone()))?;
        let text = |name: &str| metadata.get(name).and_then(Value::as_str);
        let (Some(named), Some(keys)) = (text("issuer"), text("jwks_uri")) else {
            return Err(FetchError::Unreadable(url));
        };
        if named != issuer {
            return Err(FetchError::AnotherIssuer(named.to_owned()));
        }
        let (url, keys) = self.get(keys).await?;
        KeySet::parse(&keys).ok_or(FetchError::Unreadable(url))
    }

    async fn get(&self, url: &str) -> Result<(Url, Vec<u8>), FetchError> {
        let parsed = Url::parse(url).ok().filter(|url| url.scheme() == "https");
        let url = parsed.ok_or_else(|| FetchError::NotHttps(url.to_owned()))?;
        let mut answer = self.client(&url)?.get(url.clone()).send().await?;
        if !answer.status().is_success() {
            return Err(FetchError::Status(url, answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(FetchError::TooLarge(url));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((url, body))
    }

    /// The client that may go where `url` leads. Names are judged by the client's resolver once they have become
    /// addresses, so no second look at a name can lead elsewhere; addresses are judged here.
    fn client(&self, url: &Url) -> Result<&Client, FetchError> {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        let with_port = format!("{host}:{port}");
        let is_told = self.hosts.iter().any(|told| [host, &with_port].iter().any(|own| own.eq_ignore_ascii_case(told)));
        let (reach, made) = if is_told { (Reach::Private, &self.private) } else { (Reach::Public, &self.public) };
        if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>()
            && !reach.covers(address)
        {
            return Err(FetchError::Unreachable(host.to_owned()));
        }
        if let Some(client) = made.get() {
            return Ok(client);
        }
        let client = make(reach, &self.roots)?;
        Ok(made.get_or_init(|| client))
    }
}

fn make(reach: Reach, roots: &str) -> Result<Client, FetchError> {
    let client = Client::builder()
        // A proxy would resolve names by itself.
        .no_proxy()
        .redirect(Policy::none())
        .https_only(true)
        .connect_timeout(CONNECTING)
        .timeout(PATIENCE)
        .dns_resolver(reach)
        .tls_certs_merge(Certificate::from_pem_bundle(roots.as_bytes())?);
    Ok(client.build()?)
}

impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|address| reach.covers(address.ip())).collect();
            match allowed.is_empty() {
                true => Err(FetchError::Unreachable(name.as_str().to_owned()).into()),
                false => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}
