//! The world as one commit left it.

use std::sync::Arc;

use imbl::{HashMap, OrdMap, Vector};
use model::{
    AccessControl, ClockState, DirectoryObject, ManagementGroup, PersistedGrant, ScheduledEvents, Subscription, Tenant,
    Time,
};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::directory_records::DirectoryRecords;
use crate::packed::Packed;
use crate::vault_objects::VaultObjects;
use crate::{Operation, ReadyKey, StoreError, TokenIssuer};

/// A consistent picture of the world. Cloning one costs a few reference counts: the maps share what did not change.
/// What can be asked of it stands in the files of the nouns.
#[derive(Clone, Default)]
pub struct Snapshot {
    pub(crate) tenant: Option<Arc<Tenant>>,
    pub(crate) subscriptions: HashMap<Uuid, Arc<Subscription>>,
    /// The subscriptions, oldest first.
    pub(crate) subscription_order: Vector<Uuid>,
    /// By name in lower case.
    pub(crate) management_groups: OrdMap<String, Arc<ManagementGroup>>,
    pub(crate) clock: ClockState,
    pub(crate) settings: HashMap<String, Arc<str>>,
    /// By scope, so that what lies below a scope is a range.
    pub(crate) resources: OrdMap<String, Arc<Packed>>,
    pub(crate) directory: HashMap<Uuid, Arc<DirectoryObject>>,
    /// Application id to the object ids of its application and of its service principal.
    pub(crate) applications: HashMap<Uuid, Uuid>,
    pub(crate) service_principals: HashMap<Uuid, Uuid>,
    /// Member to the groups that hold it directly.
    pub(crate) groups_of: HashMap<Uuid, Vector<Uuid>>,
    pub(crate) access: AccessControl,
    pub(crate) ready_keys: Vector<Arc<ReadyKey>>,
    pub(crate) operations: HashMap<Uuid, Arc<Operation>>,
    pub(crate) imds_ports: OrdMap<String, u16>,
    /// By name.
    pub(crate) token_issuers: OrdMap<String, Arc<TokenIssuer>>,
    pub(crate) scheduled_events: OrdMap<String, Arc<ScheduledEvents>>,
    pub(crate) records: DirectoryRecords,
    /// By the hash of what was handed out.
    pub(crate) persisted_grants: HashMap<String, Arc<PersistedGrant>>,
    /// What people type, to the hash of the device code.
    pub(crate) user_codes: HashMap<String, String>,
    pub(crate) revocations: HashMap<Uuid, Time>,
    pub(crate) vault_objects: VaultObjects,
}

impl Snapshot {
    pub(crate) async fn load(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let mut world = Self::default();
        world.load_settings(connection).await?;
        world.load_world(connection).await?;
        world.load_management_groups(connection).await?;
        world.load_resources(connection).await?;
        world.load_directory(connection).await?;
        world.load_roles(connection).await?;
        world.load_deny_assignments(connection).await?;
        world.load_ready_keys(connection).await?;
        world.load_operations(connection).await?;
        world.load_imds_ports(connection).await?;
        world.load_token_issuers(connection).await?;
        world.load_scheduled_events(connection).await?;
        world.load_records(connection).await?;
        world.load_persisted_grants(connection).await?;
        world.load_revocations(connection).await?;
        world.load_vault_objects(connection).await?;
        Ok(world)
    }
}
