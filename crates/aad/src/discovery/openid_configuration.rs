//! OpenID Connect metadata: what the authority's endpoints are (IDENTITY-WIRE 3.2).

use model::{Origins, Tenant};
use serde::Serialize;
use tokens::Authority;

use crate::answer::written;
use crate::route::Version;
use crate::tenant::TenantName;

/// Those of version 2 come first.
const RESPONSE_TYPES: [&str; 6] = ["code", "id_token", "code id_token", "id_token token", "token id_token", "token"];

/// Clients read it before anything else, and often: it is written as it is said, without a tree of values in between.
#[derive(Serialize)]
struct Metadata<'a> {
    token_endpoint: String,
    token_endpoint_auth_methods_supported: [&'a str; 3],
    jwks_uri: String,
    response_modes_supported: [&'a str; 3],
    subject_types_supported: [&'a str; 1],
    id_token_signing_alg_values_supported: [&'a str; 1],
    response_types_supported: &'a [&'a str],
    scopes_supported: &'a [&'a str],
    issuer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    microsoft_multi_refresh_token: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_uri_parameter_supported: Option<bool>,
    #[serde(rename = "userinfo_endpoint", skip_serializing_if = "Option::is_none")]
    userinfo_of_version_2: Option<String>,
    authorization_endpoint: String,
    device_authorization_endpoint: String,
    http_logout_supported: bool,
    frontchannel_logout_supported: bool,
    end_session_endpoint: String,
    claims_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check_session_iframe: Option<String>,
    #[serde(rename = "userinfo_endpoint", skip_serializing_if = "Option::is_none")]
    userinfo_of_version_1: Option<String>,
    kerberos_endpoint: String,
    tenant_region_scope: Option<&'a str>,
    cloud_instance_name: &'a str,
    cloud_graph_host_name: &'a str,
    msgraph_host: &'a str,
    rbac_url: &'a str,
}

/// The metadata in the order of real documents, as JSON.
pub(super) fn document(origins: &Origins, name: TenantName, tenant: &Tenant, version: Version) -> String {
    let base = format!("{}/{}", origins.login, name.in_urls(tenant));
    let v2 = version == Version::V2;
    let oauth = format!("{base}/oauth2{}", if v2 { "/v2.0" } else { "" });
    let metadata = Metadata {
        token_endpoint: format!("{oauth}/token"),
        token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        jwks_uri: format!("{base}/discovery/{}keys", if v2 { "v2.0/" } else { "" }),
        response_modes_supported: ["query", "fragment", "form_post"],
        subject_types_supported: ["pairwise"],
        id_token_signing_alg_values_supported: ["RS256"],
        response_types_supported: if v2 { &RESPONSE_TYPES[..4] } else { &RESPONSE_TYPES },
        scopes_supported: if v2 { &["openid", "profile", "email", "offline_access"] } else { &["openid"] },
        issuer: issuer(origins, name, tenant, version),
        microsoft_multi_refresh_token: (!v2).then_some(true),
        request_uri_parameter_supported: v2.then_some(false),
        userinfo_of_version_2: v2.then(|| format!("{}/oidc/userinfo", origins.graph)),
        authorization_endpoint: format!("{oauth}/authorize"),
        device_authorization_endpoint: format!("{oauth}/devicecode"),
        http_logout_supported: true,
        frontchannel_logout_supported: true,
        end_session_endpoint: format!("{oauth}/logout"),
        claims_supported: claims(version),
        check_session_iframe: (!v2).then(|| format!("{oauth}/checksession")),
        userinfo_of_version_1: (!v2).then(|| format!("{base}/openid/userinfo")),
        kerberos_endpoint: format!("{base}/kerberos"),
        tenant_region_scope: (name == TenantName::Own).then_some("WW"),
        cloud_instance_name: "microsoftonline.com",
        cloud_graph_host_name: "graph.windows.net",
        msgraph_host: origins.graph.trim_start_matches("https://"),
        rbac_url: "https://pas.windows.net",
    };
    written(&metadata)
}

/// Libraries compare a version 2 issuer's host, port included, with the authority they were given (IDENTITY-WIRE 9.20);
/// a version 1 issuer is the same everywhere, and so are the tokens that it stands in.
fn issuer(origins: &Origins, name: TenantName, tenant: &Tenant, version: Version) -> String {
    match (version, name) {
        (Version::V1, TenantName::Own) => Authority { tenant: tenant.id, domain: tenant.domain.clone() }.issuer_v1(),
        (Version::V1, _) => format!("https://sts.windows.net/{}/", name.in_issuers(tenant)),
        (Version::V2, _) => format!("{}/{}/v2.0", origins.login, name.in_issuers(tenant)),
    }
}

fn claims(version: Version) -> Vec<&'static str> {
    const BOTH: [&str; 11] = [
        "sub",
        "iss",
        "cloud_instance_name",
        "cloud_instance_host_name",
        "cloud_graph_host_name",
        "msgraph_host",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "acr",
    ];
    let others: &[&str] = match version {
        Version::V1 => &["amr", "nonce", "email", "given_name", "family_name", "nickname"],
        Version::V2 => &["nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"],
    };
    [&BOTH, others].concat()
}
