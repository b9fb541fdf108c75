//! How often one VM may ask, where limits are switched on (IDENTITY-WIRE 1.1).
//!
//! Seconds are the machine's own: a client that waits as it is told waits in those, while the simulated clock may stand
//! still.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;

/// Requests a second to the identity category, and to all others together.
const IDENTITY_RATE: usize = 20;
const GENERAL_RATE: usize = 5;
/// Requests to the identity category at the same time.
const IDENTITY_CONCURRENCY: u32 = 5;

const SECOND: Duration = Duration::from_secs(1);

/// What one VM has asked lately.
#[derive(Default)]
pub(crate) struct Throttle {
    identity: Window,
    general: Window,
    concurrent: AtomicU32,
}

/// The moments of the requests that were admitted within the past second.
#[derive(Default)]
struct Window(Mutex<VecDeque<Instant>>);

/// A request to the identity category that is under way.
pub(crate) struct Turn<'t>(&'t AtomicU32);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Throttle {
    /// Counts a request. Identity requests are held to count as long as the answer lives; refused ones do not count.
    ///
    /// # Errors
    /// [`Error::Throttled`].
    pub(crate) fn admit(&self, is_identity: bool, now: Instant) -> Result<Option<Turn<'_>>, Error> {
        if !is_identity {
            return self.general.admit(now, GENERAL_RATE).map(|()| None);
        }
        let before = self.concurrent.fetch_add(1, Ordering::AcqRel);
        let turn = Turn(&self.concurrent);
        if before >= IDENTITY_CONCURRENCY {
            return Err(Error::Throttled);
        }
        self.identity.admit(now, IDENTITY_RATE).map(|()| Some(turn))
    }
}

impl Window {
    /// In no span of a second are more than `most` admitted.
    fn admit(&self, now: Instant, most: usize) -> Result<(), Error> {
        let mut admitted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while admitted.front().is_some_and(|at| now.saturating_duration_since(*at) >= SECOND) {
            admitted.pop_front();
        }
        if admitted.len() >= most {
            return Err(Error::Throttled);
        }
        admitted.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_than_its_rate() {
        for (is_identity, rate) in [(false, 5), (true, 20)] {
            let (throttle, start) = (Throttle::default(), Instant::now());
            let admitted = |after: u64| {
                let now = start + Duration::from_millis(after);
                (0..50).filter(|_| throttle.admit(is_identity, now).is_ok()).count()
            };
            assert!(throttle.admit(is_identity, start).is_ok());
            for (after, expected) in [(900, rate - 1), (999, 0), (1000, 1), (1899, 0), (1900, rate - 1), (9000, rate)] {
                assert_eq!(admitted(after), expected, "after {after} ms");
            }
        }
    }

    #[test]
    fn five_at_the_same_time() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let mut turns: Vec<_> = (0..5).map(|_| throttle.admit(true, now).unwrap()).collect();
        for _ in 0..50 {
            assert!(throttle.admit(true, now).is_err());
        }
        turns.pop();
        assert!(throttle.admit(true, now).is_ok(), "a refused request counts neither here nor for the rate");
    }
}
