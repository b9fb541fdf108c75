//! The operations that Azure is known to have: what a pattern can stand for, and so what a role allows in all.
//!
//! What it is: a [`Universe`], the shipped one ([`Universe::known`]) or one given as a list, that is asked whether an
//! operation is known, which ones a pattern matches, and which ones a role allows ([`OperationSet`]).
//!
//! What it is not: a decision needs none of it. A request for an operation that nobody listed is decided by the same
//! patterns as any other.
//!
//! How to bring it up to date: fixtures/README.md says where the list is from and in which form it is kept.

mod least;
mod nearest;
mod set;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use model::Permission;

use crate::{ActionPattern, Plane};

pub use least::least_roles;
pub use set::OperationSet;

/// One operation that a provider offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    name: Cow<'static, str>,
    lower: Cow<'static, str>,
    control: bool,
    data: bool,
}

impl Operation {
    /// An operation of the planes named; seven of Azure's are in both (RBAC A4).
    #[must_use]
    pub fn new(name: String, control: bool, data: bool) -> Self {
        Self { lower: name.to_ascii_lowercase().into(), name: name.into(), control, data }
    }

    /// The name as its provider spells it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name as it is compared.
    #[must_use]
    pub fn lower(&self) -> &str {
        &self.lower
    }

    /// Whether it is an operation of this plane.
    #[must_use]
    pub fn is_in(&self, plane: Plane) -> bool {
        match plane {
            Plane::Control => self.control,
            Plane::Data => self.data,
        }
    }
}

/// Operations, in the order of their lower-case names: what begins alike stands together.
#[derive(Debug)]
pub struct Universe(Vec<Operation>);

/// The list as shipped, and the same in lower case: both are cut into names without copying.
const TEXT: &str = include_str!("../../../../fixtures/operations.txt");
static LOWER: LazyLock<String> = LazyLock::new(|| TEXT.to_ascii_lowercase());

/// Where each known operation stands, by its lower-case name: every request is for one of them, nearly.
static PLACES: LazyLock<HashMap<&'static str, usize, foldhash::fast::RandomState>> =
    LazyLock::new(|| KNOWN.0.iter().enumerate().map(|(place, operation)| (operation.lower(), place)).collect());

static KNOWN: LazyLock<Universe> = LazyLock::new(|| {
    let lines = TEXT.lines().zip(LOWER.lines());
    Universe(lines.filter_map(|(line, lower)| read_line(line, lower)).collect())
});

/// A letter for the planes (`c`, `d`, or `b` for both), a blank, the name.
fn read_line(line: &'static str, lower: &'static str) -> Option<Operation> {
    let (planes, name) = line.split_once(' ')?;
    let (_, lower) = lower.split_once(' ')?;
    Some(Operation { name: name.into(), lower: lower.into(), control: planes != "d", data: planes != "c" })
}

impl FromIterator<Operation> for Universe {
    /// Sorts; a name that comes twice is in the planes of both.
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        let mut all: Vec<Operation> = operations.into_iter().collect();
        all.sort_by(|a, b| a.lower.cmp(&b.lower));
        all.dedup_by(|next, kept| {
            let is_same = next.lower == kept.lower;
            if is_same {
                kept.control |= next.control;
                kept.data |= next.data;
            }
            is_same
        });
        Self(all)
    }
}

