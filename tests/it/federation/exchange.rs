//! What another issuer's word is exchanged for.

use cloud::{Answer, Cloud, LOGIN};
use reqwest::Method;
use serde_json::{Value, json};

use super::foreign_issuer::EXCHANGE;

const POD: &str = "system:serviceaccount:ns:web";

async fn exchange(cloud: &Cloud, client_id: &str, assertion: &str) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("resource", "https://management.azure.com/"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    Answer::of(cloud.http.post(format!("{LOGIN}/{}/oauth2/token", cloud.tenant)).form(&form)).await
}

fn claims(answer: &Answer) -> Value {
    Value::Object(tokens::decode(answer.body["access_token"].as_str().unwrap()).unwrap().claims)
}

#[tokio::test]
async fn a_pod_s_token_becomes_that_of_the_managed_identity() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let identity = cloud.make_identity(&group, "uami").await;
    let issuer = cloud.control(Method::POST, "/issuers", &json!({"name": "cluster"})).await.ok().body;
    let wish = json!({"name": "cluster", "subject": POD, "audience": EXCHANGE, "lifetime": "1h"});
    let token = cloud.control(Method::POST, "/issuers/token", &wish).await.ok().body;
    let (client, token) = (identity["properties"]["clientId"].as_str().unwrap(), token["token"].as_str().unwrap());
    assert!(exchange(&cloud, client, token).await.message().starts_with("AADSTS70025:"));
    let credential = json!({"properties": {"issuer": issuer["url"], "subject": POD, "audiences": [EXCHANGE]}});
    let path = format!("{}/federatedIdentityCredentials/pod", identity["id"].as_str().unwrap());
    cloud.arm("PUT", &path, credential).await.ok();
    let granted = exchange(&cloud, client, token).await.ok();
    let claims = claims(&granted);
    assert_eq!(claims["oid"], identity["properties"]["principalId"]);
    assert_eq!((&claims["xms_mirid"], &claims["appidacr"]), (&identity["id"], &json!("2")));
    assert_eq!((granted.body["expires_in"].as_str(), claims.get("xms_az_rid")), (Some("86399"), None));
    // The right to it ends with the credential.
    cloud.arm("DELETE", &path, None).await.ok();
    assert!(exchange(&cloud, client, token).await.message().starts_with("AADSTS70025:"));
}

/// A managed identity vouches for an application; nobody is asked over the network (IDENTITY-WIRE 3.9).
#[tokio::test]
async fn a_managed_identity_s_token_becomes_that_of_an_application() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = cloud.make_vm(&group, "VM1").await;
    let patched = cloud.patch_identity(&vm, json!({"type": "SystemAssigned"})).await.ok().body;
    let application = cloud.make_application("trusting").await;
    let credential = json!({
        "name": "vm", "issuer": format!("{LOGIN}/{}/v2.0", cloud.tenant), "audiences": [EXCHANGE],
        "subject": patched["identity"]["principalId"],
    });
    let path = format!("/applications/{}/federatedIdentityCredentials", application.object_id);
    cloud.graph("POST", &path, credential).await.ok();
    let ask = |resource: &str| {
        let path = format!("/metadata/identity/oauth2/token?api-version=2018-02-01&resource={resource}");
        let (cloud, vm) = (&cloud, &vm);
        async move { cloud.imds(vm, &path).await.ok().body["access_token"].as_str().unwrap().to_owned() }
    };
    let granted = exchange(&cloud, &application.client_id, &ask(EXCHANGE).await).await.ok();
    assert_eq!(claims(&granted)["oid"], json!(application.principal));
    // A token that is meant for Resource Manager vouches for nobody.
    let refused = exchange(&cloud, &application.client_id, &ask("https://management.azure.com/").await).await;
    assert!(refused.message().starts_with("AADSTS700211:"), "{}", refused.text);
}
