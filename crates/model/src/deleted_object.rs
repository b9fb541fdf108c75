//! What the directory remembers of the past: objects that can come back, and what changed.

use serde::{Deserialize, Serialize};
use time::Duration;
use uuid::Uuid;

use crate::{DirectoryObject, Time};

/// A directory object that was deleted and can be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedObject {
    /// As it was.
    pub object: DirectoryObject,
    /// When it was deleted.
    #[serde(with = "time::serde::rfc3339")]
    pub deleted_at: Time,
    /// The groups that it was a member of.
    pub groups: Vec<Uuid>,
}

impl DeletedObject {
    /// How long it can be restored, as Entra has it.
    pub const KEPT: Duration = Duration::days(30);

    /// Whether it can still be restored.
    #[must_use]
    pub fn is_kept(&self, now: Time) -> bool {
        now < self.deleted_at + Self::KEPT
    }
}

/// One change of a user or a group, for those who follow changes (`delta`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryChange {
    /// Counts the changes of the directory.
    pub number: u64,
    /// What changed.
    pub object_id: Uuid,
    /// Whether it is a group; a user otherwise.
    pub is_group: bool,
    /// Whether it can be restored, when the change took it away.
    pub removal: Option<Removal>,
    /// Members that came.
    pub joined: Vec<Uuid>,
    /// Members that went.
    pub left: Vec<Uuid>,
}

/// How an object left the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Removal {
    /// It can be restored.
    Changed,
    /// It is gone for good.
    Deleted,
}
