//! The latest of something, by id.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

/// A memory of the latest things that were given an id: when it is full, the oldest is forgotten.
#[derive(Debug)]
pub struct Recent<T>(Mutex<VecDeque<(Uuid, Arc<T>)>>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Recent<T> {
    /// How many things are remembered.
    pub const MOST: usize = 1_000;

    /// Remembers one more.
    pub fn remember(&self, id: Uuid, one: T) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.truncate(Self::MOST - 1);
        all.push_front((id, Arc::new(one)));
    }

    /// What was given this id, while it is remembered.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<Arc<T>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(of, _)| *of == id).map(|(_, one)| one.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten() {
        let recent = Recent::default();
        let id = |n: usize| Uuid::from_u128(n as u128);
        for n in 0..=Recent::<usize>::MOST {
            recent.remember(id(n), n);
        }
        assert_eq!(recent.get(id(0)), None);
        assert_eq!(recent.get(id(1)).as_deref(), Some(&1));
        assert_eq!(recent.get(id(Recent::<usize>::MOST)).as_deref(), Some(&Recent::<usize>::MOST));
    }
}