impl Universe {
    /// The operations that smalt ships.
    #[must_use]
    pub fn known() -> &'static Self {
        &KNOWN
    }

    /// Where a known operation stands among the known ones, by its lower-case name.
    pub(crate) fn place_of_known(lower: &str) -> Option<usize> {
        PLACES.get(lower).copied()
    }

    /// All of them, ordered by lower-case name.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.0
    }

    /// The operations whose names begin with `prefix`, given in lower case.
    pub fn starting_with<'u>(&'u self, prefix: &str) -> &'u [Operation] {
        let tail = self.0.get(self.first_not_before(prefix)..).unwrap_or_default();
        let count = tail.partition_point(|o| o.lower.starts_with(prefix));
        tail.get(..count).unwrap_or_default()
    }

    /// Whether there is an operation of this name, whatever its case, in this plane.
    #[must_use]
    pub fn contains(&self, action: &str, plane: Plane) -> bool {
        let lower = action.to_ascii_lowercase();
        let found = self.0.get(self.first_not_before(&lower));
        found.is_some_and(|o| o.lower == lower && o.is_in(plane))
    }

    /// Whether the pattern stands for anything in this plane.
    #[must_use]
    pub fn has_match(&self, pattern: &ActionPattern, plane: Plane) -> bool {
        self.matching(pattern).any(|(_, operation)| operation.is_in(plane))
    }

    /// What permission blocks allow in one plane: each block's `actions` without its `notActions`, together (RBAC A1).
    /// Conditions do not count: what is allowed under one is allowed.
    #[must_use]
    pub fn allowed_by(&self, permissions: &[Permission], plane: Plane) -> OperationSet<'_> {
        let mut allowed = OperationSet::empty(self);
        for block in permissions {
            let (actions, not_actions) = match plane {
                Plane::Control => (&block.actions, &block.not_actions),
                Plane::Data => (&block.data_actions, &block.not_data_actions),
            };
            let mut here = self.matched_by(actions, plane);
            here.remove(&self.matched_by(not_actions, plane));
            allowed.add(&here);
        }
        allowed
    }

    /// The operations that any of the patterns matches, of whatever plane they are.
    pub(crate) fn named_by<'t>(&self, patterns: impl IntoIterator<Item = &'t str>) -> OperationSet<'_> {
        let mut matched = OperationSet::empty(self);
        for text in patterns {
            for (place, _) in self.matching(&ActionPattern::compile(text)) {
                matched.insert(place);
            }
        }
        matched
    }

    /// The operations of one plane that any of the patterns matches.
    #[must_use]
    pub fn matched_by(&self, patterns: &[impl AsRef<str>], plane: Plane) -> OperationSet<'_> {
        let mut matched = OperationSet::empty(self);
        for text in patterns {
            for (place, operation) in self.matching(&ActionPattern::compile(text.as_ref())) {
                if operation.is_in(plane) {
                    matched.insert(place);
                }
            }
        }
        matched
    }

    /// The operations that the pattern matches, each with its place. What it matches begins as the pattern does, so only
    /// that stretch is looked at: one entry for most patterns, everything for `*/read`.
    fn matching<'u>(&'u self, pattern: &ActionPattern) -> impl Iterator<Item = (usize, &'u Operation)> {
        let first = self.first_not_before(pattern.prefix());
        let stretch = self.starting_with(pattern.prefix());
        (first..).zip(stretch).filter(|(_, operation)| pattern.matches_lower(&operation.lower))
    }

    fn first_not_before(&self, lower: &str) -> usize {
        self.0.partition_point(|o| *o.lower < *lower)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;
    use crate::{Action, CompiledRole, builtin_roles};

    #[test]
    fn the_list_is_in_its_form() {
        let known = Universe::known().operations();
        assert_eq!(known.len(), TEXT.lines().count(), "every line is read");
        assert_eq!(known.len(), 20_664);
        assert!(known.is_sorted_by(|a, b| a.lower < b.lower), "ordered by lower-case name, each once");
        assert!(TEXT.lines().all(|line| matches!(line.as_bytes(), [b'c' | b'd' | b'b', b' ', ..])));
        assert_eq!(known.iter().filter(|o| o.is_in(Plane::Control)).count(), 17_263);
        assert_eq!(known.iter().filter(|o| o.is_in(Plane::Data)).count(), 3_408);
    }

    #[test]
    fn an_operation_is_known_in_its_plane_whatever_its_case() {
        for (action, plane, expected) in [
            ("microsoft.compute/VIRTUALMACHINES/start/action", Plane::Control, true),
            ("Microsoft.Compute/virtualMachines/start/action", Plane::Data, false),
            ("Microsoft.KeyVault/vaults/secrets/getSecret/action", Plane::Data, true),
            ("Microsoft.KeyVault/vaults/keys/read", Plane::Data, true),
            ("Microsoft.KeyVault/vaults/keys/read", Plane::Control, true),
            ("Microsoft.Compute/virtualMachines", Plane::Control, false),
            ("", Plane::Control, false),
            ("~", Plane::Control, false),
        ] {
            assert_eq!(Universe::known().contains(action, plane), expected, "{action} {plane:?}");
        }
    }

    #[test]
    fn a_list_given_is_sorted_and_joined() {
        let operation = |name: &str, control, data| Operation::new(name.to_owned(), control, data);
        let universe: Universe = [
            operation("B/x/read", true, false),
            operation("a/Y/read", false, true),
            operation("b/X/Read", false, true),
        ]
        .into_iter()
        .collect();
        let names: Vec<_> = universe.operations().iter().map(Operation::name).collect();
        assert_eq!(names, ["a/Y/read", "B/x/read"]);
        assert!(universe.contains("b/x/read", Plane::Data) && universe.contains("b/x/read", Plane::Control));
    }

    /// A custom role of the greatest size that is likely must be checked before anybody notices.
    #[test]
    fn three_hundred_patterns_are_looked_up_at_once() {
        let texts: Vec<&String> =
            builtin_roles().iter().flat_map(|r| &r.permissions).flat_map(|p| &p.actions).collect();
        let begun = Instant::now();
        let known =
            texts.iter().take(300).filter(|t| Universe::known().has_match(&ActionPattern::compile(t), Plane::Control));
        assert!(known.count() > 290);
        assert!(begun.elapsed() < Duration::from_secs(2), "even without optimisation: {:?}", begun.elapsed());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// The set and the decision are two ways to the same answer.
        #[test]
        fn a_role_allows_what_its_set_holds(role in 0..928_usize, place in 0..20_664_usize) {
            let role = &builtin_roles()[role];
            let operation = &Universe::known().operations()[place];
            for plane in [Plane::Control, Plane::Data] {
                let held = Universe::known().allowed_by(&role.permissions, plane).contains(operation.name());
                let allowed = CompiledRole::new(role).allows(&Action::new(operation.name()), plane).allowing_action().is_some();
                prop_assert_eq!(held, allowed && operation.is_in(plane), "{} {}", role.role_name, operation.name());
            }
        }
    }
}
