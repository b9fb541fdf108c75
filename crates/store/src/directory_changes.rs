//! What changed among users and groups, in order: what `delta` tells.

use std::sync::Arc;

use imbl::OrdMap;
use model::{DirectoryChange, DirectoryObject, Removal};
use uuid::Uuid;

use crate::directory_records::{DirectoryRecords, Record};
use crate::{Snapshot, Tx};

/// How many changes are remembered; who lags further behind has to begin again, as Graph asks after seven days.
const REMEMBERED: u64 = 10_000;

impl Record for DirectoryChange {
    type Key = u64;
    const KIND: &'static str = "change";

    fn key(&self) -> u64 {
        self.number
    }

    fn id(key: &u64) -> String {
        key.to_string()
    }

    fn map(records: &mut DirectoryRecords) -> &mut OrdMap<u64, Arc<Self>> {
        &mut records.changes
    }
}

impl Snapshot {
    /// The number of the last change.
    #[must_use]
    pub fn last_change(&self) -> u64 {
        self.records.changes.get_max().map_or(0, |(number, _)| *number)
    }

    /// The changes after the one with this number, oldest first; none when some of them are forgotten.
    #[must_use]
    pub fn changes_after(&self, number: u64) -> Option<Vec<Arc<DirectoryChange>>> {
        let oldest = self.records.changes.get_min().map_or(0, |(number, _)| *number);
        let is_known = number <= self.last_change() && number + 1 >= oldest;
        is_known.then(|| self.records.changes.range(number + 1..).map(|(_, change)| change.clone()).collect())
    }
}

impl Tx {
    /// Writes down what `object` changes.
    pub(crate) fn log_change(&mut self, object: &DirectoryObject) {
        match object {
            DirectoryObject::User(user) => self.log(user.id, false, None, Vec::new(), Vec::new()),
            DirectoryObject::Group(group) => {
                let before = self.group(group.id).map(|before| before.members.clone()).unwrap_or_default();
                let (joined, left) = (without(&group.members, &before), without(&before, &group.members));
                self.log(group.id, true, None, joined, left);
            }
            DirectoryObject::Application(_) | DirectoryObject::ServicePrincipal(_) => {}
        }
    }

    /// Writes down that `object` is gone.
    pub(crate) fn log_removal(&mut self, object: &DirectoryObject, removal: Removal) {
        match object {
            DirectoryObject::User(user) => self.log(user.id, false, Some(removal), Vec::new(), Vec::new()),
            DirectoryObject::Group(group) => self.log(group.id, true, Some(removal), Vec::new(), Vec::new()),
            DirectoryObject::Application(_) | DirectoryObject::ServicePrincipal(_) => {}
        }
    }

    fn log(&mut self, object_id: Uuid, is_group: bool, removal: Option<Removal>, joined: Vec<Uuid>, left: Vec<Uuid>) {
        let number = self.last_change() + 1;
        self.put_record(DirectoryChange { number, object_id, is_group, removal, joined, left });
        if let Some(forgotten) = number.checked_sub(REMEMBERED) {
            self.delete_record::<DirectoryChange>(&forgotten);
        }
    }
}

/// The ids that are in `these` and not in `those`.
fn without(these: &[Uuid], those: &[Uuid]) -> Vec<Uuid> {
    let those: std::collections::HashSet<&Uuid> = those.iter().collect();
    these.iter().filter(|id| !those.contains(id)).copied().collect()
}
