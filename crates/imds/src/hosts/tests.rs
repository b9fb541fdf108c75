//! Every door's refusals and answers: status and exact body.

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use futures_util::stream;
use http_body_util::BodyExt;
use model::{Resource, Scope};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use super::Host;
use crate::testing::{SYSTEM, VM, World};

const ARM: &str = "resource=https://management.azure.com/";

/// Verb and target, headers; status, body.
type Case<'t> = (&'t str, &'t [(&'t str, &'t str)], u16, &'t str);

struct Scene {
    world: World,
    host: Host,
    directory: TempDir,
}

impl Scene {
    /// A host with the secret `secret`.
    async fn new(host: Host, system: bool, users: &[u128]) -> Self {
        let world = World::new(system, users).await;
        let make = |vm: &mut Resource| drop(vm.runtime.insert("endpointSecret".into(), "secret".into()));
        world.change_vm(make).await;
        Self { world, host, directory: tempfile::tempdir().unwrap() }
    }

    /// Status, headers and body; the request's own id is written `ID` in it.
    async fn send(&self, line: &str, headers: &[(&str, &str)], body: &str) -> (u16, HeaderMap, String) {
        let (method, target) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let service = self.world.imds.endpoint(self.host, Scope::new(VM), self.directory.path().to_owned());
        let response = service.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().into()).unwrap();
        let ids = ["x-correlation-id", "x-ms-request-id"].into_iter().filter_map(|name| parts.headers.get(name));
        let body = ids.fold(body, |body, id| body.replace(id.to_str().unwrap(), "ID"));
        (parts.status.as_u16(), parts.headers, body)
    }

    async fn refuses(&self, table: &[Case<'_>]) {
        for (line, headers, status, body) in table {
            let answer = self.send(line, headers, "").await;
            assert_eq!((answer.0, answer.2.as_str()), (*status, *body), "{:?} {line} {headers:?}", self.host);
        }
        assert_eq!(self.world.service.asked(), 0, "a refusal costs no token");
    }

    /// The JSON of a token's answer, and for which client it was asked.
    async fn grants(&self, line: &str, headers: &[(&str, &str)], body: &str) -> (Value, String) {
        let (status, _, body) = self.send(line, headers, body).await;
        assert_eq!(status, 200, "{line}: {body}");
        let forms = self.world.service.forms.lock().unwrap();
        (serde_json::from_str(&body).unwrap(), forms.last().unwrap()["client_id"].clone())
    }
}

