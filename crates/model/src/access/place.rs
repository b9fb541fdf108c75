//! Where something is asked, with everything above it.

use smallvec::SmallVec;
use wide::{CmpEq, u16x16};

use super::holdings::short;
use crate::Scope;

/// A scope together with what stands above it: by its path, and by the tree of management groups, which no path shows.
///
/// It knows the [fingerprint](Scope::fingerprint) of each of them, so that whether something that holds elsewhere
/// reaches here is a comparison of numbers, and of texts only where the numbers agree.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    scope: &'a Scope,
    above: &'a [Scope],
    /// Of the root, of every path that holds the scope, of the scope, of the management groups.
    fingerprints: SmallVec<[u64; 24]>,
    /// The same, [short].
    short: SmallVec<[u16; 24]>,
}

impl<'a> Place<'a> {
    /// The place `scope` with the management groups above it, in any order, by today's tree.
    #[must_use]
    pub fn new(scope: &'a Scope, above: &'a [Scope]) -> Self {
        let mut place = Self { scope, above, fingerprints: SmallVec::new(), short: SmallVec::new() };
        scope.fingerprints(|fingerprint| place.tell(fingerprint));
        for group in above.iter().map(Scope::fingerprint) {
            // A tree that runs in a circle leads back to what was told: whatever looks things up here finds them once.
            if !place.fingerprints.contains(&group) {
                place.tell(group);
            }
        }
        place
    }

    #[inline]
    fn tell(&mut self, fingerprint: u64) {
        self.fingerprints.push(fingerprint);
        self.short.push(short(fingerprint));
    }

    /// The scope itself.
    #[must_use]
    pub fn scope(&self) -> &'a Scope {
        self.scope
    }

    /// The management groups above, as given.
    #[must_use]
    pub fn above(&self) -> &'a [Scope] {
        self.above
    }

    /// Whether what holds at `scope` reaches here: it is the place itself, or above it.
    #[must_use]
    pub fn is_within(&self, scope: &Scope) -> bool {
        scope.contains(self.scope) || self.above.contains(scope)
    }

    /// The fingerprints of the scope and of everything above it.
    pub(super) fn fingerprints(&self) -> &[u64] {
        &self.fingerprints
    }

    /// Which of these [short] fingerprints may be of scopes that this place is within, a bit for each;
    /// [`is_within`](Self::is_within) tells whether it is.
    #[inline]
    pub(super) fn may_be_within(&self, fingerprints: &[u16; 16]) -> u16 {
        // Sixteen comparisons at once: this is done for every principal of a question, and is most of its work.
        const BITS: u16x16 = u16x16::new([
            1,
            1 << 1,
            1 << 2,
            1 << 3,
            1 << 4,
            1 << 5,
            1 << 6,
            1 << 7,
            1 << 8,
            1 << 9,
            1 << 10,
            1 << 11,
            1 << 12,
            1 << 13,
            1 << 14,
            1 << 15,
        ]);
        let others = u16x16::new(*fingerprints);
        let equal = self.short.iter().map(|own| u16x16::splat(*own).cmp_eq(others));
        let found = equal.fold(u16x16::default(), |found, equal| found | equal);
        (found & BITS).to_array().into_iter().fold(0, |all, bit| all | bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_told_once() {
        let scope = Scope::new("/providers/Microsoft.Management/managementGroups/m");
        let above = [Scope::new("/"), scope.clone()];
        assert_eq!(Place::new(&scope, &above).fingerprints(), Place::new(&scope, &[]).fingerprints());
    }

    #[test]
    fn fingerprints_tell_exactly_what_is_above() {
        let deep = format!("/subscriptions/s/resourceGroups/rg1/providers/A.B/c/d{}", "/e/f".repeat(20));
        let above = [Scope::new("/providers/Microsoft.Management/managementGroups/m")];
        for asked in ["/subscriptions/s/resourceGroups/rg1/providers/A.B/c/d", &deep] {
            let asked = Scope::new(asked);
            let place = Place::new(&asked, &above);
            for (other, within) in [
                ("/", true),
                ("/SUBSCRIPTIONS/S/", true),
                ("/subscriptions/s/resourceGroups/rg1", true),
                ("/subscriptions/s/resourceGroups/rg", false),
                ("/subscriptions/s/resourceGroups/rg10", false),
                ("/subscriptions/s/resourceGroups/rg1/providers/A.B/c/d", true),
                ("/subscriptions/s/resourceGroups/rg1/providers/A.B/c/d/x/y", false),
                (&deep, asked.as_str().len() == deep.len()),
                ("/providers/microsoft.management/managementgroups/M", true),
                ("/providers/microsoft.management/managementgroups/n", false),
            ] {
                let other = Scope::new(other);
                assert_eq!(place.is_within(&other), within, "{other}");
                assert_eq!(
                    place.may_be_within(&[short(other.fingerprint()); 16]),
                    if within { !0 } else { 0 },
                    "{other}"
                );
                assert_eq!(place.fingerprints().contains(&other.fingerprint()), within, "{other}");
            }
        }
    }
}
