//! How often one VM may ask, where limits are switched on (IDENTITY-WIRE 1.1).

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use model::Time;

use crate::error::Error;

/// Requests a second to the identity category, and to all others together.
const IDENTITY_RATE: u32 = 20;
const GENERAL_RATE: u32 = 5;
/// Requests to the identity category at the same time.
const IDENTITY_CONCURRENCY: u32 = 5;

/// What one VM has asked in the present second.
#[derive(Default)]
pub(crate) struct Throttle {
    identity: Window,
    general: Window,
    concurrent: AtomicU32,
}

/// A second, and the requests in it.
#[derive(Default)]
struct Window(Mutex<(i64, u32)>);

/// A request to the identity category that is under way.
pub(crate) struct Turn<'t>(&'t AtomicU32);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Throttle {
    /// Counts a request. Identity requests are held to count as long as the answer lives.
    ///
    /// # Errors
    /// [`Error::Throttled`].
    pub(crate) fn admit(&self, is_identity: bool, now: Time) -> Result<Option<Turn<'_>>, Error> {
        let second = now.unix_timestamp();
        if !is_identity {
            return self.general.count(second, GENERAL_RATE).map(|()| None);
        }
        self.identity.count(second, IDENTITY_RATE)?;
        let turn = Turn(&self.concurrent);
        match self.concurrent.fetch_add(1, Ordering::AcqRel) < IDENTITY_CONCURRENCY {
            true => Ok(Some(turn)),
            false => Err(Error::Throttled),
        }
    }
}

impl Window {
    fn count(&self, second: i64, most: u32) -> Result<(), Error> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.0 != second {
            *window = (second, 0);
        }
        if window.1 == most {
            return Err(Error::Throttled);
        }
        window.1 += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_unix_timestamp(second).unwrap()
    }

    #[test]
    fn each_second_has_its_own_count() {
        let throttle = Throttle::default();
        for second in [7, 8] {
            for _ in 0..5 {
                assert!(throttle.admit(false, at(second)).is_ok());
            }
            assert!(throttle.admit(false, at(second)).is_err());
            for _ in 0..20 {
                assert!(throttle.admit(true, at(second)).is_ok());
            }
            assert!(throttle.admit(true, at(second)).is_err());
        }
    }

    #[test]
    fn five_at_the_same_time() {
        let throttle = Throttle::default();
        let mut turns: Vec<_> = (0..5).map(|_| throttle.admit(true, at(0)).unwrap()).collect();
        assert!(throttle.admit(true, at(0)).is_err());
        turns.pop();
        assert!(throttle.admit(true, at(0)).is_ok(), "a refused request counts no longer than it lasts");
    }
}
