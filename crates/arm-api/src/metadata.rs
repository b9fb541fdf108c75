//! What a client may ask without a token: where everything is.

use axum::http::Method;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::error::ArmError;
use crate::request::Request;
use crate::resource_types::{alias_document, region_names};
use crate::{Arm, api_version};

/// Answers `/metadata/endpoints` and the image aliases that it names, in whatever case and with whatever doubled slashes;
/// none for every other path.
pub(crate) fn answer(arm: &Arm, request: &Request) -> Option<Result<Answer, ArmError>> {
    let mut words = request.path.split('/').filter(|word| !word.is_empty());
    if !words.next()?.eq_ignore_ascii_case("metadata") {
        return None;
    }
    let name = words.next()?.to_ascii_lowercase();
    let document: fn(&Arm, &Request) -> Result<Value, ArmError> = match (name.as_str(), words.next()) {
        ("endpoints", None) => endpoints,
        ("vmimagealiases", None) => |_, _| Ok(alias_document()),
        _ => return None,
    };
    if request.method != Method::GET && request.method != Method::HEAD {
        return Some(Err(ArmError::MethodNotAllowed(request.method.to_string())));
    }
    Some(document(arm, request).map(Answer::ok))
}

/// The clouds, in the shape of the version asked: one object since 2022 (AZ-WIRE 3), an array with this one cloud before,
/// regions only in 2018 (IAC-WIRE 3.8). The address behind `ARM_CLOUD_METADATA_URL` must answer an array whatever version
/// it is asked for, so `?array` says so.
fn endpoints(arm: &Arm, request: &Request) -> Result<Value, ArmError> {
    let version = api_version::of(&request.query)?;
    if version < "2019" {
        let host = request.host.clone();
        return Ok(
            json!({"cloudEndpoint": {"public": {"endpoint": host, "locations": region_names().collect::<Vec<_>>()}}}),
        );
    }
    Ok(match version < "2022" || request.query.get("array").is_some() {
        true => json!([cloud(arm, request)]),
        false => cloud(arm, request),
    })
}

fn cloud(arm: &Arm, request: &Request) -> Value {
    let at = arm.ports.origins(&request.host);
    let is_public = at.arm == "https://management.azure.com";
    // The audience is the public one on every way in: a token is good wherever it is taken.
    json!({
        "name": if is_public { "AzureCloud" } else { "Smalt" },
        "portal": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": at.login,
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": at.arm,
        "microsoftGraphResourceId": format!("{}/", at.graph),
        "graphAudience": format!("{}/", at.graph),
        "graph": format!("{}/", at.graph),
        "media": "https://rest.media.azure.net",
        "batch": "https://batch.core.windows.net/",
        "sqlManagement": "https://management.core.windows.net:8443/",
        "gallery": "https://gallery.azure.com/",
        "vmImageAliasDoc": format!("{}/metadata/vmimagealiases", at.arm),
        "logAnalyticsResourceId": "https://api.loganalytics.io",
        "synapseAnalyticsResourceId": "https://dev.azuresynapse.net",
        "attestationResourceId": "https://attest.azure.net",
        "ossrDbmsResourceId": "https://ossrdbms-aad.database.windows.net",
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "suffixes": {
            "keyVaultDns": at.vault_dns,
            "storage": "core.windows.net",
            "acrLoginServer": "azurecr.io",
            "sqlServerHostname": "database.windows.net",
            "mhsmDns": "managedhsm.azure.net",
            "azureFrontDoorEndpointSuffix": "azurefd.net",
            "storageSyncEndpointSuffix": "afs.azure.net",
            "mysqlServerEndpoint": "mysql.database.azure.com",
            "postgresqlServerEndpoint": "postgres.database.azure.com",
            "mariadbServerEndpoint": "mariadb.database.azure.com",
            "synapseAnalytics": "dev.azuresynapse.net",
            "attestationEndpoint": "attest.azure.net",
            "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
            "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
        },
    })
}
