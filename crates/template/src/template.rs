//! A template as its author wrote it, checked for its shape.

use model::JsonMap;
use serde_json::Value;

use crate::copy::refuse_property_copy;
use crate::error::TemplateError;
use crate::evaluator::member;
use crate::hash;
use crate::outputs::Output;
use crate::parameters::Parameter;

/// A template whose expressions are not evaluated yet.
#[derive(Debug, Clone)]
pub struct Template {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) variables: JsonMap,
    pub(crate) resources: Vec<Value>,
    pub(crate) outputs: Vec<Output>,
    hash: String,
}

/// The members of a template; what is not among them is a spelling mistake to ARM.
const MEMBERS: [&str; 14] = [
    "$schema",
    "contentVersion",
    "apiProfile",
    "languageVersion",
    "definitions",
    "functions",
    "imports",
    "extensions",
    "asserts",
    "metadata",
    "parameters",
    "variables",
    "resources",
    "outputs",
];
/// Those of them that change what a template means in ways that this engine does not know.
const REFUSED: [&str; 5] = ["languageVersion", "imports", "extensions", "asserts", "apiProfile"];

impl Template {
    /// Reads `properties.template` of a deployment.
    ///
    /// # Errors
    /// `InvalidRequestContent` where it has not the shape of a template; `InvalidTemplate` where a part of it has not,
    /// or where it uses what is not supported.
    pub fn parse(template: &Value) -> Result<Self, TemplateError> {
        let Value::Object(members) = template else {
            return Err(TemplateError::content("The template must be a JSON object. Path 'properties.template'."));
        };
        if let Some(name) = members.keys().find(|name| !MEMBERS.iter().any(|known| known.eq_ignore_ascii_case(name))) {
            let text = format!(
                "Could not find member '{name}' on object of type 'Template'. Path 'properties.template.{name}'."
            );
            return Err(TemplateError::content(&text));
        }
        for name in ["$schema", "contentVersion"] {
            if !required(members, name)?.is_string() {
                return Err(TemplateError::content(&format!(
                    "'{name}' must be a string. Path 'properties.template.{name}'."
                )));
            }
        }
        if let Some(name) = REFUSED.iter().find(|name| present(members, name).is_some()) {
            return Err(TemplateError::unsupported(&format!("The template's member '{name}' is")).at_validation());
        }
        let Value::Array(resources) = required(members, "resources")? else {
            return Err(TemplateError::unsupported("A template with symbolic resource names is").at_validation());
        };
        let variables = section(members, "variables")?;
        refuse_property_copy(&variables).map_err(TemplateError::at_validation)?;
        let parameters = section(members, "parameters")?;
        let parameters = parameters.iter().map(|(name, raw)| Parameter::parse(name, raw));
        let outputs = section(members, "outputs")?;
        let outputs = outputs.iter().map(|(name, raw)| Output::parse(name, raw));
        Ok(Self {
            parameters: parameters.collect::<Result<_, _>>().map_err(TemplateError::at_validation)?,
            variables,
            resources: resources.clone(),
            outputs: outputs.collect::<Result<_, _>>().map_err(TemplateError::at_validation)?,
            hash: hash::murmur(template.to_string().to_uppercase().as_bytes()).to_string(),
        })
    }

    /// `templateHash`: a decimal number that changes when the template does.
    ///
    /// An approximation: the Murmur of the minified, upper-cased text, as public sources tell it (IAC-WIRE 10.1). Do
    /// not expect Azure to compute the same number.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// The member of that name in any case; an explicit null is as good as none (AZ-WIRE 0.13).
pub(crate) fn present<'m>(members: &'m JsonMap, name: &str) -> Option<&'m Value> {
    member(members, name).map(|(_, value)| value).filter(|value| !value.is_null())
}

fn required<'m>(members: &'m JsonMap, name: &str) -> Result<&'m Value, TemplateError> {
    let missing = || {
        TemplateError::content(&format!("Required property '{name}' not found in JSON. Path 'properties.template'."))
    };
    present(members, name).ok_or_else(missing)
}

fn section(members: &JsonMap, name: &str) -> Result<JsonMap, TemplateError> {
    match present(members, name) {
        None => Ok(JsonMap::new()),
        Some(Value::Object(section)) => Ok(section.clone()),
        Some(_) => {
            Err(TemplateError::content(&format!("'{name}' must be an object. Path 'properties.template.{name}'.")))
        }
    }
}
