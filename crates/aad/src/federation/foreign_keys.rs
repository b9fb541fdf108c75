//! The keys of other issuers, remembered.
//!
//! Ages are counted in the machine's own time: how long ago the network was asked has nothing to do with the simulated
//! clock, which may jump or stand still.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokens::{Assertion, KeySet};

use super::fetch::Fetcher;

/// How long keys are believed without asking again.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);
/// How long nobody is asked again after a failure, or after a look for a key that was not there.
const REST: Duration = Duration::from_secs(10);
/// How many issuers are remembered; beyond that the memory is emptied.
const MOST: usize = 256;

/// The keys of other issuers, fetched when they are first needed. An issuer is asked once at a time, and those who wait
/// for it wait for nobody else.
#[derive(Default)]
pub struct ForeignKeys {
    fetcher: Fetcher,
    issuers: Mutex<HashMap<String, Arc<Known>>>,
}

/// What is known of an issuer.
#[derive(Default)]
struct Known {
    asking: tokio::sync::Mutex<()>,
    found: Mutex<Option<Found>>,
}

/// What an issuer answered; nothing that could be used if `keys` is none.
struct Found {
    keys: Option<Arc<KeySet>>,
    at: Instant,
}

impl ForeignKeys {
    /// Keys of issuers on the public network, and of those at `hosts` (`name` or `name:port`) wherever their addresses
    /// are. `roots` is a PEM bundle of authorities that are trusted beside the system's.
    #[must_use]
    pub fn new(hosts: Vec<String>, roots: &str) -> Self {
        Self { fetcher: Fetcher::new(hosts, roots), issuers: Mutex::default() }
    }

    /// Asks the assertion's issuer for its keys, unless they are known and fresh.
    pub(super) async fn learn(&self, assertion: &Assertion) {
        let known = self.place(&assertion.issuer);
        if known.suffices(assertion, Instant::now()) {
            return;
        }
        let _turn = known.asking.lock().await;
        // Whoever had the turn before has perhaps asked already.
        if known.suffices(assertion, Instant::now()) {
            return;
        }
        let keys = match self.fetcher.keys_of(&assertion.issuer).await {
            Ok(keys) => Some(Arc::new(keys)),
            Err(error) => {
                // Clients are not told why: smalt would be their eyes in its own network.
                tracing::warn!(issuer = %assertion.issuer, %error, "the keys of a federated issuer cannot be had");
                None
            }
        };
        *known.found() = Some(Found { keys, at: Instant::now() });
    }

    /// The keys of an issuer, as far as they were learned.
    pub(super) fn known(&self, issuer: &str) -> Option<Arc<KeySet>> {
        let issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        issuers.get(issuer)?.found().as_ref()?.keys.clone()
    }

    fn place(&self, issuer: &str) -> Arc<Known> {
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        if issuers.len() >= MOST && !issuers.contains_key(issuer) {
            issuers.clear();
        }
        issuers.entry(issuer.to_owned()).or_default().clone()
    }
}

impl Known {
    fn found(&self) -> MutexGuard<'_, Option<Found>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether asking again would be too early, or tell nothing new.
    fn suffices(&self, assertion: &Assertion, now: Instant) -> bool {
        self.found().as_ref().is_some_and(|found| {
            let has_key = found.keys.as_ref().is_some_and(|keys| keys.has_key_of(assertion));
            now.saturating_duration_since(found.at) < if has_key { FRESH } else { REST }
        })
    }
}

#[cfg(test)]
mod tests {
    use model::{Ids, Time};
    use tokens::{IssuerClaims, RsaKey, issuer_token};

    use super::*;

    #[test]
    fn keys_are_asked_for_again_when_they_are_old_or_unknown() {
        let key = RsaKey::generate().unwrap();
        let claims = IssuerClaims {
            issuer: "https://a.example",
            subject: "s",
            audience: "a",
            lifetime: time::Duration::hours(1),
        };
        let signed_with = |kid: &str| {
            let text = issuer_token(&key, kid, claims, Time::UNIX_EPOCH, &Ids::seeded(1)).unwrap();
            Assertion::parse(&text).unwrap()
        };
        let keys = Arc::new(KeySet::of_key("k", &key.public_der().unwrap()).unwrap());
        let at = Instant::now();
        for (keys, kid, age, suffices) in [
            (Some(&keys), "k", 0, true),
            (Some(&keys), "k", 86_399, true),
            (Some(&keys), "k", 86_400, false),
            (Some(&keys), "other", 9, true),
            (Some(&keys), "other", 10, false),
            (None, "k", 9, true),
            (None, "k", 10, false),
        ] {
            let found = Mutex::new(Some(Found { keys: keys.cloned(), at }));
            let known = Known { found, ..Known::default() };
            assert_eq!(known.suffices(&signed_with(kid), at + Duration::from_secs(age)), suffices, "{kid} {age}");
        }
        assert!(!Known::default().suffices(&signed_with("k"), at));
    }
}
