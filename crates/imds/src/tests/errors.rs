//! Every refusal: status and exact body.

use axum::body::Body;
use axum::http::{Method, Request};
use model::Scope;

use crate::testing::{VM, World};

const TOKEN: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01";
const ARM: &str = "resource=https://management.azure.com/";
const INSTANCE: &str = "/metadata/instance?api-version=2021-02-01";
const NO_HEADER: &str = r#"{"error":"invalid_request","error_description":"Required metadata header not specified"}"#;
const NO_IDENTITY: &str = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
const MANY: &str = r#"{"error":"invalid_request","error_description":"Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request"}"#;
const NO_VERSION: &str = r#"{"error":"Bad request. api-version is invalid or was not specified in the request. For more information refer to aka.ms/azureimds","newest-versions":["2025-04-07","2024-07-17","2024-03-15"]}"#;

#[tokio::test]
async fn texts_that_were_recorded_have_their_recorded_lengths() {
    assert_eq!((NO_HEADER.len(), NO_IDENTITY.len(), MANY.len()), (88, 68, 168));
}

#[tokio::test]
async fn the_table_of_refusals() {
    let world = World::new(false, &[2, 3]).await;
    for (target, status, body) in [
        (format!("{TOKEN}&{ARM}"), 400, MANY),
        (format!("{TOKEN}&{ARM}&client_id=00000000-0000-0000-0000-000000000009"), 400, NO_IDENTITY),
        (
            TOKEN.to_owned(),
            400,
            r#"{"error":"invalid_request","error_description":"Required audience parameter not specified"}"#,
        ),
        (
            format!("{TOKEN}&{ARM}&client_id=a&object_id=b"),
            400,
            r#"{"error":"invalid_request","error_description":"Only one of client_id, object_id and msi_res_id may be specified"}"#,
        ),
        (
            format!("{TOKEN}&{ARM}&bypass_cache=yes"),
            400,
            r#"{"error":"invalid_request","error_description":"The only value of bypass_cache is true"}"#,
        ),
        (
            format!("{TOKEN}&{ARM}&{ARM}"),
            400,
            r#"{"error":"invalid_request","error_description":"A query parameter is repeated or there are too many of them"}"#,
        ),
        (
            format!("/metadata/identity/oauth2/token?{ARM}"),
            400,
            r#"{"error":"invalid_request","error_description":"api-version is invalid or was not specified in the request. For more information refer to aka.ms/azureimds","newest-versions":["2025-04-07","2024-07-17","2024-03-15"]}"#,
        ),
        (
            "/metadata/identity/getplatformmetadata?cred-api-version=2.0".to_owned(),
            404,
            r#"{"error":"invalid_request","error_description":"Not found"}"#,
        ),
        ("/metadata/instance".to_owned(), 400, NO_VERSION),
        ("/metadata/instance?api-version=1999-01-01".to_owned(), 400, NO_VERSION),
        (
            format!("{INSTANCE}&format=xml"),
            400,
            r#"{"error":"Bad request. format is invalid: it must be json or text"}"#,
        ),
        (
            "/metadata/instance/compute/location?api-version=2021-02-01".to_owned(),
            400,
            r#"{"error":"Bad request. The requested element is a leaf: it needs format=text"}"#,
        ),
        ("/metadata/instance/compute/nothing?api-version=2021-02-01".to_owned(), 404, r#"{"error":"Not found"}"#),
        ("/metadata?api-version=2021-02-01".to_owned(), 404, r#"{"error":"Not found"}"#),
        ("/metadata/attested?api-version=2021-02-01".to_owned(), 404, r#"{"error":"Not found"}"#),
        ("/metadata/attested/document?api-version=2018-04-02".to_owned(), 400, NO_VERSION),
        (
            "/metadata/attested/document?api-version=2021-02-01&nonce=12-34".to_owned(),
            400,
            r#"{"error":"Bad request. nonce is invalid: it must be up to 32 letters and digits"}"#,
        ),
        (
            "/metadata/loadbalancer?api-version=2020-10-01".to_owned(),
            404,
            r#"{"error":"No load balancer metadata is found. Please check if your VM is using any non-basic SKU load balancer and retry later."}"#,
        ),
        ("/%FF/%00".to_owned(), 404, r#"{"error":"Not found"}"#),
    ] {
        let answer = world.get(&target).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (status, body), "{target}");
        assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8", "{target}");
        assert_eq!(answer.headers["server"], "IMDS/150.870.65.1854", "{target}");
        assert_eq!(answer.headers["x-ms-request-id"].len(), 36, "{target}");
        assert!(!answer.headers.contains_key("cache-control"), "{target}");
    }
    assert_eq!(world.service.asked(), 0);
}

/// Method, target, headers; status, body.
type Case = (Method, &'static str, &'static [(&'static str, &'static str)], u16, &'static str);

#[tokio::test]
async fn the_header_comes_before_everything_and_the_probe_before_the_header() {
    let world = World::new(true, &[]).await;
    let get = || Method::GET;
    let cases: [Case; 15] = [
        (get(), "/metadata/identity/oauth2/token", &[], 400, NO_HEADER),
        (get(), "/metadata/identity/oauth2/token", &[("metadata", "false")], 400, NO_HEADER),
        (get(), "/metadata/identity/oauth2/token?a=1&a=1", &[("x-forwarded-for", "1.2.3.4")], 400, NO_HEADER),
        (Method::POST, "/metadata/identity/oauth2/token", &[], 400, NO_HEADER),
        (
            get(),
            "/metadata/identity/getplatformmetadata",
            &[],
            404,
            r#"{"error":"invalid_request","error_description":"Not found"}"#,
        ),
        (get(), "/metadata/instance", &[], 400, r#"{"error":"Bad request. Required metadata header not specified"}"#),
        (get(), "/metadata/versions", &[], 400, r#"{"error":"Bad request. Required metadata header not specified"}"#),
        (get(), "/metadata/versions", &[("METADATA", "True")], 200, ""),
        (
            get(),
            "/metadata/versions",
            &[("metadata", "true"), ("x-forwarded-for", "")],
            400,
            r#"{"error":"Bad request. Requests with the header X-Forwarded-For are not allowed"}"#,
        ),
        (
            get(),
            "/metadata/versions",
            &[("metadata", "true"), ("host", "evil.example")],
            400,
            r#"{"error":"Bad request. The host of the request is not allowed"}"#,
        ),
        (
            get(),
            "http://evil.example/metadata/versions",
            &[("metadata", "true")],
            400,
            r#"{"error":"Bad request. The host of the request is not allowed"}"#,
        ),
        (
            get(),
            "http://169.254.169.254/metadata/versions",
            &[("metadata", "true"), ("host", "169.254.169.254")],
            200,
            "",
        ),
        (Method::POST, "/metadata/versions", &[("metadata", "true")], 405, r#"{"error":"Method not allowed"}"#),
        (
            Method::HEAD,
            "/metadata/identity/info",
            &[("metadata", "true")],
            405,
            r#"{"error":"invalid_request","error_description":"Method not allowed"}"#,
        ),
        (
            Method::from_bytes(b"BREW").unwrap(),
            "/metadata/identity/info",
            &[("metadata", "true")],
            405,
            r#"{"error":"invalid_request","error_description":"Method not allowed"}"#,
        ),
    ];
    for (method, target, headers, status, body) in cases {
        let mut request = Request::builder().method(&method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {target} {headers:?}");
        assert!(status == 200 || answer.body == body, "{method} {target}: {}", answer.body);
        assert_eq!(answer.headers.contains_key("allow"), status == 405);
    }
}

#[tokio::test]
async fn a_vm_that_does_not_run_has_no_metadata_service() {
    let world = World::new(true, &[]).await;
    let target = format!("{TOKEN}&{ARM}");
    assert_eq!(world.get(&target).await.status, 200);
    world.change_vm(|vm| drop(vm.runtime.insert("powerState".into(), "deallocated".into()))).await;
    let answer = world.get(&target).await;
    assert_eq!(answer.status, 410);
    assert_eq!(answer.body, r#"{"error":"invalid_request","error_description":"The virtual machine is not running"}"#);
    world.change_vm(|vm| drop(vm.runtime.insert("powerState".into(), "running".into()))).await;
    assert_eq!(world.get(&target).await.status, 200);
    let mut tx = world.store.begin().await;
    tx.delete_resource(&Scope::new(VM));
    tx.commit().await.unwrap();
    assert_eq!(world.get(INSTANCE).await.body, r#"{"error":"The virtual machine is not running"}"#);
}
