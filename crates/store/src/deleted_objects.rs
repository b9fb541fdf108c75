//! Objects that were deleted and can be restored.

use std::sync::Arc;

use imbl::OrdMap;
use model::{DeletedObject, DirectoryObject, Removal, Time};
use uuid::Uuid;

use crate::directory_records::{DirectoryRecords, Record};
use crate::{Snapshot, Tx};

impl Record for DeletedObject {
    type Key = Uuid;
    const KIND: &'static str = "deleted";

    fn key(&self) -> Uuid {
        self.object.id()
    }

    fn id(key: &Uuid) -> String {
        key.to_string()
    }

    fn map(records: &mut DirectoryRecords) -> &mut OrdMap<Uuid, Arc<Self>> {
        &mut records.deleted
    }
}

impl Snapshot {
    /// What can be restored at `now`.
    pub fn deleted_objects(&self, now: Time) -> impl Iterator<Item = &Arc<DeletedObject>> {
        self.records.deleted.values().filter(move |deleted| deleted.is_kept(now))
    }

    /// The deleted object with this id, while it can be restored.
    #[must_use]
    pub fn deleted_object(&self, id: Uuid, now: Time) -> Option<&Arc<DeletedObject>> {
        self.records.deleted.get(&id).filter(|deleted| deleted.is_kept(now))
    }
}

impl Tx {
    /// Takes an object away so that it can come back; what can no more come back is forgotten.
    pub fn soft_delete_object(&mut self, id: Uuid, now: Time) {
        let over: Vec<Uuid> =
            self.records.deleted.values().filter(|d| !d.is_kept(now)).map(|d| d.object.id()).collect();
        for id in over {
            self.delete_for_good(id);
        }
        let groups = self.groups_of(id).collect();
        if let Some(object) = self.take_object(id, Removal::Changed) {
            self.put_record(DeletedObject { object: object.as_ref().clone(), deleted_at: now, groups });
        }
    }

    /// Brings a deleted object back, into the groups that still exist.
    pub fn restore_object(&mut self, deleted: &DeletedObject) {
        let id = deleted.object.id();
        self.delete_record::<DeletedObject>(&id);
        self.put_object(deleted.object.clone());
        for group in &deleted.groups {
            if let Some(group) = self.group(*group) {
                let mut group = group.clone();
                group.members.push(id);
                self.put_object(DirectoryObject::Group(group));
            }
        }
    }

    /// Makes a deleted object impossible to restore, with all that hangs on it.
    pub fn delete_for_good(&mut self, id: Uuid) {
        if let Some(gone) = self.delete_record::<DeletedObject>(&id) {
            self.log_removal(&gone.object, Removal::Deleted);
        }
        self.forget_consents(id);
        self.forget_directory_roles(id);
    }
}
