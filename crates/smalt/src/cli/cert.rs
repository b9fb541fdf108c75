//! `smalt cert`

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::Value;

use super::control_client::ControlClient;
use super::{Outcome, State};
use crate::control::CertificateQuery;

#[derive(Subcommand)]
pub(super) enum Cert {
    /// List the certificates in the directory
    List,
    /// Show a principal's certificates, PEM included
    Show {
        /// The principal's object id
        #[arg(long, value_name = "OBJECT_ID")]
        principal: String,
    },
    /// Take a principal's certificates out of the directory
    Revoke {
        /// The principal's object id
        #[arg(long, value_name = "OBJECT_ID")]
        principal: String,
        /// One certificate: its SHA-1 in hex, or customKeyIdentifier or keyId as Graph shows it [default: all]
        #[arg(long, value_name = "T")]
        thumbprint: Option<String>,
    },
}

impl Cert {
    pub(super) fn run(self, state: &State) -> Outcome {
        let client = ControlClient::of(&state.directory()?)?;
        match self {
            Self::List => {
                let all = client.get("/certificates", &CertificateQuery::default())?;
                all.as_array().into_iter().flatten().for_each(line);
            }
            Self::Show { principal } => {
                let query = CertificateQuery { principal: Some(principal), thumbprint: None };
                for certificate in client.get("/certificates", &query)?.as_array().into_iter().flatten() {
                    line(certificate);
                    println!("{}", pem(certificate["certificate"].as_str().unwrap_or_default()));
                }
            }
            Self::Revoke { principal, thumbprint } => {
                let query = CertificateQuery { principal: Some(principal), thumbprint };
                for certificate in client.post("/certificates/revoke", &query)?.as_array().into_iter().flatten() {
                    print!("revoked ");
                    line(certificate);
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn line(certificate: &Value) {
    let text = |name: &str| certificate[name].as_str().unwrap_or("-").to_owned();
    println!(
        "{}  {}  {} to {}  {}",
        text("thumbprint"),
        text("principalId"),
        text("startDateTime"),
        text("endDateTime"),
        text("displayName")
    );
}

fn pem(base64: &str) -> String {
    let lines: Vec<&str> = base64.as_bytes().chunks(64).filter_map(|c| std::str::from_utf8(c).ok()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----", lines.join("\n"))
}
