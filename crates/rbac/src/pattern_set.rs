//! Many patterns asked as one: a role lists up to 269 of them.

use std::collections::HashMap;

use crate::{Action, ActionPattern};

/// The strings of one list of a permission block. Most hold no star and are found by hash; the few that do are tried
/// in turn.
#[derive(Debug, Default)]
pub(crate) struct PatternSet {
    /// As the role writes them, for explanations.
    written: Box<[Box<str>]>,
    /// Lower-case actions, with their place in `written`.
    literals: HashMap<Box<str>, usize, foldhash::fast::RandomState>,
    /// Patterns with a star, with their place in `written`.
    wildcards: Box<[(ActionPattern, usize)]>,
}

impl PatternSet {
    pub(crate) fn compile(texts: &[String]) -> Self {
        let mut literals = HashMap::default();
        let mut wildcards = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let pattern = ActionPattern::compile(text);
            match pattern.literal() {
                Some(action) => _ = literals.insert(action.into(), place),
                None => wildcards.push((pattern, place)),
            }
        }
        Self {
            written: texts.iter().map(|t| t.as_str().into()).collect(),
            literals,
            wildcards: wildcards.into_boxed_slice(),
        }
    }

    /// The patterns, as the role writes them.
    pub(crate) fn written(&self) -> impl Iterator<Item = &str> {
        self.written.iter().map(AsRef::as_ref)
    }

    /// A pattern that matches, as the role writes it.
    pub(crate) fn find(&self, action: &Action) -> Option<&str> {
        let wildcard = || self.wildcards.iter().find(|(pattern, _)| pattern.matches(action)).map(|(_, place)| place);
        let place = self.literals.get(action.lower()).or_else(wildcard)?;
        self.written.get(*place).map(|text| &**text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_found_is_named_as_written() {
        let set = PatternSet::compile(&["A.B/*".to_owned(), "A.B/c/Read".to_owned(), "X.Y/z/Read ".to_owned()]);
        assert_eq!(set.find(&Action::new("a.b/C/read")), Some("A.B/c/Read"));
        assert_eq!(set.find(&Action::new("a.b/C/write")), Some("A.B/*"));
        assert_eq!(set.find(&Action::new("x.y/z/read")), None);
        assert_eq!(PatternSet::default().find(&Action::new("a")), None);
    }
}
