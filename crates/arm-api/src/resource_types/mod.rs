//! Every resource type, one file each, and what they have in common.
//!
//! A type says what is its own: its name, what it adds to a resource that is written, what hangs on one that goes. All
//! the rest has a default: [`tracked`] stores, merges, lists, renders and deletes.

mod availability_sets;
mod catalogue;
mod check_access;
mod consoles;
mod container_apps;
mod container_groups;
mod deny_assignments;
mod deployment_operations;
mod deployments;
mod disks;
mod elevate_access;
mod federated_identity_credentials;
mod generic;
mod hybrid_machines;
mod identities_default;
mod image_catalogue;
mod image_versions;
mod instance_views;
mod locations;
mod locks;
mod machine_learning_computes;
mod managed_clusters;
mod management_groups;
mod network;
mod network_interfaces;
mod network_security_groups;
mod operations;
mod permissions;
mod principal;
mod provider_operations;
mod providers;
mod public_ip_addresses;
mod resource_groups;
mod resources;
mod role_assignment_attributes;
mod role_assignment_filter;
mod role_assignment_rules;
mod role_assignments;
mod role_definition_filter;
mod role_definition_rules;
mod role_definitions;
mod service_fabric_applications;
mod sites;
mod subnets;
mod subscriptions;
mod tenants;
mod user_assigned_identities;
mod vaults;
mod virtual_machine_sizes;
mod virtual_machines;
mod virtual_networks;

use axum::http::Method;
use model::{JsonMap, Resource, Scope, Time};
use rbac::Attributes;
use serde_json::Value;
use store::{Snapshot, Tx};
use uuid::Uuid;

use crate::answer::Answer;
use crate::authorize::Authorized;
use crate::error::ArmError;
use crate::request::Request;
use crate::route::{Route, Target};
use crate::{Arm, tracked};

pub use catalogue::{Inventory, inventory};
pub(crate) use catalogue::{find, is_namespace, namespaces, types_of};
pub(crate) use image_catalogue::alias_document;
pub(crate) use locations::{canonical_region, region_names};
pub use virtual_machines::{Schedule, schedule_event, settle_scheduled_events};

/// The type of management locks.
pub(crate) const LOCKS: &str = "Microsoft.Authorization/locks";

/// The type that questions about rights are sent to.
pub(crate) const CHECK_ACCESS: &str = "Microsoft.Authorization/checkAccess";

/// Every modelled type. One line makes a type known everywhere.
pub(crate) const ALL: [&'static dyn ResourceType; 59] = [
    &availability_sets::AvailabilitySets,
    &check_access::CheckAccess,
    &consoles::Consoles,
    &container_apps::ContainerApps,
    &container_groups::ContainerGroups,
    &deny_assignments::DenyAssignments,
    &deployment_operations::DeploymentOperations,
    &deployment_operations::OldDeploymentOperations,
    &deployments::Deployments,
    &disks::Disks,
    &elevate_access::ElevateAccess,
    &federated_identity_credentials::FederatedIdentityCredentials,
    &hybrid_machines::HybridMachines,
    &identities_default::IdentitiesDefault,
    &image_versions::ImageVersions,
    &instance_views::InstanceViews,
    &locations::Locations,
    &locks::Locks,
    &machine_learning_computes::MachineLearningComputes,
    &managed_clusters::ManagedClusters,
    &management_groups::AsyncOperations,
    &management_groups::Descendants,
    &management_groups::Entities,
    &management_groups::HierarchySettings,
    &management_groups::ManagementGroups,
    &management_groups::ManagementGroupSubscriptions,
    &management_groups::NameAvailability,
    &management_groups::OperationResults,
    &management_groups::START_TENANT_BACKFILL,
    &management_groups::TENANT_BACKFILL_STATUS,
    &network_interfaces::NetworkInterfaces,
    &network_security_groups::NetworkSecurityGroups,
    &network_security_groups::SecurityRules,
    &operations::OperationResults,
    &operations::ComputeOperations,
    &operations::NetworkOperations,
    &operations::NetworkOperationResults,
    &operations::DeploymentOperationStatuses,
    &permissions::Permissions,
    &provider_operations::OperationsOfProvider,
    &provider_operations::ProviderOperations,
    &providers::Providers,
    &providers::TenantProviders,
    &public_ip_addresses::PublicIpAddresses,
    &resource_groups::ResourceGroups,
    &resources::Resources,
    &resources::GroupResources,
    &role_assignments::RoleAssignments,
    &role_definitions::RoleDefinitions,
    &service_fabric_applications::ServiceFabricApplications,
    &sites::Sites,
    &subnets::Subnets,
    &subscriptions::Subscriptions,
    &tenants::Tenants,
    &user_assigned_identities::UserAssignedIdentities,
    &vaults::Vaults,
    &virtual_machine_sizes::VirtualMachineSizes,
    &virtual_machines::VirtualMachines,
    &virtual_networks::VirtualNetworks,
];

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever holds the right where the request points.
    Checked,
    /// An item likewise; a list is answered to everybody and shows what the caller may read (RBAC A10).
    ListFiltered,
    /// Everybody with a token of the tenant.
    Open,
}

