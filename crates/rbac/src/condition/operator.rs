//! The comparing operators and their names (RBAC A7).

use std::cmp::Ordering;

use super::evaluate::State;
use super::scalar::Comparable;
use super::text::Case;

/// What an operator compares; its name begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    String,
    Numeric,
    DateTime,
    Bool,
    Guid,
}

/// What an operator asks of a pair of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Equals,
    StartsWith,
    Like,
    GreaterThan,
    GreaterThanEquals,
    LessThan,
    LessThanEquals,
}

/// An operator on one pair of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) family: Family,
    pub(super) test: Test,
    negated: bool,
    case: Case,
}

/// Of how many values on one side the comparison has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Each {
    Any,
    All,
}

/// `ForAnyOfAllValues` and its like: some value on the left satisfies the comparison with all on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CrossProduct {
    pub(super) left: Each,
    pub(super) right: Each,
}

impl Operator {
    /// The operator of that name, in any letter case. Names are put together as `Family[Not]Test[IgnoreCase]`, where
    /// texts alone ignore case and only what has no opposite of its own is negated.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let families = [
            ("string", Family::String),
            ("numeric", Family::Numeric),
            ("datetime", Family::DateTime),
            ("bool", Family::Bool),
            ("guid", Family::Guid),
        ];
        let (family, rest) =
            families.iter().find_map(|(prefix, family)| Some((*family, name.strip_prefix(prefix)?)))?;
        let (rest, negated) = rest.strip_prefix("not").map_or((rest, false), |rest| (rest, true));
        let (rest, case) = match rest.strip_suffix("ignorecase") {
            Some(rest) if family == Family::String => (rest, Case::Ignored),
            Some(_) => return None,
            None => (rest, Case::Counts),
        };
        let test = match (rest, family, negated) {
            ("equals", _, _) => Test::Equals,
            ("startswith", Family::String, _) => Test::StartsWith,
            ("like", Family::String, _) => Test::Like,
            ("greaterthan", Family::Numeric | Family::DateTime, false) => Test::GreaterThan,
            ("greaterthanequals", Family::Numeric | Family::DateTime, false) => Test::GreaterThanEquals,
            ("lessthan", Family::Numeric | Family::DateTime, false) => Test::LessThan,
            ("lessthanequals", Family::Numeric | Family::DateTime, false) => Test::LessThanEquals,
            _ => return None,
        };
        Some(Self { family, test, negated, case })
    }

    /// Whether a cross product may use it: not on booleans and dates, and not for beginnings of texts.
    pub(super) fn crosses(self) -> bool {
        self.test != Test::StartsWith && !matches!(self.family, Family::Bool | Family::DateTime)
    }

    /// What the operator says of one pair. A value that is not of its kind leaves it unsatisfied, negated or not.
    pub(super) fn compare(self, left: Option<Comparable<'_>>, right: Option<Comparable<'_>>) -> State {
        let (Some(left), Some(right)) = (left, right) else {
            return State::Unsatisfied;
        };
        let holds = match (left, right) {
            (Comparable::Text(left), Comparable::Text(right)) => match self.test {
                Test::StartsWith => self.case.starts_with(left, right),
                Test::Like => self.case.like(left, right),
                _ => self.case.equal(left, right),
            },
            _ => self.orders(left.cmp(&right)),
        };
        State::known(holds != self.negated)
    }

    fn orders(self, order: Ordering) -> bool {
        match self.test {
            Test::GreaterThan => order.is_gt(),
            Test::GreaterThanEquals => order.is_ge(),
            Test::LessThan => order.is_lt(),
            Test::LessThanEquals => order.is_le(),
            Test::Equals | Test::StartsWith | Test::Like => order.is_eq(),
        }
    }
}

impl CrossProduct {
    /// The cross product of that name, in any letter case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let products = [
            ("ForAnyOfAnyValues", Each::Any, Each::Any),
            ("ForAllOfAnyValues", Each::All, Each::Any),
            ("ForAnyOfAllValues", Each::Any, Each::All),
            ("ForAllOfAllValues", Each::All, Each::All),
        ];
        let (_, left, right) = products.into_iter().find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
        Some(Self { left, right })
    }
}

impl Each {
    /// Puts together what came of each value.
    pub(super) fn of(self, states: impl Iterator<Item = State>) -> State {
        match self {
            Self::Any => State::any(states),
            Self::All => State::all(states),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_azures() {
        let mut names: Vec<String> = Vec::new();
        for string in ["Equals", "NotEquals", "StartsWith", "NotStartsWith", "Like", "NotLike"] {
            names.extend([format!("String{string}"), format!("String{string}IgnoreCase")]);
        }
        for family in ["Numeric", "DateTime"] {
            for order in ["Equals", "NotEquals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals"] {
                names.push(format!("{family}{order}"));
            }
        }
        names.extend(["BoolEquals", "BoolNotEquals", "GuidEquals", "GuidNotEquals"].map(str::to_owned));
        for name in &names {
            let operator = Operator::named(name);
            assert!(operator.is_some(), "{name}");
            assert_eq!(operator, Operator::named(&name.to_uppercase()), "{name}");
        }
        let crossing: Vec<_> = names.iter().filter(|n| Operator::named(n).is_some_and(Operator::crosses)).collect();
        assert_eq!((names.len(), crossing.len()), (28, 16));
    }

    #[test]
    fn other_names_are_none() {
        for name in [
            "",
            "String",
            "Equals",
            "StringNot",
            "StringNotNotEquals",
            "StringGreaterThan",
            "NumericLike",
            "NumericGreaterThanOrEquals",
            "NumericNotGreaterThan",
            "BoolEqualsIgnoreCase",
            "GuidStartsWith",
            "GuidEqualsIgnoreCase",
            "StringIgnoreCaseEquals",
            "StringEndsWith",
            "BoolLessThan",
            "Exists",
        ] {
            assert_eq!(Operator::named(name), None, "{name}");
        }
        assert_eq!(CrossProduct::named("ForSomeOfAnyValues"), None);
    }
}
