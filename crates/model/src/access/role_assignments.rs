//! Role assignments, found by name, by holder and place, and by subscription.

use std::collections::HashSet;
use std::sync::Arc;

use imbl::{OrdMap, Vector};
use smallvec::SmallVec;
use uuid::Uuid;

use super::guid_map::GuidMap;
use super::holdings::{Held, Holdings, MOST, container};
use super::{Place, SharedMap};
use crate::{RoleAssignment, Scope};

/// Every role assignment of a tenant.
///
/// A decision asks for what a few principals hold at a place or above it: one lookup a principal, then a comparison of
/// [fingerprints](Scope::fingerprint), whatever the tenant's size.
#[derive(Clone, Default)]
pub struct RoleAssignments {
    /// In order: a map by hash measured three times as large, and slower to change.
    by_name: OrdMap<Uuid, Arc<RoleAssignment>>,
    held: GuidMap<Holdings>,
    /// Of principals that hold too many to look through, by the fingerprint of the scope: a large group holds roles in
    /// every project.
    held_at: SharedMap<Uuid, SharedMap<u64, Vector<Held>>>,
    /// By the subscription or management group they lie in, which Azure keeps small: 4,000 and 500 (RBAC A12). The names
    /// stand beside them, so that looking for one reads none.
    inside: SharedMap<u64, Vector<Named>>,
}

type Named = (Uuid, Arc<RoleAssignment>);

impl RoleAssignments {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// The one with this name.
    #[must_use]
    pub fn get(&self, name: Uuid) -> Option<&Arc<RoleAssignment>> {
        self.by_name.get(&name)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<RoleAssignment>> {
        self.by_name.values()
    }

    /// Those that name `principal` itself.
    pub fn of(&self, principal: Uuid) -> impl Iterator<Item = &Arc<RoleAssignment>> {
        let holdings = self.held.get(principal);
        let many = holdings.and_then(|holdings| self.elsewhere(principal, holdings));
        let many = many.into_iter().flat_map(SharedMap::values).flatten().map(|held| &held.assignment);
        holdings.into_iter().flat_map(Holdings::all).chain(many)
    }

    /// By place, what is too much for a principal's holdings.
    fn elsewhere(&self, principal: Uuid, holdings: &Holdings) -> Option<&SharedMap<u64, Vector<Held>>> {
        holdings.are_elsewhere().then(|| self.held_at.get(&principal)).flatten()
    }

    /// Those that one of `principals` holds at `place` or above it, and perhaps a few that it holds elsewhere: whoever asks
    /// has to see whether the place [is within](Place::is_within) the scope, and can first look at what costs less.
    #[must_use]
    pub fn candidates(&self, principals: &[Uuid], place: &Place<'_>) -> SmallVec<[&Held; 16]> {
        let mut found: SmallVec<[&Held; 16]> = SmallVec::new();
        for (principal, holdings) in self.held.several(principals) {
            found.extend(holdings.candidates(place));
            if let Some(places) = self.elsewhere(principal, holdings) {
                found.extend(place.fingerprints().iter().filter_map(|fingerprint| places.get(fingerprint)).flatten());
            }
        }
        // All are looked at before any is waited for.
        std::hint::black_box(found.iter().fold(0, |bytes, held| bytes ^ held.role_definition_id.as_bytes()[0]));
        found
    }

    /// Those that one of `principals` holds at `place` or above it.
    #[must_use]
    pub fn reaching(&self, principals: &[Uuid], place: &Place<'_>) -> Vec<&Arc<RoleAssignment>> {
        let held = self.candidates(principals, place).into_iter().map(|held| &held.assignment);
        held.filter(|a| place.is_within(&a.scope)).collect()
    }

    /// Those that anyone at all holds at `place` or above it.
    pub fn reaching_anyone<'a>(&'a self, place: &Place<'_>) -> impl Iterator<Item = &'a Arc<RoleAssignment>> {
        // What is assigned at the root lies in no container.
        let containers: HashSet<u64> = place.above().iter().chain([place.scope()]).map(container).chain([0]).collect();
        let all = containers.into_iter().filter_map(|container| self.inside.get(&container)).flatten();
        all.map(|(_, a)| a).filter(|a| place.is_within(&a.scope))
    }

    /// Those at `scope` or below it by its path.
    pub fn at_or_below<'a>(&'a self, scope: &Scope) -> impl Iterator<Item = &'a Arc<RoleAssignment>> {
        let container = container(scope);
        let (one, all) = match container {
            0 => (None, Some(self.by_name.values())),
            _ => (self.inside.get(&container), None),
        };
        one.into_iter().flatten().map(|(_, a)| a).chain(all.into_iter().flatten()).filter(|a| scope.contains(&a.scope))
    }

    /// Makes or replaces one.
    pub fn insert(&mut self, assignment: Arc<RoleAssignment>) {
        self.remove(assignment.name);
        self.hold(assignment.principal_id, [assignment.clone()]);
        push(&mut self.inside, container(&assignment.scope), (assignment.name, assignment.clone()));
        self.by_name.insert(assignment.name, assignment);
    }

    /// Takes one away.
    pub fn remove(&mut self, name: Uuid) -> Option<Arc<RoleAssignment>> {
        let gone = self.by_name.remove(&name)?;
        let principal = gone.principal_id;
        if let Some(places) = self.held_at.get_mut(&principal) {
            // Many stay many: a principal at the border does not go to and fro.
            pull(places, gone.scope.fingerprint(), |held| held.assignment.name == name);
            if places.is_empty() {
                self.held_at.remove(&principal);
                self.held.remove(principal);
            }
        } else {
            let left: Vec<_> = self.of(principal).filter(|a| a.name != name).cloned().collect();
            match left.is_empty() {
                true => drop(self.held.remove(principal)),
                false => drop(self.held.insert(principal, Holdings::of(left))),
            }
        }
        pull(&mut self.inside, container(&gone.scope), |(other, _)| *other == name);
        Some(gone)
    }

    /// Adds to what a principal holds.
    fn hold(&mut self, principal: Uuid, more: impl IntoIterator<Item = Arc<RoleAssignment>>) {
        let few = self.held.get(principal).into_iter().flat_map(Holdings::all).cloned();
        let all: Vec<_> = few.chain(more).collect();
        if all.len() <= MOST && !self.held_at.contains_key(&principal) {
            self.held.insert(principal, Holdings::of(all));
            return;
        }
        self.held.insert(principal, Holdings::elsewhere());
        let mut places = self.held_at.remove(&principal).unwrap_or_default();
        for assignment in all {
            push(&mut places, assignment.scope.fingerprint(), Held::from(assignment));
        }
        self.held_at.insert(principal, places);
    }
}

