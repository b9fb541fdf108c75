//! Permissions that are given: to applications, and to clients of people.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::graph::in_process::{ADMINISTRATOR, AUDIENCE, Cloud, MACHINE, NOW, PERSON, TENANT};

const USER_READ_ALL: &str = "df021288-bdef-4463-88db-98f22de89214";

/// A directory with Microsoft Graph's service principal, and that principal's id.
async fn with_graph() -> (Cloud, String) {
    let cloud = Cloud::new().await;
    crate::ensure_first_party(&cloud.aad.store, NOW).await.unwrap();
    let found = cloud.get("/v1.0/servicePrincipals?$filter=displayName eq 'Microsoft Graph'").await;
    let id = found.body["value"][0]["id"].as_str().unwrap().to_owned();
    (cloud, id)
}

#[tokio::test]
async fn microsoft_graph_is_in_the_tenant_with_its_permissions() {
    let (cloud, id) = with_graph().await;
    crate::ensure_first_party(&cloud.aad.store, NOW).await.unwrap();
    let graph = cloud.get("/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')").await;
    assert_eq!(graph.text("id"), id, "it is made once");
    let named = |list: &str, value: &str| {
        graph.body[list].as_array().unwrap().iter().find(|one| one["value"] == value).unwrap()["id"].clone()
    };
    assert_eq!(named("appRoles", "User.Read.All"), USER_READ_ALL);
    assert_eq!(named("oauth2PermissionScopes", "User.Read"), "e1fe6dd8-ba31-4d61-89e7-88639da4683d");
    assert_eq!(graph.text("appOwnerOrganizationId"), "f8cdef31-a31e-4b4a-93e4-5f571e91255a");
}

