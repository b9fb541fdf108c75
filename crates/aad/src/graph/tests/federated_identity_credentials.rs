//! Federated identity credentials of applications, as `az ad app federated-credential` and Terraform use them.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::graph::graph;
use crate::graph::in_process::{ADMINISTRATOR, AUDIENCE, Cloud, TENANT};

const GITHUB: &str = "https://token.actions.githubusercontent.com/";

fn credential(name: &str, subject: &str) -> Value {
    json!({"name": name, "issuer": GITHUB, "subject": subject, "audiences": ["api://AzureADTokenExchange"]})
}

/// An application and the path of its credentials.
async fn scene() -> (Cloud, String, String) {
    let cloud = Cloud::new().await;
    let (id, app_id) = cloud.application("demo").await;
    (cloud, format!("/v1.0/applications/{id}/federatedIdentityCredentials"), app_id)
}

#[tokio::test]
async fn a_credential_reads_as_recorded() {
    let (cloud, path, app_id) = scene().await;
    let mut wanted = credential("Testing", "repo:octo-org/octo-repo:environment:Production");
    wanted["description"] = json!("Testing");
    let made = cloud.post(&path, wanted.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let id = made.text("id");
    let location = made.headers["location"].to_str().unwrap();
    assert_eq!(location, format!("https://localhost:8445/v2/{TENANT}/federatedIdentityCredentials/{id}"));
    let object = path.split('/').nth(3).unwrap();
    let context =
        format!("https://localhost:8445/v1.0/$metadata#applications('{object}')/federatedIdentityCredentials");
    wanted["id"] = json!(id);
    let mut alone = wanted.clone();
    alone["@odata.context"] = json!(format!("{context}/$entity"));
    let names: Vec<&str> = made.body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["@odata.context", "id", "name", "issuer", "subject", "description", "audiences"]);
    let by_app_id = format!("/v1.0/applications(appId='{app_id}')/federatedIdentityCredentials/{id}");
    assert_eq!(cloud.get(&by_app_id).await.body["subject"], wanted["subject"]);
    for named in [format!("{path}/{id}"), format!("{path}/Testing"), format!("{path}(name='Testing')")] {
        assert_eq!(cloud.get(&named).await.body, alone, "{named}");
    }
    let listed = cloud.get(&path).await.body;
    assert_eq!(listed, json!({"@odata.context": context, "value": [wanted]}));
    for (filter, count) in [("name eq 'Testing'", 1), ("name eq 'testing2'", 0), (&format!("issuer eq '{GITHUB}'"), 1)]
    {
        let found = cloud.get(&format!("{path}?$filter={filter}")).await;
        assert_eq!(found.values("name").len(), count, "{filter}");
    }

    let patched = cloud.patch(&format!("{path}/{id}"), json!({"subject": "repo:octo-org/octo-repo:ref:x"})).await;
    assert_eq!(patched.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&format!("{path}/Testing")).await.text("subject"), "repo:octo-org/octo-repo:ref:x");
    assert_eq!(cloud.delete(&format!("{path}/Testing")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&path).await.body["value"], json!([]));
    let gone = cloud.get(&format!("{path}/{id}")).await;
    assert_eq!((gone.status.as_u16(), gone.code()), (404, "Request_ResourceNotFound"));
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let (cloud, path, _) = scene().await;
    cloud.post(&path, credential("first", "s1")).await;
    let with = |property: &str, value: Value| {
        let mut changed = credential("second", "s2");
        changed[property] = value;
        changed
    };
    let long = "s".repeat(601);
    let mut refusals = Vec::new();
    for (what, body) in [
        ("name taken", with("name", json!("first"))),
        ("pair taken", with("subject", json!("s1"))),
        ("name", with("name", json!("with blank"))),
        ("long name", with("name", json!("n".repeat(121)))),
        ("no name", with("name", Value::Null)),
        ("no issuer", with("issuer", Value::Null)),
        ("plain issuer", with("issuer", json!("http://issuer.example"))),
        ("issuer with a query", with("issuer", json!("https://issuer.example/?a=b"))),
        ("no subject", with("subject", json!(""))),
        ("long subject", with("subject", json!(long))),
        ("no audience", with("audiences", json!([]))),
        ("two audiences", with("audiences", json!(["a", "b"]))),
        ("audience no text", with("audiences", json!([1]))),
        ("description no text", with("description", json!(1))),
    ] {
        let refused = cloud.post(&path, body).await;
        let message = refused.body["error"]["message"].as_str().unwrap().replace(&long, "sss");
        refusals.push(format!("{what}: {} {} {message}", refused.status.as_u16(), refused.code()));
    }
    insta::assert_snapshot!(refusals.join("\n"), @r"
    name taken: 409 Request_MultipleObjectsWithSameKeyValue FederatedIdentityCredential with name first already exists.
    pair taken: 400 InvalidFederatedIdentityCredentialValue The combination of issuer and subject must be unique for the application. Issuer https://token.actions.githubusercontent.com/ and Subject: s1 already exist. paramName: FederatedIdentityCredential.Subject, paramValue: s1, objectType: Microsoft.Online.DirectoryServices.Application
    name: 400 Request_BadRequest Invalid value specified for property 'name' of resource 'FederatedIdentityCredential'.
    long name: 400 Request_BadRequest Invalid value specified for property 'name' of resource 'FederatedIdentityCredential'.
    no name: 400 Request_BadRequest Invalid value specified for property 'name' of resource 'FederatedIdentityCredential'.
    no issuer: 400 Request_BadRequest Invalid value specified for property 'issuer' of resource 'FederatedIdentityCredential'.
    plain issuer: 400 InvalidFederatedIdentityCredentialValue The issuer 'http://issuer.example' of the federated identity credential is not a valid URL.
    issuer with a query: 400 InvalidFederatedIdentityCredentialValue The issuer 'https://issuer.example/?a=b' of the federated identity credential is not a valid URL.
    no subject: 400 Request_BadRequest Invalid value specified for property 'subject' of resource 'FederatedIdentityCredential'.
    long subject: 400 Request_BadRequest Invalid value specified for property 'subject' of resource 'FederatedIdentityCredential'.
    no audience: 400 InvalidFederatedIdentityCredentialValue Federated identity credentials must have exactly one audience.
    two audiences: 400 InvalidFederatedIdentityCredentialValue Federated identity credentials must have exactly one audience.
    audience no text: 400 Request_BadRequest Invalid value specified for property 'audiences' of resource 'FederatedIdentityCredential'.
    description no text: 400 Request_BadRequest Invalid value specified for property 'description' of resource 'FederatedIdentityCredential'.
    ");
    for n in 1..20 {
        let made = cloud.post(&path, credential(&format!("n{n}"), &format!("of {n}"))).await;
        assert_eq!(made.status, StatusCode::CREATED, "{n}");
    }
    let one_more = cloud.post(&path, credential("last", "last")).await;
    assert_eq!((one_more.status.as_u16(), one_more.code()), (400, "InvalidFederatedIdentityCredentialValue"));
    let renamed = cloud.patch(&format!("{path}/first"), json!({"name": "other"})).await;
    assert_eq!((renamed.status.as_u16(), renamed.code()), (400, "Request_BadRequest"));
    let taken = cloud.patch(&format!("{path}/first"), json!({"subject": "of 3"})).await;
    assert_eq!((taken.status.as_u16(), taken.code()), (400, "InvalidFederatedIdentityCredentialValue"));
}

/// A change of what is not there, with the header that asks to make it.
#[tokio::test]
async fn a_change_can_make_a_credential() {
    let (cloud, path, _) = scene().await;
    let router: Router = graph(cloud.aad.clone());
    let named = format!("{path}(name='fresh')");
    assert_eq!(cloud.patch(&named, credential("fresh", "s")).await.status, StatusCode::NOT_FOUND);
    for status in [StatusCode::CREATED, StatusCode::NO_CONTENT] {
        let request = Request::patch(&named)
            .header(header::HOST, "localhost:8445")
            .header(header::AUTHORIZATION, format!("Bearer {}", cloud.token(ADMINISTRATOR, AUDIENCE)))
            .header("Prefer", "create-if-missing")
            .body(Body::from(credential("fresh", "s").to_string()));
        assert_eq!(router.clone().oneshot(request.unwrap()).await.unwrap().status(), status);
    }
    assert_eq!(cloud.get(&path).await.values("name"), ["fresh"]);
}
