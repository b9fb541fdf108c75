//! Comparison, logic and literals.

use serde_json::Value;

use super::{Function, MANY, Outcome, boolean, eager, lazy, wrong_type};
use crate::error::TemplateError;
use crate::evaluator::Evaluator;
use crate::expression::Expression;

pub(super) const ALL: &[Function] = &[
    lazy("and", 2, MANY, |e, args| until(e, "and", args, false)),
    lazy("or", 2, MANY, |e, args| until(e, "or", args, true)),
    eager("not", 1, 1, |_, args| Ok(Value::Bool(!boolean("not", &args[0])?))),
    lazy("if", 3, 3, |e, args| {
        let chosen = if boolean("if", &e.expression(&args[0])?)? { &args[1] } else { &args[2] };
        e.expression(chosen)
    }),
    lazy("coalesce", 1, MANY, |e, args| {
        args.iter().map(|a| e.expression(a)).find(|v| !matches!(v, Ok(Value::Null))).unwrap_or(Ok(Value::Null))
    }),
    eager("equals", 2, 2, |_, args| Ok(Value::Bool(equal(&args[0], &args[1])))),
    eager("empty", 1, 1, empty),
    eager("length", 1, 1, length),
    eager("true", 0, 0, |_, _| Ok(Value::Bool(true))),
    eager("false", 0, 0, |_, _| Ok(Value::Bool(false))),
    eager("null", 0, 0, |_, _| Ok(Value::Null)),
];

/// `and` stops at the first false, `or` at the first true.
fn until(evaluator: &Evaluator<'_>, name: &str, arguments: &[Expression], stop: bool) -> Outcome {
    for argument in arguments {
        if boolean(name, &evaluator.expression(argument)?)? == stop {
            return Ok(Value::Bool(stop));
        }
    }
    Ok(Value::Bool(!stop))
}

/// Strings compare with case, the names of members without (IAC-WIRE 10.1).
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, value)| {
                    crate::evaluator::member(b, name).is_some_and(|(_, other)| equal(value, other))
                })
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64() && (a.is_f64() || b.is_f64()),
        _ => a == b,
    }
}

fn empty(_: &Evaluator<'_>, args: &[Value]) -> Outcome {
    match &args[0] {
        Value::Null => Ok(Value::Bool(true)),
        other => count("empty", other).map(|n| Value::Bool(n == 0)),
    }
}

fn length(_: &Evaluator<'_>, args: &[Value]) -> Outcome {
    count("length", &args[0]).map(Value::from)
}

/// Items, members or UTF-16 units: what the engine behind ARM counts.
fn count(name: &str, value: &Value) -> Result<usize, TemplateError> {
    match value {
        Value::String(text) => Ok(text.encode_utf16().count()),
        Value::Array(items) => Ok(items.len()),
        Value::Object(members) => Ok(members.len()),
        other => Err(wrong_type(name, "a string, an array or an object", other)),
    }
}