#[tokio::test]
async fn a_managed_identity_gets_an_app_role_and_loses_it() {
    let (cloud, graph) = with_graph().await;
    let path = format!("/v1.0/servicePrincipals/{MACHINE}/appRoleAssignments");
    let wanted = json!({"principalId": MACHINE, "resourceId": graph, "appRoleId": USER_READ_ALL});
    let made = cloud.post(&path, wanted.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let mut shown = made.body.clone();
    for name in ["id", "resourceId"] {
        shown[name] = json!(format!("[{name}]"));
    }
    insta::assert_json_snapshot!(shown, @r#"
    {
      "@odata.context": "https://localhost:8445/v1.0/$metadata#appRoleAssignments/$entity",
      "id": "[id]",
      "deletedDateTime": null,
      "appRoleId": "df021288-bdef-4463-88db-98f22de89214",
      "createdDateTime": "2026-05-01T13:34:30.0000000Z",
      "principalDisplayName": "vm1",
      "principalId": "0b1ec700-0000-4000-8000-00000000cafe",
      "principalType": "ServicePrincipal",
      "resourceDisplayName": "Microsoft Graph",
      "resourceId": "[resourceId]"
    }
    "#);
    let again = cloud.post(&path, wanted).await;
    assert_eq!(again.body["error"]["message"], "Permission being assigned already exists on the object");
    let to = cloud.get(&format!("/v1.0/servicePrincipals/{graph}/appRoleAssignedTo")).await;
    assert_eq!(to.values("principalDisplayName"), ["vm1"]);
    let one = format!("{path}/{}", made.text("id"));
    assert_eq!(cloud.get(&one).await.text("appRoleId"), USER_READ_ALL);
    assert_eq!(cloud.delete(&one).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.delete(&one).await.status, StatusCode::NOT_FOUND);
    assert!(cloud.get(&path).await.values("id").is_empty());
}

#[tokio::test]
async fn what_is_no_app_role_of_the_resource_is_not_given() {
    let (cloud, graph) = with_graph().await;
    let path = format!("/v1.0/servicePrincipals/{MACHINE}/appRoleAssignments");
    for (principal, resource, role, status) in [
        (MACHINE.to_string(), graph.clone(), "00000000-0000-4000-8000-000000000001", 400),
        (MACHINE.to_string(), MACHINE.to_string(), USER_READ_ALL, 400),
        (MACHINE.to_string(), PERSON.to_string(), USER_READ_ALL, 404),
        (PERSON.to_string(), graph.clone(), USER_READ_ALL, 400),
        (PERSON.to_string(), MACHINE.to_string(), USER_READ_ALL, 400),
        ("x".to_owned(), graph.clone(), USER_READ_ALL, 400),
    ] {
        let wanted = json!({"principalId": principal, "resourceId": resource, "appRoleId": role});
        let reply = cloud.post(&path, wanted.clone()).await;
        assert_eq!(reply.status.as_u16(), status, "{wanted}: {}", reply.body);
    }
    let nothing = cloud.post(&path, json!({})).await;
    assert_eq!(nothing.code(), "Request_BadRequest");
}

#[tokio::test]
async fn delegated_permissions_are_granted_changed_and_taken_away() {
    let (cloud, graph) = with_graph().await;
    const PATH: &str = "/v1.0/oauth2PermissionGrants";
    let wanted = |kind: &str, person: Value| {
        let scope = "User.Read openid";
        json!({"clientId": MACHINE, "consentType": kind, "principalId": person, "resourceId": graph, "scope": scope})
    };
    let made = cloud.post(PATH, wanted("AllPrincipals", Value::Null)).await;
    assert_eq!((made.status, made.text("scope").as_str()), (StatusCode::CREATED, "User.Read openid"));
    let location = format!("https://localhost:8445/v2/{TENANT}/oauth2PermissionGrants/{}", made.text("id"));
    assert_eq!(made.headers["location"], location.as_str());
    let again = cloud.post(PATH, wanted("AllPrincipals", Value::Null)).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue"));
    let own = cloud.post(PATH, wanted("Principal", json!(PERSON))).await;
    assert_eq!(own.status, StatusCode::CREATED);
    for (kind, person) in [("Principal", Value::Null), ("AllPrincipals", json!(PERSON)), ("Somebody", Value::Null)] {
        assert_eq!(cloud.post(PATH, wanted(kind, person)).await.code(), "Request_BadRequest", "{kind}");
    }
    let listed = cloud.get(&format!("{PATH}?$filter=clientId eq '{MACHINE}' and consentType eq 'Principal'")).await;
    assert_eq!(listed.values("id"), [own.text("id")]);
    let of_person = cloud.get(&format!("/v1.0/users/{PERSON}/oauth2PermissionGrants")).await;
    assert_eq!(of_person.values("id"), [own.text("id")]);
    // The Azure CLI spells it with a capital A here.
    let one = format!("/v1.0/oAuth2PermissionGrants/{}", made.text("id"));
    assert_eq!(cloud.patch(&one, json!({"scope": "User.Read"})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&one).await.text("scope"), "User.Read");
    assert_eq!(cloud.delete(&one).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&one).await.code(), "Request_ResourceNotFound");
}

#[tokio::test]
async fn consents_go_with_what_they_hang_on() {
    let (cloud, graph) = with_graph().await;
    let (_, app_id) = cloud.application("client").await;
    let principal = cloud.post("/v1.0/servicePrincipals", json!({"appId": app_id})).await.text("id");
    let role = json!({"principalId": principal, "resourceId": graph, "appRoleId": USER_READ_ALL});
    cloud.post(&format!("/v1.0/servicePrincipals/{principal}/appRoleAssignments"), role).await;
    let assigned = format!("/v1.0/servicePrincipals/{graph}/appRoleAssignedTo");
    assert_eq!(cloud.get(&assigned).await.values("id").len(), 1);
    cloud.delete(&format!("/v1.0/servicePrincipals/{principal}")).await;
    assert!(cloud.get(&assigned).await.values("id").is_empty());
    cloud.post(&format!("/v1.0/directory/deletedItems/{principal}/restore"), json!({})).await;
    assert_eq!(cloud.get(&assigned).await.values("id").len(), 1, "it comes back");
    cloud.delete(&format!("/v1.0/servicePrincipals/{principal}")).await;
    cloud.delete(&format!("/v1.0/directory/deletedItems/{principal}")).await;
    assert_eq!(cloud.aad.store.read().app_roles_on(graph.parse().unwrap()).count(), 0);
}

#[tokio::test]
async fn a_grant_is_nobodys_business_without_rights() {
    let (cloud, _) = with_graph().await;
    let token = cloud.token_that_says(MACHINE, AUDIENCE, &json!({"roles": ["Application.ReadWrite.All"]}));
    let reply = cloud.ask_with(&token, "GET", "/v1.0/oauth2PermissionGrants", None).await;
    assert_eq!(reply.code(), "Authorization_RequestDenied");
    let reply = cloud.ask_as(ADMINISTRATOR, "GET", "/v1.0/oauth2PermissionGrants", None).await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test]
async fn an_administrator_consents_to_what_an_application_wants() {
    const PORTAL: &str = "74658136-14ec-4630-ad9b-26e160ff0fc6";
    let (cloud, _) = with_graph().await;
    let (id, app_id) = cloud.application("client").await;
    let access = json!([
        {"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"},
        {"id": USER_READ_ALL, "type": "Role"},
        {"id": "00000000-0000-4000-8000-000000000001", "type": "Role"},
    ]);
    let wish = json!([{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": access}]);
    cloud.patch(&format!("/v1.0/applications/{id}"), json!({"requiredResourceAccess": wish})).await;
    let path = format!("/api/RegisteredApplications/{app_id}/Consent?onBehalfOfAll=true");
    let looked = cloud.ask_with(&cloud.token(ADMINISTRATOR, PORTAL), "GET", &path, None).await;
    assert_eq!((looked.status, looked.code()), (StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest"));
    assert_eq!(cloud.aad.store.read().permission_grants().count(), 0, "looking grants nothing");
    for (caller, audience, status) in
        [(ADMINISTRATOR, AUDIENCE, 401), (MACHINE, PORTAL, 403), (PERSON, PORTAL, 403), (ADMINISTRATOR, PORTAL, 204)]
    {
        let reply = cloud.ask_with(&cloud.token(caller, audience), "POST", &path, None).await;
        assert_eq!(reply.status.as_u16(), status, "{caller} {audience}: {}", reply.body);
    }
    let principal = cloud.get(&format!("/v1.0/servicePrincipals(appId='{app_id}')")).await.text("id");
    let grants = cloud.get(&format!("/v1.0/servicePrincipals/{principal}/oauth2PermissionGrants")).await;
    assert_eq!(grants.values("scope"), ["User.Read"]);
    let roles = cloud.get(&format!("/v1.0/servicePrincipals/{principal}/appRoleAssignments")).await;
    assert_eq!(roles.values("appRoleId"), [USER_READ_ALL]);
    // A person's token for the portal says its one permission, which takes nothing from what they may.
    let role = "/v1.0/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')/members/$ref";
    cloud.post(role, json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{PERSON}")})).await;
    let person = cloud.token_that_says(PERSON, PORTAL, &json!({"scp": "user_impersonation"}));
    assert_eq!(cloud.ask_with(&person, "POST", &path, None).await.status, StatusCode::NO_CONTENT);
    let nobody = format!("/api/RegisteredApplications/{PORTAL}/Consent");
    let reply = cloud.ask_with(&cloud.token(ADMINISTRATOR, PORTAL), "POST", &nobody, None).await;
    assert_eq!(reply.code(), "Request_ResourceNotFound");
}
