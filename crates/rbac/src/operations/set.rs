//! A set of operations, one bit each: a role's takes 2.6 KB.

use super::{Operation, Universe};

/// Operations of a universe.
#[derive(Debug, Clone)]
pub struct OperationSet<'u> {
    universe: &'u Universe,
    words: Box<[u64]>,
}

impl<'u> OperationSet<'u> {
    pub(super) fn empty(universe: &'u Universe) -> Self {
        Self { universe, words: vec![0; universe.operations().len().div_ceil(64)].into_boxed_slice() }
    }

    /// Takes in the operation at `place`.
    pub(super) fn insert(&mut self, place: usize) {
        if let Some(word) = self.words.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    /// Takes in what `other` holds. Both are sets of one universe.
    pub fn add(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// Takes out what `other` holds. Both are sets of one universe.
    pub fn remove(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, theirs)| *mine &= !theirs);
    }

    /// How many operations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether the operation of this name, whatever its case, is one of them.
    #[must_use]
    pub fn contains(&self, action: &str) -> bool {
        let lower = action.to_ascii_lowercase();
        let place = self.universe.first_not_before(&lower);
        self.universe.operations().get(place).is_some_and(|o| o.lower() == lower) && self.holds(place)
    }

    /// The operations, in the order of their lower-case names.
    pub fn iter(&self) -> impl Iterator<Item = &'u Operation> {
        self.universe.operations().iter().enumerate().filter(|(place, _)| self.holds(*place)).map(|(_, o)| o)
    }

    /// Whether the operation at `place` is one of them.
    pub(crate) fn holds(&self, place: usize) -> bool {
        self.words.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Plane;

    #[test]
    fn sets_add_and_remove() {
        let universe = Universe::known();
        let reads = universe.matched_by(&["Microsoft.Compute/*/read"], Plane::Control);
        let mut set = universe.matched_by(&["Microsoft.Compute/*"], Plane::Control);
        assert!(set.contains("microsoft.compute/virtualMachines/READ"));
        assert!(set.contains("Microsoft.Compute/virtualMachines/start/action"));
        let all = set.len();
        set.remove(&reads);
        assert!(!set.contains("Microsoft.Compute/virtualMachines/read"));
        assert_eq!(set.len() + reads.len(), all);
        set.add(&reads);
        assert_eq!(set.iter().count(), all);
        assert!(set.iter().is_sorted_by_key(Operation::lower));
        set.remove(&set.clone());
        assert!(set.is_empty() && !reads.is_empty());
    }
}
