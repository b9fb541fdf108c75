//! Conditions on role assignments and on permission blocks: Azure ABAC, version 2.0 (RBAC A7).
//!
//! What it is: [`Condition::parse`] turns a text into a tree, once; [`Condition::evaluate`] asks it about [`Facts`] and
//! [`Condition::trace`] says of every part of it what came of it. On the way from text to answer: `lexer`, `parser`
//! and `comparison` (the grammar), `syntax` (the tree), `evaluate`, `trace`; `operator`, `scalar`, `text` and
//! `attributes` hold what these share.
//!
//! What it is not: to parse and to evaluate it does not know which attributes or actions exist, nor how long a condition
//! may be (that is `rules`, for whoever keeps one), and it gathers no facts.
//!
//! Where Azure's documents are silent (RBAC A13):
//!
//! - a comparison with a missing attribute is not satisfied, even a negated one; `NOT` over it leaves the answer
//!   [`Truth::Unknown`], which does not allow either. A value that is not of the operator's kind (a GUID operator meets
//!   `abc`) and several values on a side of an operator for one value count as missing, and so does an empty array;
//! - `@Request[subOperation]` is never missing: a request without one has the empty one;
//! - a literal that is not of its operator's kind, an empty set and other operators than `DateTimeGreaterThan` and
//!   `DateTimeLessThan` on `UtcNow` are errors when parsed, and so are AND and OR on one level; a set of one value
//!   counts as the value, and one value as a set of it.
//!
//! How to add the next operator: its word and what it asks of a pair of values, in `operator.rs`; a new kind of value is
//! a variant of [`Scalar`] and of `Family` and a line in each of `comparison` and `scalar`.

mod attributes;
mod comparison;
mod error;
mod evaluate;
mod lexer;
mod operator;
mod parser;
mod rules;
mod scalar;
mod syntax;
mod text;
mod trace;

pub use attributes::{AttributeValue, Attributes, Source};
pub use error::ConditionError;
use evaluate::State;
pub use rules::{ConditionRule, ConditionViolation, condition_violations};
pub use scalar::Scalar;
use serde::Serialize;
use syntax::{Expression, Node};
pub use trace::{Trace, TraceKind};

use crate::Action;

/// A condition, parsed: made once, asked often.
#[derive(Debug, Clone)]
pub struct Condition {
    text: Box<str>,
    root: Node,
}

/// What a condition is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The operation asked for.
    pub action: &'a Action,
    /// The part of the operation, such as `Blob.List`, where Azure tells parts apart.
    pub sub_operation: Option<&'a str>,
    /// Everything that is known of resource, request, caller and surroundings.
    pub attributes: &'a Attributes,
}

/// Whether a condition holds. Only [`Truth::True`] allows anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// A missing attribute leaves it open.
    Unknown,
}

impl Condition {
    /// The most characters that Azure takes: 8 KB (RBAC A7). [`Condition::parse`] takes longer ones, in linear time.
    pub const LONGEST: usize = 8192;

    /// Parses a condition.
    ///
    /// # Errors
    ///
    /// Where the text is no condition: the first place that does not fit, and what would.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        Ok(Self { root: parser::parse(text)?, text: text.into() })
    }

    /// The condition as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the condition holds. Allocates nothing, and stops where the rest cannot change the answer.
    #[must_use]
    pub fn evaluate(&self, facts: &Facts<'_>) -> Truth {
        State::of(&self.root, facts).truth()
    }

    /// Whether the condition holds, and what every part of it comes to. The same answer as [`Condition::evaluate`].
    #[must_use]
    pub fn trace(&self, facts: &Facts<'_>) -> Trace {
        Trace::of(&self.root, &self.text, facts)
    }

    /// The attributes that the condition reads, named as it writes them, in its order and as often as it does.
    pub fn attributes(&self) -> impl Iterator<Item = (Source, &str)> {
        self.root.walk().flat_map(|node| node.expression.attributes()).map(|a| (a.source, a.name()))
    }

    /// The patterns of every `ActionMatches`, as written: the actions that the condition is about.
    #[must_use]
    pub fn targeted_actions(&self) -> Vec<&str> {
        let patterns = self.root.walk().filter_map(|node| match &node.expression {
            Expression::ActionMatches(patterns) => Some(patterns),
            _ => None,
        });
        patterns.flatten().map(|(written, _)| &**written).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin_roles;

    #[test]
    fn every_condition_of_the_built_in_roles_parses() {
        let blocks = builtin_roles().iter().flat_map(|role| &role.permissions);
        let texts: Vec<_> = blocks.filter_map(|block| block.condition.as_deref()).collect();
        assert_eq!(texts.len(), 31);
        for text in texts {
            let condition = Condition::parse(text).unwrap_or_else(|e| panic!("{e}: {text}"));
            assert_eq!(condition.text(), text);
            assert!(condition.attributes().next().is_some(), "{text}");
        }
    }

    #[test]
    fn what_a_condition_is_about_and_reads() {
        let condition = Condition::parse(
            "(!(ActionMatches{'A.B/c/*', 'A.B/d/write'}) OR @Resource[A.B/c:Name] StringEquals @request[x]) \
             AND NOT ActionMatches{'A.B/e'} AND Exists @Resource[A.B/c:Name]",
        )
        .unwrap();
        assert_eq!(condition.targeted_actions(), ["A.B/c/*", "A.B/d/write", "A.B/e"]);
        let read: Vec<_> = condition.attributes().collect();
        assert_eq!(read, [(Source::Resource, "A.B/c:Name"), (Source::Request, "x"), (Source::Resource, "A.B/c:Name")]);
    }
}
