//! `smalt issuer`

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::control_client::ControlClient;
use super::{Outcome, State};
use crate::control::{IssuerName, TokenWish};

/// The issuer that is meant where none is named.
const DEFAULT: &str = "default";

#[derive(Subcommand)]
pub(super) enum Issuer {
    /// List the issuers
    List,
    /// Show an issuer: its URL, for federated credentials, and where its documents are
    Show {
        /// The issuer; made if it is not there
        #[arg(default_value = DEFAULT)]
        name: String,
        /// Its URL alone
        #[arg(long)]
        url: bool,
    },
    /// Make an issuer
    Create {
        /// Its name
        name: String,
        /// The URL of a provider to play, such as https://token.actions.githubusercontent.com [default: one at smalt]
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
    /// Print a token, as a CI job or a pod is given one
    Token(Token),
}

#[derive(Args)]
pub(super) struct Token {
    /// Who runs: repo:ORG/REPO:ref:refs/heads/main, system:serviceaccount:NAMESPACE:NAME, or anything else
    #[arg(long, value_name = "SUBJECT")]
    subject: String,
    /// Whom the token is for
    #[arg(long, value_name = "AUDIENCE", default_value = "api://AzureADTokenExchange")]
    audience: String,
    /// The issuer; made if it is not there
    #[arg(long, value_name = "NAME", default_value = DEFAULT)]
    issuer_name: String,
    /// How long it counts, such as 10m
    #[arg(long, value_name = "SPAN", default_value = "1h")]
    lifetime: String,
}

impl Issuer {
    pub(super) fn run(self, state: &State) -> Outcome {
        let client = ControlClient::of(&state.directory()?)?;
        match self {
            Self::List => {
                for issuer in client.get("/issuers", &())?.as_array().into_iter().flatten() {
                    println!("{:<20} {}", text(issuer, "name"), text(issuer, "url"));
                }
            }
            Self::Show { name, url: true } => {
                println!("{}", text(&client.post("/issuers", &IssuerName { name, url: None })?, "url"));
            }
            Self::Show { name, url: false } => show(&client.post("/issuers", &IssuerName { name, url: None })?),
            Self::Create { name, url } => show(&client.post("/issuers", &IssuerName { name, url })?),
            Self::Token(Token { subject, audience, issuer_name: name, lifetime }) => {
                let wish = TokenWish { name, subject, audience, lifetime };
                println!("{}", text(&client.post("/issuers/token", &wish)?, "token"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn show(issuer: &Value) {
    for (label, name) in
        [("name", "name"), ("issuer", "url"), ("metadata", "configuration"), ("keys", "keys"), ("key id", "kid")]
    {
        println!("{label:<9} {}", text(issuer, name));
    }
}

fn text<'v>(issuer: &'v Value, name: &str) -> &'v str {
    issuer[name].as_str().unwrap_or("-")
}
