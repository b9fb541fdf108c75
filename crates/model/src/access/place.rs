//! Where something is asked, with everything above it.

use smallvec::SmallVec;

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
    /// A bit for each of them: what does not reach here is mostly ruled out by it.
    filter: [u64; 16],
}

impl<'a> Place<'a> {
    /// The place `scope` with the management groups above it, in any order, by today's tree.
    #[must_use]
    pub fn new(scope: &'a Scope, above: &'a [Scope]) -> Self {
        let mut place = Self { scope, above, fingerprints: SmallVec::new(), filter: [0; 16] };
        scope.fingerprints(|fingerprint| place.tell(fingerprint));
        above.iter().for_each(|group| place.tell(group.fingerprint()));
        place
    }

    #[inline]
    fn tell(&mut self, fingerprint: u64) {
        let (word, bit) = bit(short(fingerprint));
        self.filter[word] |= bit;
        self.fingerprints.push(fingerprint);
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
    pub(super) fn may_be_within(&self, fingerprints: &[u16]) -> u32 {
        let mut found = 0;
        // First what costs least: nearly all are ruled out by the filter.
        for (place, fingerprint) in fingerprints.iter().enumerate() {
            let (word, bit) = bit(*fingerprint);
            found |= u32::from(self.filter[word] & bit != 0) << place;
        }
        found
    }
}

/// The word and the bit of the filter that stand for a fingerprint.
#[inline]
fn bit(fingerprint: u16) -> (usize, u64) {
    (usize::from(fingerprint >> 12), 1 << ((fingerprint >> 6) & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

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
                assert_eq!(place.may_be_within(&[short(other.fingerprint())]) == 1, within, "{other}");
                assert_eq!(place.fingerprints().contains(&other.fingerprint()), within, "{other}");
            }
        }
    }
}
