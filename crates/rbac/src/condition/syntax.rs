//! The tree that a condition is.

use std::fmt;
use std::ops::Range;

use super::attributes::{Source, lookup_key};
use super::operator::{CrossProduct, Operator};
use super::scalar::Scalar;
use crate::ActionPattern;

/// A part of a condition and where it stands in the text, in bytes.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) expression: Expression,
}

/// What a part says. Parentheses leave no trace but the shape.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    And(Box<[Node]>),
    Or(Box<[Node]>),
    Not(Box<Node>),
    /// Patterns as written and ready to match; one that matches is enough.
    ActionMatches(Box<[(Box<str>, ActionPattern)]>),
    SubOperationMatches(Box<[Box<str>]>),
    Exists(Attribute),
    Compare(Comparison),
}

/// Two sides and an operator between them.
#[derive(Debug, Clone)]
pub(super) struct Comparison {
    pub(super) left: Operand,
    pub(super) right: Operand,
    pub(super) cross_product: Option<CrossProduct>,
    pub(super) operator: Operator,
}

/// A side of a comparison.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    Attribute(Attribute),
    /// At least one value, all of the operator's kind.
    Literals(Box<[Scalar]>),
}

/// An attribute that is read.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    pub(super) source: Source,
    name: Box<str>,
    key: Box<str>,
}

impl Attribute {
    pub(super) fn new(source: Source, name: &str) -> Self {
        Self { source, name: name.into(), key: lookup_key(name).into() }
    }

    /// The name as written.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The name to find it by.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn is_sub_operation(&self) -> bool {
        self.source == Source::Request && &*self.key == "suboperation"
    }

    pub(super) fn is_utc_now(&self) -> bool {
        self.source == Source::Environment && &*self.key == "utcnow"
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}[{}]", self.source, self.name)
    }
}

impl Node {
    /// This part and all below it, in the order of the text.
    pub(super) fn walk(&self) -> impl Iterator<Item = &Self> {
        let mut next = vec![self];
        std::iter::from_fn(move || {
            let node = next.pop()?;
            next.extend(node.expression.parts().iter().rev());
            Some(node)
        })
    }
}

impl Expression {
    /// What AND, OR and NOT put together.
    pub(super) fn parts(&self) -> &[Node] {
        match self {
            Self::And(parts) | Self::Or(parts) => parts,
            Self::Not(part) => std::slice::from_ref(part),
            _ => &[],
        }
    }

    /// The attributes that this part reads itself.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        let (one, other) = match self {
            Self::Exists(attribute) => (Some(attribute), None),
            Self::Compare(comparison) => (comparison.left.attribute(), comparison.right.attribute()),
            _ => (None, None),
        };
        one.into_iter().chain(other)
    }
}

impl Operand {
    pub(super) fn attribute(&self) -> Option<&Attribute> {
        match self {
            Self::Attribute(attribute) => Some(attribute),
            Self::Literals(_) => None,
        }
    }
}
