//! What vaults keep, one kind a file beside this one: a document in memory, and values that stay in SQLite.
//!
//! How to add the next kind: a [`VaultObject`] with a map in [`VaultObjects`], and its line in `load_vault_objects`.

use std::sync::Arc;

use imbl::OrdMap;
use model::{Kept, Resource, Scope, VAULTS, VaultCertificate, VaultSecret};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{Row, SqliteConnection};

use crate::change::Change;
use crate::{Snapshot, Store, StoreError, Tx, text};

/// Objects by vault and name, both as they are compared: what a vault keeps is a range.
pub type VaultMap<T> = OrdMap<(String, String), Arc<T>>;

/// The objects of a world, each kind by itself.
#[derive(Clone, Default)]
pub struct VaultObjects {
    pub(crate) secrets: VaultMap<VaultSecret>,
    pub(crate) certificates: VaultMap<VaultCertificate>,
    /// Vaults by name, which is unique in all of Azure.
    vaults: OrdMap<String, Scope>,
}

/// A kind of object that vaults keep.
pub trait VaultObject: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The kind's name in the tables.
    const KIND: &'static str;
    /// Vault, name, and whether it is deleted.
    fn kept(&self) -> &Kept;
    /// The same, to change it.
    fn kept_mut(&mut self) -> &mut Kept;
    /// Where objects of the kind are.
    fn map(objects: &VaultObjects) -> &VaultMap<Self>;
    /// The same, to change it.
    fn map_mut(objects: &mut VaultObjects) -> &mut VaultMap<Self>;
}

/// The key of an object, in maps and tables.
fn key(vault: &Scope, name: &str) -> (String, String) {
    (vault.as_str().to_owned(), name.to_ascii_lowercase())
}

/// The row of an object, of whatever kind.
pub(crate) struct ObjectRow {
    kind: &'static str,
    key: (String, String),
    document: String,
}

/// What is secret about one version of an object.
pub(crate) struct ValueRow {
    kind: &'static str,
    key: (String, String),
    version: String,
    value: String,
}

impl Snapshot {
    /// The vault with this name.
    #[must_use]
    pub fn vault(&self, name: &str) -> Option<&Arc<Resource>> {
        self.resource(self.vault_objects.vaults.get(&name.to_ascii_lowercase())?)
    }

    /// The object with this name, deleted or not.
    #[must_use]
    pub fn vault_object<T: VaultObject>(&self, vault: &Scope, name: &str) -> Option<&Arc<T>> {
        T::map(&self.vault_objects).get(&key(vault, name))
    }

    /// Everything of a kind that a vault keeps, deleted or not, by name.
    pub fn vault_objects<'a, T: VaultObject>(&'a self, vault: &Scope) -> impl Iterator<Item = &'a Arc<T>> + use<'a, T> {
        let vault = vault.as_str().to_owned();
        let from = (vault.clone(), String::new());
        T::map(&self.vault_objects).range(from..).take_while(move |((of, _), _)| *of == vault).map(|(_, found)| found)
    }

    /// Keeps in mind which vault a name belongs to.
    pub(crate) fn note_vault(&mut self, resource_type: &str, scope: &Scope) {
        if let Some(name) = name_of_vault(resource_type, scope) {
            self.vault_objects.vaults.insert(name, scope.clone());
        }
    }

    pub(crate) fn forget_vault(&mut self, resource_type: &str, scope: &Scope) {
        if let Some(name) = name_of_vault(resource_type, scope) {
            self.vault_objects.vaults.remove(&name);
        }
    }

    pub(crate) async fn load_vault_objects(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        self.load_vault_kind::<VaultSecret>(connection).await?;
        self.load_vault_kind::<VaultCertificate>(connection).await
    }

    async fn load_vault_kind<T: VaultObject>(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let rows = sqlx::query("SELECT document FROM vault_objects WHERE kind = $1").bind(T::KIND);
        for row in rows.fetch_all(connection).await? {
            let object: T = text::to_document(row.try_get("document")?)?;
            T::map_mut(&mut self.vault_objects)
                .insert(key(&object.kept().vault, &object.kept().name), Arc::new(object));
        }
        Ok(())
    }
}

