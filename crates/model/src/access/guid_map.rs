//! A persistent map by GUID.

use std::hash::BuildHasher;
use std::sync::{Arc, LazyLock};

use smallvec::SmallVec;
use uuid::Uuid;

/// A map whose clones share what they have in common: copying one costs a reference count, changing one a page and the
/// way to it.
///
/// It is on the road of every decision, a dozen times each, where a general persistent map measured several times
/// slower (see the benches of `rbac`). A hash of the key leads to a page and to a slot in it, so that a lookup waits for
/// one place in memory, and a dozen lookups wait for theirs together.
#[derive(Clone)]
pub(super) struct GuidMap<V> {
    /// Pages in blocks of [`BLOCK`], so that a change copies neither all pages nor all pointers to them.
    blocks: Arc<[Block<V>]>,
}

/// Slots that a key's hash leads to one of; the next free one is taken, around the end.
///
/// Aligned to a line of memory: a slot of 64 bytes is one.
#[derive(Clone)]
#[repr(align(64))]
struct Page<V> {
    slots: [Option<(Uuid, V)>; PAGE],
}

type Block<V> = Arc<[Arc<Page<V>>]>;

const PAGE: usize = 32;
const BLOCK: usize = 64;

impl<V> Default for GuidMap<V> {
    fn default() -> Self {
        Self { blocks: Arc::from([]) }
    }
}

impl<V: Clone> GuidMap<V> {
    /// Room for as many entries, so that filling it moves none.
    pub(super) fn with_capacity(entries: usize) -> Self {
        let pages = (entries * 2 / PAGE).next_power_of_two();
        let block = || (0..pages.min(BLOCK)).map(|_| Arc::new(Page::default())).collect();
        Self { blocks: (0..pages.div_ceil(BLOCK)).map(|_| block()).collect() }
    }

    #[inline]
    pub(super) fn get(&self, key: Uuid) -> Option<&V> {
        let at = Place::of(key, self.pages())?;
        self.blocks[at.block][at.page].get(key, at.slot)
    }

    /// The values of several keys, of those that have one, in their order.
    ///
    /// The places of all are looked at before any is read: in a large map the lookups wait for memory together, which
    /// measured less than half of a dozen lookups' time.
    pub(super) fn several<'a>(&'a self, keys: &[Uuid]) -> impl Iterator<Item = (Uuid, &'a V)> + use<'a, V> {
        let pages = self.pages();
        let places = keys.iter().filter_map(|key| Some((*key, Place::of(*key, pages)?)));
        let places: SmallVec<[_; 16]> =
            places.map(|(key, at)| (key, &*self.blocks[at.block][at.page], at.slot)).collect();
        std::hint::black_box(places.iter().filter(|(_, page, slot)| page.slots[*slot].is_some()).count());
        places.into_iter().filter_map(|(key, page, slot)| Some((key, page.get(key, slot)?)))
    }

    /// Puts a value, and returns the one that was there.
    pub(super) fn insert(&mut self, key: Uuid, value: V) -> Option<V> {
        let mut value = value;
        loop {
            if let Some(at) = Place::of(key, self.pages()) {
                match self.page_mut(&at).insert(key, value, at.slot) {
                    Ok(before) => return before,
                    Err(refused) => value = refused,
                }
            }
            // The page is full, or there is none yet.
            let mut larger = Self::with_capacity((self.pages() * PAGE).max(1));
            for (key, value) in self.entries() {
                larger.insert(*key, value.clone());
            }
            *self = larger;
        }
    }

    /// Takes a value away.
    pub(super) fn remove(&mut self, key: Uuid) -> Option<V> {
        self.get(key)?;
        let at = Place::of(key, self.pages())?;
        self.page_mut(&at).remove(key)
    }

    fn entries(&self) -> impl Iterator<Item = &(Uuid, V)> {
        self.blocks.iter().flat_map(|block| block.iter()).flat_map(|page| page.slots.iter().flatten())
    }

    #[inline]
    fn pages(&self) -> usize {
        self.blocks.len() * self.blocks.first().map_or(0, |block| block.len())
    }

    fn page_mut(&mut self, at: &Place) -> &mut Page<V> {
        let block = &mut Arc::make_mut(&mut self.blocks)[at.block];
        Arc::make_mut(&mut Arc::make_mut(block)[at.page])
    }
}

static SECRET: LazyLock<foldhash::fast::RandomState> = LazyLock::new(foldhash::fast::RandomState::default);

/// Where a key belongs.
struct Place {
    block: usize,
    page: usize,
    slot: usize,
}

impl Place {
    /// Of `pages`, a power of two; none where there are none.
    #[inline]
    fn of(key: Uuid, pages: usize) -> Option<Self> {
        // Clients choose names: without a secret in the hash they could choose a page's worth that agree.
        let hash = usize::try_from(SECRET.hash_one(key.as_u128()) >> 16).ok()?;
        let page = (hash / PAGE) & pages.checked_sub(1)?;
        Some(Self { block: page / BLOCK, page: page % BLOCK, slot: hash % PAGE })
    }
}

impl<V> Default for Page<V> {
    fn default() -> Self {
        Self { slots: std::array::from_fn(|_| None) }
    }
}

impl<V: Clone> Page<V> {
    #[inline]
    fn get(&self, key: Uuid, from: usize) -> Option<&V> {
        for step in 0..PAGE {
            match &self.slots[(from + step) % PAGE] {
                Some((other, value)) if *other == key => return Some(value),
                Some(_) => {}
                None => return None,
            }
        }
        None
    }

    /// The value that was there; the new one back where there is no room.
    fn insert(&mut self, key: Uuid, value: V, from: usize) -> Result<Option<V>, V> {
        let mut around = (from..from + PAGE).map(|slot| slot % PAGE);
        let is_fit = |slot: &usize| self.slots[*slot].as_ref().is_none_or(|(other, _)| *other == key);
        match around.find(is_fit) {
            Some(slot) => Ok(self.slots[slot].replace((key, value)).map(|(_, before)| before)),
            None => Err(value),
        }
    }

    /// What stood behind it because its slot was taken moves up: the page is filled anew.
    fn remove(&mut self, key: Uuid) -> Option<V> {
        let before = std::mem::take(self);
        let mut gone = None;
        for (other, value) in before.slots.into_iter().flatten() {
            match (other == key, Place::of(other, 1)) {
                (false, Some(at)) => drop(self.insert(other, value, at.slot)),
                _ => gone = Some(value),
            }
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map(steps in prop::collection::vec((0..3u8, 0..400u64, any::<u32>()), 0..1200)) {
            let mut map = GuidMap::default();
            let mut expected = HashMap::new();
            for (step, n, value) in steps {
                let key = Uuid::from_u128(n.into());
                let (old, size) = (map.clone(), map.entries().count());
                match step {
                    0 => prop_assert_eq!(map.remove(key), expected.remove(&key)),
                    _ => prop_assert_eq!(map.insert(key, value), expected.insert(key, value)),
                }
                prop_assert_eq!(old.entries().count(), size, "a clone is not touched");
                prop_assert_eq!(map.get(key), expected.get(&key));
            }
            prop_assert_eq!(map.entries().count(), expected.len());
            for (key, value) in &expected {
                prop_assert_eq!(map.get(*key), Some(value));
            }
            let keys: Vec<Uuid> = (0..400).map(Uuid::from_u128).collect();
            let several: HashMap<_, _> = map.several(&keys).map(|(key, value)| (key, *value)).collect();
            prop_assert_eq!(several, expected);
        }
    }
}
