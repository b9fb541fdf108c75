//! Tokens by secret, by certificate and by managed identity with Azure's SDK for Rust, and what they are good for.
//! The last argument decides which: `secret`, `certificate` or `identity`.

use std::env;
use std::error::Error;
use std::sync::Arc;

use azure_core::credentials::{Secret, SecretBytes, TokenCredential};
use azure_identity::{
    ClientCertificateCredential, ClientCertificateCredentialOptions, ClientSecretCredential, ManagedIdentityCredential,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kind = env::args().nth(1).ok_or("say secret, certificate or identity")?;
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
    let (tenant, client) = (env::var("AZURE_TENANT_ID")?, env::var("AZURE_CLIENT_ID")?);
    if kind == "secret" {
        return Ok(ClientSecretCredential::new(&tenant, client, env::var("AZURE_CLIENT_SECRET")?.into(), None)?);
    }
    let bundle = std::fs::read(env::var("CERTIFICATE_PFX")?)?;
    let password = Some(Secret::new(env::var("CERTIFICATE_PASSWORD")?));
    let options = ClientCertificateCredentialOptions { password, ..Default::default() };
    Ok(ClientCertificateCredential::new(tenant, client, SecretBytes::new(bundle), Some(options))?)
}
