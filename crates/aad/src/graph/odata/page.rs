//! Choosing, ordering and cutting into pages.

use std::cmp::Ordering;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::JsonMap;
use serde_json::{Value, json};

use super::super::error::GraphError;
use super::evaluate::member;
use super::{Options, PAGE};

/// One property of `$orderby`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    property: String,
    descending: bool,
}

impl Order {
    /// Reads `property`, `property asc` or `property desc`.
    pub(super) fn parse(text: &str) -> Result<Self, GraphError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (property, direction) = match words.as_slice() {
            [property] => (*property, "asc"),
            [property, direction] => (*property, *direction),
            _ => ("", ""),
        };
        let descending = match direction.to_ascii_lowercase().as_str() {
            "asc" => false,
            "desc" => true,
            _ => return Err(GraphError::Malformed(format!("Syntax error in the order by clause '{text}'."))),
        };
        Ok(Self { property: property.to_owned(), descending })
    }

    /// Whether it is this property's.
    pub(super) fn is_by(&self, property: &str) -> bool {
        self.property.eq_ignore_ascii_case(property)
    }
}

/// A page of objects.
pub(in super::super) struct Page {
    /// The objects.
    pub(in super::super) items: Vec<JsonMap>,
    /// How many fit on all pages together.
    pub(in super::super) total: usize,
    /// Where the next page begins, when there is one.
    pub(in super::super) next: Option<String>,
}

impl Options {
    /// The page of `items` that is asked for; `has` says which properties objects of the type `type_name` have.
    ///
    /// A page begins after the object that ended the one before, by order and id: objects that come or go in between
    /// move nothing else.
    ///
    /// # Errors
    /// [`GraphError::Malformed`] for a property that the type has not.
    pub(in super::super) fn page(
        &self,
        mut items: Vec<JsonMap>,
        has: impl Fn(&str) -> bool,
        type_name: &str,
    ) -> Result<Page, GraphError> {
        for name in self.filtered().into_iter().chain(self.order.iter().map(|order| order.property.as_str())) {
            if !has(name) && !items.iter().any(|item| member(item, name).is_some()) {
                return Err(GraphError::Malformed(format!(
                    "Invalid filter clause: Could not find a property named '{name}' on type \
                     'microsoft.graph.{type_name}'."
                )));
            }
        }
        items.retain(|item| self.accepts(item));
        let total = items.len();
        let mut placed: Vec<(Vec<Value>, JsonMap)> = items.into_iter().map(|item| (self.place(&item), item)).collect();
        if let Some(token) = &self.token {
            let after = position(token)?;
            placed.retain(|(place, _)| self.compare(place, &after) == Ordering::Greater);
        }
        placed.sort_by(|(a, _), (b, _)| self.compare(a, b));
        let size = self.top.unwrap_or(PAGE);
        let next = match placed.get(size.saturating_sub(1)) {
            Some((place, _)) if placed.len() > size => Some(URL_SAFE_NO_PAD.encode(json!(place).to_string())),
            _ => None,
        };
        let items = placed.into_iter().take(size).map(|(_, item)| item).collect();
        Ok(Page { items, total, next })
    }

    /// `query` with `token` in place of the one it had.
    pub(in super::super) fn continued(query: &str, token: &str) -> String {
        let is_token = |pair: &str| {
            let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
            name.trim_start_matches("%24").trim_start_matches('$') == "skiptoken"
        };
        let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_token(pair)).collect();
        let token = format!("$skiptoken={token}");
        pairs.push(&token);
        pairs.join("&")
    }

    /// Where an object stands: its values in order, and its id, which no other has.
    fn place(&self, item: &JsonMap) -> Vec<Value> {
        let value = |name: &str| match member(item, name) {
            Some(Value::String(text)) => json!(text.to_lowercase()),
            Some(value) => value.clone(),
            None => Value::Null,
        };
        self.order.iter().map(|order| value(&order.property)).chain([value("id")]).collect()
    }

    fn compare(&self, a: &[Value], b: &[Value]) -> Ordering {
        let directions = self.order.iter().map(|order| order.descending).chain([false]);
        directions
            .zip(a.iter().zip(b))
            .map(|(descending, (a, b))| if descending { ascending(b, a) } else { ascending(a, b) })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// Nulls first, then truths, numbers, texts.
fn ascending(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) | Value::Object(_) => 4,
    }
}

/// The place that a `$skiptoken` names.
///
/// # Errors
/// [`GraphError::Malformed`] when it is none of this service's.
fn position(token: &str) -> Result<Vec<Value>, GraphError> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| GraphError::Malformed("Specified page token value is invalid.".to_owned()))
}
