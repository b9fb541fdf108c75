//! What a condition comes to, rule by rule.

use super::grow::SUB_OPERATION;
use super::values::Comparable;
use super::{Attribute, Given, Literal, Operator, Side, Tree, is_like};
use crate::agreement::patterns::matches;

/// What a part of a condition comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum State {
    True,
    False,
    /// A comparison that lacks a value: not satisfied, and neither is its opposite.
    Unsatisfied,
    /// The opposite of that.
    Unknown,
}

use State::{False, True, Unknown, Unsatisfied};

/// What a condition is asked about.
pub(crate) struct Asked<'q> {
    pub(crate) action: &'q str,
    pub(crate) sub_operation: Option<&'q str>,
    pub(crate) attributes: &'q [Given],
}

impl Tree {
    pub(crate) fn state(&self, asked: &Asked<'_>) -> State {
        match self {
            Self::And(parts) => all(parts.iter().map(|part| part.state(asked))),
            Self::Or(parts) => any(parts.iter().map(|part| part.state(asked))),
            Self::Not(part) => match part.state(asked) {
                True => False,
                False => True,
                Unsatisfied | Unknown => Unknown,
            },
            Self::Action(patterns) => known(patterns.iter().any(|pattern| matches(pattern, asked.action))),
            Self::SubOperation(patterns) => {
                known(asked.sub_operation.is_some_and(|own| patterns.iter().any(|p| fits(own, p, true))))
            }
            Self::Exists(attribute) => {
                let is_named = attribute.is(SUB_OPERATION) && asked.sub_operation.is_some();
                known(is_named || asked.given(*attribute).is_some())
            }
            Self::Compare { left, operator, right } => operator.compare(&asked.values(left), &asked.values(right)),
        }
    }
}

fn known(holds: bool) -> State {
    if holds { True } else { False }
}

/// The first of these states that occurs.
fn first_of(order: [State; 3], states: impl Iterator<Item = State>) -> Option<State> {
    let states: Vec<State> = states.collect();
    order.into_iter().find(|state| states.contains(state))
}

fn all(states: impl Iterator<Item = State>) -> State {
    first_of([False, Unsatisfied, Unknown], states).unwrap_or(True)
}

fn any(states: impl Iterator<Item = State>) -> State {
    first_of([True, Unknown, Unsatisfied], states).unwrap_or(False)
}

impl Asked<'_> {
    /// The attribute's values, at least one; an empty array is as good as nothing.
    fn given(&self, attribute: Attribute) -> Option<&[Literal]> {
        let given = self.attributes.iter().find(|given| given.attribute.is(attribute))?;
        (!given.values.is_empty()).then_some(&given.values)
    }

    /// What stands on a side, as texts and numbers; nothing where it is missing.
    fn values(&self, side: &Side) -> Vec<Value<'_>> {
        match side {
            Side::Literals(values) => values.iter().map(|value| Value::Literal(*value)).collect(),
            Side::Attribute(attribute) => match self.given(*attribute) {
                Some(values) => values.iter().map(|value| Value::Literal(*value)).collect(),
                // It is never missing: that there is none is known.
                None if attribute.is(SUB_OPERATION) => vec![Value::Name(self.sub_operation.unwrap_or_default())],
                None => Vec::new(),
            },
        }
    }
}

#[derive(Clone, Copy)]
enum Value<'q> {
    Literal(Literal),
    Name(&'q str),
}

impl Value<'_> {
    fn read(self, family: &str) -> Option<Comparable> {
        match self {
            Self::Literal(literal) => literal.read(family),
            // No name of a suboperation is of another kind.
            Self::Name(name) => (family == "String").then(|| Comparable::Text(name.to_owned())),
        }
    }
}

impl Operator {
    fn compare(self, left: &[Value<'_>], right: &[Value<'_>]) -> State {
        let is_one = left.len() == 1 && right.len() == 1;
        if left.is_empty() || right.is_empty() || self.cross.is_none() && !is_one {
            return Unsatisfied;
        }
        let cross = self.cross.unwrap_or("ForAllOfAllValues");
        let quantified = |for_all: bool, states: Vec<State>| match for_all {
            true => all(states.into_iter()),
            false => any(states.into_iter()),
        };
        let row = |one: &Value<'_>| {
            let pairs = right.iter().map(|other| self.pair(one.read(self.family), other.read(self.family)));
            quantified(cross.ends_with("OfAllValues"), pairs.collect())
        };
        quantified(cross.starts_with("ForAll"), left.iter().map(row).collect())
    }

    fn pair(self, left: Option<Comparable>, right: Option<Comparable>) -> State {
        let (Some(left), Some(right)) = (left, right) else { return Unsatisfied };
        if let (Comparable::Text(left), Comparable::Text(right)) = (&left, &right) {
            let (one, other) = match self.ignores_case {
                true => (left.to_lowercase(), right.to_lowercase()),
                false => (left.clone(), right.clone()),
            };
            return known(match self.test {
                "Equals" => one == other,
                "NotEquals" => one != other,
                "StartsWith" => one.starts_with(&other),
                "NotStartsWith" => !one.starts_with(&other),
                "Like" => fits(left, right, self.ignores_case),
                _ => !fits(left, right, self.ignores_case),
            });
        }
        known(match self.test {
            "Equals" => left == right,
            "NotEquals" => left != right,
            "GreaterThan" => left > right,
            "GreaterThanEquals" => left >= right,
            "LessThan" => left < right,
            _ => left <= right,
        })
    }
}

fn fits(text: &str, pattern: &str, ignores_case: bool) -> bool {
    let letters = |text: &str| -> Vec<char> {
        if ignores_case { text.to_lowercase().chars().collect() } else { text.chars().collect() }
    };
    is_like(&letters(text), &letters(pattern))
}