fn client_of(principal: u128) -> String {
    Uuid::from_u128(principal + 100).to_string()
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn app_service_refuses() {
    let right: &[(&str, &str)] = &[("X-IDENTITY-HEADER", "secret")];
    let scene = Scene::new(Host::AppService, false, &[2]).await;
    let error = |message: &str| format!(r#"{{"statusCode":400,"message":"{message}","correlationId":"ID"}}"#);
    let none = error("Unable to load requested managed identity.");
    let unknown =
        error("No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.");
    let now = "GET /msi/token?api-version=2019-08-01";
    scene
        .refuses(&[
            ("GET /elsewhere", right, 404, ""),
            ("POST /msi/token", right, 405, ""),
            (&format!("{now}&{ARM}"), &[], 403, ""),
            (&format!("{now}&{ARM}"), &[("X-IDENTITY-HEADER", "wrong")], 403, ""),
            (&format!("{now}&{ARM}"), &[("secret", "secret")], 403, ""),
            ("GET /msi/token?api-version=1", &[], 403, ""),
            (&format!("GET /msi/token?{ARM}"), right, 400, &error("The api-version is missing or not supported.")),
            (now, right, 400, &error("The parameter 'resource' is missing.")),
            (&format!("{now}&{ARM}"), right, 400, &none),
            (&format!("{now}&{ARM}&client_id={}", client_of(9)), right, 400, &unknown),
            (
                &format!("{now}&{ARM}&client_id=a&mi_res_id=b"),
                right,
                400,
                &error("Only one of client_id, principal_id and mi_res_id may be specified."),
            ),
            (&format!("{now}&{ARM}"), &[("X-IDENTITY-HEADER", "secret"), ("host", "evil.example")], 400, ""),
        ])
        .await;
}

#[tokio::test]
async fn app_service_answers_in_both_its_ways() {
    let scene = Scene::new(Host::AppService, true, &[2]).await;
    let (new, old) = ([("x-identity-header", "secret")], [("secret", "secret")]);
    let (body, client) = scene.grants(&format!("GET /MSI/token/?api-version=2019-08-01&{ARM}"), &new, "").await;
    assert_eq!(client, client_of(SYSTEM));
    insta::assert_snapshot!(body, @r#"{"access_token":"token-1","client_id":"00000000-0000-0000-0000-000000000065","expires_on":"1785665472","resource":"https://management.azure.com/","token_type":"Bearer"}"#);
    for selector in [
        format!("client_id={}", client_of(2)),
        format!("principal_id={}", Uuid::from_u128(2)),
        format!("object_id={}", Uuid::from_u128(2)),
        format!("mi_res_id={}", crate::testing::user_assigned(2).id),
    ] {
        let line = format!("GET /msi/token?api-version=2025-03-30&{ARM}&{selector}");
        let (_, client) = scene.grants(&line, &new, "").await;
        assert_eq!(client, client_of(2), "{selector}");
    }
    let line = format!("GET /msi/token?api-version=2017-09-01&{ARM}&clientid={}", client_of(2));
    let (body, _) = scene.grants(&line, &old, "").await;
    assert_eq!(body["expires_on"], "08/02/2026 10:11:12 +00:00");
    let container_app = Scene { host: Host::ContainerApps, ..scene };
    assert_eq!(container_app.send(&line, &new, "").await.0, 400, "they came after it");
}

/// A program whose token was refused shows its hash, and gets another one; one that shows an older hash gets what is
/// kept. Tokens of programs that understand revocation are their own.
#[tokio::test]
async fn a_refused_token_is_not_given_again() {
    for (host, line) in [
        (Host::AppService, "GET /msi/token?api-version=2025-03-30"),
        (Host::ContainerApps, "GET /msi/token?api-version=2025-03-30"),
        (Host::ServiceFabric, "GET /metadata/identity/oauth2/token?api-version=2019-07-01-preview"),
    ] {
        let headers = [("x-identity-header", "secret"), ("secret", "secret")];
        let scene = Scene::new(host, true, &[]).await;
        let hash = |token: &str| {
            let hash = tokens::sha256(token.as_bytes());
            format!("&token_sha256_to_refresh={}", hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        };
        for (said, token) in [
            (String::new(), "token-1"),
            ("&xms_cc=cp1".to_owned(), "token-2"),
            (String::new(), "token-1"),
            (format!("&xms_cc=cp1{}", hash("token-2")), "token-3"),
            (format!("&xms_cc=cp1{}", hash("token-2")), "token-3"),
            (hash("token-3"), "token-1"),
            (hash("token-1"), "token-4"),
        ] {
            let (body, _) = scene.grants(&format!("{line}&{ARM}{said}"), &headers, "").await;
            assert_eq!(body["access_token"], token, "{host:?} {said}");
        }
        let asked: Vec<bool> =
            scene.world.service.forms.lock().unwrap().iter().map(|f| f.contains_key("claims")).collect();
        assert_eq!(asked, [false, true, true, false]);
    }
    // The earlier version knows nothing of it.
    let scene = Scene::new(Host::AppService, true, &[]).await;
    for said in ["", "&xms_cc=cp1"] {
        let line = format!("GET /msi/token?api-version=2019-08-01&{ARM}{said}");
        assert_eq!(scene.grants(&line, &[("x-identity-header", "secret")], "").await.0["access_token"], "token-1");
    }
}

#[tokio::test]
async fn service_fabric_refuses_in_the_documented_words() {
    let right: &[(&str, &str)] = &[("Secret", "secret")];
    let scene = Scene::new(Host::ServiceFabric, false, &[2, 3]).await;
    let error = |code: &str, message: &str| {
        format!(r#"{{"error":{{"correlationId":"ID","code":"{code}","message":"{message}"}}}}"#)
    };
    let no_secret = error("SecretHeaderNotFound", "Secret is not found in the request headers.");
    let unknown = error("ManagedIdentityNotFound", "Managed identity not found for the specified application host.");
    let resource = error("ArgumentNullOrEmpty", "The parameter 'resource' should not be null or empty string.");
    let version = |given: &str| {
        let text = format!("The api-version '{given}' is not supported. Supported version is '2019-07-01-preview'.");
        error("InvalidApiVersion", &text)
    };
    let path = "/metadata/identity/oauth2/token";
    scene
        .refuses(&[
            (&format!("GET {path}?api-version=2019-07-01-preview&{ARM}"), &[], 400, &no_secret),
            (&format!("GET {path}?api-version=2019-07-01-preview&{ARM}"), &[("secret", "x")], 404, &unknown),
            (&format!("GET {path}?api-version=2019-07-01-preview&{ARM}"), right, 404, &unknown),
            (&format!("GET {path}?api-version=2019-07-01-preview&resource="), right, 400, &resource),
            (&format!("GET {path}?{ARM}"), right, 400, &version("")),
            (&format!("GET {path}?api-version=2018-02-01&{ARM}"), right, 400, &version("2018-02-01")),
        ])
        .await;
    let scene = Scene::new(Host::ServiceFabric, false, &[2]).await;
    let line = format!("GET {path}?api-version=2019-07-01-preview&{ARM}&client_id={}", client_of(9));
    let (body, client) = scene.grants(&line, right, "").await;
    assert_eq!(client, client_of(2), "the resource says which, not the request");
    assert_eq!(names(&body), ["token_type", "expires_on", "access_token", "resource"]);
}

#[tokio::test]
async fn machine_learning_wants_every_identity_named() {
    let right: &[(&str, &str)] = &[("secret", "secret")];
    let scene = Scene::new(Host::MachineLearning, true, &[2]).await;
    let error = |error: &str, text: &str| format!(r#"{{"error":"{error}","error_description":"{text}"}}"#);
    let now = "GET /MSI/auth?api-version=2017-09-01";
    let (missing, wrong) = ("The header 'secret' is missing", "The header 'secret' is not the value of MSI_SECRET");
    scene
        .refuses(&[
            (&format!("{now}&{ARM}"), &[], 401, &error("unauthorized", missing)),
            (&format!("{now}&{ARM}"), &[("secret", "x")], 401, &error("unauthorized", wrong)),
            (&format!("{now}&{ARM}"), right, 400, &error("invalid_request", "The parameter 'clientid' is missing")),
            (
                &format!("{now}&{ARM}&clientid={}", client_of(9)),
                right,
                400,
                &error("invalid_request", "Identity not found"),
            ),
        ])
        .await;
    for principal in [SYSTEM, 2] {
        let line = format!("{now}&{ARM}&clientid={}", client_of(principal));
        let (body, client) = scene.grants(&line, right, "").await;
        assert_eq!((client, &body["expires_on"]), (client_of(principal), &json!(1_785_665_472)), "a number");
    }
}

#[tokio::test]
async fn container_instances_answer_in_the_shape_of_resource_manager() {
    let right: &[(&str, &str)] = &[("Metadata", "true")];
    let scene = Scene::new(Host::ContainerInstances, false, &[2, 3]).await;
    let none = r#"{"error":{"code":"DefaultIdentityNotDefined","message":"DefaultIdentityNotDefined ","details":[]}}"#;
    let header =
        r#"{"error":{"code":"MetadataHeaderNotSpecified","message":"MetadataHeaderNotSpecified ","details":[]}}"#;
    let version = r#"{"error":{"code":"InvalidApiVersion","message":"InvalidApiVersion ","details":[]}}"#;
    let now = format!("GET /metadata/identity/oauth2/token?api-version=2018-02-01&{ARM}");
    scene
        .refuses(&[
            (&now, right, 404, none),
            (&format!("{now}&client_id={}", client_of(9)), right, 404, none),
            (&now, &[], 400, header),
            (&format!("GET /metadata/identity/oauth2/token?{ARM}"), right, 400, version),
            (&now.replace("2018-02-01", "2017-12-01"), right, 400, version),
        ])
        .await;
    let (_, headers, _) = scene.send(&now, right, "").await;
    assert_eq!(headers["server"], "Kestrel");
    let (_, client) = scene.grants(&format!("{now}&object_id={}", Uuid::from_u128(3)), right, "").await;
    assert_eq!(client, client_of(3));
}

#[tokio::test]
async fn cloud_shell_answers_for_known_audiences_only() {
    let right: &[(&str, &str)] = &[("Metadata", "true")];
    let scene = Scene::new(Host::CloudShell, true, &[]).await;
    let error = |code: &str, text: &str| format!(r#"{{"error":{{"code":"{code}","message":"{text}"}}}}"#);
    let no_header = error("bad_request_102", "Required metadata header not specified");
    let no_audience = error("invalid_request", "Required audience parameter not specified");
    scene
        .refuses(&[
            ("POST /oauth2/token", &[], 400, &no_header),
            ("POST /oauth2/token", right, 400, &no_audience),
            ("GET /metadata/identity/oauth2/token?api-version=2018-02-01", right, 400, &no_audience),
            ("PUT /oauth2/token", right, 405, &error("method_not_allowed", "Method not allowed")),
        ])
        .await;
    let (status, _, body) = scene.send("POST /oauth2/token", right, "resource=https%3A%2F%2Fexample.org").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["error"]["code"]), (400, &json!("AudienceNotSupported")));
    let (body, _) = scene.grants("POST /oauth2/token", right, ARM).await;
    assert_eq!(names(&body), ["access_token", "expires_in", "expires_on", "not_before", "resource", "token_type"]);
    scene.grants(&format!("GET /metadata/identity/oauth2/token?{ARM}"), right, "").await;
}

/// A page that is made to lead here cannot make a door wait for a body.
#[tokio::test]
async fn a_foreign_host_is_refused_before_the_body_comes() {
    for host in [Host::CloudShell, Host::ContainerInstances] {
        let scene = Scene::new(host, true, &[]).await;
        let endless = Body::from_stream(stream::pending::<std::io::Result<axum::body::Bytes>>());
        let request = Request::post("/oauth2/token").header("metadata", "true").header("host", "evil.example");
        let service = scene.world.imds.endpoint(host, Scope::new(VM), scene.directory.path().to_owned());
        let response = service.oneshot(request.body(endless).unwrap()).await.unwrap();
        assert_eq!(response.status(), 400, "{host:?}");
    }
    let scene = Scene::new(Host::CloudShell, true, &[]).await;
    let long = "a".repeat(64 * 1024 + 1);
    assert_eq!(scene.send("POST /oauth2/token", &[("metadata", "true")], &long).await.0, 413);
}

/// Where the header `Metadata` is all the proof, it is looked at as by a VM's own service.
#[tokio::test]
async fn what_a_proxy_hands_on_gets_no_token() {
    let path = format!("/metadata/identity/oauth2/token?api-version=2020-06-01&{ARM}");
    for (host, line, header, forwarded) in [
        (Host::ContainerInstances, format!("GET {path}"), "MetadataHeaderNotSpecified", "ForwardedRequestNotAllowed"),
        (Host::CloudShell, format!("GET {path}"), "bad_request_102", "X-Forwarded-For"),
        (Host::Arc, format!("GET {path}"), "Required metadata header", "X-Forwarded-For"),
    ] {
        let scene = Scene::new(host, true, &[]).await;
        for (headers, said) in [
            (&[("metadata", "true"), ("metadata", "false")][..], header),
            (&[("metadata", "false"), ("metadata", "true")], header),
            (&[("x-forwarded-for", "1.2.3.4")], header),
            (&[("metadata", "true"), ("x-forwarded-for", "1.2.3.4")], forwarded),
            (&[("metadata", "true"), ("x-forwarded-for", "")], forwarded),
        ] {
            let (status, _, body) = scene.send(&line, headers, "").await;
            assert!(status == 400 && body.contains(said), "{host:?} {headers:?}: {status} {body}");
        }
        assert_eq!(scene.world.service.asked(), 0);
    }
}

#[tokio::test]
async fn arc_hands_tokens_to_those_who_can_read_its_file() {
    let metadata = ("Metadata", "true");
    let scene = Scene::new(Host::Arc, true, &[2]).await;
    let now = format!("GET /metadata/identity/oauth2/token?api-version=2020-06-01&{ARM}");
    let challenge = async |line: &str| {
        let (status, headers, body) = scene.send(line, &[metadata], "").await;
        assert_eq!(status, 401);
        let said: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(said["error_description"], "Missing Basic Authorization header");
        let realm = headers["www-authenticate"].to_str().unwrap().to_owned();
        let name = realm.strip_prefix("Basic realm=/var/opt/azcmagent/tokens/").unwrap();
        assert!(name.ends_with(".key"));
        format!("Basic {}", std::fs::read_to_string(scene.directory.path().join(name)).unwrap())
    };
    let key = challenge(&now).await;
    let (status, _, body) = scene.send(&now, &[metadata, ("authorization", "Basic x")], "").await;
    assert!(status == 401 && body.contains("Invalid Basic Authorization header"), "{body}");
    let (body, client) = scene.grants(&now, &[metadata, ("authorization", &key)], "").await;
    assert_eq!((client, body.get("expires_in").is_some()), (client_of(SYSTEM), true));
    assert_eq!(scene.send(&now, &[metadata, ("authorization", &key)], "").await.0, 401, "a key is good once");

    for (name, value) in [
        ("client_id", client_of(2)),
        ("object_id", Uuid::from_u128(2).to_string()),
        ("msi_res_id", crate::testing::user_assigned(2).id.to_uppercase()),
    ] {
        let line = format!("{now}&{name}={value}");
        let key = challenge(&line).await;
        let (body, _) = scene.grants(&line, &[metadata, ("authorization", &key)], "").await;
        assert_eq!(body["client_id"], json!(client_of(2)));
        assert_eq!(body[name], json!(value), "clients want it echoed");
    }
}

#[tokio::test]
async fn arc_refuses_before_it_challenges() {
    let right: &[(&str, &str)] = &[("Metadata", "true")];
    let scene = Scene::new(Host::Arc, true, &[]).await;
    let path = "/metadata/identity/oauth2/token";
    for (line, headers, status, text) in [
        (format!("GET {path}?api-version=2020-06-01&{ARM}"), &[][..], 400, "Required metadata header not specified"),
        (format!("GET {path}?{ARM}"), right, 400, "The api-version is missing or not supported"),
        (format!("GET {path}?api-version=2020-06-01"), right, 400, "Required audience parameter not specified"),
        (
            format!("GET {path}?api-version=2020-06-01&{ARM}&client_id={}", client_of(9)),
            right,
            400,
            "Identity not found",
        ),
        (format!("POST {path}?api-version=2020-06-01&{ARM}"), right, 405, "Method not allowed"),
    ] {
        let (got, headers, body) = scene.send(&line, headers, "").await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((got, &body["error_description"]), (status, &json!(text)), "{line}");
        assert!(!headers.contains_key("www-authenticate"));
    }
    assert_eq!(std::fs::read_dir(scene.directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_the_token_service_refuses_is_told_in_the_hosts_own_way() {
    let refusal = r#"{"error":"invalid_resource","error_description":"AADSTS500011: ..."}"#;
    for (host, line, status, said) in [
        (Host::AppService, "/msi/token?api-version=2019-08-01&resource=x", 500, "while fetching the AAD Token"),
        (
            Host::ServiceFabric,
            "/metadata/identity/oauth2/token?api-version=2019-07-01-preview&resource=x",
            500,
            "InternalServerError",
        ),
        (
            Host::ContainerInstances,
            "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x",
            400,
            "AADSTS500011",
        ),
    ] {
        let scene = Scene::new(host, true, &[]).await;
        *scene.world.service.refusal.lock().unwrap() = Some((axum::http::StatusCode::BAD_REQUEST, refusal));
        let headers = [("x-identity-header", "secret"), ("secret", "secret"), ("metadata", "true")];
        let (got, _, body) = scene.send(&format!("GET {line}"), &headers, "").await;
        assert!(got == status && body.contains(said), "{host:?}: {got} {body}");
    }
}
