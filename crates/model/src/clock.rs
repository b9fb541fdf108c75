//! Time as smalt sees it: one movable clock.

use std::sync::{PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use time::Duration;
use time::macros::format_description;

/// A moment, always in UTC.
pub type Time = time::OffsetDateTime;

/// Where the clock stands relative to the machine's, as kept in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClockState {
    /// Nanoseconds that smalt's clock is ahead of the machine's while it runs.
    pub offset_ns: i64,
    /// The nanosecond since 1970 at which it stands still, when it does.
    pub frozen_at_ns: Option<i64>,
}

/// The one source of `now`. Read it once per request, at the face; below that `now` is a parameter.
#[derive(Debug, Default)]
pub struct Clock(RwLock<ClockState>);

impl Clock {
    /// A clock that stands as `state` says.
    #[must_use]
    pub fn new(state: ClockState) -> Self {
        Self(RwLock::new(state))
    }

    /// A clock that stands still at `at`: what tests use.
    #[must_use]
    pub fn frozen(at: Time) -> Self {
        Self::new(ClockState { offset_ns: 0, frozen_at_ns: Some(nanoseconds(at)) })
    }

    /// The simulated moment.
    #[must_use]
    pub fn now(&self) -> Time {
        let state = self.state();
        from_nanoseconds(state.frozen_at_ns.unwrap_or_else(|| nanoseconds(Self::machine_now()) + state.offset_ns))
    }

    /// What to persist.
    #[must_use]
    pub fn state(&self) -> ClockState {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state in which the clock shows `to`; frozen stays frozen, running stays running.
    #[must_use]
    pub fn state_at(&self, to: Time) -> ClockState {
        match self.state().frozen_at_ns {
            Some(_) => ClockState { offset_ns: 0, frozen_at_ns: Some(nanoseconds(to)) },
            None => ClockState { offset_ns: nanoseconds(to) - nanoseconds(Self::machine_now()), frozen_at_ns: None },
        }
    }

    /// The state in which the clock stands still at the present simulated moment.
    #[must_use]
    pub fn state_frozen(&self) -> ClockState {
        ClockState { offset_ns: 0, frozen_at_ns: Some(nanoseconds(self.now())) }
    }

    /// The state in which the clock runs on from the present simulated moment.
    #[must_use]
    pub fn state_running(&self) -> ClockState {
        ClockState { offset_ns: nanoseconds(self.now()) - nanoseconds(Self::machine_now()), frozen_at_ns: None }
    }

    /// The machine's own time: for TLS certificates, which real clients check against it, and for nothing else.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn machine_now() -> Time {
        Time::now_utc()
    }

    /// Makes the clock stand as `state` says. Persist the state first.
    pub fn set_state(&self, state: ClockState) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

fn nanoseconds(at: Time) -> i64 {
    i64::try_from(at.unix_timestamp_nanos()).unwrap_or(i64::MAX)
}

fn from_nanoseconds(ns: i64) -> Time {
    Time::from_unix_timestamp_nanos(i128::from(ns)).unwrap_or(Time::UNIX_EPOCH)
}

/// A moment as HTTP writes it (RFC 9110, IMF-fixdate).
#[must_use]
pub fn http_date(at: Time) -> String {
    let form =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    at.format(form).unwrap_or_default()
}

/// The longest span that anybody may wish for: from any moment that the clock takes, it leads to one that can be written.
const LONGEST: Duration = Duration::days(100 * 366);

/// Reads a span such as `46d`, `12h`, `30m`, `90s` or `1d12h`, of at most a hundred years.
///
/// # Errors
/// A sentence naming the text and the accepted forms.
pub fn parse_span(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!("'{text}' is not a span of time: write days, hours, minutes or seconds, such as 46d, 12h, 30m or 1d12h")
    };
    let mut total = Duration::ZERO;
    let mut digits = String::new();
    for c in text.trim().chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let n: i64 = digits.parse().map_err(|_| wrong())?;
        digits.clear();
        let unit = match c.to_ascii_lowercase() {
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return Err(wrong()),
        };
        let more = n.checked_mul(unit).map(Duration::seconds).ok_or_else(wrong)?;
        total = total.checked_add(more).ok_or_else(wrong)?;
        if total > LONGEST {
            return Err(format!("'{text}' is longer than a hundred years"));
        }
    }
    if !digits.is_empty() || total <= Duration::ZERO {
        return Err(wrong());
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_read_or_refused() {
        assert_eq!(parse_span("46d"), Ok(Duration::days(46)));
        assert_eq!(parse_span("36600d"), Ok(LONGEST));
        assert_eq!(parse_span("1d12h30m"), Ok(Duration::minutes(36 * 60 + 30)));
        for wrong in ["", "5", "d", "-3d", "3w", "0m", "99999999999999999999d", "99999999999d", "36601d"] {
            assert!(parse_span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn http_has_its_own_way_with_dates() {
        let at = Time::from_unix_timestamp(784_111_777).unwrap();
        assert_eq!(http_date(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let start = Time::from_unix_timestamp(1_800_000_000).unwrap_or(Time::UNIX_EPOCH);
        let clock = Clock::frozen(start);
        assert_eq!(clock.now(), start);
        clock.set_state(clock.state_at(start + Duration::days(46)));
        assert_eq!(clock.now(), start + Duration::days(46));
    }
}
