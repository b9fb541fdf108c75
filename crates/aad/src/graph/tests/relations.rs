//! What objects are related to, inside them and asked for in filters.

use serde_json::json;

use crate::graph::in_process::{ADMINISTRATOR, Cloud, PERSON};

const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";

#[tokio::test]
async fn people_report_to_somebody() {
    let cloud = Cloud::new().await;
    let body = json!({"displayName": "Charles", "userPrincipalName": "charles@smalt.example", "mailNickname": "c",
        "accountEnabled": true, "passwordProfile": {"password": "Test1234!!"}});
    let charles = cloud.post("/v1.0/users", body).await.text("id");
    let manager = format!("/v1.0/users/{PERSON}/manager");
    let none = cloud.get(&manager).await;
    let text = "Resource 'manager' does not exist or one of its queried reference-property objects are not present.";
    assert_eq!((none.status.as_u16(), none.body["error"]["message"].as_str()), (404, Some(text)));
    let put = |id: String| json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{id}")});
    let path = format!("{manager}/$ref");
    let wrong = cloud.ask_as(ADMINISTRATOR, "PUT", &path, Some(put(ADMINISTRATOR.to_string()))).await;
    assert_eq!(wrong.code(), "Request_BadRequest", "only people manage");
    let done = cloud.ask_as(ADMINISTRATOR, "PUT", &path, Some(put(charles.clone()))).await;
    assert_eq!(done.status, 204);
    let shown = cloud.get(&format!("{manager}?$select=displayName")).await;
    assert_eq!(shown.text("displayName"), "Charles");
    assert!(cloud.get(&path).await.text("@odata.id").contains(&charles));
    assert_eq!(cloud.get(&format!("/v1.0/users/{charles}/directReports")).await.values("displayName"), ["Ada"]);
    let with = cloud.get(&format!("/v1.0/users/{PERSON}?$expand=manager($select=id)")).await;
    assert_eq!(with.body["manager"]["id"], charles.as_str());
    assert_eq!(cloud.delete(&path).await.status, 204);
    assert_eq!(cloud.delete(&path).await.code(), "Request_ResourceNotFound");
    let without = cloud.get(&format!("/v1.0/users/{PERSON}?$expand=manager")).await;
    assert!(without.body["manager"].is_null());
}

#[tokio::test]
async fn roles_and_their_assignments_are_expanded() {
    let cloud = Cloud::new().await;
    let role = cloud.get(&format!("/v1.0/directoryRoles/{GLOBAL_ADMINISTRATOR}?$expand=members($select=id)")).await;
    assert_eq!(role.body["members"][0]["id"], json!(ADMINISTRATOR));
    let path = format!("/v1.0/roleManagement/directory/roleAssignments?$filter=principalId eq '{ADMINISTRATOR}'");
    let principal = cloud.get(&format!("{path}&$expand=principal")).await;
    assert_eq!(principal.body["value"][0]["principal"]["displayName"], "administrator");
    let definition = cloud.get(&format!("{path}&$expand=roleDefinition")).await;
    assert_eq!(definition.body["value"][0]["roleDefinition"]["displayName"], "Global Administrator");
    assert_eq!(cloud.get(&format!("{path}&$expand=appScope")).await.code(), "BadRequest");
}

#[tokio::test]
async fn filters_look_at_owners_and_at_federated_credentials() {
    let cloud = Cloud::new().await;
    for name in ["owned", "left"] {
        cloud.group(name).await;
    }
    let owned = cloud.get("/v1.0/groups?$filter=displayName eq 'owned'").await.body["value"][0]["id"].clone();
    let owner = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{PERSON}")});
    cloud.post(&format!("/v1.0/groups/{}/owners/$ref", owned.as_str().unwrap()), owner).await;
    let path = "/v1.0/groups?$filter=owners/$count eq 0&$count=true";
    let found = cloud.get_eventually(path).await;
    assert_eq!(found.values("displayName"), ["left"]);
    assert!(found.body["value"][0].get("owners").is_none(), "what is looked at is not shown");
    assert_eq!(cloud.get(path).await.code(), "Request_UnsupportedQuery");

    let (id, _) = cloud.application("ci").await;
    cloud.application("other").await;
    let credential = json!({"name": "ci", "issuer": "https://ci.example", "subject": "repo:a",
        "audiences": ["api://AzureADTokenExchange"]});
    cloud.post(&format!("/v1.0/applications/{id}/federatedIdentityCredentials"), credential).await;
    let path = "/v1.0/applications?$filter=federatedIdentityCredentials/any(f:f/subject eq 'repo:a')";
    assert_eq!(cloud.get(path).await.values("displayName"), ["ci"]);
    let with = cloud.get(&format!("/v1.0/applications/{id}?$expand=federatedIdentityCredentials")).await;
    assert_eq!(with.body["federatedIdentityCredentials"][0]["name"], "ci");
}
