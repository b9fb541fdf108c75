//! The values that occur, and how operators read them.

use super::Literal;

pub(super) const TEXTS: [&str; 14] =
    ["a", "A", "", "ab", "a*", "?b", "it's", "é", "É", "a\\*", "*b*", "5", "TRUE", "Blob.List"];
pub(super) const GUIDS: [&str; 3] = [
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "ACDD72A7338548EFBD42F606FBA81AE7",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
];
/// With their order in time.
pub(super) const DATES: [(&str, i64); 5] = [
    ("2023-05-01T14:59:59.9999999+02:00", 0),
    ("2023-05-01T13:00:00Z", 1),
    ("2023-05-01T15:00:00.0+02:00", 1),
    ("2023-05-01T13:00:00.0000001Z", 2),
    ("2024-02-29T00:00:00.000Z", 3),
];

/// A value as operators of one family compare it.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(super) enum Comparable {
    Text(String),
    Number(i64),
}

impl Literal {
    /// None where the value is not of the family's kind. Texts hold any kind.
    pub(super) fn read(self, family: &str) -> Option<Comparable> {
        let text = match self {
            Self::Text(text) | Self::Guid(text) | Self::Date(text) => Some(text),
            _ => None,
        };
        match (family, self, text) {
            ("String", _, Some(text)) => Some(Comparable::Text(text.to_owned())),
            ("Numeric", Self::Integer(integer), _) => Some(Comparable::Number(integer)),
            ("Numeric", _, Some(text)) => text.parse().ok().map(Comparable::Number),
            ("Bool", Self::Bool(value), _) => Some(Comparable::Number(value.into())),
            ("Bool", _, Some(text)) => match text.to_lowercase().as_str() {
                "true" => Some(Comparable::Number(1)),
                "false" => Some(Comparable::Number(0)),
                _ => None,
            },
            ("Guid", _, Some(text)) if GUIDS.contains(&text) => {
                Some(Comparable::Text(text.to_lowercase().replace('-', "")))
            }
            ("DateTime", _, Some(text)) => {
                DATES.iter().find(|(date, _)| *date == text).map(|(_, order)| Comparable::Number(*order))
            }
            _ => None,
        }
    }
}