/// Where resources of a type live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// In a resource group, directly or below another resource.
    ResourceGroup,
    /// On any scope.
    Extension,
    /// In the tenant and nowhere else.
    Tenant,
}

/// A read that was authorized.
pub(crate) struct Read<'a> {
    pub(crate) request: &'a Request,
    pub(crate) route: &'a Route,
    pub(crate) authorized: &'a Authorized,
    pub(crate) api_version: &'a str,
    pub(crate) now: Time,
    pub(crate) world: &'a Snapshot,
}

/// A write that was authorized.
pub(crate) struct Write<'a> {
    pub(crate) arm: &'a Arm,
    pub(crate) request: &'a Request,
    pub(crate) route: &'a Route,
    pub(crate) authorized: Authorized,
    pub(crate) api_version: &'a str,
    pub(crate) body: Value,
    pub(crate) now: Time,
    pub(crate) tx: Tx,
}

impl<'a> Write<'a> {
    #[expect(clippy::too_many_arguments, reason = "made in one place, by the road, which holds each of them")]
    pub(crate) fn new(
        arm: &'a Arm,
        request: &'a Request,
        route: &'a Route,
        authorized: Authorized,
        api_version: &'a str,
        body: Value,
        now: Time,
        tx: Tx,
    ) -> Self {
        Self { arm, request, route, authorized, api_version, body, now, tx }
    }

    pub(crate) fn id(&self) -> &'a str {
        self.route.id()
    }

    pub(crate) fn name(&self) -> &'a str {
        self.route.name()
    }

    pub(crate) fn scope(&self) -> Scope {
        Scope::new(self.id())
    }

    pub(crate) fn tenant(&self) -> Uuid {
        self.tx.tenant().map(|t| t.id).unwrap_or_default()
    }

    /// The body as an object.
    pub(crate) fn object(&self) -> Result<&JsonMap, ArmError> {
        self.body.as_object().ok_or_else(|| {
            ArmError::InvalidRequestContent("The request body must be a JSON object. Path ''".to_owned())
        })
    }

    /// The body's `properties`; empty where there are none.
    pub(crate) fn properties(&self) -> Result<JsonMap, ArmError> {
        match self.object()?.get("properties") {
            None | Some(Value::Null) => Ok(JsonMap::new()),
            Some(Value::Object(properties)) => Ok(properties.clone()),
            Some(_) => Err(ArmError::InvalidRequestContent(
                "Error converting value to type 'object'. Path 'properties'".to_owned(),
            )),
        }
    }
}

impl Read<'_> {
    pub(crate) fn id(&self) -> &str {
        self.route.id()
    }

    pub(crate) fn scope(&self) -> Scope {
        Scope::new(self.id())
    }

    pub(crate) fn tenant(&self) -> Uuid {
        self.world.tenant().map(|t| t.id).unwrap_or_default()
    }
}

