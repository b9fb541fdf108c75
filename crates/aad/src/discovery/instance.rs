//! Instance discovery: whether an authority's host is one that clients may trust (IDENTITY-WIRE 3.4).

use axum::http::Uri;
use axum::http::uri::Authority;
use model::FacePorts;
use serde_json::{Value, json};

use crate::call::Call;
use crate::error::Aadsts;
use crate::form::Form;

/// The public clouds: the host to ask, the host to cache under, and every name of the cloud.
const CLOUDS: [(&str, &str, &[&str]); 5] = [
    (
        "login.microsoftonline.com",
        "login.windows.net",
        &["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
    ),
    (
        "login.partner.microsoftonline.cn",
        "login.partner.microsoftonline.cn",
        &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
    ),
    ("login.microsoftonline.de", "login.microsoftonline.de", &["login.microsoftonline.de"]),
    ("login.microsoftonline.us", "login.microsoftonline.us", &["login.microsoftonline.us", "login.usgovcloudapi.net"]),
    ("login-us.microsoftonline.com", "login-us.microsoftonline.com", &["login-us.microsoftonline.com"]),
];

/// What the authority of the parameter `authorization_endpoint` is.
///
/// # Errors
/// [`Aadsts::Missing`], [`Aadsts::UnknownInstance`].
pub(super) fn document(call: &Call, ports: FacePorts, query: &Form<'_>) -> Result<Value, Aadsts> {
    let endpoint = query.required("authorization_endpoint")?;
    let target: Uri = endpoint.parse().map_err(|_| Aadsts::UnknownInstance)?;
    let host = target.authority().map(Authority::host).ok_or(Aadsts::UnknownInstance)?.to_ascii_lowercase();
    let is_public = CLOUDS.iter().any(|(_, _, names)| names.contains(&host.as_str()));
    let is_own = ["localhost", "127.0.0.1", &call.host_name()].iter().any(|own| own.eq_ignore_ascii_case(&host));
    if target.scheme_str() != Some("https") || !(is_public || is_own) {
        return Err(Aadsts::UnknownInstance);
    }
    // Clients may leave the port out of the question, never out of what they then ask.
    let origin = if is_public { format!("https://{host}") } else { ports.origins(&host).login };
    let mut words = target.path().split('/').filter(|s| !s.is_empty());
    let tenant = words.next().ok_or(Aadsts::UnknownInstance)?;
    let version = if words.any(|word| word.eq_ignore_ascii_case("v2.0")) { "/v2.0" } else { "" };
    let mut document = json!({
        "tenant_discovery_endpoint": format!("{origin}/{tenant}{version}/.well-known/openid-configuration"),
    });
    // Version 1.0 ends here, as recorded.
    if query.get("api-version") != Some("1.0") {
        let mut clouds: Vec<Value> =
            CLOUDS.iter().map(|(network, cache, names)| entry(network, cache, names)).collect();
        if !is_public {
            let own = origin.trim_start_matches("https://");
            clouds.push(entry(own, own, &[own]));
        }
        document["api-version"] = json!("1.1");
        document["metadata"] = Value::Array(clouds);
    }
    Ok(document)
}

fn entry(network: &str, cache: &str, names: &[&str]) -> Value {
    json!({"preferred_network": network, "preferred_cache": cache, "aliases": names})
}
