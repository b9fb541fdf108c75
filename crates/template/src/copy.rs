//! Copy loops: one declared resource, many planned ones.

use model::JsonMap;
use serde_json::Value;

use crate::error::TemplateError;
use crate::evaluator::Evaluator;
use crate::template::present;

/// The most iterations that ARM takes.
pub(crate) const MAX_COUNT: usize = 800;

/// One iteration.
#[derive(Debug, Clone)]
pub(crate) struct CopyIndex {
    /// The loop's name.
    pub(crate) name: String,
    /// Counted from zero.
    pub(crate) index: i64,
}

/// The `copy` member of a resource.
pub(crate) struct CopyLoop {
    pub(crate) name: String,
    pub(crate) count: usize,
    /// How many are made at the same time; none where there is no bound.
    pub(crate) batch: Option<usize>,
}

/// Reads a resource's `copy`.
pub(crate) fn read(evaluator: &Evaluator<'_>, copy: &Value) -> Result<CopyLoop, TemplateError> {
    let wrong = |why: &str| {
        TemplateError::invalid(format!(
            "the copy definition is not valid: {why}. Please see https://aka.ms/arm-copy for usage details."
        ))
    };
    let Value::Object(copy) = copy else { return Err(wrong("it is not an object")) };
    let member = |name| present(copy, name).map(|raw| evaluator.value(raw)).transpose();
    let number = |value: Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
    let Some(Value::String(name)) = member("name")? else { return Err(wrong("'name' must be a string")) };
    let count = member("count")?.and_then(number).filter(|count| *count <= MAX_COUNT);
    let count = count.ok_or_else(|| wrong(&format!("'count' must be an integer from 0 to {MAX_COUNT}")))?;
    let batch = match member("batchSize")? {
        None => 1,
        Some(size) => {
            number(size).filter(|size| *size > 0).ok_or_else(|| wrong("'batchSize' must be a positive integer"))?
        }
    };
    let serial = match member("mode")? {
        None => false,
        Some(Value::String(mode)) if mode.eq_ignore_ascii_case("parallel") => false,
        Some(Value::String(mode)) if mode.eq_ignore_ascii_case("serial") => true,
        Some(_) => return Err(wrong("'mode' must be 'parallel' or 'serial'")),
    };
    Ok(CopyLoop { name, count, batch: serial.then_some(batch) })
}

/// Tells the `copy` of a property, a variable or an output, which unfolds its siblings, from an ordinary member of
/// that name; it is not read yet, and must not pass as a value.
pub(crate) fn refuse_property_copy(members: &JsonMap) -> Result<(), TemplateError> {
    let is_loop = |item: &Value| item.get("name").is_some() && item.get("count").is_some();
    match present(members, "copy") {
        Some(Value::Array(items)) if items.iter().any(is_loop) => {
            Err(TemplateError::unsupported("A copy loop on properties or variables is"))
        }
        _ => Ok(()),
    }
}
