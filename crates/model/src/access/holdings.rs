//! What one principal holds.

use std::sync::Arc;

use uuid::Uuid;

use super::Place;
use crate::{RoleAssignment, Scope};

/// The role assignments of one principal, with the fingerprints of their scopes beside them: which of them may reach a
/// place is seen at one glance, and only those are read.
///
/// With a key it fills one line of memory.
#[derive(Clone, Default)]
pub(super) struct Holdings {
    fingerprints: [u16; MOST],
    /// Empty where there are too many.
    held: Arc<[Held]>,
}

/// A role that somebody holds. The role stands beside the assignment, because most roles do not list what is asked, and
/// then the assignment need not be read.
#[derive(Clone)]
pub struct Held {
    /// The role's GUID.
    pub role_definition_id: Uuid,
    /// Who holds it where.
    pub assignment: Arc<RoleAssignment>,
}

impl From<Arc<RoleAssignment>> for Held {
    fn from(assignment: Arc<RoleAssignment>) -> Self {
        Self { role_definition_id: assignment.role_definition_id, assignment }
    }
}

/// How many assignments fit. Who holds more, holds them by place: see [`RoleAssignments`](super::RoleAssignments).
pub(super) const MOST: usize = 16;

impl Holdings {
    /// At least one, and at most [`MOST`].
    pub(super) fn of(assignments: impl IntoIterator<Item = Arc<RoleAssignment>>) -> Self {
        let held: Arc<[Held]> = assignments.into_iter().map(Held::from).collect();
        let mut fingerprints = [0; MOST];
        for (fingerprint, held) in fingerprints.iter_mut().zip(&*held) {
            *fingerprint = short(held.assignment.scope.fingerprint());
        }
        Self { fingerprints, held }
    }

    /// Says that there are too many.
    pub(super) fn elsewhere() -> Self {
        Self::default()
    }

    pub(super) fn are_elsewhere(&self) -> bool {
        self.held.is_empty()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<RoleAssignment>> {
        self.held.iter().map(|held| &held.assignment)
    }

    /// What may reach `place`, by the fingerprints of their scopes.
    #[inline]
    pub(super) fn candidates(&self, place: &Place<'_>) -> impl Iterator<Item = &Held> {
        let mut found = place.may_be_within(&self.fingerprints);
        std::iter::from_fn(move || {
            // What lies beyond the last is not there, and comes last.
            let next = found.trailing_zeros() as usize;
            found &= found.checked_sub(1)?;
            self.held.get(next)
        })
    }
}

/// As much of a fingerprint as tells most scopes apart.
#[inline]
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
    let (mut found, mut depth) = (0, 0);
    scope.fingerprints(|fingerprint| {
        found = if depth == segments { fingerprint } else { found };
        depth += 1;
    });
    found
}
