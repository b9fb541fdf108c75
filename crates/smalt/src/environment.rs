//! The variables that point clients at a world.

use model::FacePorts;
use serde_json::{Map, Value, json};

use crate::cloud::Cloud;
use crate::world::owner_of;

/// Which way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Clients are told that this is a cloud of its own, on localhost.
    CustomCloud,
    /// Clients believe to talk to the public cloud; a proxy answers for it.
    Interception,
}

/// The variables, in the order in which they are printed. All values are texts; the same object is the ready file.
#[must_use]
pub fn variables(cloud: &Cloud, way: Way, imds_port: Option<u16>) -> Map<String, Value> {
    let faces = cloud.ports.faces();
    let owner = owner_of(&cloud.store);
    let world = cloud.store.read();
    let tenant = world.tenant().map(|t| t.id.to_string()).unwrap_or_default();
    let subscription = world.subscriptions().next().map(|s| s.id.to_string()).unwrap_or_default();
    let bundle = cloud.authority.bundle().display().to_string();
    let proxy = format!("http://localhost:{}", cloud.ports.proxy());
    let mut out = Map::new();
    let mut set = |name: &str, value: &str| drop(out.insert(name.to_owned(), json!(value)));
    set("SMALT_ARM", &origin(faces.arm));
    set("SMALT_ENTRA", &origin(faces.login));
    set("SMALT_GRAPH", &origin(faces.graph));
    set("SMALT_VAULT", &origin(faces.vault));
    set("SMALT_PROXY", &proxy);
    set("SMALT_CA", &cloud.authority.path().display().to_string());
    for prefix in ["SMALT", "AZURE", "ARM"] {
        set(&format!("{prefix}_TENANT_ID"), &tenant);
        set(&format!("{prefix}_SUBSCRIPTION_ID"), &subscription);
        set(&format!("{prefix}_CLIENT_ID"), &owner.client_id);
        set(&format!("{prefix}_CLIENT_SECRET"), &owner.client_secret);
    }
    if !owner.username.is_empty() {
        set("SMALT_USERNAME", &owner.username);
        set("SMALT_PASSWORD", &owner.password);
    }
    // The bundle holds the system's roots too: these variables replace a program's roots.
    for name in ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
        set(name, &bundle);
    }
    set("AZURE_CORE_COLLECT_TELEMETRY", "no");
    match way {
        Way::CustomCloud => custom_cloud(&mut set, faces),
        Way::Interception => {
            set("HTTPS_PROXY", &proxy);
            set("https_proxy", &proxy);
            // Some clients send plain HTTP through it too (Azure's SDK for JavaScript does), and the metadata services
            // are plain HTTP on this address.
            set("NO_PROXY", "127.0.0.1");
            set("no_proxy", "127.0.0.1");
        }
    }
    if let Some(port) = imds_port {
        let imds = format!("http://127.0.0.1:{port}");
        set("SMALT_IMDS", &imds);
        set("AZURE_POD_IDENTITY_AUTHORITY_HOST", &imds);
        set("ARM_MSI_ENDPOINT", &format!("{imds}/metadata/identity/oauth2/token"));
    }
    out
}

fn custom_cloud(set: &mut impl FnMut(&str, &str), faces: FacePorts) {
    set("AZURE_CORE_INSTANCE_DISCOVERY", "false");
    set("AZURE_DISABLE_INSTANCE_DISCOVERY", "true");
    set("ARM_DISABLE_INSTANCE_DISCOVERY", "true");
    set("AZURE_AUTHORITY_HOST", &origin(faces.login));
    // The Azure CLI reads an array here (AZ-WIRE 1); Terraform asks the host by itself.
    set(
        "ARM_CLOUD_METADATA_URL",
        &format!("{}/metadata/endpoints?api-version=2022-09-01&array=true", origin(faces.arm)),
    );
    set("ARM_METADATA_HOSTNAME", &format!("localhost:{}", faces.arm));
}

fn origin(port: u16) -> String {
    format!("https://localhost:{port}")
}

/// Variables of the other way in, which would contradict this one.
#[must_use]
pub fn contradicting(way: Way) -> &'static [&'static str] {
    match way {
        Way::CustomCloud => &["HTTPS_PROXY", "https_proxy"],
        Way::Interception => &[
            "ARM_CLOUD_METADATA_URL",
            "ARM_METADATA_HOSTNAME",
            "AZURE_CORE_INSTANCE_DISCOVERY",
            "AZURE_DISABLE_INSTANCE_DISCOVERY",
            "ARM_DISABLE_INSTANCE_DISCOVERY",
            "AZURE_CLOUD_NAME",
            "AZURE_AUTHORITY_HOST",
        ],
    }
}
