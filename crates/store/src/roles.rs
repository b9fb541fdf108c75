//! Custom role definitions and role assignments.

use std::sync::Arc;

use imbl::Vector;
use model::{RoleAssignment, RoleDefinition};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

impl Snapshot {
    /// The custom role with this GUID; built-in roles are not kept here.
    #[must_use]
    pub fn custom_role(&self, id: Uuid) -> Option<&Arc<RoleDefinition>> {
        self.role_definitions.get(&id)
    }

    /// Every custom role.
    pub fn custom_roles(&self) -> impl Iterator<Item = &Arc<RoleDefinition>> {
        self.role_definitions.values()
    }

    /// The role assignment with this name.
    #[must_use]
    pub fn role_assignment(&self, name: Uuid) -> Option<&Arc<RoleAssignment>> {
        self.assignments.get(&name)
    }

    /// Every role assignment of the tenant.
    pub fn role_assignments(&self) -> impl Iterator<Item = &Arc<RoleAssignment>> {
        self.assignments.values()
    }

    /// The role assignments that name `principal` itself.
    pub fn role_assignments_of(&self, principal: Uuid) -> impl Iterator<Item = &Arc<RoleAssignment>> {
        self.assignments_of.get(&principal).into_iter().flatten()
    }

    pub(crate) async fn load_roles(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT document FROM role_definitions").fetch_all(&mut *connection).await? {
            let role: RoleDefinition = text::to_document(row.try_get("document")?)?;
            self.role_definitions.insert(role.id, Arc::new(role));
        }
        for row in sqlx::query("SELECT document FROM role_assignments").fetch_all(connection).await? {
            self.insert_assignment(Arc::new(text::to_document(row.try_get("document")?)?));
        }
        Ok(())
    }

    fn insert_assignment(&mut self, assignment: Arc<RoleAssignment>) {
        self.remove_assignment(assignment.name);
        self.assignments_of.entry(assignment.principal_id).or_default().push_back(assignment.clone());
        self.assignments.insert(assignment.name, assignment);
    }

    fn remove_assignment(&mut self, name: Uuid) -> Option<Arc<RoleAssignment>> {
        let gone = self.assignments.remove(&name)?;
        let left: Vector<_> = self.role_assignments_of(gone.principal_id).filter(|a| a.name != name).cloned().collect();
        match left.is_empty() {
            true => drop(self.assignments_of.remove(&gone.principal_id)),
            false => drop(self.assignments_of.insert(gone.principal_id, left)),
        }
        Some(gone)
    }
}

impl Tx {
    /// Makes or replaces a custom role.
    pub fn put_custom_role(&mut self, role: RoleDefinition) {
        let role = Arc::new(role);
        self.world.role_definitions.insert(role.id, role.clone());
        self.record(Change::RoleDefinition(role));
    }

    /// Takes a custom role away.
    pub fn delete_custom_role(&mut self, id: Uuid) {
        if self.world.role_definitions.remove(&id).is_some() {
            self.record(Change::RoleDefinitionGone(id));
        }
    }

    /// Makes or replaces a role assignment.
    pub fn put_role_assignment(&mut self, assignment: RoleAssignment) {
        let assignment = Arc::new(assignment);
        self.world.insert_assignment(assignment.clone());
        self.record(Change::Assignment(assignment));
    }

    /// Takes a role assignment away.
    pub fn delete_role_assignment(&mut self, name: Uuid) {
        if self.world.remove_assignment(name).is_some() {
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
