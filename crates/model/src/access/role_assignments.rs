//! Role assignments, found by name, by holder and place, and by subscription.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use imbl::Vector;
use smallvec::SmallVec;
use uuid::Uuid;

use super::guid_map::GuidMap;
use super::holdings::{Held, Holdings, container};
use super::{Place, SharedMap};
use crate::{RoleAssignment, Scope};

/// Every role assignment of a tenant.
///
/// A decision asks for what a few principals hold at a place or above it: one lookup a principal, then a comparison of
/// [fingerprints](Scope::fingerprint), whatever the tenant's size.
#[derive(Clone, Default)]
pub struct RoleAssignments {
    by_name: SharedMap<Uuid, Arc<RoleAssignment>>,
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

    /// All, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<RoleAssignment>> {
        self.by_name.values()
    }

    /// Those that name `principal` itself.
    pub fn of(&self, principal: Uuid) -> impl Iterator<Item = &Arc<RoleAssignment>> {
        let few = self.held.get(principal).into_iter().flat_map(Holdings::all);
        few.chain(self.held_at.get(&principal).into_iter().flat_map(SharedMap::values).flatten().map(|h| &h.assignment))
    }

    /// Those that one of `principals` holds at `place` or above it, and perhaps a few that it holds elsewhere: whoever asks
    /// has to see whether the place [is within](Place::is_within) the scope, and can first look at what costs less.
    #[must_use]
    pub fn candidates(&self, principals: &[Uuid], place: &Place<'_>) -> SmallVec<[&Held; 16]> {
        self.held.approach(principals);
        let mut found: SmallVec<[&Held; 16]> = SmallVec::new();
        for holdings in principals.iter().filter_map(|principal| self.held.get(*principal)) {
            found.extend(holdings.candidates(place));
        }
        // Most tenants have no principal that holds many.
        let large = if self.held_at.is_empty() { &[] } else { principals };
        for places in large.iter().filter_map(|principal| self.held_at.get(principal)) {
            found.extend(place.fingerprints().iter().filter_map(|fingerprint| places.get(fingerprint)).flatten());
        }
        // As above: all are looked at before any is waited for.
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
        let left = |held: &Holdings| held.all().filter(|a| a.name != name).cloned().collect::<Vec<_>>();
        match self.held.get(gone.principal_id).map(left) {
            Some(left) if left.is_empty() => drop(self.held.remove(gone.principal_id)),
            Some(left) => drop(Holdings::of(left).map(|left| self.held.insert(gone.principal_id, left))),
            None => {
                // Many stay many: a principal at the border does not go to and fro.
                if let Some(places) = self.held_at.get_mut(&gone.principal_id) {
                    pull(places, gone.scope.fingerprint(), |held| held.assignment.name == name);
                    if places.is_empty() {
                        self.held_at.remove(&gone.principal_id);
                    }
                }
            }
        }
        pull(&mut self.inside, container(&gone.scope), |(other, _)| *other == name);
        Some(gone)
    }

    /// Adds to what a principal holds.
    fn hold(&mut self, principal: Uuid, more: impl IntoIterator<Item = Arc<RoleAssignment>>) {
        let mut all: Vec<_> = self.held.get(principal).map(|held| held.all().cloned().collect()).unwrap_or_default();
        all.extend(more);
        if !self.held_at.contains_key(&principal)
            && let Some(holdings) = Holdings::of(all.iter().cloned())
        {
            self.held.insert(principal, holdings);
            return;
        }
        self.held.remove(principal);
        let mut places = self.held_at.remove(&principal).unwrap_or_default();
        for assignment in all {
            push(&mut places, assignment.scope.fingerprint(), Held::from(assignment));
        }
        self.held_at.insert(principal, places);
    }
}

/// All at once: what one principal holds is laid down once, and nothing is moved to make room.
impl FromIterator<Arc<RoleAssignment>> for RoleAssignments {
    fn from_iter<I: IntoIterator<Item = Arc<RoleAssignment>>>(assignments: I) -> Self {
        let mut by_holder: HashMap<Uuid, Vec<Arc<RoleAssignment>>, foldhash::fast::RandomState> = HashMap::default();
        let mut all = Self::default();
        for assignment in assignments {
            if all.by_name.insert(assignment.name, assignment.clone()).is_none() {
                push(&mut all.inside, container(&assignment.scope), (assignment.name, assignment.clone()));
                by_holder.entry(assignment.principal_id).or_default().push(assignment);
            }
        }
        all.held = GuidMap::with_capacity(by_holder.len());
        for (principal, held) in by_holder {
            all.hold(principal, held);
        }
        all
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
