//! What one principal holds.

use std::sync::Arc;

use super::Place;
use crate::{RoleAssignment, Scope};

/// The role assignments of one principal, with the fingerprints of their scopes beside them: which of them may reach a
/// place is seen at one glance, and only those are read.
///
/// With a key it fills one line of memory.
#[derive(Clone)]
pub(super) struct Holdings {
    fingerprints: [u16; MOST],
    assignments: Arc<[Arc<RoleAssignment>]>,
}

/// How many assignments fit. Who holds more, holds them by place: see [`RoleAssignments`](super::RoleAssignments).
pub(super) const MOST: usize = 16;

impl Holdings {
    /// None where they are too many.
    pub(super) fn of(assignments: impl IntoIterator<Item = Arc<RoleAssignment>>) -> Option<Self> {
        let assignments: Arc<[_]> = assignments.into_iter().collect();
        let mut fingerprints = [0; MOST];
        if assignments.len() > MOST {
            return None;
        }
        for (fingerprint, assignment) in fingerprints.iter_mut().zip(&*assignments) {
            *fingerprint = short(assignment.scope.fingerprint());
        }
        Some(Self { fingerprints, assignments })
    }

    pub(super) fn all(&self) -> &[Arc<RoleAssignment>] {
        &self.assignments
    }

    /// The assignments that may reach `place`, by the fingerprints of their scopes.
    pub(super) fn candidates(&self, place: &Place<'_>) -> impl Iterator<Item = &Arc<RoleAssignment>> {
        let beside = self.fingerprints.iter().zip(&*self.assignments);
        beside.filter(|(fingerprint, _)| place.may_be_within(**fingerprint)).map(|(_, assignment)| assignment)
    }
}

/// As much of a fingerprint as tells most scopes apart.
pub(super) fn short(fingerprint: u64) -> u16 {
    let [.., high, highest] = fingerprint.to_le_bytes();
    u16::from_le_bytes([high, highest])
}

/// The subscription or the management group that `scope` is or lies in, as a number; zero for what is above all of them.
pub(super) fn container(scope: &Scope) -> u64 {
    let segments = match scope.as_str().starts_with("/subscriptions/") {
        true => 2,
        // `/providers/Microsoft.Management/managementGroups/{name}`.
        false => 4,
    };
    scope.fingerprints().nth(segments).unwrap_or_default()
}
