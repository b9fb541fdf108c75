//! VMs and other hosts of managed identities: what there are, where their endpoints listen, what it takes to enter one.

use std::net::SocketAddrV4;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use imds::{Host, Place};
use model::{ArmPath, Resource, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::workloads::{CLUSTERS, is_cluster};
use super::{ATTACH_SOCKET, Answer, Control, Refusal};
use crate::environment::{self, Way, variables};
use crate::front::{PUBLIC_NAMES, VAULT_DOMAINS};
use crate::vm_namespace::IMDS_ADDRESS;

const VIRTUAL_MACHINES: &str = "Microsoft.Compute/virtualMachines";

/// Which VM, in which group; or which other host of managed identities.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct VmName {
    /// The VM's name.
    pub vm: Option<String>,
    /// Its resource group; needed only where two VMs have one name.
    pub group: Option<String>,
    /// The id of any resource with a token endpoint, or its name where only one has it.
    pub resource: Option<String>,
    /// On a cluster, whose pod: `NAMESPACE/NAME`.
    pub service_account: Option<String>,
}

/// What `smalt env` asks.
#[derive(Debug, Serialize, Deserialize)]
pub struct EnvironmentQuery {
    /// Whether by interception.
    #[serde(default)]
    pub intercept: bool,
    /// The VM whose IMDS is wanted too.
    pub vm: Option<String>,
    /// Its resource group.
    pub group: Option<String>,
    /// The resource whose token endpoint is wanted too.
    pub resource: Option<String>,
    /// On a cluster, whose pod: `NAMESPACE/NAME`.
    pub service_account: Option<String>,
}

pub(super) async fn environment_variables(
    State(control): State<Control>,
    Query(query): Query<EnvironmentQuery>,
) -> Answer {
    control.wait_for_listeners().await;
    let way = if query.intercept { Way::Interception } else { Way::CustomCloud };
    let host = match (&query.vm, &query.resource) {
        (Some(name), _) => Some(control.machine(name, query.group.as_deref())?),
        (None, Some(id)) => Some(control.host(id)?),
        (None, None) => None,
    };
    let Some(host) = host else {
        let set = variables(&control.cloud, way, None);
        return Ok(Json(json!({"set": set, "unset": environment::contradicting(way)})));
    };
    let mut set = variables(&control.cloud, way, None);
    let of_host = if is_cluster(&host) {
        // A pod proves itself with its token and nothing else.
        set.shift_remove("AZURE_CLIENT_SECRET");
        let login = Place::Loopback(control.cloud.ports.faces().login);
        let place = if query.intercept { Place::Host } else { login };
        control.workload(&host, query.service_account.as_deref(), place).await?
    } else {
        let port = control.imds_port(&host)?;
        if is_virtual_machine(&host) {
            set = variables(&control.cloud, way, Some(port));
        }
        control.cloud.endpoints.variables(&control.cloud.store.read(), &host, Place::Loopback(port))
    };
    set.extend(of_host.into_iter().map(|(name, value)| (name.to_owned(), json!(value))));
    let of_others = imds::VARIABLES.iter().filter(|name| !set.contains_key(**name));
    let contradicting = environment::contradicting(way).iter().filter(|name| !set.contains_key(**name));
    let secret = (!set.contains_key("AZURE_CLIENT_SECRET")).then_some(&"AZURE_CLIENT_SECRET");
    let unset: Vec<_> = contradicting.chain(of_others).chain(secret).collect();
    Ok(Json(json!({"set": set, "unset": unset, "challenges": control.challenges(&host)})))
}

pub(super) async fn machines(State(control): State<Control>) -> Answer {
    control.wait_for_listeners().await;
    let world = control.cloud.store.read();
    let listed = world.resources_of_type(&Scope::new(Scope::ROOT), VIRTUAL_MACHINES).map(|machine| {
        json!({
            "name": machine.name,
            "resourceGroup": group_of(machine),
            "powerState": machine.runtime.get("powerState"),
            "identity": machine.identity.type_name(),
            "imds": control.imds_port(machine).ok().map(|port| format!("http://127.0.0.1:{port}")),
            "id": machine.id,
        })
    });
    Ok(Json(listed.collect()))
}

