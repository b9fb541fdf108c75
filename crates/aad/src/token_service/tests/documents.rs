//! Documents that anybody may read.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;

use crate::testing::{BEGIN, HOST, TENANT, world};

const PUBLIC: &str = "login.microsoftonline.com";

/// What a refusal of a method allows is taken, and nothing else is.
#[tokio::test]
async fn a_refused_method_hears_which_are_taken() {
    let world = world().await;
    for (path, allowed) in [
        ("/common/oauth2/v2.0/authorize", "GET, HEAD, POST"),
        ("/devicelogin", "GET, HEAD, POST"),
        ("/common/oauth2/logout", "GET, HEAD, POST, OPTIONS"),
        ("/common/discovery/keys", "GET, HEAD, OPTIONS"),
        ("/common/userrealm/ada@t.example", "GET, HEAD, OPTIONS"),
    ] {
        for method in ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"] {
            let request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
            let reply = world.send(request.body(Body::empty()).unwrap()).await;
            let is_taken = allowed.split(", ").any(|known| known == method);
            assert_eq!(reply.status != StatusCode::METHOD_NOT_ALLOWED, is_taken, "{method} {path}: {}", reply.status);
            assert_eq!(reply.header("allow"), if is_taken { "" } else { allowed }, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn metadata_of_version_2_stays_at_the_caller_s_origin() {
    let world = world().await;
    let reply = world.get(HOST, &format!("/{TENANT}/v2.0/.well-known/openid-configuration")).await;
    insta::assert_json_snapshot!(reply.json(), @r#"
    {
      "token_endpoint": "https://localhost:8444/c0ffee00-1111-4222-8333-0123456789ab/oauth2/v2.0/token",
      "token_endpoint_auth_methods_supported": [
        "client_secret_post",
        "private_key_jwt",
        "client_secret_basic"
      ],
      "jwks_uri": "https://localhost:8444/c0ffee00-1111-4222-8333-0123456789ab/discovery/v2.0/keys",
      "response_modes_supported": [
        "query",
        "fragment",
        "form_post"
      ],
      "subject_types_supported": [
        "pairwise"
      ],
      "id_token_signing_alg_values_supported": [
        "RS256"
      ],
      "response_types_supported": [
        "code",
        "id_token",
        "code id_token",
        "id_token token"
      ],
      "scopes_supported": [
        "openid",
        "profile",
        "email",
        "offline_access"
      ],
      "issuer": "https://localhost:8444/c0ffee00-1111-4222-8333-0123456789ab/v2.0",
      "request_uri_parameter_supported": false,
      "userinfo_endpoint": "https://localhost:8445/oidc/userinfo",
      "authorization_endpoint": "https://localhost:8444/c0ffee00-1111-4222-8333-0123456789ab/oauth2/v2.0/authorize",
      "device_authorization_endpoint": "https://localhost:8444/c0ffee00-1111-4222-8333-0123456789ab/oauth2/v2.0/devicecode",
      "http_logout_supported": true,
      "frontchannel_logout_supported": true,
      "end_session_endpoint": "https://localhost:8444/c0ffee00-1111-4222-8333-0123456789ab/oauth2/v2.0/logout",
      "claims_supported": [
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
        "nonce",
        "preferred_username",
        "name",
        "tid",
        "ver",
        "at_hash",
        "c_hash",
        "email"
      ],
      "kerberos_endpoint": "https://localhost:8444/c0ffee00-1111-4222-8333-0123456789ab/kerberos",
      "tenant_region_scope": "WW",
      "cloud_instance_name": "microsoftonline.com",
      "cloud_graph_host_name": "graph.windows.net",
      "msgraph_host": "localhost:8445",
      "rbac_url": "https://pas.windows.net"
    }
    "#);
    let by_domain = world.get(HOST, "/T.Example/V2.0/.well-known/openid-configuration/").await;
    assert_eq!(by_domain.text, reply.text);
}

#[tokio::test]
async fn metadata_of_version_1_has_the_issuer_of_its_tokens() {
    let world = world().await;
    let reply = world.get(PUBLIC, &format!("/{TENANT}/.well-known/openid-configuration")).await;
    insta::assert_json_snapshot!(reply.json(), @r#"
    {
      "token_endpoint": "https://login.microsoftonline.com/c0ffee00-1111-4222-8333-0123456789ab/oauth2/token",
      "token_endpoint_auth_methods_supported": [
        "client_secret_post",
        "private_key_jwt",
        "client_secret_basic"
      ],
      "jwks_uri": "https://login.microsoftonline.com/c0ffee00-1111-4222-8333-0123456789ab/discovery/keys",
      "response_modes_supported": [
        "query",
        "fragment",
        "form_post"
      ],
      "subject_types_supported": [
        "pairwise"
      ],
      "id_token_signing_alg_values_supported": [
        "RS256"
      ],
      "response_types_supported": [
        "code",
        "id_token",
        "code id_token",
        "id_token token",
        "token id_token",
        "token"
      ],
      "scopes_supported": [
        "openid"
      ],
      "issuer": "https://sts.windows.net/c0ffee00-1111-4222-8333-0123456789ab/",
      "microsoft_multi_refresh_token": true,
      "authorization_endpoint": "https://login.microsoftonline.com/c0ffee00-1111-4222-8333-0123456789ab/oauth2/authorize",
      "device_authorization_endpoint": "https://login.microsoftonline.com/c0ffee00-1111-4222-8333-0123456789ab/oauth2/devicecode",
      "http_logout_supported": true,
      "frontchannel_logout_supported": true,
      "end_session_endpoint": "https://login.microsoftonline.com/c0ffee00-1111-4222-8333-0123456789ab/oauth2/logout",
      "claims_supported": [
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
        "amr",
        "nonce",
        "email",
        "given_name",
        "family_name",
        "nickname"
      ],
      "check_session_iframe": "https://login.microsoftonline.com/c0ffee00-1111-4222-8333-0123456789ab/oauth2/checksession",
      "userinfo_endpoint": "https://login.microsoftonline.com/c0ffee00-1111-4222-8333-0123456789ab/openid/userinfo",
      "kerberos_endpoint": "https://login.microsoftonline.com/c0ffee00-1111-4222-8333-0123456789ab/kerberos",
      "tenant_region_scope": "WW",
      "cloud_instance_name": "microsoftonline.com",
      "cloud_graph_host_name": "graph.windows.net",
      "msgraph_host": "graph.microsoft.com",
      "rbac_url": "https://pas.windows.net"
    }
    "#);
}

#[tokio::test]
async fn each_host_and_tenant_has_its_issuer() {
    let world = world().await;
    for (host, tenant, version, issuer) in [
        ("127.0.0.1:8444", "t.example", "v2.0/", format!("https://127.0.0.1:8444/{TENANT}/v2.0")),
        (PUBLIC, "t.example", "v2.0/", format!("https://{PUBLIC}/{TENANT}/v2.0")),
        (PUBLIC, "organizations", "v2.0/", format!("https://{PUBLIC}/{{tenantid}}/v2.0")),
        (HOST, "common", "v2.0/", format!("https://{HOST}/{{tenantid}}/v2.0")),
        (HOST, "common", "", "https://sts.windows.net/{tenantid}/".to_owned()),
        // Personal accounts are all of one tenant.
        (HOST, "consumers", "v2.0/", format!("https://{HOST}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0")),
        (HOST, "consumers", "", "https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/".to_owned()),
    ] {
        let document = world.get(host, &format!("/{tenant}/{version}.well-known/openid-configuration")).await.json();
        assert_eq!(document["issuer"], issuer, "{host} {tenant}");
        assert_eq!(document["tenant_region_scope"].is_null(), tenant != "t.example");
    }
}

#[tokio::test]
async fn both_key_sets_hold_the_key_of_the_signer() {
    let world = world().await;
    let v1 = world.get(HOST, &format!("/{TENANT}/discovery/keys")).await.json();
    let v2 = world.get(HOST, "/common/discovery/v2.0/keys").await.json();
    let key = &world.aad.signer.published(BEGIN)[0];
    let mut expected = json!({
        "kty": "RSA", "use": "sig", "kid": key.kid, "x5t": key.kid, "n": key.n, "e": "AQAB", "x5c": [key.x5c],
    });
    assert_eq!(v1, json!({"keys": [expected]}));
    expected["issuer"] = json!("https://localhost:8444/{tenantid}/v2.0");
    assert_eq!(v2, json!({"keys": [expected]}));
    assert_eq!(key.kid.len(), 27);
}

#[tokio::test]
async fn an_authority_is_known_or_not() {
    let world = world().await;
    let ask = async |host: &str, endpoint: &str, version: &str| {
        let query: String = form_urlencoded::byte_serialize(endpoint.as_bytes()).collect();
        world
            .get(host, &format!("/common/discovery/instance?api-version={version}&authorization_endpoint={query}"))
            .await
    };
    for (endpoint, found) in [
        ("https://login.microsoftonline.com/common/oauth2/authorize", Some("https://login.microsoftonline.com/common")),
        ("https://STS.windows.net/t/oauth2/v2.0/authorize", Some("https://sts.windows.net/t/v2.0")),
        ("https://localhost/t.example/oauth2/v2.0/authorize", Some("https://localhost:8444/t.example/v2.0")),
        ("https://localhost:8444/t/oauth2/v2.0/authorize", Some("https://localhost:8444/t/v2.0")),
        ("https://smalt:8444/t/oauth2/v2.0/authorize", Some("https://smalt:8444/t/v2.0")),
        ("https://login.chinacloudapi.cn/t/oauth2/v2.0/authorize", Some("https://login.chinacloudapi.cn/t/v2.0")),
        ("https://evil.example/t/oauth2/v2.0/authorize", None),
        ("http://login.microsoftonline.com/t/oauth2/v2.0/authorize", None),
        ("https://login.microsoftonline.com", None),
        ("login", None),
    ] {
        let reply = ask("smalt:8444", endpoint, "1.0").await;
        let expected = found.map(|base| format!("{base}/.well-known/openid-configuration"));
        assert_eq!(reply.json()["tenant_discovery_endpoint"].as_str(), expected.as_deref(), "{endpoint}");
        assert_eq!(reply.status == StatusCode::OK, found.is_some(), "{endpoint}");
    }
    let with_clouds = ask(HOST, "https://localhost:8444/t/oauth2/v2.0/authorize", "1.1").await.json();
    let clouds = with_clouds["metadata"].as_array().unwrap();
    assert_eq!(clouds[0]["preferred_cache"], "login.windows.net");
    assert_eq!(clouds[0]["aliases"].as_array().unwrap().len(), 4);
    assert_eq!(clouds[5]["aliases"], json!(["localhost:8444"]));
}

#[tokio::test]
async fn a_user_of_the_tenant_is_managed_here() {
    let world = world().await;
    let own = world.get(HOST, "/common/UserRealm/ada%40t.example?api-version=1.0").await;
    assert_eq!(
        own.text,
        r#"{"ver":"1.0","account_type":"Managed","domain_name":"t.example","cloud_instance_name":"microsoftonline.com","cloud_audience_urn":"urn:federation:MicrosoftOnline"}"#
    );
    let other = world.get(HOST, "/common/userrealm/ada@other.example?api-version=1.0").await.json();
    assert_eq!((&other["account_type"], other.get("domain_name")), (&json!("Unknown"), None));
}

#[tokio::test]
async fn browsers_may_read_documents() {
    let world = world().await;
    for (method, path, status) in [
        (Method::GET, "/common/discovery/keys", StatusCode::OK),
        (Method::HEAD, "/common/discovery/keys", StatusCode::OK),
        (Method::OPTIONS, "/common/discovery/instance", StatusCode::OK),
        (Method::OPTIONS, "/common/v2.0/.well-known/openid-configuration", StatusCode::OK),
    ] {
        let request = Request::builder().method(method).uri(path).header(header::HOST, HOST).body(Body::empty());
        let reply = world.send(request.unwrap()).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(reply.header("access-control-allow-methods"), "GET, OPTIONS", "{path}");
        assert_eq!(reply.header("cache-control"), "max-age=86400, private", "{path}");
    }
}
