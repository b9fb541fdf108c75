//! Resources, resource groups among them.

use std::sync::Arc;

use model::{JsonMap, Resource, Scope};
use sqlx::{Row, SqliteConnection};

use crate::change::Change;
use crate::packed::Packed;
use crate::{Snapshot, StoreError, Tx, rows, text};

impl Snapshot {
    /// The resource at `scope`.
    #[must_use]
    pub fn resource(&self, scope: &Scope) -> Option<&Arc<Resource>> {
        self.resources.get(scope.as_str())?.resource()
    }

    /// The type of the resource at `scope`, without a look at the rest.
    #[must_use]
    pub fn resource_type_of(&self, scope: &Scope) -> Option<&str> {
        self.resources.get(scope.as_str()).map(|packed| &*packed.resource_type)
    }

    /// The part of the resource at `scope` that no answer shows, without a look at the rest.
    #[must_use]
    pub fn runtime_of(&self, scope: &Scope) -> Option<JsonMap> {
        self.resources.get(scope.as_str()).map(|packed| packed.runtime())
    }

    /// Everything strictly below `scope`, in the order of their ids.
    pub fn resources_below<'a>(&'a self, scope: &Scope) -> impl Iterator<Item = &'a Arc<Resource>> + use<'a> {
        self.packed_below(scope).filter_map(|packed| packed.resource())
    }

    fn packed_below<'a>(&'a self, scope: &Scope) -> impl Iterator<Item = &'a Arc<Packed>> + use<'a> {
        let prefix = if scope.is_root() { "" } else { scope.as_str() };
        // '0' is the character after '/': the range holds exactly what starts with "{prefix}/".
        self.resources.range(format!("{prefix}/")..format!("{prefix}0")).map(|(_, packed)| packed)
    }

    /// Every resource of `resource_type` (whatever its case) strictly below `scope`.
    pub fn resources_of_type<'a>(
        &'a self,
        scope: &Scope,
        resource_type: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Resource>> + use<'a> {
        let of_type = move |packed: &&Arc<Packed>| packed.resource_type.eq_ignore_ascii_case(resource_type);
        self.packed_below(scope).filter(of_type).filter_map(|packed| packed.resource())
    }

    pub(crate) async fn load_resources(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let mut rows = sqlx::query(DOCUMENTS).fetch(connection);
        while let Some(row) = rows::next(&mut rows).await? {
            let packed =
                Packed::read(row.try_get("resource_type")?, row.try_get("runtime")?, row.try_get("document")?)?;
            let scope: String = row.try_get("scope")?;
            self.note_vault(&packed.resource_type, &Scope::new(&scope));
            self.resources.insert(scope, Arc::new(packed));
        }
        Ok(())
    }
}

impl Tx {
    /// Makes or replaces a resource.
    pub fn put_resource(&mut self, resource: Resource) -> Arc<Resource> {
        let resource = Arc::new(resource);
        self.world.note_vault(&resource.resource_type, &resource.scope());
        self.world.resources.insert(resource.scope().as_str().to_owned(), Arc::new(Packed::of(&resource)));
        self.record(Change::Resource(resource.clone()));
        resource
    }

    /// Takes a resource away; what lies below it stays.
    pub fn delete_resource(&mut self, scope: &Scope) {
        if let Some(gone) = self.world.resources.remove(scope.as_str()) {
            self.world.forget_vault(&gone.resource_type, scope);
            self.record(Change::ResourceGone(scope.clone()));
        }
    }
}

/// Every row as the JSON of its resource: made by SQLite, for each value that crosses to the reading thread costs more than
/// its place in the text.
const DOCUMENTS: &str = r#"SELECT scope, resource_type, runtime, concat(
    '{"id":', json_quote(id), ',"resourceType":', json_quote(resource_type), ',"name":', json_quote(name),
    ',"location":', json_quote(location), ',"tags":', coalesce(tags, 'null'), ',"identity":', identity,
    ',"envelope":', envelope, ',"spec":', spec, ',"status":', status, ',"runtime":', runtime,
    ',"createdAt":', json_quote(created_at), ',"changedAt":', json_quote(changed_at), ',"version":', version, '}'
) AS document FROM resources"#;

pub(crate) async fn write(to: &mut SqliteConnection, resource: &Resource) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO resources (scope, id, resource_type, name, location, tags, identity, envelope, spec, status,
                                runtime, created_at, changed_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (scope) DO UPDATE SET
             location = excluded.location, tags = excluded.tags, identity = excluded.identity,
             envelope = excluded.envelope, spec = excluded.spec, status = excluded.status, runtime = excluded.runtime,
             changed_at = excluded.changed_at, version = excluded.version",
    )
    .bind(resource.scope().as_str())
    .bind(&resource.id)
    .bind(&resource.resource_type)
    .bind(&resource.name)
    .bind(&resource.location)
    .bind(resource.tags.as_ref().map(text::from_document).transpose()?)
    .bind(text::from_document(&resource.identity)?)
    .bind(text::from_document(&resource.envelope)?)
    .bind(text::from_document(&resource.spec)?)
    .bind(text::from_document(&resource.status)?)
    .bind(text::from_document(&resource.runtime)?)
    .bind(text::from_time(resource.created_at)?)
    .bind(text::from_time(resource.changed_at)?)
    .bind(resource.version)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase(to: &mut SqliteConnection, scope: &Scope) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM resources WHERE scope = $1").bind(scope.as_str()).execute(to).await?;
    Ok(())
}
