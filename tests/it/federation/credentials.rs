//! Federated identity credentials of user-assigned identities. Facts: RECORDED-FACTS 2 and 6, IDENTITY-WIRE 3.9.

use cloud::Cloud;
use serde_json::{Value, json};

const AKS: &str = "https://oidc.prod-aks.azure.com/IssuerGUID";

fn body(subject: &str) -> Value {
    json!({"properties": {"audiences": ["api://AzureADTokenExchange"], "issuer": AKS, "subject": subject}})
}

/// A cloud with an identity; answers the path of its credentials.
async fn scene() -> (Cloud, String) {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    cloud.make_identity(&group, "ide").await;
    let path = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ide");
    (cloud, format!("{path}/federatedIdentityCredentials"))
}

#[tokio::test]
async fn a_credential_lives_as_recorded() {
    let (cloud, path) = scene().await;
    let made = cloud.arm("PUT", &format!("{path}/fic1"), body("system:serviceaccount:ns:one")).await;
    assert_eq!(made.status, 201);
    let id = format!("{path}/fic1").replace("/resourceGroups/", "/resourcegroups/");
    assert_eq!(made.header("location"), id);
    let shown = format!(
        r#"{{"id":"{id}","name":"fic1","type":"Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials","properties":{{"issuer":"{AKS}","subject":"system:serviceaccount:ns:one","audiences":["api://AzureADTokenExchange"]}}}}"#
    );
    assert_eq!(made.text, shown);
    let again = cloud.arm("PUT", &format!("{path}/fic1"), body("system:serviceaccount:ns:one")).await;
    assert_eq!((again.status, again.header("location"), again.text.as_str()), (200, "", shown.as_str()));
    assert_eq!(cloud.arm("GET", &format!("{path}/FIC1"), None).await.ok().text, shown);
    cloud.arm("PUT", &format!("{path}/fic2"), body("system:serviceaccount:ns:two")).await.ok();
    let names = |listed: &Value| -> Vec<String> {
        listed["value"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&cloud.arm("GET", &path, None).await.ok().body), ["fic1", "fic2"]);
    let gone = cloud.arm("DELETE", &format!("{path}/fic1"), None).await;
    assert_eq!((gone.status, gone.text.as_str()), (200, ""));
    assert_eq!(cloud.arm("DELETE", &format!("{path}/fic1"), None).await.status, 204);
    assert_eq!(names(&cloud.arm("GET", &path, None).await.ok().body), ["fic2"]);
    // An identity takes its credentials with it.
    let identity = path.rsplit_once('/').unwrap().0;
    cloud.arm("DELETE", identity, None).await.ok();
    let group = identity.split("/providers/").next().unwrap();
    cloud.make_identity(group, "ide").await;
    assert_eq!(names(&cloud.arm("GET", &path, None).await.ok().body), Vec::<String>::new());
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let (cloud, path) = scene().await;
    cloud.arm("PUT", &format!("{path}/first"), body("s1")).await.ok();
    let with = |property: &str, value: Value| {
        let mut changed = body("s2");
        changed["properties"][property] = value;
        changed
    };
    let mut refusals = Vec::new();
    for (name, given) in [
        ("no body", json!({})),
        ("fic", with("issuer", Value::Null)),
        ("fic", with("subject", json!(""))),
        ("fic", with("subject", json!("s1"))),
        ("fic", with("subject", json!(1))),
        ("fic", with("audiences", json!([]))),
        ("fic", with("audiences", json!(["a", "b"]))),
        ("fic", with("audiences", json!("a"))),
        ("fic", with("issuer", json!("http://plain.example"))),
        ("-fic", body("s3")),
        ("ab", body("s3")),
    ] {
        let refused = cloud.arm("PUT", &format!("{path}/{name}"), given).await;
        refusals.push(format!("{name}: {} {}", refused.status, refused.body["error"]["message"].as_str().unwrap()));
    }
    for (verb, path) in [
        ("GET", format!("{path}/none")),
        ("GET", path.replace("/ide/", "/nobody/")),
        ("GET", path.replace("/ide/", "/nobody/") + "/none"),
        ("PUT", path.replace("/ide/", "/nobody/") + "/none"),
        ("DELETE", path.replace("/ide/", "/nobody/") + "/none"),
    ] {
        let refused = cloud.arm(verb, &path, (verb == "PUT").then(|| body("s4"))).await;
        refusals.push(format!("{verb} {}", refused.text));
    }
    let refusals = refusals.join("\n").replace(&cloud.subscription, "/s");
    insta::assert_snapshot!(refusals, @r#"
    no body: 400 Federated Identity Credential name 'no body' is invalid.
    fic: 400 The request format was unexpected. Federated Identity Credential must specify 'issuer', 'subject' and 'audience'.
    fic: 400 The request format was unexpected. Federated Identity Credential must specify 'issuer', 'subject' and 'audience'.
    fic: 409 Issuer and subject combination already exists for this Managed Identity.
    fic: 400 The request content was invalid and could not be deserialized: 'Error converting value to type 'string'. Path 'properties.subject''.
    fic: 400 Federated identity credentials must have exactly one audience.
    fic: 400 Federated identity credentials must have exactly one audience.
    fic: 400 The request content was invalid and could not be deserialized: 'Error converting value to type 'array'. Path 'properties.audiences''.
    fic: 400 Federated Identity Credential issuer 'http://plain.example' is invalid.
    -fic: 400 Federated Identity Credential name '-fic' is invalid.
    ab: 400 Federated Identity Credential name 'ab' is invalid.
    GET {"error":{"code":"NotFound","message":"Resource '/s/resourcegroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ide/federatedIdentityCredentials/none' was not found."}}
    GET {"error":{"code":"ResourceNotFound","message":"The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/nobody' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"}}
    GET {"error":{"code":"ResourceNotFound","message":"The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/nobody' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"}}
    PUT {"error":{"code":"ParentResourceNotFound","message":"Failed to perform 'write' on resource(s) of type 'userAssignedIdentities/federatedIdentityCredentials', because the parent resource '/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nobody' could not be found."}}
    DELETE {"error":{"code":"ParentResourceNotFound","message":"Failed to perform 'delete' on resource(s) of type 'userAssignedIdentities/federatedIdentityCredentials', because the parent resource '/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nobody' could not be found."}}
    "#);
    for n in 1..20 {
        cloud.arm("PUT", &format!("{path}/fic{n}"), body(&format!("of {n}"))).await.ok();
    }
    let one_more = cloud.arm("PUT", &format!("{path}/last"), body("last")).await;
    assert_eq!(one_more.summary(), "400 BadRequest");
    cloud.arm("PUT", &format!("{path}/fic3"), body("changed")).await.ok();
}
