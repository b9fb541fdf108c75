//! Where smalt's faces are, as the caller sees them.

/// The ports of the faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FacePorts {
    /// Resource Manager's.
    pub arm: u16,
    /// The token service's.
    pub login: u16,
    /// Graph's.
    pub graph: u16,
    /// Key Vault's.
    pub vault: u16,
}

/// The faces' addresses in the caller's own terms: whoever came in by a public name is sent on by public names, whoever
/// came to a port is sent on to ports of the same host. So each way in stays a closed circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins {
    /// Resource Manager, such as `https://localhost:8443`; no slash at the end.
    pub arm: String,
    /// The token service.
    pub login: String,
    /// Graph.
    pub graph: String,
    /// What follows a vault's name in its host name, such as `vault.azure.net`; with the port, where there is one.
    pub vault_dns: String,
}

/// Domains whose hosts are public names of Azure.
const PUBLIC_DOMAINS: [&str; 6] =
    ["azure.com", "azure.net", "microsoftonline.com", "microsoft.com", "windows.net", "core.windows.net"];

impl FacePorts {
    /// The addresses for a caller whose request named `host` (the `Host` header, with or without a port).
    #[must_use]
    pub fn origins(self, host: &str) -> Origins {
        let name = host_name(host);
        let is_public = PUBLIC_DOMAINS.iter().any(|domain| {
            name.len() > domain.len()
                && name.as_bytes()[name.len() - domain.len() - 1] == b'.'
                && name[name.len() - domain.len()..].eq_ignore_ascii_case(domain)
        });
        if is_public {
            return Origins {
                arm: "https://management.azure.com".to_owned(),
                login: "https://login.microsoftonline.com".to_owned(),
                graph: "https://graph.microsoft.com".to_owned(),
                vault_dns: "vault.azure.net".to_owned(),
            };
        }
        let at = |port: u16| format!("https://{name}:{port}");
        Origins {
            arm: at(self.arm),
            login: at(self.login),
            graph: at(self.graph),
            vault_dns: format!("vault.{name}:{}", self.vault),
        }
    }
}

/// The host's name without its port.
fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_in_stays_a_closed_circle() {
        let ports = FacePorts { arm: 8443, login: 8444, graph: 8445, vault: 8446 };
        assert_eq!(ports.origins("Management.Azure.com").login, "https://login.microsoftonline.com");
        assert_eq!(ports.origins("kv1.vault.azure.net:443").login, "https://login.microsoftonline.com");
        assert_eq!(ports.origins("localhost:8443").login, "https://localhost:8444");
        assert_eq!(ports.origins("127.0.0.1:8445").arm, "https://127.0.0.1:8443");
        assert_eq!(ports.origins("evil-azure.com:8443").arm, "https://evil-azure.com:8443");
        assert_eq!(ports.origins("smalt").vault_dns, "vault.smalt:8446");
    }
}