impl Route {
    /// The id of the resource, or of what a collection lies below.
    pub(crate) fn id(&self) -> &str {
        match &self.target {
            Target::Item { id, .. } | Target::Action { id, .. } | Target::Collection { below: id } => id,
        }
    }

    /// The refusal of something that the namespace does not have.
    pub(crate) fn no_such_type(&self, api_version: &str) -> ArmError {
        let namespace = self.type_name.split('/').next().unwrap_or_default().to_owned();
        ArmError::InvalidResourceType { namespace, api_version: api_version.to_owned() }
    }

    /// The resource's name as written; empty for a collection.
    pub(crate) fn name(&self) -> &str {
        match &self.target {
            Target::Item { name, .. } | Target::Action { name, .. } => name,
            Target::Collection { .. } => "",
        }
    }
}

/// How a provider answers writes; clients check status codes and headers (RECORDED-FACTS 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    /// Whether PUT and DELETE come with an operation to poll, and of which kind.
    pub(crate) polling: Option<Polling>,
    /// The status of a PUT that made something.
    pub(crate) created: u16,
    /// The status of a DELETE.
    pub(crate) deleted: u16,
}

/// Where a provider's operations are polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Polling {
    /// `…/providers/Microsoft.Compute/locations/{location}/operations/{id}`.
    Compute,
    /// `…/providers/Microsoft.Network/locations/{location}/operations/{id}`.
    Network,
}

/// What smalt must know of a type. See the module's text for what has a default.
pub(crate) trait ResourceType: Sync {
    /// `Namespace/type[/child…]` in Azure's spelling.
    fn name(&self) -> &'static str;

    /// api-versions that `providers` lists, newest first; every well-formed one is taken.
    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-11-01"]
    }

    fn level(&self) -> Level {
        Level::ResourceGroup
    }

    fn access(&self) -> Access {
        Access::Checked
    }

    /// Where the right to a write is checked, if not where the request points: what does not exist yet may lie below
    /// nothing that grants it.
    fn checked_at(&self, _world: &Snapshot, _route: &Route, _method: &Method, _body: &Value) -> Option<String> {
        None
    }

    /// What conditions may ask of a write (RBAC A7): Azure tells them of role assignments only.
    fn attributes(&self, _world: &Snapshot, _route: &Route, _method: &Method, _body: &Value) -> Attributes {
        Attributes::default()
    }

    /// Verbs and actions that the type knows, and its rows in the authorization matrix. The road refuses all others.
    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "PATCH", "DELETE"]
    }

    fn style(&self) -> Style {
        Style { polling: None, created: 201, deleted: 200 }
    }

    /// Properties that the server alone sets; a client that sends them back is not believed.
    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState"]
    }

    /// Whether `/resources` shows it: top-level resources with a place of their own.
    fn is_listed_as_resource(&self) -> bool {
        true
    }

    /// Whether it says of itself that nobody modelled it.
    fn is_generic(&self) -> bool {
        false
    }

    fn read_body(&self, bytes: &[u8]) -> Result<Value, ArmError> {
        tracked::read_body(bytes)
    }

    /// Checks and completes a resource that is about to be written.
    fn complete(
        &self,
        _write: &mut Write<'_>,
        _draft: &mut Resource,
        _before: Option<&Resource>,
    ) -> Result<(), ArmError> {
        Ok(())
    }

    /// What hangs on a resource that is about to go. Everything below it goes by itself.
    fn release(&self, _tx: &mut Tx, _resource: &Resource) -> Result<(), ArmError> {
        Ok(())
    }

    /// The last touch to an answer.
    fn finish(&self, _world: &Snapshot, _resource: &Resource, _request: &Request, _shown: &mut JsonMap) {}

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        tracked::get(self, read)
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        tracked::list(self, read)
    }

    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        tracked::put(self, write)
    }

    fn patch(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        tracked::patch(self, write)
    }

    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        tracked::delete(self, write)
    }

    fn act(&self, write: &mut Write<'_>, _action: &str) -> Result<Answer, ArmError> {
        Err(write.route.no_such_type(write.api_version))
    }
}
