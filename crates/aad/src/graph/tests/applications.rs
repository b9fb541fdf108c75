//! Applications, their service principals and their credentials, as `az ad` and Terraform use them.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::Duration;
use tokens::RsaKey;

use crate::graph::in_process::{Cloud, NOW, PERSON, TENANT};

/// `az ad sp create-for-rbac -n demo`, call by call.
#[tokio::test]
async fn create_for_rbac_works_end_to_end() {
    let cloud = Cloud::new().await;
    let none = cloud.get("/v1.0/servicePrincipals?$filter=displayName eq 'demo'").await;
    assert_eq!(none.body["value"], json!([]));
    let none = cloud.get("/v1.0/applications?$filter=startswith(displayName,'demo')").await;
    assert_eq!(none.body["value"], json!([]));
    let (id, app_id) = cloud.application("demo").await;
    let wanted = json!({"passwordCredential": {
        "displayName": "rbac",
        "startDateTime": "2026-05-01T13:34:30Z",
        "endDateTime": "2027-05-01T13:34:30Z",
    }});
    let added = cloud.post(&format!("/v1.0/applications/{id}/addPassword"), wanted).await;
    assert_eq!(added.status, StatusCode::OK);
    let secret = added.text("secretText");
    assert_eq!(added.text("hint"), secret[..3]);
    assert_eq!(added.text("endDateTime"), "2027-05-01T13:34:30Z");
    let shown = cloud.get(&format!("/v1.0/applications/{id}")).await.body;
    assert_eq!(shown["passwordCredentials"][0]["secretText"], Value::Null);
    let stored = cloud.aad.store.read();
    let password = &stored.application(id.parse().unwrap()).unwrap().password_credentials[0];
    assert!(cloud.aad.hasher.verify(&secret, &password.hash));

    let made = cloud.post("/v1.0/servicePrincipals", json!({"appId": app_id, "accountEnabled": true})).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let path = format!("/v1.0/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '{app_id}')");
    assert_eq!(cloud.get(&path).await.values("id"), [made.text("id")]);
    let again = cloud.post("/v1.0/servicePrincipals", json!({"appId": app_id})).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "Request_MultipleObjectsWithSameKeyValue"));
    let unknown = cloud.post("/v1.0/servicePrincipals", json!({"appId": TENANT})).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (400, "NoBackingApplicationObject"));
}

