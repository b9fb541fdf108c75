//! `smalt cert`

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;

use super::control_client::ControlClient;
use super::{Outcome, State};
use crate::control::CertificateQuery;

#[derive(Subcommand)]
pub(super) enum Cert {
    /// List the certificates in the directory
    List,
    /// Show a principal's certificates
    Show(Show),
    /// Give a managed identity a new certificate before its time
    Renew {
        /// The principal: its object id, application id or name
        #[arg(long, value_name = "OBJECT_ID")]
        principal: String,
    },
    /// Take a principal's certificates out of the directory
    Revoke {
        /// The principal: its object id, application id or name
        #[arg(long, value_name = "OBJECT_ID")]
        principal: String,
        /// One certificate: its SHA-1 in hex, or customKeyIdentifier or keyId as Graph shows it [default: all]
        #[arg(long, value_name = "T")]
        thumbprint: Option<String>,
    },
}

#[derive(Args)]
pub(super) struct Show {
    /// The principal: its object id, application id or name
    #[arg(long, value_name = "OBJECT_ID")]
    principal: String,
    /// One certificate: its SHA-1 in hex, or customKeyIdentifier or keyId as Graph shows it [default: all]
    #[arg(long, value_name = "T")]
    thumbprint: Option<String>,
    /// As what
    #[arg(short = 'o', long, value_enum, default_value_t = Form::Text)]
    output: Form,
    /// Write there instead of to standard output
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A line each, and PEM
    Text,
    /// PEM alone
    Pem,
    /// DER: one certificate
    Der,
    /// Everything that is known of them
    Json,
}

impl Cert {
    pub(super) fn run(self, state: &State) -> Outcome {
        let client = ControlClient::of(&state.directory()?)?;
        match self {
            Self::List => {
                let all = client.get("/certificates", &CertificateQuery::default())?;
                all.as_array().into_iter().flatten().for_each(|certificate| println!("{}", line(certificate)));
            }
            Self::Show(show) => show.run(&client)?,
            Self::Renew { principal } => {
                let query = CertificateQuery { principal: Some(principal), thumbprint: None };
                println!("renewed {}", line(&client.post("/certificates/renew", &query)?));
            }
            Self::Revoke { principal, thumbprint } => {
                let query = CertificateQuery { principal: Some(principal), thumbprint };
                for certificate in client.post("/certificates/revoke", &query)?.as_array().into_iter().flatten() {
                    println!("revoked {}", line(certificate));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Show {
    fn run(self, client: &ControlClient) -> anyhow::Result<()> {
        let Self { principal, thumbprint, output, file } = self;
        let of_whom = principal.clone();
        let query = CertificateQuery { principal: Some(principal), thumbprint };
        let found = client.get("/certificates", &query)?;
        let certificates = found.as_array().map(Vec::as_slice).unwrap_or_default();
        let bytes = match (output, certificates) {
            (Form::Json, _) => format!("{found:#}\n").into_bytes(),
            (_, []) => bail!("the directory has no such certificate of {of_whom}"),
            (Form::Der, [only]) => STANDARD.decode(base64(only))?,
            (Form::Der, several) => {
                bail!("{of_whom} has {} certificates, and DER holds one: name it with --thumbprint", several.len())
            }
            (Form::Pem, all) => all.iter().map(pem).collect::<String>().into_bytes(),
            (Form::Text, all) => {
                all.iter().map(|each| format!("{}\n{}", line(each), pem(each))).collect::<String>().into_bytes()
            }
        };
        write(&bytes, file.as_deref(), output)
    }
}

fn write(bytes: &[u8], file: Option<&Path>, form: Form) -> anyhow::Result<()> {
    match file {
        Some(file) => std::fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display())),
        None if form == Form::Der && std::io::stdout().is_terminal() => {
            bail!("DER is not for terminals: give a file with --file, or a pipe")
        }
        None => Ok(std::io::stdout().write_all(bytes)?),
    }
}

fn line(certificate: &Value) -> String {
    let text = |name: &str| certificate[name].as_str().unwrap_or("-").to_owned();
    format!(
        "{}  {}  {} to {}  {}",
        text("thumbprint"),
        text("principalId"),
        text("startDateTime"),
        text("endDateTime"),
        text("displayName")
    )
}

fn base64(certificate: &Value) -> &str {
    certificate["certificate"].as_str().unwrap_or_default()
}

fn pem(certificate: &Value) -> String {
    let chunks = base64(certificate).as_bytes().chunks(64);
    let lines: Vec<&str> = chunks.filter_map(|chunk| std::str::from_utf8(chunk).ok()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
