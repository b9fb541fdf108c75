//! Managed identities as Graph shows and guards them.

use axum::http::StatusCode;
use serde_json::json;

use crate::graph::in_process::{Cloud, MACHINE, MACHINE_CLIENT};

#[tokio::test]
async fn a_managed_identity_has_azures_shape() {
    let cloud = Cloud::new().await;
    let reply = cloud.get(&format!("/v1.0/servicePrincipals/{MACHINE}")).await;
    insta::assert_json_snapshot!(reply.body, @r#"
    {
      "@odata.context": "https://localhost:8445/v1.0/$metadata#servicePrincipals/$entity",
      "id": "0b1ec700-0000-4000-8000-00000000cafe",
      "deletedDateTime": null,
      "accountEnabled": true,
      "alternativeNames": [
        "isExplicit=False",
        "/subscriptions/5ab/resourcegroups/rg1/providers/Microsoft.Compute/virtualMachines/vm1"
      ],
      "appDisplayName": null,
      "appDescription": null,
      "appId": "aaaaaaaa-0002-4000-8000-000000000002",
      "applicationTemplateId": null,
      "appOwnerOrganizationId": null,
      "appRoleAssignmentRequired": false,
      "createdDateTime": "2026-05-01T13:34:30Z",
      "description": null,
      "disabledByMicrosoftStatus": null,
      "displayName": "vm1",
      "homepage": null,
      "loginUrl": null,
      "logoutUrl": null,
      "notes": null,
      "notificationEmailAddresses": [],
      "preferredSingleSignOnMode": null,
      "preferredTokenSigningKeyThumbprint": null,
      "replyUrls": [],
      "servicePrincipalNames": [
        "aaaaaaaa-0002-4000-8000-000000000002",
        "https://identity.azure.net/zzduW9Z2Mbhpo2dFiwWlB1muIvQb8nRMDRViWNM4h+8="
      ],
      "servicePrincipalType": "ManagedIdentity",
      "signInAudience": null,
      "tags": [],
      "tokenEncryptionKeyId": null,
      "info": null,
      "samlSingleSignOnSettings": null,
      "addIns": [],
      "appRoles": [],
      "keyCredentials": [
        {
          "customKeyIdentifier": "2B042AB9FB1EF63BC59EBED071A865B8AB809371",
          "displayName": "CN=aaaaaaaa-0002-4000-8000-000000000002",
          "endDateTime": "2026-07-30T13:29:00Z",
          "key": null,
          "keyId": "5e1f0000-0000-4000-8000-000000000009",
          "startDateTime": "2026-05-01T13:29:00Z",
          "type": "AsymmetricX509Cert",
          "usage": "Verify"
        }
      ],
      "oauth2PermissionScopes": [],
      "passwordCredentials": [],
      "resourceSpecificApplicationPermissions": [],
      "verifiedPublisher": {
        "displayName": null,
        "verifiedPublisherId": null,
        "addedDateTime": null
      }
    }
    "#);
}

#[tokio::test]
async fn its_certificate_is_shown_only_alone_and_asked_for() {
    let cloud = Cloud::new().await;
    let alone = cloud.get(&format!("/v1.0/servicePrincipals(appId='{MACHINE_CLIENT}')?$select=keyCredentials")).await;
    assert_eq!(alone.body["keyCredentials"][0]["key"], "MIIB");
    assert_eq!(alone.body.as_object().unwrap().len(), 2);
    let filter = format!("$filter=servicePrincipalNames/any(c:c eq '{MACHINE_CLIENT}')");
    let listed = cloud.get(&format!("/v1.0/servicePrincipals?{filter}&$select=keyCredentials")).await;
    assert_eq!(listed.body["value"][0]["keyCredentials"][0]["key"], json!(null));
}

#[tokio::test]
async fn every_name_of_it_finds_it() {
    let cloud = Cloud::new().await;
    let names = cloud.get(&format!("/v1.0/servicePrincipals/{MACHINE}")).await.body["servicePrincipalNames"].clone();
    for name in names.as_array().unwrap() {
        let name = name.as_str().unwrap().replace('+', "%2B");
        let path = format!("/v1.0/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '{name}')");
        assert_eq!(cloud.get(&path).await.values("displayName"), ["vm1"]);
    }
    let kind = cloud.get("/v1.0/servicePrincipals?$filter=servicePrincipalType eq 'ManagedIdentity'").await;
    assert_eq!(kind.values("displayName"), ["vm1"]);
}

#[tokio::test]
async fn graph_neither_makes_nor_rekeys_nor_deletes_one() {
    let cloud = Cloud::new().await;
    let machine = format!("/v1.0/servicePrincipals/{MACHINE}");
    let before = cloud.get(&machine).await.body;
    let kind = json!({"appId": MACHINE_CLIENT, "servicePrincipalType": "ManagedIdentity"});
    for reply in [
        cloud.post("/v1.0/servicePrincipals", kind).await,
        cloud.post(&format!("{machine}/addPassword"), json!({"passwordCredential": {}})).await,
        cloud.post(&format!("{machine}/removePassword"), json!({"keyId": MACHINE})).await,
        cloud.patch(&machine, json!({"keyCredentials": []})).await,
        cloud.patch(&machine, json!({"passwordCredentials": []})).await,
        cloud.patch(&machine, json!({"alternativeNames": []})).await,
        cloud.delete(&machine).await,
    ] {
        assert_eq!((reply.status, reply.code()), (StatusCode::FORBIDDEN, "Authorization_RequestDenied"));
    }
    assert_eq!(cloud.get(&machine).await.body, before);
    assert_eq!(cloud.patch(&machine, json!({"tags": ["t"]})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&machine).await.body["tags"], json!(["t"]));
}
