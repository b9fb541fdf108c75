//! The plan of a deployment: everything that can be known before the first resource is made.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::JsonMap;
use serde_json::Value;

use crate::dependencies::{self, ResourceIndex};
use crate::error::TemplateError;
use crate::evaluator::{Context, Evaluator, Lookup, Names, Place, Settings};
use crate::functions;
use crate::order::order;
use crate::outputs::{self, Output};
use crate::parameters;
use crate::resource::{PlannedResource, Shared};
use crate::template::{Template, present};
use crate::unfold::{Unfolded, unfold};

/// A template, its parameters and its place, put together.
#[derive(Debug, Clone)]
pub struct Plan {
    /// In the template's order, a child after its parent. Those whose condition is false are not among them.
    pub resources: Vec<PlannedResource>,
    /// `properties.parameters` of answers: typed, without the values of secure ones (RECORDED-FACTS 4).
    pub parameters_echo: JsonMap,
    order: Vec<usize>,
    outputs: Vec<Output>,
    shared: Arc<Shared>,
}

impl Plan {
    /// Plans a deployment. `parameters` is `properties.parameters` of the request: `{"name": {"value": …}}`, or null.
    ///
    /// # Errors
    /// `InvalidTemplate` in Azure's words: parameters that do not fit, names that cannot be computed, unknown
    /// functions anywhere in resources and outputs, dependencies on what is not there or on itself.
    pub fn new(template: &Template, parameters: &Value, context: &Context) -> Result<Self, TemplateError> {
        Self::build(template, parameters, context).map_err(TemplateError::at_validation)
    }

    fn build(template: &Template, parameters: &Value, context: &Context) -> Result<Self, TemplateError> {
        let variables = Names { raw: template.variables.clone(), known: JsonMap::new() };
        let mut settings = Settings { context: context.clone(), parameters: Names::default(), variables };
        let parameters_echo = parameters::resolve(&template.parameters, parameters, &mut settings)?;
        for expression in template.outputs.iter().flat_map(Output::expressions) {
            dependencies::check(expression, &mut |name, _| functions::require(name))?;
        }
        let unfolded = unfold(&settings, &template.resources)?;
        let index = ResourceIndex::new(&unfolded)?;
        let empty_loops = empty_loops(&template.resources, &unfolded);
        let mut waits = Vec::with_capacity(unfolded.len());
        for resource in &unfolded {
            waits.push(dependencies::of(resource, &index, &empty_loops, &settings)?);
        }
        let shared = Arc::new(Shared { settings, index });
        let resources = deployed(unfolded, &waits, &shared);
        let edges: Vec<_> = resources.iter().map(|r| r.dependencies.clone()).collect();
        let order = order(&edges).map_err(|at| {
            TemplateError::invalid(format!(
                "Circular dependency detected on resource: '{}'. Please see https://aka.ms/arm-syntax-resources for usage details.",
                resources[at].id
            ))
        })?;
        Ok(Self { resources, parameters_echo, order, outputs: template.outputs.clone(), shared })
    }

    /// Positions in `resources`, each after its dependencies; the template's order where nothing depends.
    #[must_use]
    pub fn order(&self) -> Vec<usize> {
        self.order.clone()
    }

    /// The texts that the values of secure parameters hold, for whoever shows what was computed from them.
    #[must_use]
    pub fn secrets(&self) -> Vec<&str> {
        let parameters = &self.shared.settings.parameters.known;
        let secure = self.parameters_echo.iter().filter(|(_, echo)| echo.get("value").is_none());
        let mut secrets = Vec::new();
        secure.filter_map(|(name, _)| parameters.get(name)).for_each(|value| texts(value, &mut secrets));
        secrets
    }

    /// `properties.outputs` of the answer, once every resource is made: `{"name": {"type", "value"}}`, with names and
    /// types as Azure's serializer writes them (RECORDED-FACTS 4).
    ///
    /// # Errors
    /// `DeploymentOutputEvaluationFailed`, with what is wrong in its details.
    pub fn outputs(&self, lookup: &dyn Lookup) -> Result<JsonMap, TemplateError> {
        let place = Place::Deploy { lookup, resources: &self.shared.index };
        outputs::evaluate(&self.outputs, &Evaluator::new(&self.shared.settings, place, None))
    }
}

/// Every text in a value; an empty one is no secret.
fn texts<'v>(value: &'v Value, into: &mut Vec<&'v str>) {
    match value {
        Value::String(text) if !text.is_empty() => into.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(members) => members.values().for_each(|member| texts(member, into)),
        _ => {}
    }
}

/// Names of loops that ran zero times: a dependency on them is met.
fn empty_loops(declared: &[Value], unfolded: &[Unfolded]) -> BTreeSet<String> {
    let names =
        declared.iter().filter_map(|raw| present(present(raw.as_object()?, "copy")?.as_object()?, "name")?.as_str());
    let mut names: BTreeSet<String> = names.map(str::to_lowercase).collect();
    for copy in unfolded.iter().filter_map(|r| r.copy.as_ref()) {
        names.remove(&copy.name.to_lowercase());
    }
    names
}

/// Leaves out what a condition keeps from being deployed; to wait for it is to wait for nothing.
fn deployed(unfolded: Vec<Unfolded>, waits: &[BTreeSet<usize>], shared: &Arc<Shared>) -> Vec<PlannedResource> {
    let mut positions = vec![None; unfolded.len()];
    let kept = unfolded.iter().enumerate().filter(|(_, r)| r.condition);
    kept.enumerate().for_each(|(position, (at, _))| positions[at] = Some(position));
    let planned = |(resource, waits): (Unfolded, &BTreeSet<usize>)| PlannedResource {
        id: resource.id,
        resource_type: resource.resource_type,
        name: resource.name,
        api_version: resource.api_version,
        dependencies: waits.iter().filter_map(|at| positions[*at]).collect(),
        body: resource.body,
        copy: resource.copy,
        shared: Arc::clone(shared),
    };
    unfolded.into_iter().zip(waits).filter(|(r, _)| r.condition).map(planned).collect()
}

#[cfg(test)]
mod tests;
