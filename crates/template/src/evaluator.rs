//! Gives expressions their values.
//!
//! What it is: the walk over values and expressions, names of parameters and variables, and the bounds that keep a
//! hostile template from eating the machine.
//!
//! What it is not: it knows no function; `functions` does.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use model::{JsonMap, Time};
use serde_json::Value;

use crate::copy::{CopyIndex, refuse_property_copy};
use crate::dependencies::ResourceIndex;
use crate::error::TemplateError;
use crate::expression::{Expression, Text, classify, parse};
use crate::functions;

/// What the request knows: where the template is deployed, by which name, when.
#[derive(Debug, Clone)]
pub struct Context {
    /// The subscription's id.
    pub subscription_id: String,
    /// The subscription's display name.
    pub subscription_name: String,
    /// The tenant's id.
    pub tenant_id: String,
    /// The group that is deployed to; none for a deployment at the subscription.
    pub resource_group: Option<ResourceGroup>,
    /// The deployment's own name.
    pub deployment_name: String,
    /// The simulated moment of the request: what `utcNow()` gives.
    pub now: Time,
}

/// The resource group of a deployment.
#[derive(Debug, Clone)]
pub struct ResourceGroup {
    /// Its full id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub location: String,
    /// Its tags, where it has any.
    pub tags: Option<JsonMap>,
}

impl Context {
    /// The id of what is deployed to.
    pub(crate) fn scope(&self) -> String {
        match &self.resource_group {
            Some(group) => group.id.clone(),
            None => format!("/subscriptions/{}", self.subscription_id),
        }
    }
}

/// What the running cloud knows; only asked while resources and outputs are made.
pub trait Lookup {
    /// The state of a resource: its `properties`, or with `full` the whole resource as `reference(…, 'Full')` shows it
    /// (IAC-WIRE 10.1). `id` is always a full id; a name that the template uses is resolved before.
    ///
    /// # Errors
    /// Any; they reach the caller as they are, such as `ResourceNotFound`.
    fn reference(&self, id: &str, api_version: Option<&str>, full: bool) -> Result<Value, TemplateError>;
}

/// Values by name, ignoring case: some known, some still to be evaluated.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// As the template declares them.
    pub(crate) raw: JsonMap,
    /// Values that take part in no further evaluation.
    pub(crate) known: JsonMap,
}

/// What every expression of one deployment shares.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) context: Context,
    pub(crate) parameters: Names,
    pub(crate) variables: Names,
}

/// Where an expression stands, which decides what it may ask.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    /// The default of a parameter.
    ParameterDefault,
    /// A variable.
    Variable,
    /// A resource's name, type, condition or copy count: nothing that only the running cloud knows.
    Plan,
    /// A resource's body or an output.
    Deploy { lookup: &'a dyn Lookup, resources: &'a ResourceIndex },
}

/// Evaluates within one place. Make a new one for each resource: its bounds and its memory of variables are its own.
pub(crate) struct Evaluator<'a> {
    pub(crate) settings: &'a Settings,
    place: Cell<Place<'a>>,
    copy: Option<&'a CopyIndex>,
    memory: RefCell<HashMap<String, Value>>,
    pending: RefCell<Vec<String>>,
    depth: Cell<usize>,
    budget: Cell<usize>,
}

/// How deep evaluation may nest, through values, expressions and variables together: half of a thread's usual stack.
const MAX_DEPTH: usize = 128;
/// How many bytes of values one resource may produce on its way: ARM takes templates of at most 4 MiB.
const BUDGET: usize = 64 << 20;

impl<'a> Evaluator<'a> {
    pub(crate) fn new(settings: &'a Settings, place: Place<'a>, copy: Option<&'a CopyIndex>) -> Self {
        Self {
            settings,
            place: Cell::new(place),
            copy,
            memory: RefCell::default(),
            pending: RefCell::default(),
            depth: Cell::new(0),
            budget: Cell::new(BUDGET),
        }
    }

