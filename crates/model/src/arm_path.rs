//! The paths of ARM, which nest without end and ignore case.

use thiserror::Error;

use crate::Scope;

/// Why a path is no ARM path.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PathError {
    /// Percent-decoding it gives no text, or a segment holds a slash.
    #[error("the path holds a segment that cannot be read: '{0}'")]
    Encoding(String),
    /// `providers` is not followed by a namespace, or the like.
    #[error("the path breaks off: '{0}'")]
    Incomplete(String),
}

/// What the part of a path before its first `/providers/` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// The tenant: nothing comes before.
    Tenant,
    /// `/subscriptions/{id}`.
    Subscription {
        /// The id as written.
        id: String,
    },
    /// `/subscriptions/{id}/resourceGroups/{group}`.
    ResourceGroup {
        /// The subscription's id as written.
        subscription: String,
        /// The group's name as written.
        name: String,
    },
}

/// One `/providers/{namespace}/{type}/{name}…` run. The last one of a path may end in a type without a name: a
/// collection, or the name of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderPart {
    /// Such as `Microsoft.Compute`, as written.
    pub namespace: String,
    /// Types, outermost first, as written.
    pub types: Vec<String>,
    /// Names, outermost first, as written; as many as `types` or one fewer.
    pub names: Vec<String>,
}

impl ProviderPart {
    /// `Namespace/type/child`, as written.
    #[must_use]
    pub fn resource_type(&self) -> String {
        let mut out = self.namespace.clone();
        for t in &self.types {
            out.push('/');
            out.push_str(t);
        }
        out
    }
}

/// A request path, cut into its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmPath {
    /// What comes before the first `/providers/`.
    pub base: Base,
    /// Segments between base and providers that form neither: `resources`, `locations`, `tagNames/x`, a collection
    /// such as `resourceGroups`, or the name of an action.
    pub rest: Vec<String>,
    /// The providers runs, outermost first: a resource, then what extends it.
    pub providers: Vec<ProviderPart>,
}

