//! Directory objects: applications, service principals, users, groups.

use std::sync::Arc;

use imbl::Vector;
use model::{Application, DirectoryObject, Group, Removal, ServicePrincipal, User};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, rows, text};

impl Snapshot {
    /// The object with this object id.
    #[must_use]
    pub fn object(&self, id: Uuid) -> Option<&Arc<DirectoryObject>> {
        self.directory.get(&id)
    }

    /// Every object, in no order that means anything.
    pub fn objects(&self) -> impl Iterator<Item = &Arc<DirectoryObject>> {
        self.directory.values()
    }

    /// Somebody and every group that holds them: whose role assignments count. Groups are read at every request, so that
    /// leaving one is felt at once. Whoever the directory no longer has holds nothing, however long a token still counts
    /// and whatever assignments were left behind.
    #[must_use]
    pub fn principals_of(&self, id: Uuid) -> Vec<Uuid> {
        if self.object(id).is_none() {
            return Vec::new();
        }
        let mut principals = self.transitive_groups_of(id);
        principals.push(id);
        principals
    }

    /// The application with this object id.
    #[must_use]
    pub fn application(&self, id: Uuid) -> Option<&Application> {
        match self.object(id).map(AsRef::as_ref) {
            Some(DirectoryObject::Application(found)) => Some(found),
            _ => None,
        }
    }

    /// The service principal with this object id.
    #[must_use]
    pub fn service_principal(&self, id: Uuid) -> Option<&ServicePrincipal> {
        match self.object(id).map(AsRef::as_ref) {
            Some(DirectoryObject::ServicePrincipal(found)) => Some(found),
            _ => None,
        }
    }

    /// The user with this object id.
    #[must_use]
    pub fn user(&self, id: Uuid) -> Option<&User> {
        match self.object(id).map(AsRef::as_ref) {
            Some(DirectoryObject::User(found)) => Some(found),
            _ => None,
        }
    }

    /// The group with this object id.
    #[must_use]
    pub fn group(&self, id: Uuid) -> Option<&Group> {
        match self.object(id).map(AsRef::as_ref) {
            Some(DirectoryObject::Group(found)) => Some(found),
            _ => None,
        }
    }

    /// The application with this application (client) id.
    #[must_use]
    pub fn application_by_app_id(&self, app_id: Uuid) -> Option<&Application> {
        self.application(*self.applications.get(&app_id)?)
    }

    /// The service principal with this application (client) id.
    #[must_use]
    pub fn service_principal_by_app_id(&self, app_id: Uuid) -> Option<&ServicePrincipal> {
        self.service_principal(*self.service_principals.get(&app_id)?)
    }

    /// The groups that hold `member` directly.
    pub fn groups_of(&self, member: Uuid) -> impl Iterator<Item = Uuid> {
        self.groups_of.get(&member).into_iter().flatten().copied()
    }

    /// Every group that holds `member`, directly or through other groups, without repetition. Cycles do no harm.
    #[must_use]
    pub fn transitive_groups_of(&self, member: Uuid) -> Vec<Uuid> {
        let mut found: Vec<Uuid> = Vec::new();
        let mut next = vec![member];
        while let Some(id) = next.pop() {
            for group in self.groups_of.get(&id).into_iter().flatten() {
                if *group != member && !found.contains(group) {
                    found.push(*group);
                    next.push(*group);
                }
            }
        }
        found
    }

    /// Those of the groups that hold `member` which count for access: all that do not say that they are for mail alone.
    #[must_use]
    pub fn security_groups_of(&self, member: Uuid) -> Vec<Uuid> {
        let mut found = self.transitive_groups_of(member);
        found.retain(|id| self.group(*id).is_some_and(Group::is_for_security));
        found
    }

    pub(crate) async fn load_directory(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let mut rows = sqlx::query("SELECT object_type, document FROM directory_objects").fetch(connection);
        while let Some(row) = rows::next(&mut rows).await? {
            self.insert_object(Arc::new(object(row.try_get("object_type")?, row.try_get("document")?)?));
        }
        Ok(())
    }