    /// Where the expression under evaluation stands.
    pub(crate) fn place(&self) -> Place<'a> {
        self.place.get()
    }

    /// The iteration of the copy loop around the expression; definitions stand outside of all loops.
    pub(crate) fn copy(&self) -> Option<&'a CopyIndex> {
        self.copy.filter(|_| matches!(self.place(), Place::Plan | Place::Deploy { .. }))
    }

    /// The value with every expression in it evaluated, member names included.
    pub(crate) fn value(&self, raw: &Value) -> Result<Value, TemplateError> {
        self.deeper(|| match raw {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => self.members(members).map(Value::Object),
            other => Ok(other.clone()),
        })
    }

    /// The members with names and values evaluated.
    pub(crate) fn members(&self, members: &JsonMap) -> Result<JsonMap, TemplateError> {
        refuse_property_copy(members)?;
        members.iter().map(|(name, value)| Ok((self.string(name)?, self.value(value)?))).collect()
    }

    /// The value of a string that may be an expression.
    pub(crate) fn text(&self, text: &str) -> Result<Value, TemplateError> {
        match classify(text) {
            Text::Plain(plain) => self.charged(Value::String(plain.to_owned())),
            Text::Expression(source) => self.expression(&parse(source).map_err(TemplateError::invalid)?),
        }
    }

    /// A string that may be an expression, which must give a string.
    pub(crate) fn string(&self, text: &str) -> Result<String, TemplateError> {
        match self.text(text)? {
            Value::String(text) => Ok(text),
            other => {
                Err(TemplateError::invalid(format!("The expression '{text}' must give a string, but gives '{other}'.")))
            }
        }
    }

    pub(crate) fn expression(&self, expression: &Expression) -> Result<Value, TemplateError> {
        self.deeper(|| match expression {
            Expression::Literal(value) => Ok(value.clone()),
            Expression::Call { name, arguments } => self.charged(functions::call(self, name, arguments)?),
            Expression::Property(of, name) => select(&self.expression(of)?, name),
            Expression::Index(of, index) => index_by(self.expression(of)?, &self.expression(index)?),
        })
    }

    /// `parameters(name)`.
    pub(crate) fn parameter(&self, name: &str) -> Result<Value, TemplateError> {
        self.named("parameter", Place::ParameterDefault, &self.settings.parameters, name)
    }

    /// `variables(name)`.
    pub(crate) fn variable(&self, name: &str) -> Result<Value, TemplateError> {
        self.named("variable", Place::Variable, &self.settings.variables, name)
    }

    fn named(&self, kind: &str, place: Place<'a>, names: &Names, name: &str) -> Result<Value, TemplateError> {
        if let Some((_, value)) = member(&names.known, name) {
            return Ok(value.clone());
        }
        let key = format!("{kind} {}", name.to_lowercase());
        if let Some(value) = self.memory.borrow().get(&key) {
            return Ok(value.clone());
        }
        let Some((name, raw)) = member(&names.raw, name) else {
            let text = format!(
                "The template {kind} '{name}' is not found. Please see https://aka.ms/arm-syntax for usage details."
            );
            return Err(TemplateError::invalid(text));
        };
        if self.pending.borrow().contains(&key) {
            return Err(TemplateError::invalid(format!("The template {kind} '{name}' refers to itself.")));
        }
        self.pending.borrow_mut().push(key.clone());
        // What a definition may ask is decided by where it stands, not by where it is used.
        let outside = self.place.replace(place);
        let value = self.value(raw);
        self.place.set(outside);
        self.pending.borrow_mut().pop();
        let value = value?;
        self.memory.borrow_mut().insert(key, value.clone());
        Ok(value)
    }

    fn deeper<T>(&self, evaluate: impl FnOnce() -> Result<T, TemplateError>) -> Result<T, TemplateError> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            let text = format!("The evaluation is nested deeper than '{MAX_DEPTH}' levels.");
            return Err(TemplateError::invalid(text));
        }
        self.depth.set(depth + 1);
        let result = evaluate();
        self.depth.set(depth);
        result
    }

    fn charged(&self, value: Value) -> Result<Value, TemplateError> {
        match self.budget.get().checked_sub(weight(&value)) {
            Some(left) => {
                self.budget.set(left);
                Ok(value)
            }
            None => Err(TemplateError::invalid("The values that the template computes are too large.")),
        }
    }
}

/// The member of that name, exactly or else ignoring case, as ARM compares names.
pub(crate) fn member<'m>(members: &'m JsonMap, name: &str) -> Option<(&'m String, &'m Value)> {
    let ignoring_case = || members.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
    members.get_key_value(name).or_else(ignoring_case)
}

fn index_by(of: Value, index: &Value) -> Result<Value, TemplateError> {
    match (of, index) {
        (Value::Array(mut items), Value::Number(at)) => {
            let found = at.as_u64().and_then(|i| usize::try_from(i).ok()).filter(|i| *i < items.len());
            found.map(|i| items.swap_remove(i)).ok_or_else(|| {
                let text = format!("The language expression property array index '{at}' is out of bounds.");
                TemplateError::invalid(text)
            })
        }
        (of, Value::String(name)) => select(&of, name),
        (of, index) => {
            Err(TemplateError::invalid(format!("The language expression cannot index '{of}' by '{index}'.")))
        }
    }
}

fn select(of: &Value, name: &str) -> Result<Value, TemplateError> {
    let Value::Object(members) = of else {
        let text = format!(
            "The language expression property '{name}' can't be evaluated, property selection is only supported on objects."
        );
        return Err(TemplateError::invalid(text));
    };
    member(members, name).map(|(_, value)| value.clone()).ok_or_else(|| {
        let names = members.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let text =
            format!("The language expression property '{name}' doesn't exist, available properties are '{names}'.");
        TemplateError::invalid(text)
    })
}

/// Roughly the bytes that a value takes in memory.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => 32 + text.len(),
        Value::Array(items) => 32 + items.iter().map(weight).sum::<usize>(),
        Value::Object(members) => {
            32 + members.iter().map(|(name, value)| 64 + name.len() + weight(value)).sum::<usize>()
        }
        _ => 32,
    }
}
