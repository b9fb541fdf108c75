//! Conditions as trees (RBAC A7): grown, written out, and told by the rules what they come to.

mod grow;
mod state;
mod values;

use super::draw::Draw;
pub(crate) use state::{Asked, State};

#[derive(Debug, Clone)]
pub(crate) enum Tree {
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Not(Box<Tree>),
    /// `ActionMatches`, any of the patterns.
    Action(Vec<String>),
    /// `SubOperationMatches`, any of the patterns.
    SubOperation(Vec<&'static str>),
    Exists(Attribute),
    Compare {
        left: Side,
        operator: Operator,
        right: Side,
    },
}

/// A source and a name as a condition may write it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Attribute {
    pub(crate) source: &'static str,
    pub(crate) name: &'static str,
}

/// A side of a comparison.
#[derive(Debug, Clone)]
pub(crate) enum Side {
    Attribute(Attribute),
    Literals(Vec<Literal>),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Operator {
    cross: Option<&'static str>,
    family: &'static str,
    /// What it asks of two values, such as `NotEquals`.
    test: &'static str,
    ignores_case: bool,
}

/// A value. GUIDs and dates are texts in attributes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Literal {
    Text(&'static str),
    Integer(i64),
    /// A number that no operator takes.
    Fraction(f64),
    Bool(bool),
    Guid(&'static str),
    Date(&'static str),
}

/// An attribute that a question brings, with its values.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) attribute: Attribute,
    pub(crate) values: Vec<Literal>,
    /// Whether a single value is given as an array of one.
    pub(crate) is_array: bool,
}

impl Tree {
    pub(crate) fn write(&self) -> String {
        let joined = |parts: &[Self], by: &str| parts.iter().map(Self::write_part).collect::<Vec<_>>().join(by);
        match self {
            Self::And(parts) => joined(parts, if parts.len() > 2 { " && " } else { " AND " }),
            Self::Or(parts) => joined(parts, if parts.len() > 2 { "||" } else { " or " }),
            Self::Not(part) => match **part {
                Self::Not(_) => format!("!{}", part.write_part()),
                _ => format!("NOT {}", part.write_part()),
            },
            Self::Action(patterns) => format!("ActionMatches{{'{}'}}", patterns.join("','")),
            Self::SubOperation(patterns) => format!("subOperationMatches {{ '{}' }}", patterns.join("', '")),
            Self::Exists(attribute) => format!("exists {}", attribute.write()),
            Self::Compare { left, operator, right } => {
                format!("{} {} {}", left.write(), operator.write(), right.write())
            }
        }
    }

    fn write_part(&self) -> String {
        match self {
            Self::And(_) | Self::Or(_) => format!("({})", self.write()),
            _ => self.write(),
        }
    }
}

impl Attribute {
    pub(crate) fn write(self) -> String {
        format!("@{}[{}]", self.source, self.name)
    }

    /// What it is found by: names ignore letter case, the keys of tags do not.
    fn key(self) -> String {
        let name = self.name.replace("<$key_case_sensitive$>", "");
        match name.split_once(':') {
            Some((namespace, key)) if namespace.to_lowercase().ends_with("/tags") => {
                format!("{}:{key}", namespace.to_lowercase())
            }
            _ => name.to_lowercase(),
        }
    }

    pub(crate) fn is(self, other: Self) -> bool {
        self.source == other.source && self.key() == other.key()
    }
}

impl Operator {
    fn write(self) -> String {
        let cross = self.cross.map(|cross| format!("{cross}:")).unwrap_or_default();
        format!("{cross}{}{}{}", self.family, self.test, if self.ignores_case { "IgnoreCase" } else { "" })
    }
}

impl Side {
    fn write(&self) -> String {
        match self {
            Self::Attribute(attribute) => attribute.write(),
            Self::Literals(values) if values.len() == 1 => values[0].write(),
            Self::Literals(values) => {
                format!("{{{}}}", values.iter().map(|value| value.write()).collect::<Vec<_>>().join(","))
            }
        }
    }
}

impl Literal {
    fn write(self) -> String {
        match self {
            Self::Text(text) | Self::Date(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Integer(integer) => integer.to_string(),
            Self::Fraction(number) => number.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Guid(guid) => guid.to_owned(),
        }
    }
}

/// The pattern language of `StringLike` and of suboperations, word for word: `*` any run, `?` any character, and a
/// backslash before either takes it literally.
fn is_like(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|skipped| is_like(&text[skipped..], rest)),
        ['?', rest @ ..] => !text.is_empty() && is_like(&text[1..], rest),
        ['\\', literal @ ('*' | '?'), rest @ ..] | [literal, rest @ ..] => {
            text.first() == Some(literal) && is_like(&text[1..], rest)
        }
    }
}
