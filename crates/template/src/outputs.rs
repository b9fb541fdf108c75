//! Outputs: what a template computes from what was deployed.

use model::JsonMap;
use serde_json::{Value, json};

use crate::casing::camel;
use crate::error::{PLACE, TemplateError};
use crate::evaluator::Evaluator;
use crate::template::present;
use crate::value_type::{ValueType, json_type};

/// One declaration.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    name: String,
    kind: ValueType,
    condition: Option<Value>,
    value: Value,
}

impl Output {
    pub(crate) fn parse(name: &str, raw: &Value) -> Result<Self, TemplateError> {
        let wrong =
            |why: &str| TemplateError::invalid(format!("The template output '{name}' {PLACE} is not valid. {why}"));
        let Value::Object(members) = raw else { return Err(wrong("It must be an object.")) };
        if present(members, "copy").is_some() {
            return Err(TemplateError::unsupported(&format!("The copy loop of the template output '{name}' is")));
        }
        let kind = present(members, "type").and_then(Value::as_str).and_then(ValueType::parse);
        Ok(Self {
            name: name.to_owned(),
            kind: kind.ok_or_else(|| wrong("Its type is missing or not supported."))?,
            condition: present(members, "condition").cloned(),
            value: present(members, "value").cloned().ok_or_else(|| wrong("Its value is missing."))?,
        })
    }

    /// What it is computed from.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Value> {
        self.condition.iter().chain([&self.value])
    }
}

/// `properties.outputs` of an answer. Outputs of a secure type are left out, as are those whose condition is false
/// (IAC-WIRE 10.2).
pub(crate) fn evaluate(outputs: &[Output], evaluator: &Evaluator<'_>) -> Result<JsonMap, TemplateError> {
    let mut shown = JsonMap::new();
    for output in outputs {
        if let Some(value) = value(output, evaluator).map_err(|cause| failed(&output.name, &cause))? {
            shown.insert(camel(&output.name), json!({"type": output.kind.name(), "value": value}));
        }
    }
    Ok(shown)
}

fn value(output: &Output, evaluator: &Evaluator<'_>) -> Result<Option<Value>, TemplateError> {
    let wanted = output.condition.as_ref().map(|raw| evaluator.value(raw)).transpose()?;
    match wanted {
        Some(Value::Bool(false)) => return Ok(None),
        None | Some(Value::Bool(true)) => {}
        Some(other) => return Err(TemplateError::invalid(format!("The condition must be a boolean, not '{other}'."))),
    }
    let value = evaluator.value(&output.value)?;
    if !output.kind.holds(&value) {
        let (expected, actual) = (output.kind.json_name(), json_type(&value));
        return Err(TemplateError::invalid(format!(
            "Template output JToken type is not valid. Expected '{expected}'. Actual '{actual}'. Please see https://aka.ms/arm-syntax-outputs for usage details."
        )));
    }
    Ok((!output.kind.is_secure()).then_some(value))
}

fn failed(name: &str, cause: &TemplateError) -> TemplateError {
    const CODE: &str = "DeploymentOutputEvaluationFailed";
    let detail = TemplateError {
        target: Some(name.to_owned()),
        ..TemplateError::new(CODE, format!("The template output '{name}' is not valid: {}.", cause.message))
    };
    let text = format!(
        "Unable to evaluate template outputs: '{name}'. Please see error details and deployment operations. Please see https://aka.ms/arm-common-errors for usage details."
    );
    TemplateError { details: vec![detail], ..TemplateError::new(CODE, text) }
}
