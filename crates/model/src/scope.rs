//! Scopes: the places where a role can be assigned.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A scope as ARM compares it: lower case, single slashes, no slash at the end, `/` for the tenant's root.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope(String);

impl Scope {
    /// The tenant's root, above everything.
    pub const ROOT: &'static str = "/";

    /// The scope that `text` spells, whatever its case, doubled or missing slashes.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 1);
        for segment in text.split('/').filter(|s| !s.is_empty()) {
            out.push('/');
            let start = out.len();
            if segment.is_ascii() {
                out.push_str(segment);
                out[start..].make_ascii_lowercase();
            } else {
                out.extend(segment.chars().flat_map(char::to_lowercase));
            }
        }
        if out.is_empty() {
            out.push('/');
        }
        Self(out)
    }

    /// The comparable spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the tenant's root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0 == Self::ROOT
    }

    /// Whether `other` is this scope or lies below it by its path, segment by segment: `rg1` does not hold `rg10`.
    /// Management groups are above their subscriptions by the tree, not by the path, and are not seen here.
    #[must_use]
    pub fn contains(&self, other: &Scope) -> bool {
        self.is_root() || other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The scope and every scope above it by its path, nearest first, ending with the root: the extended resource
    /// above an extension, the parent resource above a child, the resource group, the subscription.
    pub fn ancestors(&self) -> impl Iterator<Item = &str> {
        let mut rest = Some(self.0.as_str());
        std::iter::from_fn(move || {
            let here = rest?;
            rest = if here == Self::ROOT { None } else { Some(parent(here)) };
            Some(here)
        })
    }
}

/// The scope one step above: without the last name and its type, or without a type that no name follows.
/// `providers/{namespace}` goes together with the first type, so that every step is a place where a role can be assigned.
fn parent(path: &str) -> &str {
    const PROVIDERS: &str = "/providers/";
    let (start, head) = match path.rfind(PROVIDERS) {
        // The pairs begin behind the namespace.
        Some(at) => (path[at + PROVIDERS.len()..].find('/').map_or(path.len(), |n| at + PROVIDERS.len() + n), at),
        None => (0, 0),
    };
    let segments = path[start..].matches('/').count();
    if segments <= 2 {
        return if head == 0 { Scope::ROOT } else { &path[..head] };
    }
    let without_last = &path[..path.rfind('/').unwrap_or(0)];
    match segments % 2 {
        0 => &without_last[..without_last.rfind('/').unwrap_or(0)],
        _ => without_last,
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ancestors_step_over_whole_resources() {
        let scope = Scope::new(
            "/subscriptions/S/resourceGroups/RG//providers/Microsoft.Network/virtualNetworks/v/subnets/s/providers/Microsoft.Authorization/locks/l/",
        );
        assert_eq!(
            scope.ancestors().collect::<Vec<_>>(),
            [
                "/subscriptions/s/resourcegroups/rg/providers/microsoft.network/virtualnetworks/v/subnets/s/providers/microsoft.authorization/locks/l",
                "/subscriptions/s/resourcegroups/rg/providers/microsoft.network/virtualnetworks/v/subnets/s",
                "/subscriptions/s/resourcegroups/rg/providers/microsoft.network/virtualnetworks/v",
                "/subscriptions/s/resourcegroups/rg",
                "/subscriptions/s",
                "/",
            ]
        );
        assert_eq!(
            Scope::new("/subscriptions/s/resourceGroups/g/providers/A.B/c/d/e").ancestors().collect::<Vec<_>>(),
            [
                "/subscriptions/s/resourcegroups/g/providers/a.b/c/d/e",
                "/subscriptions/s/resourcegroups/g/providers/a.b/c/d",
                "/subscriptions/s/resourcegroups/g",
                "/subscriptions/s",
                "/"
            ],
            "a collection"
        );
        assert_eq!(
            Scope::new("/providers/Microsoft.Management/managementGroups/m").ancestors().collect::<Vec<_>>(),
            ["/providers/microsoft.management/managementgroups/m", "/"]
        );
        assert_eq!(Scope::new("").ancestors().collect::<Vec<_>>(), ["/"]);
    }

    #[test]
    fn containment_is_by_whole_segments() {
        let rg1 = Scope::new("/subscriptions/s/resourceGroups/rg1");
        assert!(rg1.contains(&Scope::new("/SUBSCRIPTIONS/s/resourcegroups/RG1/providers/a/b/c")));
        assert!(!rg1.contains(&Scope::new("/subscriptions/s/resourceGroups/rg10")));
        assert!(Scope::new("/").contains(&rg1));
    }
}
