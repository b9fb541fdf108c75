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
/// Versions that scheduled events had to themselves (IDENTITY-WIRE 1.7).
const OF_SCHEDULED_EVENTS: [&str; 4] = ["2020-07-01", "2019-04-01", "2019-01-01", "2017-11-01"];

/// What has versions, and since which (IDENTITY-WIRE 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    Instance,
    ScheduledEvents,
    Identity,
    Attested,
    LoadBalancer,
}

impl Category {
    fn first(self) -> &'static str {
        match self {
            Self::Instance => "2017-04-02",
            // A preview, which is still answered.
            Self::ScheduledEvents => "2017-03-01",
            Self::Identity => "2018-02-01",
            Self::Attested => "2018-10-01",
            Self::LoadBalancer => "2020-10-01",
        }
    }

    fn own(self) -> &'static [&'static str] {
        if self == Self::ScheduledEvents { &OF_SCHEDULED_EVENTS } else { &[] }
    }
}

/// Oldest first: what `/metadata/versions` lists.
pub(crate) fn ascending() -> Vec<&'static str> {
    ALL.iter().rev().copied().collect()
}

/// The three that the refusal of an unknown one names.
pub(crate) fn newest() -> &'static [&'static str] {
    &ALL[..3]
}

/// The version that the request names, if it knows the category.
///
/// # Errors
/// [`Error::ApiVersion`].
pub(crate) fn of(query: &Query<'_>, category: Category) -> Result<&'static str, Error> {
    let named = query.get("api-version").ok_or(Error::ApiVersion)?;
    let known = ALL.iter().chain(category.own()).find(|version| **version == named);
    known.copied().filter(|version| *version >= category.first()).ok_or(Error::ApiVersion)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_descends_and_categories_begin_in_it() {
        assert!(ALL.is_sorted_by(|a, b| a > b));
        for (text, category, known) in [
            ("api-version=2018-02-01", Category::Identity, true),
            ("api-version=2017-12-01", Category::Identity, false),
            ("api-version=2017-12-01", Category::Instance, true),
            ("api-version=2017-03-01", Category::Instance, false),
            ("api-version=2017-03-01", Category::ScheduledEvents, true),
            ("api-version=2020-07-01", Category::ScheduledEvents, true),
            ("api-version=2020-07-01", Category::Instance, false),
            ("api-version=2018-10-01", Category::Attested, true),
            ("api-version=2018-04-02", Category::Attested, false),
            ("api-version=2020-09-01", Category::LoadBalancer, false),
            ("api-version=2099-01-01", Category::Instance, false),
            ("api-version=", Category::Instance, false),
            ("", Category::Instance, false),
        ] {
            assert_eq!(of(&Query::parse(text).unwrap(), category).is_ok(), known, "{text}");
        }
    }
}
