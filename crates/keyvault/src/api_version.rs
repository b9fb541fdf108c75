//! The interface's versions. A client that asks for one that never was would not get far in Azure.

use crate::error::VaultError;
use crate::query::Query;

/// The versions whose answers do not say for how many days what is deleted can come back.
const WITHOUT_DAYS: [&str; 3] = ["2016-10-01", "7.0-preview", "7.0"];

/// Those that say it (RECORDED-FACTS 8), the oldest first; of previews, those that Azure's clients name.
const WITH_DAYS: [&str; 15] = [
    "7.1-preview",
    "7.1",
    "7.2-preview",
    "7.2",
    "7.3-preview",
    "7.3",
    "7.4-preview.1",
    "7.4",
    "7.5-preview.1",
    "7.5",
    "7.6-preview.1",
    "7.6-preview.2",
    "7.6",
    "2025-07-01",
    "2026-01-01-preview",
];

const LATEST: &str = "2025-07-01";

/// A version that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ApiVersion {
    pub(crate) name: &'static str,
    /// Whether its answers say for how many days what is deleted can come back.
    pub(crate) says_days: bool,
}

impl ApiVersion {
    /// The one that a request asks for.
    pub(crate) fn asked(query: &Query) -> Result<Self, VaultError> {
        let wanted = query.get("api-version");
        let wanted = wanted.ok_or_else(|| VaultError::BadParameter("api-version must be specified".to_owned()))?;
        let with_days = WITH_DAYS.into_iter().map(|name| Self { name, says_days: true });
        let mut known = with_days.chain(WITHOUT_DAYS.into_iter().map(|name| Self { name, says_days: false }));
        // In the words of Azure (azure-sdk-for-python, issue 28595).
        let refusal = || {
            VaultError::BadParameter(format!(
                "The specified version ({wanted}) is not recognized. Consider using the latest supported version ({LATEST})."
            ))
        };
        known.find(|version| version.name.eq_ignore_ascii_case(wanted)).ok_or_else(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_can_be_asked_for() {
        for (query, says_days) in [
            ("api-version=7.4", Some(true)),
            ("maxresults=1&API-Version=2026-01-01-Preview", Some(true)),
            ("api-version=2016-10-01", Some(false)),
            ("api-version=7.0", Some(false)),
            ("api-version=", None),
            ("api-version=garbage", None),
            ("api-version=7.4%26x%3D1", None),
            ("", None),
        ] {
            let asked = ApiVersion::asked(&Query::parse(query)).ok();
            assert_eq!(asked.map(|version| version.says_days), says_days, "{query}");
        }
    }
}
