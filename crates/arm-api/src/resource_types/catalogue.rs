//! Which types there are: the modelled ones, and those that Azure knows and nobody modelled.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::generic::Generic;
use super::{ALL, Access, ResourceType};

/// Every control-plane type that Azure lets clients write, one a line (source: fixtures/README.md).
const KNOWN: &str = include_str!("../../../../fixtures/resource-types.txt");

/// Type in lower case to its spelling and, where it is modelled, what smalt knows of it.
static TYPES: LazyLock<BTreeMap<String, (&'static str, &'static dyn ResourceType)>> = LazyLock::new(|| {
    let known = KNOWN.lines().map(|name| (name.to_ascii_lowercase(), (name, &Generic as &'static dyn ResourceType)));
    let modelled = ALL.iter().map(|t| (t.name().to_ascii_lowercase(), (t.name(), *t)));
    known.chain(modelled).collect()
});

/// The type with this name, whatever its case, and the name as Azure spells it.
pub(crate) fn find(name: &str) -> Option<(&'static dyn ResourceType, &'static str)> {
    TYPES.get(&name.to_ascii_lowercase()).map(|(spelling, found)| (*found, *spelling))
}

/// Whether Azure has this namespace.
pub(crate) fn is_namespace(namespace: &str) -> bool {
    types_of(namespace).next().is_some()
}

/// The types of a namespace, without it.
pub(crate) fn types_of(namespace: &str) -> impl Iterator<Item = (&'static str, &'static dyn ResourceType)> {
    let prefix = format!("{}/", namespace.to_ascii_lowercase());
    TYPES.range(prefix.clone()..).take_while(move |(name, _)| name.starts_with(&prefix)).map(
        |(_, (spelling, found))| {
            let (_, within) = spelling.split_once('/').unwrap_or(("", spelling));
            (within, *found)
        },
    )
}

/// Every namespace, in Azure's spelling, in the order of the alphabet.
pub(crate) fn namespaces() -> Vec<&'static str> {
    let mut all: Vec<&str> = TYPES.values().filter_map(|(name, _)| name.split('/').next()).collect();
    all.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    all
}

/// What the authorization matrix must cover: a modelled type and the verbs it knows.
#[derive(Debug, Clone, Copy)]
pub struct Inventory {
    /// The type's name.
    pub name: &'static str,
    /// `GET`, `LIST`, `PUT`, `PATCH`, `DELETE`, and the names of its actions.
    pub verbs: &'static [&'static str],
    /// Whether a list is answered to everybody, filtered.
    pub list_is_filtered: bool,
    /// Whether everybody may ask.
    pub is_open: bool,
}

/// Every modelled type.
pub fn inventory() -> impl Iterator<Item = Inventory> {
    ALL.iter().map(|t| Inventory {
        name: t.name(),
        verbs: t.verbs(),
        list_is_filtered: t.access() == Access::ListFiltered,
        is_open: t.access() == Access::Open,
    })
}
