//! Numbers: conversions and the index of copy loops.

use serde_json::Value;

use super::{Function, Outcome, eager, integer, misplaced, refused, wrong_type};
use crate::evaluator::Evaluator;

pub(super) const ALL: &[Function] = &[eager("copyIndex", 0, 2, copy_index), eager("int", 1, 1, int)];

/// `copyIndex([name], [offset])`.
fn copy_index(evaluator: &Evaluator<'_>, args: &[Value]) -> Outcome {
    let Some(copy) = evaluator.copy() else { return Err(misplaced("copyIndex")) };
    let (name, offset) = match args {
        [] => (None, 0),
        [Value::String(name)] => (Some(name), 0),
        [Value::String(name), offset] => (Some(name), integer("copyIndex", offset)?),
        [offset] => (None, integer("copyIndex", offset)?),
        [name, ..] => return Err(wrong_type("copyIndex", "the name of a copy loop", name)),
    };
    match name {
        Some(name) if !name.eq_ignore_ascii_case(&copy.name) => {
            Err(refused("copyIndex", &format!("there is no copy loop '{name}' around the expression.")))
        }
        _ => Ok(Value::from(offset.saturating_add(copy.index))),
    }
}

fn int(_: &Evaluator<'_>, args: &[Value]) -> Outcome {
    match &args[0] {
        Value::Number(n) if n.is_i64() => Ok(args[0].clone()),
        Value::String(text) => {
            let number: Result<i64, _> = text.trim().parse();
            number
                .map(Value::from)
                .map_err(|_| refused("int", &format!("the value '{text}' cannot be converted to an integer.")))
        }
        other => Err(wrong_type("int", "a string or an integer", other)),
    }
}
