//! Text.

use serde_json::Value;

use super::{Function, MANY, Outcome, eager, refused, text, texts, wrong_type};
use crate::error::TemplateError;
use crate::evaluator::{Evaluator, Place};
use crate::hash;

pub(super) const ALL: &[Function] = &[
    eager("concat", 1, MANY, concat),
    eager("format", 1, MANY, format),
    eager("guid", 1, MANY, |_, args| Ok(Value::String(hash::guid(&texts("guid", args)?)))),
    eager("string", 1, 1, string),
    eager("toLower", 1, 1, |_, args| Ok(Value::String(text("toLower", &args[0])?.to_lowercase()))),
    eager("toUpper", 1, 1, |_, args| Ok(Value::String(text("toUpper", &args[0])?.to_uppercase()))),
    eager("uniqueString", 1, MANY, |_, args| Ok(Value::String(hash::unique_string(&texts("uniqueString", args)?)))),
    eager("utcNow", 0, 1, utc_now),
];

/// Joins arrays, or else the texts of single values.
fn concat(_: &Evaluator<'_>, args: &[Value]) -> Outcome {
    if args.iter().any(Value::is_array) {
        let mut joined = Vec::new();
        for value in args {
            let Value::Array(items) = value else {
                return Err(refused("concat", "either all or none of the parameters must be an array."));
            };
            joined.extend_from_slice(items);
        }
        return Ok(Value::Array(joined));
    }
    args.iter().map(|value| single("concat", value)).collect::<Result<String, _>>().map(Value::String)
}

/// A single value as the engine prints it: booleans with a capital (IAC-WIRE 10.1).
fn single(function: &str, value: &Value) -> Result<String, TemplateError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(true) => Ok("True".to_owned()),
        Value::Bool(false) => Ok("False".to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(wrong_type(function, "a string, a number or a boolean", other)),
    }
}

/// Fills `{0}`, `{1}`, … in the manner of .NET; `{{` and `}}` stand for one brace.
fn format(_: &Evaluator<'_>, args: &[Value]) -> Outcome {
    let pattern = text("format", &args[0])?;
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            out.push_str(&rest[..1]);
            rest = &rest[2..];
            continue;
        }
        let wrong = || refused("format", &format!("the format string '{pattern}' is not valid."));
        let (item, after) = rest.strip_prefix('{').and_then(|r| r.split_once('}')).ok_or_else(wrong)?;
        if item.contains([':', ',']) {
            return Err(TemplateError::unsupported(&format!(
                "The format item '{{{item}}}' of the function 'format' is"
            )));
        }
        let index: usize = item.parse().map_err(|_| wrong())?;
        let value = args[1..].get(index).ok_or_else(wrong)?;
        out.push_str(&single("format", value)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(Value::String(out))
}

/// Strings stay, booleans get a capital, arrays and objects become compact JSON.
fn string(_: &Evaluator<'_>, args: &[Value]) -> Outcome {
    let printed = match &args[0] {
        composite @ (Value::Array(_) | Value::Object(_)) => composite.to_string(),
        other => single("string", other)?,
    };
    Ok(Value::String(printed))
}

/// Only in the defaults of parameters, so that a deployment does not change while it runs.
fn utc_now(evaluator: &Evaluator<'_>, args: &[Value]) -> Outcome {
    if !matches!(evaluator.place(), Place::ParameterDefault) {
        return Err(super::misplaced("utcNow"));
    }
    if !args.is_empty() {
        return Err(TemplateError::unsupported("A format for the function 'utcNow' is"));
    }
    let now = evaluator.settings.context.now;
    let (date, time) = (now.date(), now.time());
    Ok(Value::String(format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )))
}
