//! Which resources of a template wait for which.

use std::collections::{BTreeSet, HashMap};

use model::{JsonMap, Scope};
use serde_json::Value;

use crate::copy::refuse_property_copy;
use crate::error::{PLACE, TemplateError};
use crate::evaluator::{Evaluator, Place, Settings};
use crate::expression::{Text, classify, parse};
use crate::functions;
use crate::resource_id::compose;
use crate::unfold::Unfolded;

/// What [`ResourceIndex::find`] gives.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) id: String,
    pub(crate) api_version: String,
}

/// The resources of a template, found by any of the ways in which templates name them, ignoring case.
#[derive(Debug)]
pub(crate) struct ResourceIndex {
    resources: Vec<Known>,
    by_id: HashMap<Scope, usize>,
    by_type_and_name: HashMap<String, Vec<usize>>,
    by_loop: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl ResourceIndex {
    /// Indexes them; the same resource twice is an error, also where a condition keeps one from being deployed.
    pub(crate) fn new(resources: &[Unfolded]) -> Result<Self, TemplateError> {
        let known = |r: &Unfolded| Known { id: r.id.clone(), api_version: r.api_version.clone() };
        let mut index = Self {
            resources: resources.iter().map(known).collect(),
            by_id: HashMap::new(),
            by_type_and_name: HashMap::new(),
            by_loop: HashMap::new(),
            by_name: HashMap::new(),
        };
        for (at, r) in resources.iter().enumerate() {
            if index.by_id.insert(Scope::new(&r.id), at).is_some() {
                return Err(TemplateError::invalid(format!(
                    "The resource '{}/{}' {PLACE} is defined multiple times in a template. Please see https://aka.ms/arm-syntax-resources for usage details.",
                    r.resource_type, r.name
                )));
            }
            // A child is named with its types first, or with types and names in turn.
            let together = format!("{}/{}", r.resource_type, r.name).to_lowercase();
            let in_turn = compose("", &r.resource_type, &r.name).unwrap_or_default().to_lowercase();
            let in_turn = in_turn.trim_start_matches("/providers/").to_owned();
            for key in BTreeSet::from([together, in_turn]) {
                index.by_type_and_name.entry(key).or_default().push(at);
            }
            index.by_name.entry(r.name.to_lowercase()).or_default().push(at);
            if let Some(copy) = &r.copy {
                index.by_loop.entry(copy.name.to_lowercase()).or_default().push(at);
            }
        }
        Ok(index)
    }

    /// The one resource of that id, type and name, or bare name; none where it is not in the template.
    pub(crate) fn find(&self, text: &str) -> Result<Option<&Known>, TemplateError> {
        Ok(self.position(text)?.map(|at| &self.resources[at]))
    }

    fn position(&self, text: &str) -> Result<Option<usize>, TemplateError> {
        if text.starts_with('/') {
            return Ok(self.by_id.get(&Scope::new(text)).copied());
        }
        let key = text.to_lowercase();
        match self.by_type_and_name.get(&key).or_else(|| self.by_name.get(&key)).map(Vec::as_slice) {
            None => Ok(None),
            Some([at]) => Ok(Some(*at)),
            Some(_) => Err(TemplateError::invalid(format!(
                "The resource reference '{text}' is ambiguous: several resources of the template have that name. Please use a resource id."
            ))),
        }
    }

    /// What an entry of `dependsOn` names: one resource, or all of a copy loop.
    fn depended(&self, text: &str) -> Result<Vec<usize>, TemplateError> {
        if let Some(all) = self.by_loop.get(&text.to_lowercase()) {
            return Ok(all.clone());
        }
        let at = self.position(text)?;
        at.map(|at| vec![at]).ok_or_else(|| TemplateError::invalid(not_defined(text)))
    }
}

/// The sentence for a name that nothing in the template has.
pub(crate) fn not_defined(name: &str) -> String {
    format!(
        "The resource '{name}' is not defined in the template. Please see https://aka.ms/arm-syntax for usage details."
    )
}

/// The positions that the resource waits for: its `dependsOn`, the batch before it, and what its body refers to.
pub(crate) fn of(
    resource: &Unfolded,
    index: &ResourceIndex,
    empty_loops: &BTreeSet<String>,
    settings: &Settings,
) -> Result<BTreeSet<usize>, TemplateError> {
    let mut found: BTreeSet<usize> = resource.after.clone().collect();
    for entry in resource.depends_on.iter().filter(|entry| !empty_loops.contains(&entry.to_lowercase())) {
        found.extend(index.depended(entry)?);
    }
    let evaluator = Evaluator::new(settings, Place::Plan, resource.copy.as_ref());
    let mut references = Vec::new();
    check_members(&resource.body, &mut |name, arguments| {
        functions::require(name)?;
        // What the name is may itself depend on running resources; then nothing can be known before.
        if name.eq_ignore_ascii_case("reference")
            && let Some(Ok(Value::String(named))) = arguments.first().map(|a| evaluator.expression(a))
        {
            references.push(named);
        }
        Ok(())
    })
    .map_err(|e| e.in_resource(&resource.name))?;
    for named in references {
        found.extend(index.position(&named)?);
    }
    Ok(found)
}

type Visit<'v> = &'v mut dyn FnMut(&str, &[crate::expression::Expression]) -> Result<(), TemplateError>;

fn check_members(members: &JsonMap, visit: Visit<'_>) -> Result<(), TemplateError> {
    refuse_property_copy(members)?;
    members.iter().try_for_each(|(name, value)| {
        check_text(name, visit)?;
        check(value, visit)
    })
}

/// Parses every expression in a value and visits its calls, so that a misspelt or missing function is found before
/// anything is deployed.
pub(crate) fn check(value: &Value, visit: Visit<'_>) -> Result<(), TemplateError> {
    match value {
        Value::String(text) => check_text(text, visit),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, visit)),
        Value::Object(members) => check_members(members, visit),
        _ => Ok(()),
    }
}

fn check_text(text: &str, visit: Visit<'_>) -> Result<(), TemplateError> {
    let Text::Expression(source) = classify(text) else { return Ok(()) };
    let mut result = Ok(());
    parse(source).map_err(TemplateError::invalid)?.visit_calls(&mut |name, arguments| {
        if result.is_ok() {
            result = visit(name, arguments);
        }
    });
    result
}
