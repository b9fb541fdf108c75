//! A resource that a deployment is going to make.

use std::sync::Arc;

use model::JsonMap;
use serde_json::Value;

use crate::copy::CopyIndex;
use crate::dependencies::ResourceIndex;
use crate::error::{PLACE, TemplateError};
use crate::evaluator::{Evaluator, Lookup, Place, Settings};

/// What all resources and outputs of one plan share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) index: ResourceIndex,
}

/// One resource: all that is known before it is its turn.
#[derive(Debug, Clone)]
pub struct PlannedResource {
    /// The full id, with names and types as the template spells them.
    pub id: String,
    /// The full type as the template spells it; of an extension in the old spelling, with `providers` in it.
    pub resource_type: String,
    /// The full name: of a child with its parents' names.
    pub name: String,
    /// The api-version to send it with.
    pub api_version: String,
    /// Positions in [`crate::Plan::resources`] of those that must be made before, ascending.
    pub dependencies: Vec<usize>,
    pub(crate) body: JsonMap,
    pub(crate) copy: Option<CopyIndex>,
    pub(crate) shared: Arc<Shared>,
}

impl PlannedResource {
    /// The body as the template has it: every member that goes to the provider, with its expressions.
    #[must_use]
    pub fn raw_body(&self) -> &JsonMap {
        &self.body
    }

    /// The body to send, without `type`, `name` and `apiVersion`. Members that are null, written so or computed, are
    /// left out at any depth (AZ-WIRE 0.13); a null within an array keeps its place.
    ///
    /// # Errors
    /// `InvalidTemplate` where an expression cannot be evaluated; whatever `lookup` answers with.
    pub fn body(&self, lookup: &dyn Lookup) -> Result<Value, TemplateError> {
        let place = Place::Deploy { lookup, resources: &self.shared.index };
        let evaluator = Evaluator::new(&self.shared.settings, place, self.copy.as_ref());
        let here = |error: TemplateError| {
            error.wrap(|text| {
                format!("Unable to process template language expressions for resource '{}' {PLACE}. '{text}'", self.id)
            })
        };
        let mut body = evaluator.members(&self.body).map_err(here)?;
        drop_nulls(&mut body);
        Ok(Value::Object(body))
    }
}

fn drop_nulls(members: &mut JsonMap) {
    members.retain(|_, value| !value.is_null());
    members.values_mut().for_each(drop_nulls_within);
}

fn drop_nulls_within(value: &mut Value) {
    match value {
        Value::Object(members) => drop_nulls(members),
        Value::Array(items) => items.iter_mut().for_each(drop_nulls_within),
        _ => {}
    }
}
