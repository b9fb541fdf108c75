//! Flexible federated credentials: an expression over the claims of an assertion in place of one subject.

use serde::{Deserialize, Serialize};

/// `claims['sub'] matches 'repo:org/*:ref:refs/heads/main' and claims['actor'] eq 'me'`: every part must hold. `eq` wants
/// the very text, `matches` takes `*` for any characters and `?` for one. Both are particular about case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimsMatchingExpression {
    /// The expression.
    pub value: String,
    /// The version of the language: there is 1.
    pub language_version: u8,
}

/// One comparison.
struct Part<'e> {
    claim: &'e str,
    is_pattern: bool,
    wanted: &'e str,
}

impl ClaimsMatchingExpression {
    /// Whether it can be read.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.language_version == 1 && parts(&self.value).is_some()
    }

    /// Whether it holds of an assertion, whose claims that are texts `claim` gives. One that cannot be read never holds.
    pub fn holds<'c>(value: &str, claim: impl Fn(&str) -> Option<&'c str>) -> bool {
        let holds = |part: &Part<'_>| {
            claim(part.claim).is_some_and(|found| match part.is_pattern {
                true => fits(part.wanted, found),
                false => part.wanted == found,
            })
        };
        parts(value).is_some_and(|parts| parts.iter().all(holds))
    }
}

fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        let (claim, after) = quoted(rest.strip_prefix("claims[")?)?;
        let after = after.strip_prefix(']')?.trim_start();
        let (operator, after) = after.split_once(char::is_whitespace)?;
        let (wanted, after) = quoted(after.trim_start())?;
        let is_pattern = match operator {
            "matches" => true,
            "eq" => false,
            _ => return None,
        };
        parts.push(Part { claim, is_pattern, wanted });
        if after.trim().is_empty() {
            return Some(parts);
        }
        rest = after.trim_start().strip_prefix("and ")?.trim_start();
    }
}

/// What stands in quotes at the beginning, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('\'')?.split_once('\'').filter(|(inside, _)| !inside.is_empty())
}

/// Whether the whole of `text` fits `pattern`. The last `*` alone is ever tried again, so the time is at most the product
/// of the lengths, whatever the pattern.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_holds_or_not() {
        let claim = |name: &str| match name {
            "sub" => Some("repo:org/app:ref:refs/heads/main"),
            "job_workflow_ref" => Some("org/flows/.github/workflows/a.yml@refs/heads/main"),
            _ => None,
        };
        for (value, holds) in [
            ("claims['sub'] eq 'repo:org/app:ref:refs/heads/main'", true),
            ("claims['sub'] eq 'repo:org/*'", false),
            ("claims['sub'] matches 'repo:org/*'", true),
            ("claims['sub'] matches 'repo:org/*:ref:refs/heads/*'", true),
            ("claims['sub'] matches 'repo:org/a?p:ref:*n'", true),
            ("claims['sub'] matches 'repo:org/a?p'", false),
            ("claims['sub'] matches 'REPO:*'", false),
            ("claims['sub'] matches '*' and claims['job_workflow_ref'] matches 'org/flows/*'", true),
            ("claims['sub'] matches '*' and claims['job_workflow_ref'] eq 'org'", false),
            ("claims['actor'] matches '*'", false),
            ("claims['sub'] matches '********************************************x'", false),
        ] {
            assert_eq!(ClaimsMatchingExpression::holds(value, claim), holds, "{value}");
        }
        for (value, version, is_valid) in [
            ("claims['sub'] eq 'foo'", 1, true),
            ("claims['sub'] eq 'foo'", 2, false),
            ("claims['sub'] startswith 'foo'", 1, false),
            ("claims['sub'] eq 'a' or claims['sub'] eq 'b'", 1, false),
            ("claims['sub'] eq ''", 1, false),
            ("sub eq 'foo'", 1, false),
            ("", 1, false),
        ] {
            let expression = ClaimsMatchingExpression { value: value.to_owned(), language_version: version };
            assert_eq!(expression.is_valid(), is_valid, "{value}");
        }
    }
}
