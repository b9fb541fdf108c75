//! Secrets as vaults keep them.

use model::{Deletion, Scope, VaultSecret};

use crate::vault_objects::{VaultMap, VaultObject, VaultObjects};

impl VaultObject for VaultSecret {
    const KIND: &'static str = "secret";

    fn vault(&self) -> &Scope {
        &self.vault
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn deletion(&self) -> Option<Deletion> {
        self.deletion
    }

    fn set_deletion(&mut self, deletion: Option<Deletion>) {
        self.deletion = deletion;
    }

    fn map(objects: &VaultObjects) -> &VaultMap<Self> {
        &objects.secrets
    }

    fn map_mut(objects: &mut VaultObjects) -> &mut VaultMap<Self> {
        &mut objects.secrets
    }
}
