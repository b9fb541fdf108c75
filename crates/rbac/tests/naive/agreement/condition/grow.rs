//! Making conditions up.

use super::values::{DATES, GUIDS, TEXTS};
use super::{Attribute, Draw, Given, Literal, Operator, Side, Tree};
use crate::agreement::patterns::pattern;

const CROSSES: [&str; 4] = ["ForAnyOfAnyValues", "ForAllOfAnyValues", "ForAnyOfAllValues", "ForAllOfAllValues"];
const ORDERS: [&str; 6] = ["Equals", "NotEquals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals"];
const ON_TEXTS: [&str; 6] = ["Equals", "NotEquals", "Like", "NotLike", "StartsWith", "NotStartsWith"];
const FAMILIES: [&str; 6] = ["String", "String", "Numeric", "Guid", "Bool", "DateTime"];
const SUB_OPERATIONS: [&str; 5] = ["Blob.List", "blob.*", "Blob.?rite", "", "a\\*"];

/// The same few in several spellings. Two tags differ in the letter case of their keys alone.
const ATTRIBUTES: [Attribute; 12] = [
    Attribute { source: "Resource", name: "x" },
    Attribute { source: "Resource", name: "X" },
    Attribute { source: "Request", name: "x" },
    Attribute { source: "Resource", name: "A.B/c:Name" },
    Attribute { source: "Resource", name: "a.b/C:name" },
    Attribute { source: "Resource", name: "A.B/c/tags:Key<$key_case_sensitive$>" },
    Attribute { source: "Resource", name: "a.b/c/Tags:Key" },
    Attribute { source: "Resource", name: "A.B/c/tags:key" },
    Attribute { source: "Principal", name: "team_level" },
    Attribute { source: "Environment", name: "isPrivateLink" },
    SUB_OPERATION,
    UTC_NOW,
];
pub(super) const SUB_OPERATION: Attribute = Attribute { source: "Request", name: "subOperation" };
/// Only two of the operators may read it.
const UTC_NOW: Attribute = Attribute { source: "Environment", name: "UtcNow" };

impl Tree {
    pub(crate) fn grow(draw: &mut Draw<'_>) -> Self {
        Self::grow_to(draw, 4)
    }

    fn grow_to(draw: &mut Draw<'_>, height: usize) -> Self {
        let choices = if height == 0 { 9 } else { 15 };
        match draw.below(choices) {
            0 => Self::Action(draw.several(1, 2, pattern)),
            1 => Self::SubOperation(draw.several(1, 2, |draw| draw.one_of(&SUB_OPERATIONS))),
            2 => Self::Exists(draw.one_of(&ATTRIBUTES)),
            3..=8 => comparison(draw),
            9 | 10 => Self::And(draw.several(2, 3, |draw| Self::grow_to(draw, height - 1))),
            11 | 12 => Self::Or(draw.several(2, 3, |draw| Self::grow_to(draw, height - 1))),
            _ => Self::Not(Box::new(Self::grow_to(draw, height - 1))),
        }
    }
}

fn comparison(draw: &mut Draw<'_>) -> Tree {
    let family = draw.one_of(&FAMILIES);
    let test = match family {
        "String" => draw.one_of(&ON_TEXTS),
        "Numeric" | "DateTime" => draw.one_of(&ORDERS),
        _ => draw.one_of(&ORDERS[..2]),
    };
    let crosses = matches!(family, "String" | "Numeric" | "Guid") && !test.contains("StartsWith");
    let cross = draw.once_in(2).then(|| draw.one_of(&CROSSES)).filter(|_| crosses);
    let operator = Operator { cross, family, test, ignores_case: family == "String" && draw.once_in(3) };
    let reads_now = family == "DateTime" && matches!(test, "GreaterThan" | "LessThan");
    let mut side = |likely: usize| match draw.below(4) < likely {
        true => Side::Attribute(draw.one_of(&ATTRIBUTES[..if reads_now { 12 } else { 11 }])),
        false => Side::Literals(draw.several(1, if cross.is_some() { 3 } else { 1 }, |draw| literal(draw, family))),
    };
    Tree::Compare { left: side(3), operator, right: side(1) }
}

fn literal(draw: &mut Draw<'_>, family: &str) -> Literal {
    match family {
        "String" => Literal::Text(draw.one_of(&TEXTS)),
        "Numeric" => Literal::Integer(draw.one_of(&[5, 0, -2, i64::MAX])),
        "Bool" => Literal::Bool(draw.once_in(2)),
        "Guid" => Literal::Guid(draw.one_of(&GUIDS)),
        _ => Literal::Date(draw.one_of(&DATES).0),
    }
}

impl Given {
    /// Attributes that a question brings, each once.
    pub(crate) fn several(draw: &mut Draw<'_>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for given in draw.several(0, 5, Self::grow) {
            if !all.iter().any(|other| other.attribute.is(given.attribute)) {
                all.push(given);
            }
        }
        all
    }

    fn grow(draw: &mut Draw<'_>) -> Self {
        let family = draw.one_of(&FAMILIES);
        let values = match draw.below(8) {
            7 => Vec::new(),
            6 => draw.several(2, 3, |draw| literal(draw, family)),
            5 => vec![Literal::Fraction(1.5)],
            _ => vec![literal(draw, family)],
        };
        Self { attribute: draw.one_of(&ATTRIBUTES), values, is_array: draw.once_in(4) }
    }
}