/// What `smalt vm exec` needs to know of a VM, and `smalt run` of another host.
pub(super) async fn enter(State(control): State<Control>, Query(query): Query<VmName>) -> Answer {
    let machine = match &query.resource {
        Some(id) => control.host(id)?,
        None => control.machine(query.vm.as_deref().unwrap_or_default(), query.group.as_deref())?,
    };
    if !machine.is_running() {
        let what = if is_virtual_machine(&machine) { "VM" } else { "resource" };
        return Err(Refusal::new(format!("The {what} '{}' is not running: start it first.", machine.name)));
    }
    let faces = control.cloud.ports.faces();
    let (endpoint, variables) = if is_cluster(&machine) {
        (None, control.workload(&machine, query.service_account.as_deref(), Place::Host).await?)
    } else {
        let host = Host::of(&machine.resource_type).map(Host::endpoint);
        let address = host.map_or((IMDS_ADDRESS, 80), |endpoint| (endpoint.address, endpoint.port));
        let variables = control.cloud.endpoints.variables(&control.cloud.store.read(), &machine, Place::Host);
        (Some(SocketAddrV4::new(address.0, address.1)), variables)
    };
    Ok(Json(json!({
        "attach_socket": control.directory.join(ATTACH_SOCKET),
        "vm_id": machine.id,
        "endpoint": endpoint,
        "variables": variables,
        "challenges": control.challenges(&machine),
        "ca_bundle_pem": std::fs::read_to_string(control.cloud.authority.bundle())?,
        "public_names": public_names(),
        "face_ports": [faces.arm, faces.login, faces.graph, faces.vault],
        "command": [],
    })))
}

/// Names that a VM's hosts file knows; the domains of vaults are left to its name server.
#[must_use]
pub fn public_names() -> Vec<&'static str> {
    PUBLIC_NAMES.iter().map(|(name, _)| *name).collect()
}

/// Domains whose every name leads to smalt inside a VM.
#[must_use]
pub fn public_domains() -> &'static [&'static str] {
    &VAULT_DOMAINS
}

impl Control {
    /// Waits until the metadata services of all VMs that are there now listen: a VM may have been made a moment ago.
    async fn wait_for_listeners(&self) {
        let commit = *self.cloud.store.commits().borrow();
        let _ = self.settled.clone().wait_for(|settled| *settled >= commit).await;
    }

    pub(super) fn machine(&self, name: &str, group: Option<&str>) -> Result<Arc<Resource>, Refusal> {
        let world = self.cloud.store.read();
        let found: Vec<_> = world
            .resources_of_type(&Scope::new(Scope::ROOT), VIRTUAL_MACHINES)
            .filter(|m| m.name.eq_ignore_ascii_case(name) || m.id.eq_ignore_ascii_case(name))
            .filter(|m| group.is_none_or(|g| group_of(m).eq_ignore_ascii_case(g)))
            .collect();
        match found.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(Refusal::new(match group {
                Some(group) => format!("There is no VM '{name}' in the resource group '{group}'."),
                None => format!("There is no VM '{name}': `smalt vm list` shows those that there are."),
            })),
            _ => Err(Refusal::new(format!("There are {} VMs named '{name}': say which with -g GROUP.", found.len()))),
        }
    }

    /// The resource with this id, or the only one with this name, that has a token endpoint or pods.
    fn host(&self, id: &str) -> Result<Arc<Resource>, Refusal> {
        let world = self.cloud.store.read();
        let clusters = world.resources_of_type(&Scope::new(Scope::ROOT), CLUSTERS).cloned();
        let found: Vec<_> = world
            .imds_ports()
            .filter_map(|(scope, _)| world.resource(&scope).cloned())
            .chain(clusters)
            .filter(|r| r.scope() == Scope::new(id) || r.name.eq_ignore_ascii_case(id))
            .collect();
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(Refusal::new(format!("There is no resource '{id}' on which programs have managed identities."))),
            _ => Err(Refusal::new(format!("There are {} resources named '{id}': say which by its id.", found.len()))),
        }
    }

    /// Where programs on `resource` will find challenges, if that is how they get their tokens.
    fn challenges(&self, resource: &Resource) -> Option<PathBuf> {
        (Host::of(&resource.resource_type) == Some(Host::Arc)).then(|| self.cloud.endpoints.challenges(resource))
    }

    fn imds_port(&self, machine: &Resource) -> Result<u16, Refusal> {
        let offset = self.cloud.store.read().imds_port(&machine.scope());
        let port = offset.and_then(|offset| self.cloud.ports.imds(offset));
        port.ok_or_else(|| Refusal::new(format!("The resource '{}' has no port of its own.", machine.name)))
    }
}

fn is_virtual_machine(resource: &Resource) -> bool {
    resource.resource_type.eq_ignore_ascii_case(VIRTUAL_MACHINES)
}

fn group_of(machine: &Resource) -> String {
    ArmPath::parse(&machine.id).ok().and_then(|p| p.resource_group().map(str::to_owned)).unwrap_or_default()
}
