//! OpenID Connect metadata: what the authority's endpoints are (IDENTITY-WIRE 3.2).

use model::{Origins, Tenant};
use serde_json::{Map, Value, json};
use tokens::Authority;

use crate::route::Version;
use crate::tenant::TenantName;

/// The metadata in the order of real documents.
pub(super) fn document(origins: &Origins, name: TenantName, tenant: &Tenant, version: Version) -> Value {
    let base = format!("{}/{}", origins.login, name.in_urls(tenant));
    let v2 = version == Version::V2;
    let oauth = format!("{base}/oauth2{}", if v2 { "/v2.0" } else { "" });
    let mut document = Map::new();
    let mut say = |member: &str, value: Value| drop(document.insert(member.to_owned(), value));
    say("token_endpoint", json!(format!("{oauth}/token")));
    let methods = ["client_secret_post", "private_key_jwt", "client_secret_basic"];
    say("token_endpoint_auth_methods_supported", json!(methods));
    say("jwks_uri", json!(format!("{base}/discovery/{}keys", if v2 { "v2.0/" } else { "" })));
    say("response_modes_supported", json!(["query", "fragment", "form_post"]));
    say("subject_types_supported", json!(["pairwise"]));
    say("id_token_signing_alg_values_supported", json!(["RS256"]));
    let mut response_types = vec!["code", "id_token", "code id_token", "id_token token"];
    if !v2 {
        response_types.extend(["token id_token", "token"]);
    }
    say("response_types_supported", json!(response_types));
    say(
        "scopes_supported",
        if v2 { json!(["openid", "profile", "email", "offline_access"]) } else { json!(["openid"]) },
    );
    say("issuer", json!(issuer(origins, name, tenant, version)));
    match version {
        Version::V1 => say("microsoft_multi_refresh_token", json!(true)),
        Version::V2 => {
            say("request_uri_parameter_supported", json!(false));
            say("userinfo_endpoint", json!(format!("{}/oidc/userinfo", origins.graph)));
        }
    }
    say("authorization_endpoint", json!(format!("{oauth}/authorize")));
    say("device_authorization_endpoint", json!(format!("{oauth}/devicecode")));
    say("http_logout_supported", json!(true));
    say("frontchannel_logout_supported", json!(true));
    say("end_session_endpoint", json!(format!("{oauth}/logout")));
    say("claims_supported", json!(claims(version)));
    if !v2 {
        say("check_session_iframe", json!(format!("{oauth}/checksession")));
        say("userinfo_endpoint", json!(format!("{base}/openid/userinfo")));
    }
    say("kerberos_endpoint", json!(format!("{base}/kerberos")));
    say("tenant_region_scope", if name == TenantName::Own { json!("WW") } else { Value::Null });
    say("cloud_instance_name", json!("microsoftonline.com"));
    say("cloud_graph_host_name", json!("graph.windows.net"));
    say("msgraph_host", json!(origins.graph.trim_start_matches("https://")));
    say("rbac_url", json!("https://pas.windows.net"));
    Value::Object(document)
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
    BOTH.iter().chain(others).copied().collect()
}
