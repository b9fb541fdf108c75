//! Roles of the directory and who has them.

use std::sync::Arc;

use imbl::OrdMap;
use model::{DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR};
use uuid::Uuid;

use crate::directory_records::{DirectoryRecords, Record};
use crate::{Snapshot, Tx};

impl Record for DirectoryRoleAssignment {
    type Key = (Uuid, Uuid);
    const KIND: &'static str = "role";

    fn key(&self) -> Self::Key {
        (self.role_id, self.principal_id)
    }

    fn id((role, principal): &Self::Key) -> String {
        format!("{role} {principal}")
    }

    fn map(records: &mut DirectoryRecords) -> &mut OrdMap<Self::Key, Arc<Self>> {
        &mut records.roles
    }
}

impl Snapshot {
    /// Whether this principal may read and change the whole directory: whether it is a Global Administrator.
    #[must_use]
    pub fn is_directory_administrator(&self, id: Uuid) -> bool {
        self.directory_roles_of(id).any(|role| role == GLOBAL_ADMINISTRATOR)
    }

    /// Every directory role that somebody who exists has.
    pub fn directory_role_assignments(&self) -> impl Iterator<Item = &Arc<DirectoryRoleAssignment>> {
        self.records.roles.values().filter(|role| self.object(role.principal_id).is_some())
    }

    /// The directory roles of a principal: its own and those of the groups that hold it directly. Entra gives no role
    /// through a group in a group.
    pub fn directory_roles_of(&self, id: Uuid) -> impl Iterator<Item = Uuid> {
        let is_holder = move |holder: Uuid| holder == id || self.groups_of(id).any(|group| group == holder);
        self.directory_role_assignments().filter(move |role| is_holder(role.principal_id)).map(|role| role.role_id)
    }
}

impl Tx {
    /// Gives a principal a directory role.
    pub fn put_directory_role_assignment(&mut self, assignment: DirectoryRoleAssignment) {
        self.put_record(assignment);
    }

    /// Takes a directory role away.
    pub fn delete_directory_role_assignment(&mut self, assignment: DirectoryRoleAssignment) {
        self.delete_record::<DirectoryRoleAssignment>(&assignment.key());
    }

    /// Forgets the directory roles of an object.
    pub(crate) fn forget_directory_roles(&mut self, id: Uuid) {
        let roles: Vec<_> = self.records.roles.values().filter(|role| role.principal_id == id).cloned().collect();
        for role in roles {
            self.delete_directory_role_assignment(*role);
        }
    }
}
