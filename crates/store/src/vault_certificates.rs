//! Certificates as vaults keep them.

use model::{Kept, VaultCertificate};

use crate::vault_objects::{VaultMap, VaultObject, VaultObjects};

impl VaultObject for VaultCertificate {
    const KIND: &'static str = "certificate";

    fn kept(&self) -> &Kept {
        &self.kept
    }

    fn kept_mut(&mut self) -> &mut Kept {
        &mut self.kept
    }

    fn map(objects: &VaultObjects) -> &VaultMap<Self> {
        &objects.certificates
    }

    fn map_mut(objects: &mut VaultObjects) -> &mut VaultMap<Self> {
        &mut objects.certificates
    }
}