#[tokio::test]
async fn an_application_has_azures_shape() {
    let cloud = Cloud::new().await;
    let made =
        cloud.post("/v1.0/applications", json!({"displayName": "web", "web": {"homePageUrl": "https://a"}})).await;
    assert_eq!(
        made.headers["location"].to_str().unwrap(),
        format!(
            "https://localhost:8445/v2/{TENANT}/directoryObjects/{}/Microsoft.DirectoryServices.Application",
            made.text("id")
        )
    );
    insta::assert_json_snapshot!(made.body, @r#"
    {
      "@odata.context": "https://localhost:8445/v1.0/$metadata#applications/$entity",
      "id": "cdbc8b0f-4632-4424-99a0-dfa60568e28a",
      "deletedDateTime": null,
      "appId": "b621629e-ad61-4245-a06b-b0bc4f577df3",
      "applicationTemplateId": null,
      "disabledByMicrosoftStatus": null,
      "createdDateTime": "2026-05-01T13:34:30.0000000Z",
      "displayName": "web",
      "description": null,
      "groupMembershipClaims": null,
      "identifierUris": [],
      "isDeviceOnlyAuthSupported": null,
      "isFallbackPublicClient": null,
      "notes": null,
      "publisherDomain": "smalt.example",
      "serviceManagementReference": null,
      "signInAudience": "AzureADandPersonalMicrosoftAccount",
      "tags": [],
      "tokenEncryptionKeyId": null,
      "samlMetadataUrl": null,
      "defaultRedirectUri": null,
      "certification": null,
      "optionalClaims": null,
      "servicePrincipalLockConfiguration": null,
      "requestSignatureVerification": null,
      "addIns": [],
      "api": {
        "acceptMappedClaims": null,
        "knownClientApplications": [],
        "requestedAccessTokenVersion": 2,
        "oauth2PermissionScopes": [],
        "preAuthorizedApplications": []
      },
      "appRoles": [],
      "info": {
        "logoUrl": null,
        "marketingUrl": null,
        "privacyStatementUrl": null,
        "supportUrl": null,
        "termsOfServiceUrl": null
      },
      "keyCredentials": [],
      "parentalControlSettings": {
        "countriesBlockedForMinors": [],
        "legalAgeGroupRule": "Allow"
      },
      "passwordCredentials": [],
      "publicClient": {
        "redirectUris": []
      },
      "requiredResourceAccess": [],
      "verifiedPublisher": {
        "displayName": null,
        "verifiedPublisherId": null,
        "addedDateTime": null
      },
      "web": {
        "homePageUrl": "https://a",
        "logoutUrl": null,
        "redirectUris": [],
        "implicitGrantSettings": {
          "enableAccessTokenIssuance": false,
          "enableIdTokenIssuance": false
        },
        "redirectUriSettings": []
      },
      "spa": {
        "redirectUris": []
      }
    }
    "#);
}

#[tokio::test]
async fn a_service_principal_follows_its_application() {
    let cloud = Cloud::new().await;
    let (id, app_id) = cloud.application("web").await;
    let made = cloud.post("/v1.0/servicePrincipals", json!({"appId": app_id, "tags": ["t"]})).await;
    let (application, principal) =
        (format!("/v1.0/applications(appId='{app_id}')"), format!("/v1.0/servicePrincipals/{}", made.text("id")));
    let change =
        json!({"displayName": "shop", "identifierUris": ["api://shop"], "web": {"redirectUris": ["https://b"]}});
    assert_eq!(cloud.patch(&application, change).await.status, StatusCode::NO_CONTENT);
    let shown = cloud.get(&principal).await.body;
    assert_eq!(shown["servicePrincipalNames"], json!([app_id, "api://shop"]));
    assert_eq!((&shown["displayName"], &shown["appDisplayName"]), (&json!("shop"), &json!("shop")));
    assert_eq!((&shown["replyUrls"], &shown["tags"]), (&json!(["https://b"]), &json!(["t"])));
    let taken = cloud.post("/v1.0/applications", json!({"displayName": "x", "identifierUris": ["API://shop"]})).await;
    assert_eq!(taken.status, StatusCode::BAD_REQUEST);
    assert_eq!(cloud.delete(&format!("/v1.0/applications/{id}")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&principal).await.status, StatusCode::NOT_FOUND);
}

/// What Terraform does while it waits: a property changes, and becomes nothing again.
#[tokio::test]
async fn properties_nobody_models_are_kept() {
    let cloud = Cloud::new().await;
    let (id, _) = cloud.application("web").await;
    let path = format!("/beta/applications/{id}");
    cloud
        .patch(
            &path,
            json!({"description": "TERRAFORM_UPDATE", "somethingNew": [1], "api": {"acceptMappedClaims": true}}),
        )
        .await;
    let shown = cloud.get(&path).await.body;
    assert_eq!((&shown["description"], &shown["somethingNew"]), (&json!("TERRAFORM_UPDATE"), &json!([1])));
    assert_eq!(
        (&shown["api"]["acceptMappedClaims"], &shown["api"]["oauth2PermissionScopes"]),
        (&json!(true), &json!([]))
    );
    cloud.patch(&path, json!({"description": null, "id": id})).await;
    assert_eq!(cloud.get(&path).await.body["description"], Value::Null);
    let hidden = cloud.get(&format!("{path}?$select=oauth2RequirePostResponse")).await;
    assert_eq!(hidden.body["oauth2RequirePostResponse"], false);
}

#[tokio::test]
async fn a_secret_goes_by_its_key_id() {
    let cloud = Cloud::new().await;
    let (id, _) = cloud.application("web").await;
    let path = format!("/v1.0/applications/{id}");
    let first = cloud.post(&format!("{path}/addPassword"), json!({})).await;
    let second = cloud.post(&format!("{path}/addPassword"), json!({"passwordCredential": {"displayName": null}})).await;
    assert_eq!(second.text("endDateTime"), "2028-04-30T13:34:30Z");
    for (name, moment) in [
        ("endDateTime", "2020-01-01T00:00:00Z"),
        ("endDateTime", "tomorrow"),
        ("startDateTime", "9999-12-31T00:00:00Z"),
        ("startDateTime", "9999-12-31T23:59:59-23:59"),
    ] {
        let wrong = cloud.post(&format!("{path}/addPassword"), json!({"passwordCredential": {name: moment}})).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{name} {moment}");
    }
    let remove = json!({"keyId": first.text("keyId")});
    assert_eq!(cloud.post(&format!("{path}/removePassword"), remove.clone()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.post(&format!("{path}/removePassword"), remove).await.status, StatusCode::BAD_REQUEST);
    let left = cloud.get(&path).await.body["passwordCredentials"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(cloud.patch(&path, json!({"passwordCredentials": left})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.patch(&path, json!({"passwordCredentials": [{"secretText": "x"}]})).await.status, 400);
}

#[tokio::test]
async fn certificates_are_set_as_a_list() {
    let cloud = Cloud::new().await;
    let (id, _) = cloud.application("web").await;
    let path = format!("/v1.0/applications/{id}");
    let issued = tokens::token_signing(&RsaKey::generate().unwrap(), [1; 16], NOW - Duration::days(1)).unwrap();
    // Line breaks, as az sends them.
    let (one, two) = issued.certificate.split_at(64);
    let key = json!({
        "@odata.type": "#microsoft.graph.keyCredential",
        "displayName": null,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "keyId": "88888888-0000-4000-8000-000000000001",
        "startDateTime": "2026-05-01T13:34:30.123456+00:00",
        "endDateTime": "2027-05-01T13:34:30Z",
        "key": format!("{one}\n{two}\n"),
    });
    let set = cloud.patch(&path, json!({"keyCredentials": [key]})).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.body);
    let shown = cloud.get(&path).await.body["keyCredentials"].clone();
    assert_eq!(shown[0]["customKeyIdentifier"], issued.thumbprint);
    assert_eq!((&shown[0]["displayName"], &shown[0]["key"]), (&json!(issued.subject), &Value::Null));
    // `--append`: the old entry as it was shown, beside a new one in PEM.
    let pem = format!("-----BEGIN CERTIFICATE-----\n{one}\n{two}\n-----END CERTIFICATE-----\n");
    let added = json!({"key": STANDARD.encode(pem), "type": "AsymmetricX509Cert", "usage": "Verify"});
    let set = cloud.patch(&path, json!({"keyCredentials": [shown[0], added]})).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.body);
    let selected = cloud.get(&format!("{path}?$select=keyCredentials")).await.body["keyCredentials"].clone();
    assert_eq!((&selected[0]["key"], &selected[1]["key"]), (&json!(issued.certificate), &json!(issued.certificate)));
    assert_eq!(cloud.patch(&path, json!({"keyCredentials": []})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&path).await.body["keyCredentials"], json!([]));
}

#[tokio::test]
async fn owners_come_and_go() {
    let cloud = Cloud::new().await;
    let person = json!({"@odata.id": format!("https://localhost:8445/v1.0/users('{PERSON}')")});
    let body = json!({"displayName": "web", "owners@odata.bind": [person["@odata.id"]]});
    let path = format!("/v1.0/applications/{}/owners", cloud.post("/v1.0/applications", body).await.text("id"));
    assert_eq!(cloud.get(&path).await.values("displayName"), ["Ada"]);
    let owned = cloud.ask_as(PERSON, "GET", "/v1.0/me/ownedObjects", None).await;
    assert_eq!(owned.values("@odata.type"), ["#microsoft.graph.application"]);
    assert_eq!(cloud.post(&format!("{path}/$ref"), person.clone()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(cloud.delete(&format!("{path}/{PERSON}/$ref")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&path).await.body["value"], json!([]));
    assert_eq!(cloud.post(&format!("{path}/$ref"), person).await.status, StatusCode::NO_CONTENT);
}
