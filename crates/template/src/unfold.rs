//! From declared resources to single ones: names, types, conditions, copy loops and nested children.

use std::ops::Range;

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
    pub(crate) after: Range<usize>,
    /// The members that go to the resource's provider.
    pub(crate) body: JsonMap,
}

/// Members that speak to the template engine.
const OWN: [&str; 10] =
    ["type", "name", "apiVersion", "dependsOn", "condition", "copy", "scope", "resources", "comments", "metadata"];
/// Members of the same kind that this engine does not know.
const REFUSED: [&str; 5] = ["existing", "import", "extension", "resourceGroup", "subscriptionId"];

/// How many bytes a template may have once its loops are unfolded: ARM's own limit of 4 MiB.
const MAX_BYTES: usize = 4 << 20;

/// All resources of a template in its order, a child after its parent.
pub(crate) fn unfold(settings: &Settings, declared: &[Value]) -> Result<Vec<Unfolded>, TemplateError> {
    let mut unfolder = Unfolder { settings, out: Vec::new(), bytes: 0 };
    for raw in declared.iter().filter(|raw| !raw.is_null()) {
        unfolder.resource(raw, None)?;
    }
    Ok(unfolder.out)
}

/// What a nested resource takes from the one around it.
struct Parent<'a> {
    resource_type: &'a str,
    name: &'a str,
    copy: Option<&'a CopyIndex>,
}

struct Unfolder<'a> {
    settings: &'a Settings,
    out: Vec<Unfolded>,
    bytes: usize,
}

impl Unfolder<'_> {
    fn resource(&mut self, raw: &Value, parent: Option<&Parent<'_>>) -> Result<(), TemplateError> {
        let Value::Object(members) = raw else { return Err(TemplateError::invalid("A resource must be an object.")) };
        let here = |error: TemplateError| error.in_resource(written_name(members));
        if let Some(name) = REFUSED.iter().find(|name| present(members, name).is_some()) {
            return Err(here(TemplateError::unsupported(&format!("The resource's member '{name}' is"))));
        }
        let Some(copy) = present(members, "copy") else {
            return self.single(members, parent, parent.and_then(|p| p.copy), 0..0);
        };
        if parent.is_some() {
            return Err(here(TemplateError::unsupported("A copy loop on a resource within another is")));
        }
        let copy = copy::read(&Evaluator::new(self.settings, Place::Plan, None), copy).map_err(here)?;
        let mut starts = Vec::with_capacity(copy.count);
        for index in 0..copy.count {
            starts.push(self.out.len());
            // A serial loop waits for the whole batch before.
            let after = match copy.batch {
                Some(size) if index >= size => starts[index / size * size - size]..starts[index / size * size],
                _ => 0..0,
            };
            let iteration = CopyIndex { name: copy.name.clone(), index: i64::try_from(index).unwrap_or(i64::MAX) };
            self.single(members, None, Some(&iteration), after)?;
        }
        Ok(())
    }

    fn single(
        &mut self,
        members: &JsonMap,
        parent: Option<&Parent<'_>>,
        copy: Option<&CopyIndex>,
        after: Range<usize>,
    ) -> Result<(), TemplateError> {
        let here = |error: TemplateError| error.in_resource(written_name(members));
        let reader =
            Reader { settings: self.settings, members, evaluator: Evaluator::new(self.settings, Place::Plan, copy) };
        let unfolded = reader.read(parent, copy.cloned(), after).map_err(here)?;
        self.bytes += Value::Object(unfolded.body.clone()).to_string().len();
        if self.out.len() >= MAX_COUNT || self.bytes > MAX_BYTES {
            return Err(TemplateError::invalid(format!(
                "The template has more than '{MAX_COUNT}' resources or '{MAX_BYTES}' bytes once its copy loops are unfolded."
            )));
        }
        let (resource_type, name) = (unfolded.resource_type.clone(), unfolded.name.clone());
        self.out.push(unfolded);
        let parent = Parent { resource_type: &resource_type, name: &name, copy };
        match present(members, "resources") {
            None => Ok(()),
            Some(Value::Array(children)) => children
                .iter()
                .filter(|child| !child.is_null())
                .try_for_each(|child| self.resource(child, Some(&parent))),
            Some(_) => Err(here(TemplateError::invalid("The property 'resources' must be an array."))),
        }
    }
}

fn written_name(members: &JsonMap) -> &str {
    present(members, "name").and_then(Value::as_str).unwrap_or_default()
}

/// Reads what is known of one resource before anything is deployed.
struct Reader<'a> {
    settings: &'a Settings,
    members: &'a JsonMap,
    evaluator: Evaluator<'a>,
}

impl Reader<'_> {
    fn read(
        &self,
        parent: Option<&Parent<'_>>,
        copy: Option<CopyIndex>,
        after: Range<usize>,
    ) -> Result<Unfolded, TemplateError> {
        let (mut resource_type, mut name) = (self.text("type")?, self.text("name")?);
        if let Some(parent) = parent {
            resource_type = format!("{}/{resource_type}", parent.resource_type);
            name = format!("{}/{name}", parent.name);
        }
        if resource_type.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
            return Err(TemplateError::unsupported("A nested deployment is"));
        }
        let condition = match self.member("condition")? {
            None => true,
            Some(Value::Bool(condition)) => condition,
            Some(other) => {
                return Err(TemplateError::invalid(format!("The condition must be a boolean, not '{other}'.")));
            }
        };
        let template_only = |name: &str| OWN.iter().any(|own| own.eq_ignore_ascii_case(name));
        let body = self.members.iter().filter(|(name, _)| !template_only(name));
        Ok(Unfolded {
            id: self.id(&resource_type, &name)?,
            api_version: self.text("apiVersion")?,
            depends_on: self.depends_on()?,
            body: body.map(|(name, value)| (name.clone(), value.clone())).collect(),
            resource_type,
            name,
            condition,
            copy,
            after,
        })
    }

    fn member(&self, name: &str) -> Result<Option<Value>, TemplateError> {
        let value = present(self.members, name).map(|raw| self.evaluator.value(raw)).transpose()?;
        Ok(value.filter(|value| !value.is_null()))
    }

    fn text(&self, name: &str) -> Result<String, TemplateError> {
        match self.member(name)? {
            Some(Value::String(text)) => Ok(text),
            _ => Err(TemplateError::invalid(format!("The property '{name}' must be a string."))),
        }
    }

    fn depends_on(&self) -> Result<Vec<String>, TemplateError> {
        let wrong = || TemplateError::invalid("The property 'dependsOn' must be an array of strings.");
        match self.member("dependsOn")? {
            None => Ok(Vec::new()),
            Some(Value::Array(entries)) => {
                let entries = entries.iter().filter(|entry| !entry.is_null());
                entries.map(|entry| entry.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
            }
            Some(_) => Err(wrong()),
        }
    }

    fn id(&self, resource_type: &str, name: &str) -> Result<String, TemplateError> {
        let deployment = self.settings.context.scope();
        let scope = match self.member("scope")? {
            None => deployment,
            Some(scope) => scope
                .as_str()
                .and_then(|scope| of_scope(&deployment, scope))
                .ok_or_else(|| TemplateError::invalid(format!("The scope '{scope}' is not valid.")))?,
        };
        compose(&scope, resource_type, name).ok_or_else(|| {
            TemplateError::invalid(format!(
                "The template resource '{name}' for type '{resource_type}' {PLACE} has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name. Please see https://aka.ms/arm-syntax-resources for usage details."
            ))
        })
    }
}