/// All at once: what one principal holds is laid down once, and nothing is moved to make room. Of several with one name
/// the last counts.
impl FromIterator<Arc<RoleAssignment>> for RoleAssignments {
    fn from_iter<I: IntoIterator<Item = Arc<RoleAssignment>>>(assignments: I) -> Self {
        let assignments: Vec<_> = assignments.into_iter().collect();
        // What they are sorted by stands beside them: sorting reads none of them.
        let mut by_name: Vec<Named> = assignments.iter().map(|a| (a.name, a.clone())).collect();
        by_name.sort_by_key(|(name, _)| *name);
        let by_name = OrdMap::from_iter(by_name);
        let is_last = |a: &&Arc<RoleAssignment>| by_name.get(&a.name).is_some_and(|last| Arc::ptr_eq(last, a));
        let repeated = by_name.len() < assignments.len();
        let mut by_holder = Vec::with_capacity(by_name.len());
        let mut all = Self::default();
        for assignment in assignments.iter().filter(|a| !repeated || is_last(a)) {
            push(&mut all.inside, container(&assignment.scope), (assignment.name, assignment.clone()));
            by_holder.push((assignment.principal_id, assignment.clone()));
        }
        by_holder.sort_by_key(|(principal, _)| *principal);
        let holders = || by_holder.chunk_by(|one, next| one.0 == next.0);
        all.held = GuidMap::with_capacity(holders().count());
        for held in holders() {
            all.hold(held[0].0, held.iter().map(|(_, assignment)| assignment.clone()));
        }
        Self { by_name, ..all }
    }
}

fn push<T: Clone>(lists: &mut SharedMap<u64, Vector<T>>, at: u64, one: T) {
    lists.entry(at).or_default().push_back(one);
}

fn pull<T: Clone>(lists: &mut SharedMap<u64, Vector<T>>, from: u64, is_meant: impl Fn(&T) -> bool) {
    let Some(list) = lists.get_mut(&from) else { return };
    if let Some(place) = list.iter().position(is_meant) {
        list.remove(place);
    }
    if list.is_empty() {
        lists.remove(&from);
    }
}
