//! Comparing texts, with and without regard to letter case.

use std::str::Chars;

/// Whether letter case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Counts,
    Ignored,
}

impl Case {
    fn same(self, a: char, b: char) -> bool {
        a == b || self == Self::Ignored && upper(a) == upper(b)
    }

    pub(super) fn equal(self, a: &str, b: &str) -> bool {
        match self {
            Self::Counts => a == b,
            Self::Ignored => a.chars().map(upper).eq(b.chars().map(upper)),
        }
    }

    pub(super) fn starts_with(self, text: &str, start: &str) -> bool {
        let mut text = text.chars();
        start.chars().all(|s| text.next().is_some_and(|t| self.same(s, t)))
    }

    /// Whether `text` fits a pattern in which `*` stands for any run of characters, slashes included, `?` for one
    /// character, and `\*` and `\?` for themselves (RBAC A7). Any other backslash is one.
    pub(super) fn like(self, text: &str, pattern: &str) -> bool {
        let (mut text, mut pattern) = (text.chars(), pattern.chars());
        // What follows the last star, and the text after the run that it stands for so far. An earlier star need never
        // take more: whatever the last one leaves behind it may skip itself.
        let mut last_star: Option<(Chars<'_>, Chars<'_>)> = None;
        loop {
            let fits = match (Piece::next(&mut pattern), text.clone().next()) {
                (Some(Piece::Run), _) => {
                    last_star = Some((pattern.clone(), text.clone()));
                    continue;
                }
                (None, None) => return true,
                (Some(_), None) => return false,
                (None, Some(_)) => false,
                (Some(Piece::One), Some(_)) => true,
                (Some(Piece::Itself(p)), Some(t)) => self.same(p, t),
            };
            if fits {
                text.next();
                continue;
            }
            let Some((after_star, after_run)) = &mut last_star else { return false };
            after_run.next();
            (pattern, text) = (after_star.clone(), after_run.clone());
        }
    }
}

/// One piece of a pattern.
enum Piece {
    Run,
    One,
    Itself(char),
}

impl Piece {
    fn next(pattern: &mut Chars<'_>) -> Option<Self> {
        Some(match pattern.next()? {
            '*' => Self::Run,
            '?' => Self::One,
            '\\' if pattern.as_str().starts_with(['*', '?']) => Self::Itself(pattern.next()?),
            other => Self::Itself(other),
        })
    }
}

/// Letter case is ignored character by character, as .NET's ordinal comparison does: `ß` is not `SS`.
fn upper(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns() {
        for (pattern, yes, no) in [
            ("", vec![""], vec!["a"]),
            ("*", vec!["", "a", "x/y/z"], vec![]),
            ("?", vec!["a", "é", "/"], vec!["", "ab"]),
            ("a*c?", vec!["abcd", "acd", "accc"], vec!["abc", "Abcd", "ac"]),
            ("a\\*c", vec!["a*c"], vec!["abc", "a\\*c"]),
            ("a\\?c", vec!["a?c"], vec!["abc"]),
            ("a\\\\*", vec!["a\\*"], vec!["a\\b", "a\\\\"]),
            ("a\\b", vec!["a\\b"], vec!["ab"]),
            ("readonly/*", vec!["readonly/", "readonly/a/b"], vec!["readonly", "/readonly/a"]),
            ("*a*b*", vec!["ab", "xaxbx"], vec!["ba"]),
            ("*aab", vec!["aaab", "aabaab"], vec!["aaba"]),
            ("a**", vec!["a", "ab"], vec!["b"]),
        ] {
            for text in yes {
                assert!(Case::Counts.like(text, pattern), "{pattern} should match {text}");
            }
            for text in no {
                assert!(!Case::Counts.like(text, pattern), "{pattern} should not match {text}");
            }
        }
    }

    #[test]
    fn letter_case() {
        for (a, b) in [("ABC", "abc"), ("É", "é"), ("ΑΒΓ", "αβγ")] {
            assert!(Case::Ignored.equal(a, b) && !Case::Counts.equal(a, b), "{a} {b}");
            assert!(Case::Ignored.like(a, b) && !Case::Counts.like(a, b), "{a} {b}");
            assert!(Case::Ignored.starts_with(a, b) && !Case::Counts.starts_with(a, b), "{a} {b}");
        }
        assert!(!Case::Ignored.equal("ß", "SS"));
        assert!(Case::Counts.starts_with("abc", "") && !Case::Counts.starts_with("ab", "abc"));
    }

    #[test]
    fn many_stars_do_not_explode() {
        let pattern = "a*".repeat(2_000) + "b";
        assert!(!Case::Ignored.like(&"a".repeat(8_000), &pattern));
    }

    /// The rule word for word, by trying everything.
    fn by_definition(pattern: &str, text: &str) -> bool {
        let rest = |s: &str| s.chars().skip(1).collect::<String>();
        match pattern.chars().next() {
            None => text.is_empty(),
            Some('*') => {
                let after = rest(pattern);
                text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| by_definition(&after, &text[at..]))
            }
            Some('?') => !text.is_empty() && by_definition(&rest(pattern), &rest(text)),
            Some('\\') if pattern.starts_with("\\*") || pattern.starts_with("\\?") => {
                text.starts_with(&pattern[1..2]) && by_definition(&pattern[2..], &rest(text))
            }
            Some(c) => text.starts_with(c) && by_definition(&rest(pattern), &rest(text)),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn a_pattern_matches_by_definition(pattern in "[abé*?\\\\]{0,8}", text in "[abé*?\\\\]{0,8}") {
            prop_assert_eq!(Case::Counts.like(&text, &pattern), by_definition(&pattern, &text));
        }
    }
}
