//! Properties: reading them from what was sent, writing them as Graph does.

use model::{JsonMap, Time, merge};
use serde_json::Value;
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use uuid::Uuid;

use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::property_names;
use super::references::is_binding;

/// The members of a JSON object that was written down in the source.
pub(super) fn members(object: Value) -> JsonMap {
    match object {
        Value::Object(members) => members,
        _ => JsonMap::new(),
    }
}

/// A moment as Graph writes it: whole seconds.
pub(super) fn seconds(at: Time) -> String {
    at.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")).unwrap_or_default()
}

/// A moment as the answer to a creation writes it: seven digits after the point (RECORDED-FACTS 9).
pub(super) fn ticks(at: Time) -> String {
    at.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z"))
        .unwrap_or_default()
}

/// A text that, where it is given, must be one and not empty.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn text<'b>(body: &'b JsonMap, name: &str, kind: Kind) -> Result<Option<&'b str>, GraphError> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
        Some(_) => Err(GraphError::invalid_value(name, kind.class())),
    }
}

/// A text that must be given.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn required_text<'b>(body: &'b JsonMap, name: &str, kind: Kind) -> Result<&'b str, GraphError> {
    text(body, name, kind)?.ok_or_else(|| GraphError::required(name, kind.class()))
}

/// A switch that, where it is given, must be true or false.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn switch(body: &JsonMap, name: &str, kind: Kind) -> Result<Option<bool>, GraphError> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::Bool(set)) => Ok(Some(*set)),
        Some(_) => Err(GraphError::invalid_value(name, kind.class())),
    }
}

/// A list of texts that, where it is given, must be one.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn texts(body: &JsonMap, name: &str, kind: Kind) -> Result<Option<Vec<String>>, GraphError> {
    let wrong = || GraphError::invalid_value(name, kind.class());
    match body.get(name) {
        None => Ok(None),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect::<Result<_, _>>()
            .map(Some),
        Some(_) => Err(wrong()),
    }
}

/// A GUID; null is as good as nothing.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn guid(body: &JsonMap, name: &str, kind: Kind) -> Result<Option<Uuid>, GraphError> {
    let wrong = || GraphError::invalid_value(name, kind.class());
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_str().and_then(|id| Uuid::parse_str(id).ok()).map(Some).ok_or_else(wrong),
    }
}

/// A moment; null is as good as nothing.
///
/// # Errors
/// [`GraphError::Invalid`].
pub(super) fn moment(body: &JsonMap, name: &str, kind: Kind) -> Result<Option<Time>, GraphError> {
    let wrong = || GraphError::invalid_value(name, kind.class());
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            let at = Time::parse(text, &Rfc3339).ok().and_then(|at| at.checked_to_offset(UtcOffset::UTC));
            at.map(Some).ok_or_else(wrong)
        }
        Some(_) => Err(wrong()),
    }
}

/// Whether it can stand before the `@` of an address (Microsoft Graph, `mailNickname`).
pub(super) fn is_nickname(text: &str) -> bool {
    const LONGEST: usize = 64;
    text.len() <= LONGEST && text.chars().all(|c| c.is_ascii_graphic() && !r#"@()\[]";:<>,"#.contains(c))
}

/// Lays what was sent and has no field of its own (`fields`) onto `other`. `current` is the object as drawn: a property
/// that only the service sets may be sent back unchanged, and what is a list there stays a list.
///
/// # Errors
/// [`GraphError::Invalid`], or [`GraphError::Malformed`] for a property that the kind has not, and for a relation that is
/// bound and has no field. The beta has more properties than are known here.
pub(super) fn keep_others(
    other: &mut JsonMap,
    call: &Call<'_>,
    current: &JsonMap,
    kind: Kind,
    fields: &[&str],
) -> Result<(), GraphError> {
    let mut kept = JsonMap::new();
    for (name, value) in &call.body {
        if fields.contains(&name.as_str()) {
            continue;
        }
        if is_binding(name) {
            return Err(GraphError::Malformed(format!(
                "The relation '{}' of type 'microsoft.graph.{}' cannot be bound here.",
                name.split('@').next().unwrap_or_default(),
                kind.type_name()
            )));
        }
        if name.contains('@') {
            continue;
        }
        let is_unknown = call.version == "v1.0" && !property_names::has(kind, name);
        if is_unknown || property_names::miswrites(kind, name) {
            return Err(GraphError::no_property(name, kind.type_name()));
        }
        let known = current.get(name);
        if kind.keeps_for_itself(name) {
            if known != Some(value) && !value.is_null() {
                return Err(GraphError::read_only(name));
            }
            continue;
        }
        let fits = match known {
            Some(Value::Array(_)) => value.is_array(),
            Some(Value::Bool(_)) => value.is_boolean(),
            Some(Value::Object(_)) => value.is_object() || value.is_null(),
            _ => true,
        };
        if !fits {
            return Err(GraphError::invalid_value(name, kind.class()));
        }
        kept.insert(name.clone(), value.clone());
    }
    merge(other, &kept);
    Ok(())
}
