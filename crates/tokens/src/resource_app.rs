//! The applications behind resources that tokens are asked for.

use model::FacePorts;
use uuid::{Uuid, uuid};

/// A first-party application that tokens can be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceApp {
    /// Resource Manager.
    Arm,
    /// Microsoft Graph.
    Graph,
    /// Azure AD Graph, which was before Microsoft Graph: tokens of version 1 are for it where a client names no resource.
    DirectoryGraph,
    /// Key Vault's data plane.
    KeyVault,
    /// Storage's data plane.
    Storage,
    /// The audience of federated assertions.
    TokenExchange,
    /// Azure SQL Database.
    Sql,
    /// Service Bus and Event Hubs.
    ServiceBus,
    /// Container Registry.
    ContainerRegistry,
    /// Log Analytics.
    LogAnalytics,
    /// The portal's own service, which the Azure CLI asks for an administrator's consent.
    Portal,
}

/// Public names of the resources, without a slash at the end, and their application ids as Entra has them.
const KNOWN: [(ResourceApp, Uuid, &[&str]); 11] = [
    (
        ResourceApp::Arm,
        uuid!("797f4846-ba00-4fd7-ba43-dac1f8f63013"),
        &["https://management.azure.com", "https://management.core.windows.net"],
    ),
    (ResourceApp::Graph, uuid!("00000003-0000-0000-c000-000000000000"), &["https://graph.microsoft.com"]),
    (ResourceApp::DirectoryGraph, uuid!("00000002-0000-0000-c000-000000000000"), &["https://graph.windows.net"]),
    (ResourceApp::KeyVault, uuid!("cfa8b339-82a2-471a-a3c9-0fc0be7a4093"), &["https://vault.azure.net"]),
    (ResourceApp::Storage, uuid!("e406a681-f3d4-42a8-90b6-c2b029497af1"), &["https://storage.azure.com"]),
    (ResourceApp::TokenExchange, uuid!("fb60f99c-7a34-4190-8149-302f77469936"), &["api://azureadtokenexchange"]),
    (ResourceApp::Sql, uuid!("022907d3-0f1b-48f7-badc-1ba6abab6d66"), &["https://database.windows.net"]),
    (
        ResourceApp::ServiceBus,
        uuid!("80a10ef9-8168-493d-abf9-3297c4ef6e3c"),
        &["https://servicebus.azure.net", "https://eventhubs.azure.net"],
    ),
    (
        ResourceApp::ContainerRegistry,
        uuid!("6a0ec4d3-30cb-4a83-91c0-ae56bc0e3d26"),
        &["https://containerregistry.azure.net"],
    ),
    (
        ResourceApp::LogAnalytics,
        uuid!("ca7f3f0b-7d91-482c-8e09-c5d840d0eac5"),
        &["https://api.loganalytics.io", "https://api.loganalytics.azure.com"],
    ),
    (ResourceApp::Portal, uuid!("74658136-14ec-4630-ad9b-26e160ff0fc6"), &[]),
];

impl ResourceApp {
    /// The application id.
    #[must_use]
    pub fn app_id(self) -> Uuid {
        KNOWN.iter().find(|(app, ..)| *app == self).map_or(Uuid::nil(), |(_, id, _)| *id)
    }

    /// Whether `name` is one of its public names.
    #[must_use]
    pub fn is_named(self, name: &str) -> bool {
        KNOWN.iter().any(|(app, _, names)| *app == self && names.iter().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Whether the resource takes version 1 tokens; federated assertions must be version 2 (IDENTITY-WIRE 3.9, 4.1).
    #[must_use]
    pub fn takes_version_1(self) -> bool {
        self != Self::TokenExchange
    }
}

/// The first-party application that `resource` names: a public name, an application id, or an origin of smalt's own
/// (`https://localhost:8443`, or the same port at `own_host`, the name of the host through which the request came). Case and slashes
/// at the end do not matter.
#[must_use]
pub fn resource_app(resource: &str, own_host: &str, ports: FacePorts) -> Option<ResourceApp> {
    let name = resource.trim_end_matches('/').to_ascii_lowercase();
    let known = KNOWN.iter().find(|(_, id, names)| names.contains(&name.as_str()) || Uuid::parse_str(&name) == Ok(*id));
    if let Some((app, ..)) = known {
        return Some(*app);
    }
    let (host, port) = name.strip_prefix("https://")?.rsplit_once(':')?;
    let port: u16 = port.parse().ok()?;
    let own = [(ports.arm, ResourceApp::Arm), (ports.graph, ResourceApp::Graph), (ports.vault, ResourceApp::KeyVault)];
    let (_, app) = own.into_iter().find(|(own, _)| *own == port)?;
    let here = ["localhost", "127.0.0.1", own_host].iter().any(|own| own.eq_ignore_ascii_case(host));
    // Vaults have a name each below the vault host: "https://v1.vault.localhost:8446".
    let below = app == ResourceApp::KeyVault && (host == "vault.localhost" || host.ends_with(".vault.localhost"));
    (here || below).then_some(app)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_known_by_any_of_its_names() {
        let ports = FacePorts { arm: 8443, login: 8444, graph: 8445, vault: 8446 };
        for (name, app) in [
            ("https://management.azure.com/", Some(ResourceApp::Arm)),
            ("https://management.core.windows.net//", Some(ResourceApp::Arm)),
            ("797F4846-ba00-4fd7-ba43-dac1f8f63013", Some(ResourceApp::Arm)),
            ("https://localhost:8443", Some(ResourceApp::Arm)),
            ("https://smalt:8443/", Some(ResourceApp::Arm)),
            ("https://localhost:8445/", Some(ResourceApp::Graph)),
            ("https://vault.localhost:8446", Some(ResourceApp::KeyVault)),
            ("https://elsewhere:8443", None),
            ("https://localhost:8444", None),
            ("api://mine", None),
            ("", None),
        ] {
            assert_eq!(resource_app(name, "smalt", ports), app, "{name}");
        }
    }
}
