//! What a transaction did, to be written down at its commit.

use std::sync::Arc;

use model::{
    DenyAssignment, DirectoryObject, ManagementGroup, PersistedGrant, Resource, RoleAssignment, RoleDefinition,
    ScheduledEvents, Scope, Subscription, Tenant, Time,
};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::directory_records::Row;
use crate::vault_objects::{ObjectRow, ValueRow};
use crate::{ManagedIdentityKey, Operation, ReadyKey, SigningKey, StoreError, TokenIssuer};
use crate::{
    deny_assignments, directory, directory_records, imds_ports, keys, management_groups, operations, persisted_grants,
    resources, revocations, roles, scheduled_events, settings, token_issuers, vault_objects, world,
};

/// One change of the world. Each noun's file knows how to write its own.
pub(crate) enum Change {
    Setting(String, Arc<str>),
    Tenant(Arc<Tenant>),
    Subscription(Arc<Subscription>),
    ManagementGroup(Arc<ManagementGroup>),
    ManagementGroupGone(Arc<ManagementGroup>),
    Resource(Arc<Resource>),
    ResourceGone(Scope),
    Object(Arc<DirectoryObject>),
    ObjectGone(Uuid),
    RoleDefinition(Arc<RoleDefinition>),
    RoleDefinitionGone(Uuid),
    Assignment(Arc<RoleAssignment>),
    AssignmentGone(Uuid),
    DenyAssignment(Arc<DenyAssignment>),
    DenyAssignmentGone(Uuid),
    ManagedIdentityKey(ManagedIdentityKey),
    ManagedIdentityKeyGone(Uuid),
    ReadyKey(Arc<ReadyKey>),
    ReadyKeyGone(Uuid),
    SigningKey(SigningKey),
    SigningKeyGone(String),
    Operation(Arc<Operation>),
    OperationGone(Uuid),
    ImdsPort(Scope, u16),
    ImdsPortGone(Scope),
    TokenIssuer(Arc<TokenIssuer>, String),
    ScheduledEvents(Scope, Arc<ScheduledEvents>),
    ScheduledEventsGone(Scope),
    Record(Arc<dyn Row>),
    RecordGone(&'static str, String),
    PersistedGrant(Arc<PersistedGrant>),
    PersistedGrantGone(String),
    Revocation(Uuid, Time),
    RevocationGone(Uuid),
    VaultObject(ObjectRow),
    VaultObjectGone(&'static str, (String, String)),
    VaultValue(ValueRow),
}

impl Change {
    pub(crate) async fn write(&self, to: &mut SqliteConnection) -> Result<(), StoreError> {
        match self {
            Self::Setting(name, value) => settings::write(to, name, value).await,
            Self::Tenant(tenant) => world::write_tenant(to, tenant).await,
            Self::Subscription(subscription) => world::write_subscription(to, subscription).await,
            Self::ManagementGroup(group) => management_groups::write(to, group).await,
            Self::ManagementGroupGone(group) => management_groups::erase(to, group).await,
            Self::Resource(resource) => resources::write(to, resource).await,
            Self::ResourceGone(scope) => resources::erase(to, scope).await,
            Self::Object(object) => directory::write(to, object).await,
            Self::ObjectGone(id) => directory::erase(to, *id).await,
            Self::RoleDefinition(role) => roles::write_definition(to, role).await,
            Self::RoleDefinitionGone(id) => roles::erase_definition(to, *id).await,
            Self::Assignment(assignment) => roles::write_assignment(to, assignment).await,
            Self::AssignmentGone(name) => roles::erase_assignment(to, *name).await,
            Self::DenyAssignment(deny) => deny_assignments::write(to, deny).await,
            Self::DenyAssignmentGone(name) => deny_assignments::erase(to, *name).await,
            Self::ManagedIdentityKey(key) => keys::write_managed_identity_key(to, key).await,
            Self::ManagedIdentityKeyGone(principal) => keys::erase_managed_identity_key(to, *principal).await,
            Self::ReadyKey(key) => keys::write_ready_key(to, key).await,
            Self::ReadyKeyGone(id) => keys::erase_ready_key(to, *id).await,
            Self::SigningKey(key) => keys::write_signing_key(to, key).await,
            Self::SigningKeyGone(kid) => keys::erase_signing_key(to, kid).await,
            Self::Operation(operation) => operations::write(to, operation).await,
            Self::OperationGone(id) => operations::erase(to, *id).await,
            Self::ImdsPort(scope, offset) => imds_ports::write(to, scope, *offset).await,
            Self::ImdsPortGone(scope) => imds_ports::erase(to, scope).await,
            Self::TokenIssuer(issuer, private_key) => token_issuers::write(to, issuer, private_key).await,
            Self::ScheduledEvents(scope, events) => scheduled_events::write(to, scope, events).await,
            Self::ScheduledEventsGone(scope) => scheduled_events::erase(to, scope).await,
            Self::Record(record) => directory_records::write(to, record.as_ref()).await,
            Self::RecordGone(kind, id) => directory_records::erase(to, kind, id).await,
            Self::PersistedGrant(grant) => persisted_grants::write(to, grant).await,
            Self::PersistedGrantGone(hash) => persisted_grants::erase(to, hash).await,
            Self::Revocation(subject, at) => revocations::write(to, *subject, *at).await,
            Self::RevocationGone(subject) => revocations::erase(to, *subject).await,
            Self::VaultObject(row) => vault_objects::write(to, row).await,
            Self::VaultObjectGone(kind, key) => vault_objects::erase(to, kind, key).await,
            Self::VaultValue(row) => vault_objects::write_value(to, row).await,
        }
    }
}
