//! VMs: what there are, where their metadata services listen, what it takes to enter one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use model::{ArmPath, Resource, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ATTACH_SOCKET, Answer, Control, Refusal};
use crate::environment::{self, Way, variables};
use crate::front::{PUBLIC_NAMES, VAULT_DOMAINS};
use crate::imds_fleet::is_running;

const VIRTUAL_MACHINES: &str = "Microsoft.Compute/virtualMachines";

/// Which VM, in which group.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct VmName {
    /// The VM's name.
    pub vm: Option<String>,
    /// Its resource group; needed only where two VMs have one name.
    pub group: Option<String>,
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
}

pub(super) async fn environment_variables(
    State(control): State<Control>,
    Query(query): Query<EnvironmentQuery>,
) -> Answer {
    control.wait_for_listeners().await;
    let way = if query.intercept { Way::Interception } else { Way::CustomCloud };
    let port = match &query.vm {
        Some(name) => {
            let machine = control.machine(name, query.group.as_deref())?;
            Some(control.imds_port(&machine)?)
        }
        None => None,
    };
    let set = variables(&control.cloud, way, port);
    Ok(Json(json!({"set": set, "unset": environment::contradicting(way)})))
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

/// What `smalt vm exec` needs to know of a VM.
pub(super) async fn enter(State(control): State<Control>, Query(query): Query<VmName>) -> Answer {
    let name = query.vm.unwrap_or_default();
    let machine = control.machine(&name, query.group.as_deref())?;
    if !is_running(&machine) {
        return Err(Refusal::new(format!("The VM '{name}' is not running: start it first.")));
    }
    let faces = control.cloud.ports.faces();
    Ok(Json(json!({
        "attach_socket": control.directory.join(ATTACH_SOCKET),
        "vm_id": machine.id,
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

    fn imds_port(&self, machine: &Resource) -> Result<u16, Refusal> {
        let offset = self.cloud.store.read().imds_port(&machine.scope());
        let port = offset.and_then(|offset| self.cloud.ports.imds(offset));
        port.ok_or_else(|| Refusal::new(format!("The VM '{}' has no metadata port.", machine.name)))
    }
}

fn group_of(machine: &Resource) -> String {
    ArmPath::parse(&machine.id).ok().and_then(|p| p.resource_group().map(str::to_owned)).unwrap_or_default()
}
