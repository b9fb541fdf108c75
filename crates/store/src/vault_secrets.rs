//! Secrets as vaults keep them.

use model::{Kept, VaultSecret};

use crate::vault_objects::{VaultMap, VaultObject, VaultObjects};

impl VaultObject for VaultSecret {
    const KIND: &'static str = "secret";

    fn kept(&self) -> &Kept {
        &self.kept
    }

    fn kept_mut(&mut self) -> &mut Kept {
        &mut self.kept
    }

    fn map(objects: &VaultObjects) -> &VaultMap<Self> {
        &objects.secrets
    }

    fn map_mut(objects: &mut VaultObjects) -> &mut VaultMap<Self> {
        &mut objects.secrets
    }
}
