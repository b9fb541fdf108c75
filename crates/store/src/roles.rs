//! Custom role definitions and role assignments.

use std::sync::Arc;

use model::{AccessControl, RoleAssignment, RoleDefinition};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

impl Snapshot {
    /// Roles, who holds them and who is denied.
    #[must_use]
    pub fn access(&self) -> &AccessControl {
        &self.access
    }

    /// The custom role with this GUID; built-in roles are not kept here.
    #[must_use]
    pub fn custom_role(&self, id: Uuid) -> Option<&Arc<RoleDefinition>> {
        self.access.custom_roles.get(&id)
    }

    /// Every custom role.
    pub fn custom_roles(&self) -> impl Iterator<Item = &Arc<RoleDefinition>> {
        self.access.custom_roles.values()
    }

    /// The role assignment with this name.
    #[must_use]
    pub fn role_assignment(&self, name: Uuid) -> Option<&Arc<RoleAssignment>> {
        self.access.role_assignments.get(name)
    }

    /// Every role assignment of the tenant.
    pub fn role_assignments(&self) -> impl Iterator<Item = &Arc<RoleAssignment>> {
        self.access.role_assignments.iter()
    }

    /// The role assignments that name `principal` itself.
    pub fn role_assignments_of(&self, principal: Uuid) -> impl Iterator<Item = &Arc<RoleAssignment>> {
        self.access.role_assignments.of(principal)
    }

    pub(crate) async fn load_roles(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT document FROM role_definitions").fetch_all(&mut *connection).await? {
            let role: RoleDefinition = text::to_document(row.try_get("document")?)?;
            self.access.custom_roles.insert(role.id, Arc::new(role));
        }
        let mut assignments = Vec::new();
        for row in sqlx::query("SELECT document FROM role_assignments").fetch_all(connection).await? {
            assignments.push(Arc::new(text::to_document(row.try_get("document")?)?));
        }
        self.access.role_assignments = assignments.into_iter().collect();
        Ok(())
    }
}

impl Tx {
    /// Makes or replaces a custom role.
    pub fn put_custom_role(&mut self, role: RoleDefinition) {
        let role = Arc::new(role);
        self.world.access.custom_roles.insert(role.id, role.clone());
        self.record(Change::RoleDefinition(role));
    }

    /// Takes a custom role away.
    pub fn delete_custom_role(&mut self, id: Uuid) {
        if self.world.access.custom_roles.remove(&id).is_some() {
            self.record(Change::RoleDefinitionGone(id));
        }
    }

    /// Makes or replaces a role assignment.
    pub fn put_role_assignment(&mut self, assignment: RoleAssignment) {
        let assignment = Arc::new(assignment);
        self.world.access.role_assignments.insert(assignment.clone());
        self.record(Change::Assignment(assignment));
    }

    /// Takes a role assignment away.
    pub fn delete_role_assignment(&mut self, name: Uuid) {
        if self.world.access.role_assignments.remove(name).is_some() {
            self.record(Change::AssignmentGone(name));
        }
    }
}

pub(crate) async fn write_definition(to: &mut SqliteConnection, role: &RoleDefinition) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO role_definitions (id, role_name, document) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET role_name = excluded.role_name, document = excluded.document",
    )
    .bind(role.id.to_string())
    .bind(&role.role_name)
    .bind(text::from_document(role)?)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase_definition(to: &mut SqliteConnection, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM role_definitions WHERE id = $1").bind(id.to_string()).execute(to).await?;
    Ok(())
}

pub(crate) async fn write_assignment(to: &mut SqliteConnection, assignment: &RoleAssignment) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO role_assignments (name, scope, principal_id, principal_type, role_definition_id, document)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (name) DO UPDATE SET document = excluded.document",
    )
    .bind(assignment.name.to_string())
    .bind(assignment.scope.as_str())
    .bind(assignment.principal_id.to_string())
    .bind(assignment.principal_type.as_str())
    .bind(assignment.role_definition_id.to_string())
    .bind(text::from_document(assignment)?)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase_assignment(to: &mut SqliteConnection, name: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM role_assignments WHERE name = $1").bind(name.to_string()).execute(to).await?;
    Ok(())
}
