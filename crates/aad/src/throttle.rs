//! Too many token requests of one client. Entra publishes no number; this one is the rate that the metadata service
//! documents for identities, 20 a second (IDENTITY-WIRE 1.1), so that a client meets the same limit on both sides.
//!
//! Seconds are the machine's own: a client that waits as it is told waits in those, while the simulated clock may stand
//! still.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Aadsts;

/// Requests in one window.
const MOST: u32 = 20;
/// How long a window lasts, from its first request.
const WINDOW: Duration = Duration::from_secs(1);
/// How long a client that asked too often is kept waiting, seconds: long enough to be noticed, short enough for a lesson.
const WAIT: u64 = 2;
/// Clients that are counted. Made-up names must not fill the memory.
const COUNTED: usize = 10_000;

/// Counts each client's requests, where throttling is switched on. A count that is lost at a restart harms nobody, so it is
/// not in the store.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<String, (Instant, u32)>>);

impl Throttle {
    /// Counts a request of `client`.
    ///
    /// # Errors
    /// [`Aadsts::TooManyRequests`].
    pub(crate) fn admit(&self, client: Option<&str>, now: Instant) -> Result<(), Aadsts> {
        let Some(client) = client else { return Ok(()) };
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= COUNTED {
            counts.retain(|_, (began, _)| now.saturating_duration_since(*began) < WINDOW);
        }
        if counts.len() >= COUNTED {
            counts.clear();
        }
        let (began, count) = counts.entry(client.to_ascii_lowercase()).or_insert((now, 0));
        if now.saturating_duration_since(*began) >= WINDOW {
            (*began, *count) = (now, 0);
        }
        *count += 1;
        if *count > MOST { Err(Aadsts::TooManyRequests { retry_after: WAIT }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_floods_waits_and_others_do_not() {
        let throttle = Throttle::default();
        let now = Instant::now();
        let admitted = |client: &str, now| (0..50).filter(|_| throttle.admit(Some(client), now).is_ok()).count();
        assert_eq!(admitted("a", now), 20);
        assert_eq!(admitted("A", now), 0);
        assert_eq!(admitted("b", now), 20);
        assert_eq!(admitted("a", now + WINDOW), 20);
    }
}
