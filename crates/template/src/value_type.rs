//! The types that parameters and outputs declare.

use serde_json::Value;

/// A declared type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueType {
    String,
    SecureString,
    Int,
    Bool,
    Object,
    SecureObject,
    Array,
}

impl ValueType {
    const ALL: [(&'static str, Self); 7] = [
        ("String", Self::String),
        ("SecureString", Self::SecureString),
        ("Int", Self::Int),
        ("Bool", Self::Bool),
        ("Object", Self::Object),
        ("SecureObject", Self::SecureObject),
        ("Array", Self::Array),
    ];

    /// The type of that name, in any case.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, t)| *t)
    }

    /// The name as answers spell it (RECORDED-FACTS 4).
    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, t)| *t == self).map_or("", |(n, _)| n)
    }

    /// Whether no answer may show its value.
    pub(crate) fn is_secure(self) -> bool {
        matches!(self, Self::SecureString | Self::SecureObject)
    }

    /// Whether `value` is of this type.
    pub(crate) fn holds(self, value: &Value) -> bool {
        match self {
            Self::String | Self::SecureString => value.is_string(),
            Self::Int => value.is_i64() || value.is_u64(),
            Self::Bool => value.is_boolean(),
            Self::Object | Self::SecureObject => value.is_object(),
            Self::Array => value.is_array(),
        }
    }

    /// The type as the JSON library behind ARM calls it, which its messages show.
    pub(crate) fn json_name(self) -> &'static str {
        match self {
            Self::String | Self::SecureString => "String, Uri",
            Self::Int => "Integer",
            Self::Bool => "Boolean",
            Self::Object | Self::SecureObject => "Object",
            Self::Array => "Array",
        }
    }
}

/// What the JSON library behind ARM calls the type of a value.
pub(crate) fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(n) if n.is_f64() => "Float",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Object(_) => "Object",
    }
}
