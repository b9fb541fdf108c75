//! Parameters: what a template declares, what a request gives, and what answers echo.

use model::JsonMap;
use serde_json::{Value, json};

use crate::error::{PLACE, TemplateError};
use crate::evaluator::{Evaluator, Names, Place, Settings, member};
use crate::template::present;
use crate::value_type::{ValueType, json_type};

/// One declaration.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    name: String,
    kind: ValueType,
    default: Option<Value>,
    allowed: Option<Vec<Value>>,
    bounds: Vec<Bound>,
}

/// A limit on a value's length or on the value itself.
#[derive(Debug, Clone)]
struct Bound {
    of_length: bool,
    at_least: bool,
    limit: i64,
}

impl Parameter {
    pub(crate) fn parse(name: &str, raw: &Value) -> Result<Self, TemplateError> {
        let wrong =
            |why: &str| TemplateError::invalid(format!("The template parameter '{name}' {PLACE} is not valid. {why}"));
        let Value::Object(members) = raw else { return Err(wrong("It must be an object.")) };
        let kind = match present(members, "type") {
            Some(Value::String(kind)) => {
                ValueType::parse(kind).ok_or_else(|| wrong(&format!("The type '{kind}' is not supported.")))?
            }
            _ => return Err(wrong("Its type is missing.")),
        };
        let allowed = match present(members, "allowedValues") {
            None => None,
            Some(Value::Array(values)) => Some(values.clone()),
            Some(_) => return Err(wrong("'allowedValues' must be an array.")),
        };
        let mut bounds = Vec::new();
        for (member, of_length, at_least) in [
            ("minLength", true, true),
            ("maxLength", true, false),
            ("minValue", false, true),
            ("maxValue", false, false),
        ] {
            if let Some(limit) = present(members, member) {
                let limit = limit.as_i64().ok_or_else(|| wrong(&format!("'{member}' must be an integer.")))?;
                bounds.push(Bound { of_length, at_least, limit });
            }
        }
        Ok(Self { name: name.to_owned(), kind, default: present(members, "defaultValue").cloned(), allowed, bounds })
    }

    fn check(&self, value: &Value) -> Result<(), TemplateError> {
        let name = &self.name;
        if !self.kind.holds(value) {
            let (expected, actual) = (self.kind.json_name(), json_type(value));
            return Err(TemplateError::invalid(format!(
                "Template parameter JToken type is not valid. Expected '{expected}'. Actual '{actual}'. Please see https://aka.ms/arm-create-parameter-file for usage details. The template parameter is '{name}'."
            )));
        }
        if let Some(allowed) = &self.allowed {
            // Of an array, each item may be one of the allowed values.
            let each = value.as_array().is_some_and(|items| items.iter().all(|item| allowed.contains(item)));
            if !allowed.contains(value) && !each {
                let shown = if self.kind.is_secure() { String::new() } else { format!(" '{}'", plain(value)) };
                let list = allowed.iter().map(plain).collect::<Vec<_>>().join(",");
                return Err(TemplateError::invalid(format!(
                    "The provided value{shown} for the template parameter '{name}' {PLACE} is not valid. The parameter value is not part of the allowed value(s): '{list}'."
                )));
            }
        }
        for bound in &self.bounds {
            let Some(measured) = bound.measure(value) else { continue };
            if (bound.at_least && measured < bound.limit) || (!bound.at_least && measured > bound.limit) {
                let what = if bound.of_length { "Length of the value" } else { "The value" };
                let than = if bound.at_least { "greater" } else { "less" };
                return Err(TemplateError::invalid(format!(
                    "The provided value for the template parameter '{name}' {PLACE} is not valid. {what} should be {than} than or equal to '{}'. Please see https://aka.ms/arm-syntax-parameters for usage details.",
                    bound.limit
                )));
            }
        }
        Ok(())
    }
}

impl Bound {
    fn measure(&self, value: &Value) -> Option<i64> {
        match (self.of_length, value) {
            (true, Value::String(text)) => i64::try_from(text.encode_utf16().count()).ok(),
            (true, Value::Array(items)) => i64::try_from(items.len()).ok(),
            (false, value) => value.as_i64(),
            _ => None,
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Fills `settings.parameters` from `properties.parameters` of the request and the defaults of the template; gives
/// what answers echo (RECORDED-FACTS 4).
pub(crate) fn resolve(
    declared: &[Parameter],
    given: &Value,
    settings: &mut Settings,
) -> Result<JsonMap, TemplateError> {
    let empty = JsonMap::new();
    let given = match given {
        Value::Object(given) => given,
        Value::Null => &empty,
        _ => return Err(TemplateError::content("The parameters must be a JSON object. Path 'properties.parameters'.")),
    };
    refuse_unknown(declared, given)?;
    settings.parameters = Names::default();
    for parameter in declared {
        let name = &parameter.name;
        if let Some(value) = given_value(name, given)? {
            settings.parameters.known.insert(name.clone(), value);
        } else if let Some(default) = &parameter.default {
            settings.parameters.raw.insert(name.clone(), default.clone());
        } else {
            return Err(TemplateError::invalid(format!(
                "The value for the template parameter '{name}' {PLACE} is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details."
            )));
        }
    }
    let mut known = JsonMap::new();
    let mut echo = JsonMap::new();
    let evaluator = Evaluator::new(settings, Place::ParameterDefault, None);
    for parameter in declared {
        let value = evaluator.parameter(&parameter.name)?;
        parameter.check(&value)?;
        let kind = parameter.kind;
        let shown =
            if kind.is_secure() { json!({"type": kind.name()}) } else { json!({"type": kind.name(), "value": value}) };
        echo.insert(parameter.name.clone(), shown);
        known.insert(parameter.name.clone(), value);
    }
    drop(evaluator);
    settings.parameters = Names { raw: JsonMap::new(), known };
    Ok(echo)
}

fn refuse_unknown(declared: &[Parameter], given: &JsonMap) -> Result<(), TemplateError> {
    let is_declared = |name: &str| declared.iter().any(|p| p.name.eq_ignore_ascii_case(name));
    let unknown: Vec<&str> = given.keys().map(String::as_str).filter(|name| !is_declared(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = declared.iter().map(|p| p.name.as_str()).collect();
    Err(TemplateError::invalid(format!(
        "The template parameters '{}' in the parameters file are not valid; they are not present in the original template and can therefore not be provided at deployment time. The only supported parameters for this template are '{}'. Please see https://aka.ms/arm-pass-parameter-values for usage details.",
        unknown.join(", "),
        names.join(", ")
    )))
}

/// The value that the request gives under that name. It is taken as it is: brackets in it are no expression.
fn given_value(name: &str, given: &JsonMap) -> Result<Option<Value>, TemplateError> {
    let Some((_, entry)) = member(given, name) else { return Ok(None) };
    match entry {
        Value::Object(entry) if present(entry, "reference").is_some() => {
            Err(TemplateError::unsupported(&format!("The Key Vault reference of the template parameter '{name}' is")))
        }
        Value::Object(entry) => Ok(member(entry, "value").map(|(_, value)| value.clone())),
        _ => Err(TemplateError::content(&format!(
            "A parameter is given as an object with a 'value'. Path 'properties.parameters.{name}'."
        ))),
    }
}
