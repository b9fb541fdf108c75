//! Actions, the words of RBAC, and the patterns that match them.

use serde::{Deserialize, Serialize};

use crate::Universe;

/// The two kinds of operation, which roles list apart and never mix: seven names exist in both (RBAC A4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Plane {
    /// Operations on resources, through Resource Manager: `actions`.
    Control,
    /// Operations on what resources hold, such as blobs and secrets: `dataActions`.
    Data,
}

impl Plane {
    /// The one of the two that this is not.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Control => Self::Data,
            Self::Data => Self::Control,
        }
    }
}

/// One operation that a caller asks for, such as `Microsoft.Compute/virtualMachines/start/action`.
///
/// Actions compare ignoring case. It is lowered here, once, and not at each of the patterns it meets.
#[derive(Debug, Clone)]
pub struct Action {
    written: String,
    lower: String,
    known: Option<usize>,
}

impl Action {
    /// The action that `text` spells.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        Self { written: text.to_owned(), known: Universe::place_of_known(&lower), lower }
    }

    /// The action as it was written: refusals echo this spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    pub(crate) fn lower(&self) -> &str {
        &self.lower
    }

    /// Its place among the operations that are known, where it is one of them.
    pub(crate) fn known(&self) -> Option<usize> {
        self.known
    }
}

/// A string of a role's `actions` or `notActions`, ready to match (RBAC A3).
///
/// `*` stands for any characters, slashes included, and for none. Azure's zero-segment rule comes on top: the slashes
/// on both sides of a star may be one and the same, so that `A/*/read` matches `A/read` as well as `A/b/c/read`.
/// Nothing is trimmed: Azure's own roles hold a few strings with a blank or a slash at the end, which match no action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionPattern {
    /// The text between the stars, in lower case; one piece where there is no star.
    pieces: Box<[Box<str>]>,
}

impl ActionPattern {
    /// The pattern that `text` spells. Every text is one; Azure allows one star in it, several mean what one does.
    #[must_use]
    pub fn compile(text: &str) -> Self {
        Self { pieces: text.to_ascii_lowercase().split('*').map(Into::into).collect() }
    }

    /// The one action, in lower case, that a pattern without a star matches.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &*self.pieces {
            [only] => Some(only),
            _ => None,
        }
    }

    /// What every action that it matches begins with, in lower case.
    pub(crate) fn prefix(&self) -> &str {
        self.pieces.first().map_or("", |first| &**first)
    }

    /// Whether `action` is one of those that the pattern stands for.
    #[must_use]
    pub fn matches(&self, action: &Action) -> bool {
        self.matches_lower(action.lower())
    }

    /// The same for an action that is in lower case already.
    pub(crate) fn matches_lower(&self, text: &str) -> bool {
        let [first, middle @ .., last] = &*self.pieces else {
            return self.literal() == Some(text);
        };
        if !text.starts_with(&**first) {
            return false;
        }
        // Taking each piece at its first place leaves the most room to those after it, so nothing is tried twice.
        let mut end = first.len();
        let mut before = first;
        for piece in middle {
            let from = end - shared_slash(before, piece);
            let Some(at) = text[from..].find(&**piece) else {
                return false;
            };
            end = from + at + piece.len();
            before = piece;
        }
        text.ends_with(&**last) && text.len() + shared_slash(before, last) >= end + last.len()
    }
}

