//! api-versions. Clients of one year send dozens of them, even within one command, so any well-formed one is taken
//! (AZ-WIRE 0.7); a type may look at it where answers differ.

use time::Date;
use time::macros::format_description;

use crate::error::ArmError;
use crate::query::Query;

/// The request's api-version: a date, with a word such as `preview` behind it or none.
pub(crate) fn of(query: &Query) -> Result<&str, ArmError> {
    let text = query.get("api-version").filter(|v| !v.is_empty()).ok_or(ArmError::MissingApiVersion)?;
    let invalid = || ArmError::InvalidApiVersion { found: text.to_owned() };
    let date = text.get(..10).ok_or_else(invalid)?;
    Date::parse(date, format_description!("[year]-[month]-[day]")).map_err(|_| invalid())?;
    let word = &text[10..];
    let is_word = |w: &str| !w.is_empty() && w.len() <= 20 && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    match word.is_empty() || word.strip_prefix('-').is_some_and(is_word) {
        true => Ok(text),
        false => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_version_is_a_date() {
        for (query, taken) in [
            ("api-version=2024-11-01", true),
            ("api-version=2022-05-01-preview", true),
            ("api-version=2024-13-01", false),
            ("api-version=latest", false),
            ("api-version=2024-11-01-", false),
            ("api-version=2024-11-01'--", false),
            ("api-version=", false),
            ("", false),
        ] {
            assert_eq!(of(&Query::parse(query)).is_ok(), taken, "{query}");
        }
    }
}
