//! App roles that are assigned and delegated permissions that are granted. Those of an object that was deleted are not
//! seen; they come back with it.

use std::sync::Arc;

use imbl::OrdMap;
use model::{AppRoleAssignment, PermissionGrant};
use uuid::Uuid;

use crate::directory_records::{DirectoryRecords, Record};
use crate::{Snapshot, Tx};

impl Record for AppRoleAssignment {
    type Key = (Uuid, Uuid);
    const KIND: &'static str = "appRole";

    fn key(&self) -> Self::Key {
        (self.principal_id, self.number)
    }

    fn id((principal, number): &Self::Key) -> String {
        format!("{principal} {number}")
    }

    fn map(records: &mut DirectoryRecords) -> &mut OrdMap<Self::Key, Arc<Self>> {
        &mut records.app_roles
    }
}

impl Record for PermissionGrant {
    /// Client, resource, and the person or nil: a client has one grant for each.
    type Key = (Uuid, Uuid, Uuid);
    const KIND: &'static str = "grant";

    fn key(&self) -> Self::Key {
        (self.client_id, self.resource_id, self.principal_id.unwrap_or_default())
    }

    fn id((client, resource, principal): &Self::Key) -> String {
        format!("{client} {resource} {principal}")
    }

    fn map(records: &mut DirectoryRecords) -> &mut OrdMap<Self::Key, Arc<Self>> {
        &mut records.grants
    }
}

impl Snapshot {
    /// The app roles that a principal has itself, without those of its groups.
    pub fn app_roles_of(&self, principal: Uuid) -> impl Iterator<Item = &Arc<AppRoleAssignment>> {
        let own = self.records.app_roles.range((principal, Uuid::nil())..=(principal, Uuid::max()));
        own.map(|(_, found)| found).filter(|found| self.is_there(found.principal_id, found.resource_id))
    }

    /// Who has app roles of a resource.
    pub fn app_roles_on(&self, resource: Uuid) -> impl Iterator<Item = &Arc<AppRoleAssignment>> {
        let all = self.records.app_roles.values().filter(move |found| found.resource_id == resource);
        all.filter(|found| self.is_there(found.principal_id, found.resource_id))
    }

    /// Every grant of delegated permissions.
    pub fn permission_grants(&self) -> impl Iterator<Item = &Arc<PermissionGrant>> {
        self.records.grants.values().filter(|found| self.is_there(found.client_id, found.resource_id))
    }

    /// The grants that a client has.
    pub fn permission_grants_of(&self, client: Uuid) -> impl Iterator<Item = &Arc<PermissionGrant>> {
        let first = (client, Uuid::nil(), Uuid::nil());
        let own = self.records.grants.range(first..=(client, Uuid::max(), Uuid::max())).map(|(_, found)| found);
        own.filter(|found| self.is_there(found.client_id, found.resource_id))
    }

    fn is_there(&self, one: Uuid, other: Uuid) -> bool {
        self.object(one).is_some() && self.object(other).is_some()
    }
}

impl Tx {
    /// Gives somebody an app role.
    pub fn put_app_role_assignment(&mut self, assignment: AppRoleAssignment) {
        self.put_record(assignment);
    }

    /// Takes an app role away.
    pub fn delete_app_role_assignment(&mut self, assignment: &AppRoleAssignment) {
        self.delete_record::<AppRoleAssignment>(&assignment.key());
    }

    /// Adds permissions to a client's grant on a resource, for a person or for everybody; those that it has stay first.
    pub fn widen_permission_grant<'a>(
        &mut self,
        client_id: Uuid,
        resource_id: Uuid,
        principal_id: Option<Uuid>,
        more: impl Iterator<Item = &'a str>,
    ) {
        let is_it =
            |grant: &&Arc<PermissionGrant>| grant.resource_id == resource_id && grant.principal_id == principal_id;
        let known =
            self.permission_grants_of(client_id).find(is_it).map(|grant| grant.scope.clone()).unwrap_or_default();
        let mut names: Vec<&str> = known.split_whitespace().collect();
        for name in more {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if !names.is_empty() {
            let scope = names.join(" ");
            self.put_permission_grant(PermissionGrant { client_id, resource_id, principal_id, scope });
        }
    }

    /// Makes or replaces a client's grant on a resource.
    pub fn put_permission_grant(&mut self, grant: PermissionGrant) {
        self.put_record(grant);
    }

    /// Takes a grant away.
    pub fn delete_permission_grant(&mut self, grant: &PermissionGrant) {
        self.delete_record::<PermissionGrant>(&grant.key());
    }

    /// Forgets the consents that an object takes part in.
    pub(crate) fn forget_consents(&mut self, id: Uuid) {
        let roles: Vec<_> =
            self.records.app_roles.values().filter(|a| a.principal_id == id || a.resource_id == id).cloned().collect();
        for role in roles {
            self.delete_app_role_assignment(&role);
        }
        let takes_part =
            |g: &&Arc<PermissionGrant>| g.client_id == id || g.resource_id == id || g.principal_id == Some(id);
        let grants: Vec<_> = self.records.grants.values().filter(takes_part).cloned().collect();
        for grant in grants {
            self.delete_permission_grant(&grant);
        }
    }
}