fn name_of_vault(resource_type: &str, scope: &Scope) -> Option<String> {
    let name = scope.as_str().rsplit('/').next()?;
    resource_type.eq_ignore_ascii_case(VAULTS).then(|| name.to_owned())
}

impl Store {
    /// What is secret about one version of an object.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn vault_value<T: VaultObject>(&self, object: &T, version: &str) -> Result<Option<String>, StoreError> {
        let (vault, name) = key(&object.kept().vault, &object.kept().name);
        let select = "SELECT value FROM vault_values WHERE vault = $1 AND kind = $2 AND name = $3 AND version = $4";
        let row = sqlx::query(select).bind(vault).bind(T::KIND).bind(name).bind(version);
        row.fetch_optional(self.readers()).await?.map(|row| Ok(row.try_get("value")?)).transpose()
    }
}

impl Tx {
    /// Keeps an object, or what became of it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be written as JSON.
    pub fn put_vault_object<T: VaultObject>(&mut self, object: T) -> Result<(), StoreError> {
        let key = key(&object.kept().vault, &object.kept().name);
        let document = text::from_document(&object)?;
        T::map_mut(&mut self.world.vault_objects).insert(key.clone(), Arc::new(object));
        self.record(Change::VaultObject(ObjectRow { kind: T::KIND, key, document }));
        Ok(())
    }

    /// Keeps what is secret about one version of an object.
    pub fn put_vault_value<T: VaultObject>(&mut self, object: &T, version: &str, value: String) {
        let key = key(&object.kept().vault, &object.kept().name);
        self.record(Change::VaultValue(ValueRow { kind: T::KIND, key, version: version.to_owned(), value }));
    }

    /// Forgets an object and all that is secret about it.
    pub fn purge_vault_object<T: VaultObject>(&mut self, vault: &Scope, name: &str) {
        let key = key(vault, name);
        if T::map_mut(&mut self.world.vault_objects).remove(&key).is_some() {
            self.record(Change::VaultObjectGone(T::KIND, key));
        }
    }

    /// Forgets everything that a vault keeps.
    pub fn purge_vault(&mut self, vault: &Scope) {
        self.purge_kind::<VaultSecret>(vault);
        self.purge_kind::<VaultCertificate>(vault);
    }

    fn purge_kind<T: VaultObject>(&mut self, vault: &Scope) {
        let names: Vec<String> =
            self.world.vault_objects::<T>(vault).map(|object| object.kept().name.clone()).collect();
        for name in names {
            self.purge_vault_object::<T>(vault, &name);
        }
    }
}

pub(crate) async fn write(to: &mut SqliteConnection, row: &ObjectRow) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO vault_objects (vault, kind, name, document) VALUES ($1, $2, $3, $4)
         ON CONFLICT (vault, kind, name) DO UPDATE SET document = excluded.document",
    )
    .bind(&row.key.0)
    .bind(row.kind)
    .bind(&row.key.1)
    .bind(&row.document)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn write_value(to: &mut SqliteConnection, row: &ValueRow) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO vault_values (vault, kind, name, version, value) VALUES ($1, $2, $3, $4, $5)")
        .bind(&row.key.0)
        .bind(row.kind)
        .bind(&row.key.1)
        .bind(&row.version)
        .bind(&row.value)
        .execute(to)
        .await?;
    Ok(())
}

pub(crate) async fn erase(
    to: &mut SqliteConnection,
    kind: &str,
    (vault, name): &(String, String),
) -> Result<(), StoreError> {
    for delete in [
        "DELETE FROM vault_objects WHERE vault = $1 AND kind = $2 AND name = $3",
        "DELETE FROM vault_values WHERE vault = $1 AND kind = $2 AND name = $3",
    ] {
        sqlx::query(delete).bind(vault).bind(kind).bind(name).execute(&mut *to).await?;
    }
    Ok(())
}
