//! The api-versions (IDENTITY-WIRE 1.2).

use crate::error::Error;
use crate::query::Query;

/// Every version, newest first. Versions are dates, so their texts compare as they follow each other.
const ALL: [&str; 35] = [
    "2025-04-07",
    "2024-07-17",
    "2024-03-15",
    "2023-11-15",
    "2023-07-01",
    "2021-12-13",
    "2021-11-15",
    "2021-11-01",
    "2021-10-01",
    "2021-08-01",
    "2021-05-01",
    "2021-03-01",
    "2021-02-01",
    "2021-01-01",
    "2020-12-01",
    "2020-10-01",
    "2020-09-01",
    "2020-07-15",
    "2020-06-01",
    "2019-11-01",
    "2019-08-15",
    "2019-08-01",
    "2019-06-04",
    "2019-06-01",
    "2019-04-30",
    "2019-03-11",
    "2019-02-01",
    "2018-10-01",
    "2018-04-02",
    "2018-02-01",
    "2017-12-01",
    "2017-10-01",
    "2017-08-01",
    "2017-04-02",
    "2017-03-01",
];
/// The first version with the identity category.
pub(crate) const IDENTITY: &str = "2018-02-01";
/// The first version with the instance category.
pub(crate) const INSTANCE: &str = "2017-04-02";

/// Oldest first: what `/metadata/versions` lists.
pub(crate) fn ascending() -> Vec<&'static str> {
    ALL.iter().rev().copied().collect()
}

/// The three that the refusal of an unknown one names.
pub(crate) fn newest() -> &'static [&'static str] {
    &ALL[..3]
}

/// Whether the request names a version that knows the category, which began with `first`.
///
/// # Errors
/// [`Error::ApiVersion`].
pub(crate) fn check(query: &Query<'_>, first: &str) -> Result<(), Error> {
    match query.get("api-version") {
        Some(version) if version >= first && ALL.contains(&version) => Ok(()),
        _ => Err(Error::ApiVersion),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_descends_and_categories_begin_in_it() {
        assert!(ALL.is_sorted_by(|a, b| a > b));
        for (text, first, known) in [
            ("api-version=2018-02-01", IDENTITY, true),
            ("api-version=2017-12-01", IDENTITY, false),
            ("api-version=2017-12-01", INSTANCE, true),
            ("api-version=2099-01-01", INSTANCE, false),
            ("api-version=", INSTANCE, false),
            ("", INSTANCE, false),
        ] {
            assert_eq!(check(&Query::parse(text).unwrap(), first).is_ok(), known, "{text}");
        }
    }
}
