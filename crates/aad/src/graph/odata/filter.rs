//! What a filter says, as a tree.

use time::OffsetDateTime;

/// A condition on an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    /// All hold.
    And(Vec<Expression>),
    /// One holds.
    Or(Vec<Expression>),
    /// It does not hold.
    Not(Box<Expression>),
    /// A property stands in this relation to a value.
    Compare(Path, Relation, Literal),
    /// A property equals one of the values.
    In(Path, Vec<Literal>),
    /// A function of a property and a text, the text in lower case.
    Call(Function, Path, String),
    /// Of a list's items, one or every one fulfils the condition; without a condition: there are items.
    Lambda {
        /// The list.
        list: Path,
        /// Whether every item must.
        every: bool,
        /// What the condition calls an item.
        variable: String,
        /// The condition.
        condition: Option<Box<Expression>>,
    },
    /// A property is true.
    Holds(Path),
}

/// A property, or one inside a property: `displayName`, `web/homePageUrl`.
pub(super) type Path = Vec<String>;

/// The list of which a path asks how many items it has: `owners/$count`.
pub(super) fn counted(path: &[String]) -> Option<&[String]> {
    path.split_last().filter(|(last, _)| last.eq_ignore_ascii_case("$count")).map(|(_, list)| list)
}

/// How two values stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
}

/// A test of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    /// `startswith(…)`
    StartsWith,
    /// `endswith(…)`
    EndsWith,
    /// `contains(…)`
    Contains,
    /// One of its words starts so: what `$search` asks.
    WordStartsWith,
}

/// A value written in a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    /// A text, in lower case.
    Text(String),
    /// A number.
    Number(f64),
    /// A moment.
    Moment(OffsetDateTime),
    /// True or false.
    Truth(bool),
    /// No value.
    Null,
}

impl Expression {
    /// The names of the properties it looks at, without those of lambda variables.
    pub(super) fn properties(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.collect(&mut Vec::new(), &mut found);
        found
    }

    fn collect<'e>(&'e self, bound: &mut Vec<&'e str>, found: &mut Vec<&'e str>) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.collect(bound, found)),
            Self::Not(inner) => inner.collect(bound, found),
            Self::Compare(path, ..) | Self::In(path, _) | Self::Call(_, path, _) | Self::Holds(path) => {
                found.extend(path.first().map(String::as_str).filter(|name| !bound.contains(name)));
            }
            Self::Lambda { list, variable, condition, .. } => {
                found.extend(list.first().map(String::as_str).filter(|name| !bound.contains(name)));
                bound.push(variable);
                condition.iter().for_each(|condition| condition.collect(bound, found));
                bound.pop();
            }
        }
    }

    /// The parts that it is made of.
    fn parts(&self) -> Vec<&Expression> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().collect(),
            Self::Not(inner) => vec![inner],
            Self::Lambda { condition, .. } => condition.iter().map(AsRef::as_ref).collect(),
            Self::Compare(..) | Self::In(..) | Self::Call(..) | Self::Holds(_) => Vec::new(),
        }
    }

    /// Whether it uses `contains`, which the directory has for no property.
    pub(super) fn contains_somewhere(&self) -> bool {
        matches!(self, Self::Call(Function::Contains, ..)) || self.parts().into_iter().any(Self::contains_somewhere)
    }

    /// An operator that only advanced queries have, by the name that refusals give it.
    pub(super) fn advanced_operator(&self) -> Option<&'static str> {
        match self {
            Self::Not(_) => Some("Not"),
            Self::Compare(path, ..) if counted(path).is_some() => Some("Count"),
            Self::Compare(_, Relation::NotEqual, _) => Some("NotEqualsMatch"),
            Self::Call(Function::EndsWith, ..) => Some("endsWith"),
            _ => self.parts().into_iter().find_map(Self::advanced_operator),
        }
    }
}
