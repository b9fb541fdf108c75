//! Values, and the kinds that operators compare.

use model::Time;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::operator::Family;

/// One value: of an attribute, or written in a condition.
///
/// Attributes hold texts, numbers and booleans. GUIDs and dates are texts there, read as such where an operator asks
/// for one; in a condition they are read when it is parsed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a string, a number or a boolean is expected")]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A number; operators compare integers only (RBAC A7).
    Number(Number),
    /// A text.
    Text(String),
    /// A GUID that a condition names.
    #[serde(skip_deserializing)]
    Guid(Uuid),
    /// A point in time that a condition names, to the nanosecond.
    #[serde(skip_deserializing, serialize_with = "time::serde::rfc3339::serialize")]
    Time(Time),
}

/// A value as an operator of one family compares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Comparable<'a> {
    Text(&'a str),
    Integer(i64),
    Bool(bool),
    Guid(Uuid),
    Time(Time),
}

impl<'a> Comparable<'a> {
    /// The value as the family compares it; none where it is not of that kind.
    pub(super) fn read(value: &'a Value, family: Family) -> Option<Self> {
        match (family, value) {
            (_, Value::Text(text)) => Self::read_text(text, family),
            (Family::Numeric, Value::Number(number)) => number.as_i64().map(Self::Integer),
            (Family::Bool, Value::Bool(value)) => Some(Self::Bool(*value)),
            (Family::Guid, Value::Guid(guid)) => Some(Self::Guid(*guid)),
            (Family::DateTime, Value::Time(time)) => Some(Self::Time(*time)),
            _ => None,
        }
    }

    /// A text as the family compares it. Attributes that travel as texts, in headers or query strings, may hold any
    /// kind.
    pub(super) fn read_text(text: &'a str, family: Family) -> Option<Self> {
        match family {
            Family::String => Some(Self::Text(text)),
            Family::Numeric => text.parse().ok().map(Self::Integer),
            Family::Bool if text.eq_ignore_ascii_case("true") => Some(Self::Bool(true)),
            Family::Bool if text.eq_ignore_ascii_case("false") => Some(Self::Bool(false)),
            Family::Bool => None,
            Family::Guid => guid(text).map(Self::Guid),
            Family::DateTime => time(text).map(Self::Time),
        }
    }
}

/// A GUID, with dashes or without, in any letter case.
pub(super) fn guid(text: &str) -> Option<Uuid> {
    matches!(text.len(), 32 | 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// A point in time as `2023-05-01T13:00:00.0000000Z`: any number of decimals, `Z` or an offset.
pub(super) fn time(text: &str) -> Option<Time> {
    Time::parse(text, &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time_compare_to_the_nanosecond() {
        let at = |text| time(text).unwrap_or_else(|| panic!("{text}"));
        for (earlier, later) in [
            ("2023-05-01T12:59:59.9999999Z", "2023-05-01T13:00:00.0Z"),
            ("2023-05-01T13:00:00Z", "2023-05-01T13:00:00.0000001Z"),
            ("2023-05-01T13:00:00.000000001Z", "2023-05-01T13:00:00.000000002Z"),
            ("2023-05-01T13:00:00+02:00", "2023-05-01T13:00:00Z"),
            ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
        ] {
            assert!(at(earlier) < at(later), "{earlier} {later}");
        }
        for same in ["2023-05-01T13:00:00Z", "2023-05-01T15:00:00.000000000000+02:00", "2023-05-01t13:00:00.0z"] {
            assert_eq!(at(same), at("2023-05-01T13:00:00.0000000Z"), "{same}");
        }
    }

    #[test]
    fn what_is_no_value_of_a_kind() {
        for text in ["", "2023-05-01", "2023-05-01T13:00:00", "2023-02-30T00:00:00Z", "2023-05-01T13:00:00.Z", "noon"] {
            assert_eq!(time(text), None, "{text}");
        }
        for text in ["", "acdd72a7", "acdd72a7-3385-48ef-bd42-f606fba81aeg", "{acdd72a7-3385-48ef-bd42-f606fba81ae7}"] {
            assert_eq!(guid(text), None, "{text}");
        }
        let fraction: Value = serde_json::from_str("1.5").unwrap();
        assert_eq!(Comparable::read(&fraction, Family::Numeric), None);
        assert_eq!(Comparable::read(&Value::Bool(true), Family::String), None);
    }

    #[test]
    fn texts_hold_any_kind() {
        let guid = "acdd72a7338548efbd42f606fba81ae7";
        for (text, family, expected) in [
            ("-7", Family::Numeric, Comparable::Integer(-7)),
            ("TRUE", Family::Bool, Comparable::Bool(true)),
            ("false", Family::Bool, Comparable::Bool(false)),
            ("ACDD72A7-3385-48EF-BD42-F606FBA81AE7", Family::Guid, Comparable::Guid(guid.parse().unwrap())),
        ] {
            assert_eq!(Comparable::read(&Value::Text(text.to_owned()), family), Some(expected));
        }
    }
}
