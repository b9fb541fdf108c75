//! From declared resources to single ones: names, types, conditions, copy loops and nested children.

use model::JsonMap;
use serde_json::Value;

use crate::copy::{self, CopyIndex, MAX_COUNT};
use crate::error::{PLACE, TemplateError};
use crate::evaluator::{Evaluator, Place, Settings};
use crate::resource_id::{compose, of_scope};
use crate::template::present;

/// A single resource, whose body is not evaluated yet.
#[derive(Debug)]
pub(crate) struct Unfolded {
    pub(crate) id: String,
    pub(crate) resource_type: String,
    pub(crate) name: String,
    pub(crate) api_version: String,
    /// Whether it is deployed at all.
    pub(crate) condition: bool,
    /// As written, evaluated.
    pub(crate) depends_on: Vec<String>,
    pub(crate) copy: Option<CopyIndex>,
    /// The position, among all unfolded ones, of those that a serial loop makes before it.
    pub(crate) after: std::ops::Range<usize>,
    /// The members that go to the resource's provider.
    pub(crate) body: JsonMap,
}

/// Members that speak to the template engine.
const OWN: [&str; 10] =
    ["type", "name", "apiVersion", "dependsOn", "condition", "copy", "scope", "resources", "comments", "metadata"];
/// Members of the same kind that this engine does not know.
const REFUSED: [&str; 5] = ["existing", "import", "extension", "resourceGroup", "subscriptionId"];

/// All resources of a template in its order, a child after its parent.
pub(crate) fn unfold(settings: &Settings, declared: &[Value]) -> Result<Vec<Unfolded>, TemplateError> {
    let mut out = Vec::new();
    for raw in declared.iter().filter(|raw| !raw.is_null()) {
        unfold_one(settings, raw, None, &mut out)?;
    }
    Ok(out)
}

/// What a nested resource takes from the one around it.
struct Parent<'a> {
    resource_type: &'a str,
    name: &'a str,
    copy: Option<&'a CopyIndex>,
}

fn unfold_one(
    settings: &Settings,
    raw: &Value,
    parent: Option<&Parent<'_>>,
    out: &mut Vec<Unfolded>,
) -> Result<(), TemplateError> {
    let written = raw.get("name").and_then(Value::as_str).unwrap_or_default();
    let here = |error: TemplateError| error.in_resource(written);
    let Value::Object(members) = raw else { return Err(TemplateError::invalid("A resource must be an object.")) };
    let Some(copy) = present(members, "copy") else {
        return unfold_single(settings, members, parent, parent.and_then(|p| p.copy).cloned(), 0..0, out);
    };
    if parent.is_some() {
        return Err(here(TemplateError::unsupported("A copy loop on a resource within another is")));
    }
    let evaluator = Evaluator::new(settings, Place::Plan, None);
    let copy = copy::read(&evaluator, copy).map_err(here)?;
    let mut starts = Vec::with_capacity(copy.count);
    for index in 0..copy.count {
        starts.push(out.len());
        let after = match copy.batch {
            Some(size) if index >= size => starts[index / size * size - size]..starts[index / size * size],
            _ => 0..0,
        };
        let iteration = CopyIndex { name: copy.name.clone(), index: i64::try_from(index).unwrap_or(i64::MAX) };
        unfold_single(settings, members, None, Some(iteration), after, out)?;
    }
    Ok(())
}

fn unfold_single(
    settings: &Settings,
    members: &JsonMap,
    parent: Option<&Parent<'_>>,
    copy: Option<CopyIndex>,
    after: std::ops::Range<usize>,
    out: &mut Vec<Unfolded>,
) -> Result<(), TemplateError> {
    let written = present(members, "name").and_then(Value::as_str).unwrap_or_default();
    let here = |error: TemplateError| error.in_resource(written);
    let evaluator = Evaluator::new(settings, Place::Plan, copy.as_ref());
    if out.len() >= MAX_COUNT {
        return Err(TemplateError::invalid(format!("The template has more than '{MAX_COUNT}' resources.")));
    }
    if let Some(name) = REFUSED.iter().find(|name| present(members, name).is_some()) {
        return Err(here(TemplateError::unsupported(&format!("The resource's member '{name}' is"))));
    }
    let text = |name: &str| match present(members, name).map(|raw| evaluator.value(raw)) {
        Some(Ok(Value::String(text))) => Ok(text),
        Some(Err(e)) => Err(here(e)),
        _ => Err(here(TemplateError::invalid(format!("The property '{name}' must be a string.")))),
    };
    let (mut resource_type, mut name, api_version) = (text("type")?, text("name")?, text("apiVersion")?);
    if let Some(parent) = parent {
        resource_type = format!("{}/{resource_type}", parent.resource_type);
        name = format!("{}/{name}", parent.name);
    }
    if resource_type.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
        return Err(here(TemplateError::unsupported("A nested deployment is")));
    }
    let condition = match present(members, "condition").map(|raw| evaluator.value(raw)).transpose().map_err(here)? {
        None => true,
        Some(Value::Bool(condition)) => condition,
        Some(other) => {
            return Err(here(TemplateError::invalid(format!("The condition must be a boolean, not '{other}'."))));
        }
    };
    let id = id(settings, members, &evaluator, &resource_type, &name)?;
    let depends_on = match present(members, "dependsOn").map(|raw| evaluator.value(raw)).transpose().map_err(here)? {
        None => Vec::new(),
        Some(Value::Array(entries)) => entries
            .into_iter()
            .filter(|entry| !entry.is_null())
            .map(|entry| entry.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| here(TemplateError::invalid("The entries of 'dependsOn' must be strings.")))?,
        Some(_) => return Err(here(TemplateError::invalid("The property 'dependsOn' must be an array."))),
    };
    let body = members.iter().filter(|(name, _)| !OWN.iter().any(|own| own.eq_ignore_ascii_case(name)));
    let body = body.map(|(name, value)| (name.clone(), value.clone())).collect();
    out.push(Unfolded {
        id,
        resource_type: resource_type.clone(),
        name: name.clone(),
        api_version,
        condition,
        depends_on,
        copy: copy.clone(),
        after,
        body,
    });
    let parent = Parent { resource_type: &resource_type, name: &name, copy: copy.as_ref() };
    match present(members, "resources") {
        None => Ok(()),
        Some(Value::Array(children)) => children
            .iter()
            .filter(|c| !c.is_null())
            .try_for_each(|child| unfold_one(settings, child, Some(&parent), out)),
        Some(_) => Err(here(TemplateError::invalid("The property 'resources' must be an array."))),
    }
}

fn id(
    settings: &Settings,
    members: &JsonMap,
    evaluator: &Evaluator<'_>,
    resource_type: &str,
    name: &str,
) -> Result<String, TemplateError> {
    let deployment = settings.context.scope();
    let scope = match present(members, "scope").map(|raw| evaluator.value(raw)).transpose()? {
        None => deployment,
        Some(Value::String(scope)) => of_scope(&deployment, &scope)
            .ok_or_else(|| TemplateError::invalid(format!("The scope '{scope}' is not valid.")).in_resource(name))?,
        Some(other) => {
            return Err(TemplateError::invalid(format!("The scope must be a string, not '{other}'.")).in_resource(name));
        }
    };
    compose(&scope, resource_type, name).ok_or_else(|| {
        TemplateError::invalid(format!(
            "The template resource '{name}' for type '{resource_type}' {PLACE} has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name. Please see https://aka.ms/arm-syntax-resources for usage details."
        ))
    })
}
