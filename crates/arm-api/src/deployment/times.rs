//! Times and spans as deployments write them.

use model::Time;
use time::Duration;
use time::macros::format_description;

/// How long Azure lets a deployment run before it expires, and what its refusals name as expiration time
/// (RECORDED-FACTS 2, DeploymentCannotBeCancelled).
pub(crate) const LONGEST_RUN: Duration = Duration::days(7);

/// `PT1M23.6275303S`: ISO 8601, to a tenth of a microsecond, without zeros at the end.
pub(crate) fn duration(span: Duration) -> String {
    let span = span.max(Duration::ZERO);
    let (hours, minutes, seconds) = (span.whole_hours(), span.whole_minutes() % 60, span.whole_seconds() % 60);
    let fraction = format!("{:07}", span.subsec_nanoseconds() / 100);
    let mut out = String::from("PT");
    for (count, unit) in [(hours, 'H'), (minutes, 'M')] {
        if count > 0 {
            out.push_str(&format!("{count}{unit}"));
        }
    }
    match fraction.trim_end_matches('0') {
        "" if seconds == 0 && out.len() > 2 => {}
        "" => out.push_str(&format!("{seconds}S")),
        digits => out.push_str(&format!("{seconds}.{digits}S")),
    }
    out
}

/// `6/10/2016 4:32:24 PM`: how refusals print times.
pub(crate) fn american(at: Time) -> String {
    let form = format_description!(
        "[month padding:none]/[day padding:none]/[year] [hour repr:12 padding:none]:[minute]:[second] [period]"
    );
    at.format(form).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_as_azure_does() {
        for (nanoseconds, expected) in [
            (0, "PT0S"),
            (943_700, "PT0.0009437S"),
            (49_927_333_000, "PT49.927333S"),
            (83_627_530_300, "PT1M23.6275303S"),
            (60_000_000_000, "PT1M"),
            (3_601_500_000_000, "PT1H1.5S"),
            (-5, "PT0S"),
        ] {
            assert_eq!(duration(Duration::nanoseconds(nanoseconds)), expected);
        }
    }

    #[test]
    fn refusals_print_american_times() {
        let at = Time::from_unix_timestamp(1_465_576_344).unwrap_or(Time::UNIX_EPOCH);
        assert_eq!(american(at), "6/10/2016 4:32:24 PM");
    }
}
