//! What is known of a request.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::scalar::Scalar;

/// What an attribute tells about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Source {
    /// What is acted on.
    Resource,
    /// What is asked for.
    Request,
    /// The caller's custom security attributes.
    Principal,
    /// The surroundings: time, network.
    Environment,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 4] = [Self::Resource, Self::Request, Self::Principal, Self::Environment];

    /// The source of that name, in any letter case.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str().eq_ignore_ascii_case(name))
    }

    /// The name, as conditions write it after `@`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resource => "Resource",
            Self::Request => "Request",
            Self::Principal => "Principal",
            Self::Environment => "Environment",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The value of an attribute, or its several values. An empty array counts as no attribute at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a string, a number, a boolean or an array of these is expected")]
pub enum AttributeValue {
    /// One value.
    One(Scalar),
    /// Several, for operators such as `ForAnyOfAnyValues:StringEquals`; one alone is as good as no array.
    Many(Vec<Scalar>),
}

impl AttributeValue {
    /// The values, one or several.
    #[must_use]
    pub fn values(&self) -> &[Scalar] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for AttributeValue {
    fn from(text: String) -> Self {
        Self::One(Scalar::Text(text))
    }
}

impl From<bool> for AttributeValue {
    fn from(value: bool) -> Self {
        Self::One(Scalar::Bool(value))
    }
}

impl From<i64> for AttributeValue {
    fn from(number: i64) -> Self {
        Self::One(Scalar::Number(Number::from(number)))
    }
}

impl FromIterator<String> for AttributeValue {
    fn from_iter<T: IntoIterator<Item = String>>(texts: T) -> Self {
        Self::Many(texts.into_iter().map(Scalar::Text).collect())
    }
}

/// The attributes of a request. Names ignore letter case, except for the keys of tags: `…/blobs/tags:Project` and
/// `…/blobs/tags:project` are two (RBAC A7).
///
/// As JSON: `{"Resource": {"Microsoft.Storage/storageAccounts:name": "a"}, "Environment": {…}}`; sources ignore case.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(try_from = "BTreeMap<String, BTreeMap<String, AttributeValue>>")]
pub struct Attributes {
    by_source: [BTreeMap<String, AttributeValue>; Source::ALL.len()],
}

impl Attributes {
    /// Sets an attribute, in place of one of the same name.
    pub fn set(&mut self, source: Source, name: &str, value: impl Into<AttributeValue>) -> &mut Self {
        self.by_source[source as usize].insert(lookup_key(name), value.into());
        self
    }

    /// The attribute of that name.
    #[must_use]
    pub fn get(&self, source: Source, name: &str) -> Option<&AttributeValue> {
        self.by_source[source as usize].get(&lookup_key(name))
    }

    /// The values of the attribute with that [`lookup_key`]; none where there are none.
    pub(super) fn values(&self, source: Source, key: &str) -> Option<&[Scalar]> {
        let values = self.by_source[source as usize].get(key)?.values();
        (!values.is_empty()).then_some(values)
    }
}

impl TryFrom<BTreeMap<String, BTreeMap<String, AttributeValue>>> for Attributes {
    type Error = String;

    fn try_from(sources: BTreeMap<String, BTreeMap<String, AttributeValue>>) -> Result<Self, String> {
        let mut attributes = Self::default();
        for (name, values) in sources {
            let source = Source::named(&name)
                .ok_or_else(|| format!("'{name}' is no source of attributes: one of {:?} is expected", Source::ALL))?;
            for (name, value) in values {
                attributes.set(source, &name, value);
            }
        }
        Ok(attributes)
    }
}

/// What attributes are found by: the name in lower case, but the key of a tag as it is, since blob index tags differ by
/// letter case. Conditions mark such a name with `<$key_case_sensitive$>`, requests do not.
pub(super) fn lookup_key(name: &str) -> String {
    const MARK: &str = "<$key_case_sensitive$>";
    let name = name.trim();
    let unmarked = name.len().checked_sub(MARK.len()).and_then(|at| name.split_at_checked(at));
    let name = match unmarked {
        Some((name, mark)) if mark.eq_ignore_ascii_case(MARK) => name,
        _ => name,
    };
    match name.split_once(':').map(|(namespace, key)| (namespace.to_lowercase(), key)) {
        Some((namespace, key)) if namespace.ends_with("/tags") => format!("{namespace}:{key}"),
        _ => name.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ignore_case_but_keys_of_tags_do_not() {
        for (name, key) in [
            ("Microsoft.Storage/storageAccounts:Name", "microsoft.storage/storageaccounts:name"),
            ("A/blobs/Tags:Project<$key_case_sensitive$>", "a/blobs/tags:Project"),
            ("A/blobs/tags:Project<$KEY_case_sensitive$>", "a/blobs/tags:Project"),
            ("A/blobs/tags:project", "a/blobs/tags:project"),
            ("A/blobs/tags:A:B", "a/blobs/tags:A:B"),
            ("A/blobs/Tags&$keys$&", "a/blobs/tags&$keys$&"),
            (" UtcNow ", "utcnow"),
            ("é<$key_case_sensitive$>", "é"),
            ("ééééééééééééééééééééé", "ééééééééééééééééééééé"),
            ("", ""),
        ] {
            assert_eq!(lookup_key(name), key);
        }
    }

    #[test]
    fn read_from_json() {
        let json = r#"{"resource": {"A:b": "x", "c": ["y", 1, true]}, "ENVIRONMENT": {"d": 1.5, "e": []}}"#;
        let attributes: Attributes = serde_json::from_str(json).unwrap();
        assert_eq!(attributes.get(Source::Resource, "a:B"), Some(&"x".into()));
        assert_eq!(attributes.get(Source::Resource, "C").unwrap().values().len(), 3);
        assert_eq!(attributes.get(Source::Request, "a:b"), None);
        let mut built = Attributes::default();
        built.set(Source::Resource, "a:b", "old").set(Source::Resource, "A:B", "x");
        assert_eq!(built.get(Source::Resource, "a:b"), Some(&"x".into()));
    }

    #[test]
    fn what_is_refused_says_what_is_expected() {
        for (json, expected) in [
            (r#"{"Tenant": {}}"#, "'Tenant' is no source"),
            (r#"{"Resource": {"a": null}}"#, "a string, a number, a boolean or an array"),
            (r#"{"Resource": {"a": [["b"]]}}"#, "a string, a number, a boolean or an array"),
        ] {
            let error = serde_json::from_str::<Attributes>(json).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
