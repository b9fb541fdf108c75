//! Who issues: a tenant's names in tokens.

use uuid::Uuid;

/// Hosts that are the public cloud's token service, whatever they are called (IDENTITY-WIRE 3.4).
pub(crate) const LOGIN_HOSTS: [&str; 4] =
    ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"];

/// A tenant's token service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The tenant's GUID.
    pub tenant: Uuid,
    /// The tenant's domain, which stands for the GUID in URLs.
    pub domain: String,
}

impl Authority {
    /// `iss` of version 1 tokens, wherever they were asked for (IDENTITY-WIRE 4.1).
    #[must_use]
    pub fn issuer_v1(&self) -> String {
        format!("https://sts.windows.net/{}/", self.tenant)
    }

    /// `iss` of version 2 tokens.
    #[must_use]
    pub fn issuer_v2(&self) -> String {
        format!("https://login.microsoftonline.com/{}/v2.0", self.tenant)
    }

    /// Whether `issuer` is Entra, whatever the tenant.
    #[must_use]
    pub fn is_entra(issuer: &str) -> bool {
        let host = issuer.strip_prefix("https://").and_then(|rest| rest.split(['/', ':']).next()).unwrap_or_default();
        LOGIN_HOSTS.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// Whether an assertion's `aud` names this tenant's token endpoint or issuer: at one of the public hosts, or at
    /// `own`, the host and port through which the request came (IDENTITY-WIRE 3.8).
    #[must_use]
    pub fn is_audience(&self, aud: &str, own: &str) -> bool {
        let Some((host, path)) = aud.strip_prefix("https://").and_then(|rest| rest.split_once('/')) else {
            return false;
        };
        let host_fits =
            host.eq_ignore_ascii_case(own) || LOGIN_HOSTS.iter().any(|known| known.eq_ignore_ascii_case(host));
        let (tenant, rest) = path.split_once('/').unwrap_or((path, ""));
        let tenant_fits = tenant.eq_ignore_ascii_case(&self.domain) || Uuid::parse_str(tenant) == Ok(self.tenant);
        let rest = rest.trim_end_matches('/').to_ascii_lowercase();
        host_fits && tenant_fits && matches!(rest.as_str(), "" | "v2.0" | "v2" | "oauth2/token" | "oauth2/v2.0/token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_is_meant_for_this_tenant_or_not() {
        let tenant = Uuid::from_u128(7);
        let authority = Authority { tenant, domain: "smalt.example".into() };
        for (aud, fits) in [
            (format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"), true),
            (format!("https://localhost:8444/{tenant}/oauth2/token"), true),
            ("https://localhost:8444/Smalt.Example/oauth2/token".into(), true),
            (format!("https://sts.windows.net/{tenant}/"), true),
            (format!("https://localhost:9444/{tenant}/oauth2/token"), false),
            (format!("https://login.microsoftonline.us/{tenant}/oauth2/v2.0/token"), false),
            (format!("https://localhost:8444/{}/oauth2/token", Uuid::from_u128(8)), false),
            (format!("http://localhost:8444/{tenant}/oauth2/token"), false),
            (format!("https://localhost:8444/{tenant}/oauth2/authorize"), false),
        ] {
            assert_eq!(authority.is_audience(&aud, "localhost:8444"), fits, "{aud}");
        }
    }
}
