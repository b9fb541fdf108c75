//! Tokens by secret, by certificate, by another issuer's word and by managed identity with Azure's SDK for Rust, and what
//! they are good for. The argument decides which: `secret`, `certificate`, `workload`, `assertion` or `identity`. `token
//! OPTIONS` says what the token of a managed identity says, or the error; the options are `{}`, `{"client": ID}`,
//! `{"object": ID}` or `{"resource": ID}`, or the name of the class in quotes, which may be another.

use std::env;
use std::error::Error;
use std::sync::Arc;

use azure_core::credentials::{Secret, SecretBytes, TokenCredential};
use azure_core::http::ClientMethodOptions;
use azure_identity::{
    AzureCliCredential, ClientAssertion, ClientAssertionCredential, ClientCertificateCredential, ClientCertificateCredentialOptions,
    ClientSecretCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
    WorkloadIdentityCredential,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kind = env::args().nth(1).ok_or("say secret, certificate, workload, assertion, identity or token")?;
    if kind == "token" {
        let said = said_of_token().await.unwrap_or_else(|error| json!({"error": error.to_string()}).to_string());
        println!("{said}");
        return Ok(());
    }
    let resource_manager = env::var("RESOURCE_MANAGER")?;
    let scope = format!("{resource_manager}/.default");
    let token = credential(&kind)?.get_token(&[&scope], None).await?;
    let url = format!("{resource_manager}{}/resources?api-version=2021-04-01", env::var("GROUP_ID")?);
    let answer = reqwest::Client::new().get(url).bearer_auth(token.token.secret()).send().await?;
    println!("{} {}", answer.status().as_u16(), answer.text().await?);
    Ok(())
}

async fn said_of_token() -> Result<String, Box<dyn Error>> {
    let wanted: Value = serde_json::from_str(&env::args().nth(2).unwrap_or_default())?;
    let id = |name: &str| wanted[name].as_str().map(str::to_owned);
    let user_assigned_id = id("client")
        .map(UserAssignedId::ClientId)
        .or(id("object").map(UserAssignedId::ObjectId))
        .or(id("resource").map(UserAssignedId::ResourceId));
    let options = ManagedIdentityCredentialOptions { user_assigned_id, ..Default::default() };
    let credential: Arc<dyn TokenCredential> = match wanted.as_str() {
        Some("AzureCliCredential") => AzureCliCredential::new(None)?,
        _ => ManagedIdentityCredential::new(Some(options))?,
    };
    let token = credential.get_token(&["https://management.azure.com/.default"], None).await?;
    let claims = token.token.secret().split('.').nth(1).unwrap_or_default();
    Ok(String::from_utf8(URL_SAFE_NO_PAD.decode(claims)?)?)
}

fn credential(kind: &str) -> Result<Arc<dyn TokenCredential>, Box<dyn Error>> {
    // A managed identity knows neither its tenant nor its client id.
    if kind == "identity" {
        return Ok(ManagedIdentityCredential::new(None)?);
    }
    // The pod's variables say who and where.
    if kind == "workload" {
        return Ok(WorkloadIdentityCredential::new(None)?);
    }
    let (tenant, client) = (env::var("AZURE_TENANT_ID")?, env::var("AZURE_CLIENT_ID")?);
    if kind == "secret" {
        return Ok(ClientSecretCredential::new(&tenant, client, env::var("AZURE_CLIENT_SECRET")?.into(), None)?);
    }
    if kind == "assertion" {
        return Ok(ClientAssertionCredential::new(tenant, client, FederatedToken, None)?);
    }
    let bundle = std::fs::read(env::var("CERTIFICATE_PFX")?)?;
    let password = Some(Secret::new(env::var("CERTIFICATE_PASSWORD")?));
    let options = ClientCertificateCredentialOptions { password, ..Default::default() };
    Ok(ClientCertificateCredential::new(tenant, client, SecretBytes::new(bundle), Some(options))?)
}

/// What another issuer says, in a file.
#[derive(Debug)]
struct FederatedToken;

#[async_trait::async_trait]
impl ClientAssertion for FederatedToken {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let file = env::var("AZURE_FEDERATED_TOKEN_FILE").unwrap_or_default();
        Ok(std::fs::read_to_string(file)?)
    }
}
