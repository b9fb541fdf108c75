//! What the directory keeps beside its objects, one kind of record a file: consents, roles, deleted objects, changes.
//!
//! How to add the next kind: a [`Record`] with a map in [`DirectoryRecords`], and its line in `load_records`.

use std::sync::Arc;

use imbl::OrdMap;
use model::{AppRoleAssignment, DeletedObject, DirectoryChange, DirectoryRoleAssignment, PermissionGrant};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

/// The records of a world, each kind by its key.
#[derive(Clone, Default)]
pub(crate) struct DirectoryRecords {
    /// By principal, so that what one principal has is a range.
    pub(crate) app_roles: OrdMap<<AppRoleAssignment as Record>::Key, Arc<AppRoleAssignment>>,
    /// By client, so that what one client may is a range.
    pub(crate) grants: OrdMap<<PermissionGrant as Record>::Key, Arc<PermissionGrant>>,
    /// By role, so that who has one is a range.
    pub(crate) roles: OrdMap<<DirectoryRoleAssignment as Record>::Key, Arc<DirectoryRoleAssignment>>,
    pub(crate) deleted: OrdMap<Uuid, Arc<DeletedObject>>,
    pub(crate) changes: OrdMap<u64, Arc<DirectoryChange>>,
}

/// A kind of record.
pub(crate) trait Record: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// What tells records of the kind apart.
    type Key: Ord + Clone;
    /// The kind's name in the table.
    const KIND: &'static str;
    /// This one's key.
    fn key(&self) -> Self::Key;
    /// A key as the table has it.
    fn id(key: &Self::Key) -> String;
    /// Where records of the kind are.
    fn map(records: &mut DirectoryRecords) -> &mut OrdMap<Self::Key, Arc<Self>>;
}

/// A record of any kind, to be written.
pub(crate) trait Row: Send + Sync {
    /// Kind, id and document.
    fn row(&self) -> Result<(&'static str, String, String), StoreError>;
}

impl<R: Record> Row for R {
    fn row(&self) -> Result<(&'static str, String, String), StoreError> {
        Ok((R::KIND, R::id(&self.key()), text::from_document(self)?))
    }
}

impl Snapshot {
    pub(crate) async fn load_records(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        self.load_kind::<AppRoleAssignment>(connection).await?;
        self.load_kind::<PermissionGrant>(connection).await?;
        self.load_kind::<DirectoryRoleAssignment>(connection).await?;
        self.load_kind::<DeletedObject>(connection).await?;
        self.load_kind::<DirectoryChange>(connection).await
    }

    async fn load_kind<R: Record>(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let rows = sqlx::query("SELECT document FROM directory_records WHERE kind = $1").bind(R::KIND);
        for row in rows.fetch_all(connection).await? {
            let record: R = text::to_document(row.try_get("document")?)?;
            R::map(&mut self.records).insert(record.key(), Arc::new(record));
        }
        Ok(())
    }
}

impl Tx {
    pub(crate) fn put_record<R: Record>(&mut self, record: R) {
        let record = Arc::new(record);
        R::map(&mut self.world.records).insert(record.key(), record.clone());
        self.record(Change::Record(record));
    }

    pub(crate) fn delete_record<R: Record>(&mut self, key: &R::Key) -> Option<Arc<R>> {
        let gone = R::map(&mut self.world.records).remove(key)?;
        self.record(Change::RecordGone(R::KIND, R::id(key)));
        Some(gone)
    }
}

pub(crate) async fn write(to: &mut SqliteConnection, record: &dyn Row) -> Result<(), StoreError> {
    let (kind, id, document) = record.row()?;
    sqlx::query(
        "INSERT INTO directory_records (kind, id, document) VALUES ($1, $2, $3)
         ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document",
    )
    .bind(kind)
    .bind(id)
    .bind(document)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase(to: &mut SqliteConnection, kind: &str, id: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM directory_records WHERE kind = $1 AND id = $2").bind(kind).bind(id).execute(to).await?;
    Ok(())
}
