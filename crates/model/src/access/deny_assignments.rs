//! Deny assignments, found by name and by place.

use std::sync::Arc;

use imbl::Vector;
use uuid::Uuid;

use super::{Place, SharedMap};
use crate::DenyAssignment;

/// Every deny assignment of a tenant. They are few, and mostly name everyone: they are found by where they hold.
#[derive(Clone, Default)]
pub struct DenyAssignments {
    by_name: SharedMap<Uuid, Arc<DenyAssignment>>,
    /// By the scope's fingerprint.
    at: SharedMap<u64, Vector<Arc<DenyAssignment>>>,
}

impl DenyAssignments {
    /// The one with this name.
    #[must_use]
    pub fn get(&self, name: Uuid) -> Option<&Arc<DenyAssignment>> {
        self.by_name.get(&name)
    }

    /// Whether there are none, as in most tenants.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// All, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<DenyAssignment>> {
        self.by_name.values()
    }

    /// Those that reach `place`: assigned there, or above it and not for their own scope alone.
    pub fn reaching<'a>(&'a self, place: &'a Place<'a>) -> impl Iterator<Item = &'a Arc<DenyAssignment>> {
        let found = place.fingerprints().iter().filter_map(|fingerprint| self.at.get(fingerprint)).flatten();
        found.filter(|deny| match deny.do_not_apply_to_child_scopes {
            true => deny.scope == *place.scope(),
            false => place.is_within(&deny.scope),
        })
    }

    /// Makes or replaces one.
    pub fn insert(&mut self, deny: Arc<DenyAssignment>) {
        self.remove(deny.name);
        self.at.entry(deny.scope.fingerprint()).or_default().push_back(deny.clone());
        self.by_name.insert(deny.name, deny);
    }

    /// Takes one away.
    pub fn remove(&mut self, name: Uuid) -> Option<Arc<DenyAssignment>> {
        let gone = self.by_name.remove(&name)?;
        let fingerprint = gone.scope.fingerprint();
        if let Some(there) = self.at.get_mut(&fingerprint) {
            there.retain(|deny| deny.name != name);
            if there.is_empty() {
                self.at.remove(&fingerprint);
            }
        }
        Some(gone)
    }
}
