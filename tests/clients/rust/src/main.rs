//! Tokens by secret, by certificate, by another issuer's word and by managed identity with Azure's SDK for Rust, and what
//! they are good for. The last argument decides which: `secret`, `certificate`, `workload`, `assertion` or `identity`.

use std::env;
use std::error::Error;
use std::sync::Arc;

use azure_core::credentials::{Secret, SecretBytes, TokenCredential};
use azure_core::http::ClientMethodOptions;
use azure_identity::{
    ClientAssertion, ClientAssertionCredential, ClientCertificateCredential, ClientCertificateCredentialOptions,
    ClientSecretCredential, ManagedIdentityCredential, WorkloadIdentityCredential,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kind = env::args().nth(1).ok_or("say secret, certificate, workload, assertion or identity")?;
    let resource_manager = env::var("RESOURCE_MANAGER")?;
    let scope = format!("{resource_manager}/.default");
    let token = credential(&kind)?.get_token(&[&scope], None).await?;
    let url = format!("{resource_manager}{}/resources?api-version=2021-04-01", env::var("GROUP_ID")?);
    let answer = reqwest::Client::new().get(url).bearer_auth(token.token.secret()).send().await?;
    println!("{} {}", answer.status().as_u16(), answer.text().await?);
    Ok(())
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
