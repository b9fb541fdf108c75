//! Kubernetes clusters: what workload identity needs of one, its issuer. Nodes, pods and the API server are not modelled.

use model::{POWER_STATE, RUNNING, Resource};
use serde_json::{Value, json};

use super::{ResourceType, Style, Write, network};
use crate::error::ArmError;

/// Where the name of the cluster's issuer stands in [`Resource::runtime`].
const ISSUER: &str = "issuerName";

pub(crate) struct ManagedClusters;

impl ResourceType for ManagedClusters {
    fn name(&self) -> &'static str {
        "Microsoft.ContainerService/managedClusters"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2025-01-01", "2024-09-01", "2024-02-01", "2023-10-01"]
    }

    fn style(&self) -> Style {
        Style { polling: None, created: 201, deleted: 202 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "powerState", "fqdn", "currentKubernetesVersion", "nodeResourceGroup"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        if before.is_none() {
            draft.runtime.insert(POWER_STATE.into(), json!(RUNNING));
            draft.runtime.insert(ISSUER.into(), json!(format!("aks-{}", write.arm.ids.guid())));
        }
        let name = draft.name.clone();
        network::fill(&mut draft.spec, json!({"dnsPrefix": name, "kubernetesVersion": "1.31"}));
        show_issuer(draft, write.arm.ports.login);
        let location = draft.location.clone().unwrap_or_default();
        let version = draft.spec.get("kubernetesVersion").cloned().unwrap_or_default();
        draft.status.insert("provisioningState".into(), json!("Succeeded"));
        draft.status.insert("powerState".into(), json!({"code": "Running"}));
        draft.status.insert("currentKubernetesVersion".into(), version);
        draft.status.insert("fqdn".into(), json!(format!("{name}.hcp.{location}.azmk8s.io")));
        Ok(())
    }
}

/// Of a cluster that has the issuer switched on, its URL; it never changes, and once on it stays on.
fn show_issuer(cluster: &mut Resource, login_port: u16) {
    let is_on = cluster.spec.get("oidcIssuerProfile").is_some_and(|profile| profile["enabled"] == json!(true));
    // What a client sends back of it is not its to set.
    if let Some(Value::Object(profile)) = cluster.spec.get_mut("oidcIssuerProfile") {
        profile.shift_remove("issuerURL");
    }
    if is_on {
        let issuer = cluster.runtime.get(ISSUER).and_then(Value::as_str).unwrap_or_default();
        let url = format!("https://localhost:{login_port}/issuers/{issuer}");
        cluster.status.entry("oidcIssuerProfile").or_insert_with(|| json!({"enabled": true, "issuerURL": url}));
    }
}