/// How many bytes the pieces on both sides of a star may have in common: the zero-segment rule.
fn shared_slash(before: &str, after: &str) -> usize {
    usize::from(before.ends_with('/') && after.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, action: &str) -> bool {
        ActionPattern::compile(pattern).matches(&Action::new(action))
    }

    #[test]
    fn patterns_match_what_azure_says() {
        for (pattern, yes, no) in [
            ("*", vec!["A.B/c/read", ""], vec![]),
            ("*/read", vec!["A.B/c/read", "A.B/c/d/Read"], vec!["A.B/thread", "A.B/c/read/action", "read"]),
            (
                "Microsoft.Storage/*",
                vec!["microsoft.storage/a/b/write"],
                vec!["Microsoft.StorageSync/a/read", "Microsoft.Storage"],
            ),
            (
                "Microsoft.Compute/virtualMachines/*",
                vec!["Microsoft.Compute/virtualMachines/read", "Microsoft.Compute/virtualMachines/extensions/write"],
                vec!["Microsoft.Compute/virtualMachineScaleSets/read"],
            ),
            (
                "Microsoft.Network/*/read",
                vec!["Microsoft.Network/virtualNetworks/subnets/read", "Microsoft.Network/read"],
                vec!["Microsoft.Network/virtualNetworks/subnets/join/action", "Microsoft.Networks/a/read"],
            ),
            (
                "A/*/assign/action",
                vec!["A/assign/action", "a/b/assign/ACTION", "A/b/c/assign/action"],
                vec!["A/reassign/action", "A/b/action"],
            ),
            ("A/*d", vec!["A/d", "A/read"], vec!["A", "/d"]),
            ("A/r*/read", vec!["A/rows/read", "A/r/read"], vec!["A/read"]),
            ("A.B/c/read", vec!["a.b/C/READ"], vec!["A.B/c/reads", "A.B/c/rea", "xA.B/c/read"]),
        ] {
            for action in yes {
                assert!(matches(pattern, action), "{pattern} should match {action}");
            }
            for action in no {
                assert!(!matches(pattern, action), "{pattern} should not match {action}");
            }
        }
    }

    #[test]
    fn odd_strings_of_built_in_roles_are_taken_verbatim() {
        for (pattern, action) in [
            ("Microsoft.Network/virtualNetworks/read ", "Microsoft.Network/virtualNetworks/read"),
            ("Microsoft.Insights/alertRules/", "Microsoft.Insights/alertRules/read"),
            ("Microsoft.Insights/alertRules/", "Microsoft.Insights/alertRules"),
            ("A.B/{operationName}/read", "A.B/c/read"),
        ] {
            assert!(!matches(pattern, action), "{pattern}");
        }
    }

    #[test]
    fn several_stars_share_a_slash_each() {
        for (pattern, action, expected) in [
            ("A/*/*/x", "A/x", true),
            ("A/*/b/*/x", "A/b/x", true),
            ("A/*/b/*/x", "A/c/b/d/x", true),
            ("A/*/b/*/x", "A/x", false),
            ("*a*a", "a", false),
            ("*a*a", "aa", true),
            ("A/**/x", "A/x", false),
        ] {
            assert_eq!(matches(pattern, action), expected, "{pattern} {action}");
        }
    }

    /// The rule word for word, by trying everything.
    fn by_definition(pattern: &[u8], text: &[u8]) -> bool {
        let merged = || [b"/", &pattern[3..]].concat();
        if pattern.starts_with(b"/*/") && by_definition(&merged(), text) {
            return true;
        }
        match pattern.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|n| by_definition(rest, &text[n..])),
            Some((c, rest)) => text.first() == Some(c) && by_definition(rest, &text[1..]),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn the_compiled_pattern_is_the_definition(pattern in "[ab/*]{0,8}", action in "[ab/]{0,8}") {
            prop_assert_eq!(matches(&pattern, &action), by_definition(pattern.as_bytes(), action.as_bytes()));
        }

        #[test]
        fn a_filled_in_pattern_matches(before in "[ab/]{0,6}", filling in "[ab/]{0,6}", after in "[ab/]{0,6}") {
            let (pattern, action) = (format!("{before}*{after}"), format!("{before}{filling}{after}"));
            prop_assert!(matches(&pattern, &action));
        }

        #[test]
        fn letter_case_never_counts(pattern in "[aAbB/*]{0,8}", action in "[aAbB/]{0,8}") {
            prop_assert_eq!(matches(&pattern, &action), matches(&pattern.to_uppercase(), &action.to_lowercase()));
        }
    }
}
