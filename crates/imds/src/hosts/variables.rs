//! The variables by which programs find the endpoint of the host they are on, and take it for what it is
//! (IDENTITY-WIRE 2.1).

use model::{ArmPath, ENDPOINT_SECRET, Resource};
use serde_json::Value;
use store::Snapshot;

use super::{Endpoint, Host};

/// Every variable that any host sets: of a host that sets some, the others must not be set, or a client takes it for
/// another one.
pub const VARIABLES: [&str; 11] = [
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IDENTITY_SERVER_THUMBPRINT",
    "IDENTITY_API_VERSION",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
    "DEFAULT_IDENTITY_CLIENT_ID",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "AZUREPS_HOST_ENVIRONMENT",
    "AZURE_FEDERATED_TOKEN_FILE",
];

/// Where a program stands that is given variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the host, where the endpoint is where it always is.
    Host,
    /// Elsewhere on this machine, the endpoint being at this port of loopback.
    Loopback(u16),
}

impl Host {
    /// The variables of programs on `resource`. `thumbprint` is that of the certificate (SHA-1, hex) with which an
    /// endpoint answers that speaks TLS.
    #[must_use]
    pub fn variables(
        self,
        world: &Snapshot,
        resource: &Resource,
        place: Place,
        thumbprint: &str,
    ) -> Vec<(&'static str, String)> {
        let Endpoint { is_tls, name, port, path, .. } = self.endpoint();
        let scheme = if is_tls { "https" } else { "http" };
        let origin = match place {
            Place::Host => format!("{scheme}://{name}:{port}"),
            // The one name that every way in keeps out of its proxy.
            Place::Loopback(port) => format!("{scheme}://127.0.0.1:{port}"),
        };
        let endpoint = format!("{origin}{path}");
        let secret = resource.runtime.get(ENDPOINT_SECRET).and_then(Value::as_str).unwrap_or_default().to_owned();
        let group = ArmPath::parse(&resource.id).ok().and_then(|p| p.resource_group().map(str::to_owned));
        let mut variables = match self {
            Self::AppService => vec![
                ("IDENTITY_ENDPOINT", endpoint.clone()),
                ("IDENTITY_HEADER", secret.clone()),
                ("MSI_ENDPOINT", endpoint),
                ("MSI_SECRET", secret),
                ("WEBSITE_SITE_NAME", resource.name.clone()),
                ("WEBSITE_RESOURCE_GROUP", group.unwrap_or_default()),
            ],
            Self::ContainerApps => vec![
                ("IDENTITY_ENDPOINT", endpoint.clone()),
                ("IDENTITY_HEADER", secret),
                ("MSI_ENDPOINT", endpoint),
                ("CONTAINER_APP_NAME", resource.name.clone()),
            ],
            Self::ContainerInstances => vec![
                ("IDENTITY_API_VERSION", "2020-05-01".to_owned()),
                ("IDENTITY_HEADER", secret),
                ("IDENTITY_SERVER_THUMBPRINT", thumbprint.to_owned()),
            ],
            Self::Arc => vec![("IDENTITY_ENDPOINT", endpoint), ("IMDS_ENDPOINT", origin.clone())],
            Self::ServiceFabric => vec![
                ("IDENTITY_ENDPOINT", endpoint),
                ("IDENTITY_HEADER", secret),
                ("IDENTITY_SERVER_THUMBPRINT", thumbprint.to_owned()),
                ("IDENTITY_API_VERSION", "2019-07-01-preview".to_owned()),
            ],
            Self::CloudShell => vec![("MSI_ENDPOINT", endpoint)],
            Self::MachineLearning => vec![
                ("MSI_ENDPOINT", endpoint),
                ("MSI_SECRET", secret),
                ("DEFAULT_IDENTITY_CLIENT_ID", default_client(world, resource)),
            ],
        };
        match (self, place) {
            // Of those who read it, nobody needs the address of the real one.
            (Self::ContainerInstances, Place::Loopback(_)) => {
                variables.push(("AZURE_POD_IDENTITY_AUTHORITY_HOST", origin));
            }
            // MSAL for Python then asks at the real port, without looking at the variables.
            (Self::CloudShell, Place::Host) => {
                variables.push(("AZUREPS_HOST_ENVIRONMENT", "cloud-shell/1.0".to_owned()));
            }
            _ => {}
        }
        variables
    }
}

/// The client id of the identity that is meant when a program names none.
fn default_client(world: &Snapshot, resource: &Resource) -> String {
    let system = resource.identity.system.and_then(|principal| world.service_principal(principal)).map(|p| p.app_id);
    let client = system.or_else(|| resource.identity.user.first().map(|user| user.client_id));
    client.map(|id| id.to_string()).unwrap_or_default()
}