    fn insert_object(&mut self, object: Arc<DirectoryObject>) {
        self.remove_object(object.id());
        match object.as_ref() {
            DirectoryObject::Application(o) => drop(self.applications.insert(o.app_id, o.id)),
            DirectoryObject::ServicePrincipal(o) => drop(self.service_principals.insert(o.app_id, o.id)),
            DirectoryObject::Group(group) => {
                for member in &group.members {
                    self.groups_of.entry(*member).or_default().push_back(group.id);
                }
            }
            DirectoryObject::User(_) => {}
        }
        self.directory.insert(object.id(), object);
    }

    fn remove_object(&mut self, id: Uuid) -> Option<Arc<DirectoryObject>> {
        let gone = self.directory.remove(&id)?;
        match gone.as_ref() {
            DirectoryObject::Application(o) => drop(self.applications.remove(&o.app_id)),
            DirectoryObject::ServicePrincipal(o) => drop(self.service_principals.remove(&o.app_id)),
            DirectoryObject::Group(group) => {
                for member in &group.members {
                    let left: Vector<Uuid> =
                        self.groups_of.get(member).into_iter().flatten().copied().filter(|g| *g != id).collect();
                    self.groups_of.insert(*member, left);
                }
            }
            DirectoryObject::User(_) => {}
        }
        Some(gone)
    }
}

impl Tx {
    /// Makes or replaces a directory object.
    pub fn put_object(&mut self, object: DirectoryObject) {
        self.log_change(&object);
        let object = Arc::new(object);
        self.world.insert_object(object.clone());
        self.record(Change::Object(object));
    }

    /// Takes a directory object away for good. Its role assignments on resources stay as orphans, as Azure leaves them;
    /// the directory forgets it.
    pub fn delete_object(&mut self, id: Uuid) {
        if self.take_object(id, Removal::Deleted).is_some() {
            self.forget_consents(id);
            self.forget_directory_roles(id);
        }
    }

    /// Takes an object out of the directory and out of its groups.
    pub(crate) fn take_object(&mut self, id: Uuid, removal: Removal) -> Option<Arc<DirectoryObject>> {
        let holders: Vec<Uuid> = self.groups_of(id).collect();
        for holder in holders {
            if let Some(group) = self.world.group(holder) {
                let mut group = group.clone();
                group.members.retain(|m| *m != id);
                self.put_object(DirectoryObject::Group(group));
            }
        }
        let gone = self.world.remove_object(id)?;
        self.record(Change::ObjectGone(id));
        self.log_removal(&gone, removal);
        Some(gone)
    }
}

/// By its type at once: a document that has to be searched for its type first takes twice the time.
fn object(object_type: &str, document: &str) -> Result<DirectoryObject, StoreError> {
    Ok(match object_type {
        "application" => DirectoryObject::Application(text::to_document(document)?),
        "servicePrincipal" => DirectoryObject::ServicePrincipal(text::to_document(document)?),
        "user" => DirectoryObject::User(text::to_document(document)?),
        "group" => DirectoryObject::Group(text::to_document(document)?),
        _ => return Err(StoreError::Corrupt(format!("'{object_type}' is no type of a directory object"))),
    })
}

pub(crate) async fn write(to: &mut SqliteConnection, object: &DirectoryObject) -> Result<(), StoreError> {
    let (object_type, app_id) = match object {
        DirectoryObject::Application(o) => ("application", Some(o.app_id)),
        DirectoryObject::ServicePrincipal(o) => ("servicePrincipal", Some(o.app_id)),
        DirectoryObject::User(_) => ("user", None),
        DirectoryObject::Group(_) => ("group", None),
    };
    sqlx::query(
        "INSERT INTO directory_objects (id, object_type, app_id, display_name, document) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, document = excluded.document",
    )
    .bind(object.id().to_string())
    .bind(object_type)
    .bind(app_id.map(|id| id.to_string()))
    .bind(object.display_name())
    .bind(text::from_document(object)?)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase(to: &mut SqliteConnection, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM directory_objects WHERE id = $1").bind(id.to_string()).execute(to).await?;
    Ok(())
}
