//! ARM's properties, read as IMDS spells values: as texts.

use serde_json::Value;

/// Some of a resource's properties.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'p>(pub(super) &'p Value);

impl<'p> Fields<'p> {
    /// The properties at `pointer` (RFC 6901).
    pub(crate) fn at(self, pointer: &str) -> Self {
        Self(self.0.pointer(pointer).unwrap_or(&Value::Null))
    }

    /// Whether there is anything.
    pub(crate) fn is_some(self) -> bool {
        !self.0.is_null()
    }

    /// The value at `pointer` as a text; empty where there is none.
    pub(crate) fn text(self, pointer: &str) -> String {
        match self.at(pointer).0 {
            Value::String(text) => text.clone(),
            value @ (Value::Bool(_) | Value::Number(_)) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        }
    }

    /// The same; `default` where there is none.
    pub(crate) fn text_or(self, pointer: &str, default: &str) -> String {
        let text = self.text(pointer);
        if text.is_empty() { default.to_owned() } else { text }
    }

    /// The elements of the array at `pointer`.
    pub(crate) fn each(self, pointer: &str) -> impl Iterator<Item = Fields<'p>> {
        self.at(pointer).0.as_array().into_iter().flatten().map(Fields)
    }
}
