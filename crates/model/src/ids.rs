//! Identifiers and secrets, from the operating system's entropy or from a seed.

use std::sync::{Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use uuid::{Builder, Uuid};

/// The one source of new identifiers. Seeded, it yields the same ones every time.
#[derive(Debug)]
pub struct Ids(Mutex<StdRng>);

impl Ids {
    /// Identifiers that nobody can guess.
    #[must_use]
    pub fn from_entropy() -> Self {
        Self(Mutex::new(StdRng::from_os_rng()))
    }

    /// The same identifiers for the same `seed`.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A version 4 GUID: the Terraform provider refuses any other version for principal and client ids.
    #[must_use]
    pub fn guid(&self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// `length` characters drawn from `alphabet`.
    #[must_use]
    pub fn text(&self, length: usize, alphabet: &[u8]) -> String {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (0..length).map(|_| char::from(alphabet[rng.next_u32() as usize % alphabet.len()])).collect()
    }

    /// A client secret in the form Entra gives them: 40 characters, `8Q~` at the fourth place.
    /// 37 random characters of a 65-letter alphabet hold more than 220 bits.
    #[must_use]
    pub fn client_secret(&self) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
        let random = self.text(37, ALPHABET);
        format!("{}8Q~{}", &random[..3], &random[3..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself_and_yields_version_four() {
        let (a, b) = (Ids::seeded(7), Ids::seeded(7));
        let first = a.guid();
        assert_eq!(first, b.guid());
        assert_ne!(first, a.guid());
        assert_eq!(first.get_version_num(), 4);
        assert_eq!(a.client_secret().len(), 40);
    }
}