impl ArmPath {
    /// Cuts a percent-encoded path. Doubled slashes and one at the end are dropped; names keep their spelling.
    ///
    /// # Errors
    /// [`PathError`]: a segment that decodes to no text or to one with a slash, a path that breaks off.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let mut segments = Vec::new();
        for raw in path.split('/').filter(|s| !s.is_empty()) {
            let segment = decode(raw).filter(|s| !s.contains(['/', '\\', '\0']) && !s.chars().any(char::is_control));
            segments.push(segment.ok_or_else(|| PathError::Encoding(raw.to_owned()))?);
        }
        Self::from_segments(segments, path)
    }

    fn from_segments(segments: Vec<String>, path: &str) -> Result<Self, PathError> {
        let mut segments = segments.into_iter().peekable();
        let mut base = Base::Tenant;
        let mut rest = Vec::new();
        if segments.peek().is_some_and(|s| is(s, "subscriptions")) {
            let word = segments.next().unwrap_or_default();
            match segments.next() {
                None => rest.push(word),
                Some(id) => {
                    base = Base::Subscription { id };
                    if segments.peek().is_some_and(|s| is(s, "resourceGroups")) {
                        let word = segments.next().unwrap_or_default();
                        match (segments.next(), base) {
                            (Some(name), Base::Subscription { id }) => {
                                base = Base::ResourceGroup { subscription: id, name };
                            }
                            (_, other) => {
                                base = other;
                                rest.push(word);
                            }
                        }
                    }
                }
            }
        }
        while let Some(segment) = segments.next_if(|s| !is(s, "providers")) {
            rest.push(segment);
        }
        let mut providers = Vec::new();
        while segments.next().is_some() {
            let Some(namespace) = segments.next() else {
                // A collection of providers: `/subscriptions/{id}/providers`.
                match providers.is_empty() {
                    true => rest.push("providers".to_owned()),
                    false => return Err(PathError::Incomplete(path.to_owned())),
                }
                break;
            };
            let mut part = ProviderPart { namespace, types: Vec::new(), names: Vec::new() };
            while let Some(segment) = segments.next_if(|s| !is(s, "providers")) {
                if part.types.len() == part.names.len() {
                    part.types.push(segment);
                } else {
                    part.names.push(segment);
                }
            }
            providers.push(part);
        }
        let inner = providers.len().saturating_sub(1);
        if providers[..inner].iter().any(|p| p.types.len() != p.names.len() || p.types.is_empty()) {
            return Err(PathError::Incomplete(path.to_owned()));
        }
        Ok(Self { base, rest, providers })
    }

    /// The subscription's id as written, where the path names one.
    #[must_use]
    pub fn subscription(&self) -> Option<&str> {
        match &self.base {
            Base::Tenant => None,
            Base::Subscription { id } => Some(id),
            Base::ResourceGroup { subscription, .. } => Some(subscription),
        }
    }

    /// The resource group's name as written, where the path names one.
    #[must_use]
    pub fn resource_group(&self) -> Option<&str> {
        match &self.base {
            Base::ResourceGroup { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The last providers run, where there is one.
    #[must_use]
    pub fn last(&self) -> Option<&ProviderPart> {
        self.providers.last()
    }

    /// Whether the last run ends in a type without a name.
    #[must_use]
    pub fn is_collection(&self) -> bool {
        self.last().is_some_and(|p| p.types.len() > p.names.len())
    }

    /// The base in Azure's spelling: `/subscriptions/{id}/resourceGroups/{name}`; empty for the tenant.
    #[must_use]
    pub fn base_id(&self) -> String {
        match &self.base {
            Base::Tenant => String::new(),
            Base::Subscription { id } => format!("/subscriptions/{id}"),
            Base::ResourceGroup { subscription, name } => {
                format!("/subscriptions/{subscription}/resourceGroups/{name}")
            }
        }
    }

    /// The whole path in canonical form, with `resourceGroups` spelt so and everything else as written.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = self.base_id();
        for segment in &self.rest {
            out.push('/');
            out.push_str(segment);
        }
        push_providers(&mut out, &self.providers);
        if out.is_empty() { Scope::ROOT.to_owned() } else { out }
    }

    /// What the last providers run extends: the path without it. `/` for the tenant.
    #[must_use]
    pub fn extended(&self) -> String {
        let mut out = self.base_id();
        push_providers(&mut out, &self.providers[..self.providers.len().saturating_sub(1)]);
        if out.is_empty() { Scope::ROOT.to_owned() } else { out }
    }
}

fn push_providers(out: &mut String, providers: &[ProviderPart]) {
    for part in providers {
        out.push_str("/providers/");
        out.push_str(&part.namespace);
        for (i, t) in part.types.iter().enumerate() {
            out.push('/');
            out.push_str(t);
            if let Some(name) = part.names.get(i) {
                out.push('/');
                out.push_str(name);
            }
        }
    }
}

fn is(segment: &str, word: &str) -> bool {
    segment.eq_ignore_ascii_case(word)
}

fn decode(segment: &str) -> Option<String> {
    if !segment.contains('%') {
        return Some(segment.to_owned());
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |b: u8| char::from(b).to_digit(16);
            let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_whatever_their_case_and_slashes() {
        let path = ArmPath::parse(
            "/subscriptions/S/resourcegroups/RG/providers/Microsoft.Network//virtualNetworks/v%20x/subnets/",
        );
        let path = path.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(path.resource_group(), Some("RG"));
        assert_eq!(path.rest, Vec::<String>::new());
        assert_eq!(path.providers[0].names, ["v x"]);
        assert!(path.is_collection(), "subnets");
    }

    #[test]
    fn what_stands_outside_providers_is_kept() {
        for (text, rest, canonical) in [
            ("/subscriptions", vec!["subscriptions"], "/subscriptions"),
            ("/subscriptions/s/resourcegroups", vec!["resourcegroups"], "/subscriptions/s/resourcegroups"),
            ("/subscriptions/s/providers", vec!["providers"], "/subscriptions/s/providers"),
            (
                "/subscriptions/s/resourcegroups/g/resources",
                vec!["resources"],
                "/subscriptions/s/resourceGroups/g/resources",
            ),
            ("/", vec![], "/"),
        ] {
            let path = ArmPath::parse(text).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(path.rest, rest, "{text}");
            assert_eq!(path.canonical(), canonical);
        }
    }

    #[test]
    fn an_extension_names_what_it_extends() {
        let path = ArmPath::parse("/subscriptions/s/resourceGroups/g/providers/A.B/c/d/providers/M.A/locks/l");
        assert_eq!(path.map(|p| p.extended()), Ok("/subscriptions/s/resourceGroups/g/providers/A.B/c/d".to_owned()));
    }

    #[test]
    fn a_path_that_cannot_be_read_is_refused() {
        for wrong in [
            "/subscriptions/a%2Fb",
            "/a/%zz",
            "/a/%ff",
            "/a/b%00",
            "/subscriptions/s/providers/A/b/providers/C/d/e",
            "/subscriptions/s/providers/A/b/c/providers",
        ] {
            assert!(ArmPath::parse(wrong).is_err(), "{wrong}");
        }
    }
}
