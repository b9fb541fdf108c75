//! Whether an object fulfils a filter. Texts compare without regard to case, as they do in Entra.

use std::cmp::Ordering;

use model::JsonMap;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::filter::{Expression, Function, Literal, Relation, counted};

/// What names mean: the object's properties, and the items that lambdas speak of.
struct Scope<'v> {
    object: &'v JsonMap,
    items: Vec<(&'v str, &'v Value)>,
}

impl Expression {
    /// Whether `object` fulfils the condition.
    pub(super) fn holds(&self, object: &JsonMap) -> bool {
        evaluate(self, &mut Scope { object, items: Vec::new() })
    }
}

fn evaluate<'v>(expression: &'v Expression, scope: &mut Scope<'v>) -> bool {
    match expression {
        Expression::And(parts) => parts.iter().all(|part| evaluate(part, scope)),
        Expression::Or(parts) => parts.iter().any(|part| evaluate(part, scope)),
        Expression::Not(inner) => !evaluate(inner, scope),
        Expression::Compare(path, relation, literal) => match counted(path) {
            Some(list) => {
                let count = scope.value(list).as_array().map_or(0, Vec::len);
                compare(&Value::from(count), *relation, literal)
            }
            None => compare(scope.value(path), *relation, literal),
        },
        Expression::In(path, literals) => {
            literals.iter().any(|literal| compare(scope.value(path), Relation::Equal, literal))
        }
        Expression::Call(function, path, text) => {
            scope.value(path).as_str().is_some_and(|value| function.holds(&value.to_lowercase(), text))
        }
        Expression::Holds(path) => scope.value(path) == &Value::Bool(true),
        Expression::Lambda { list, every, variable, condition } => {
            let items: &[Value] = scope.value(list).as_array().map_or(&[], Vec::as_slice);
            let Some(condition) = condition else { return !items.is_empty() };
            let mut fits = |item: &'v Value| {
                scope.items.push((variable.as_str(), item));
                let holds = evaluate(condition, scope);
                scope.items.pop();
                holds
            };
            if *every { items.iter().all(&mut fits) } else { items.iter().any(fits) }
        }
    }
}

impl<'v> Scope<'v> {
    /// What stands at the path; null where nothing does.
    fn value(&self, path: &[String]) -> &'v Value {
        let Some((first, rest)) = path.split_first() else { return &Value::Null };
        let item = self.items.iter().rev().find(|(variable, _)| variable == first).map(|(_, item)| *item);
        let mut found = item.or_else(|| member(self.object, first));
        for step in rest {
            found = found.and_then(Value::as_object).and_then(|object| member(object, step));
        }
        found.unwrap_or(&Value::Null)
    }
}

/// The member with this name, whatever its case.
pub(in super::super) fn member<'v>(object: &'v JsonMap, name: &str) -> Option<&'v Value> {
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

impl Function {
    fn holds(self, value: &str, text: &str) -> bool {
        match self {
            Self::StartsWith => value.starts_with(text),
            Self::EndsWith => value.ends_with(text),
            Self::Contains => value.contains(text),
            Self::WordStartsWith => {
                value.starts_with(text)
                    || value.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(text))
            }
        }
    }
}

fn compare(value: &Value, relation: Relation, literal: &Literal) -> bool {
    let order = order(value, literal);
    match relation {
        Relation::Equal => order == Some(Ordering::Equal),
        Relation::NotEqual => order != Some(Ordering::Equal),
        Relation::Greater => order == Some(Ordering::Greater),
        Relation::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        Relation::Less => order == Some(Ordering::Less),
        Relation::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
    }
}

/// How the value stands to the literal; nothing when they are of different kinds.
fn order(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::String(value), Literal::Text(text)) => Some(value.to_lowercase().cmp(text)),
        (Value::String(value), Literal::Moment(moment)) => {
            OffsetDateTime::parse(value, &Rfc3339).ok().map(|value| value.cmp(moment))
        }
        (Value::Number(value), Literal::Number(number)) => value.as_f64()?.partial_cmp(number),
        (Value::Bool(value), Literal::Truth(truth)) => Some(value.cmp(truth)),
        (Value::Null, Literal::Null) => Some(Ordering::Equal),
        _ => None,
    }
}
