//! `smalt demo`: the seven steps of a managed identity, for real, each one shown and verified.

mod client;
mod narrator;
mod story;

use std::process::ExitCode;

use clap::Args;
use store::Durability;

use super::{Outcome, has_colour, runtime};
use crate::cloud::Options;
use crate::ports::Ports;
use crate::server::{Server, Settings};
use client::Client;
use narrator::Narrator;

/// Show the seven steps of a managed identity, each one verified
#[derive(Args)]
pub(super) struct Demo {
    /// Wait for Enter after every step
    #[arg(long)]
    pause: bool,
}

impl Demo {
    pub(super) fn run(self) -> Outcome {
        // A world of its own, gone when this returns.
        let directory = tempfile::Builder::new().prefix("smalt-demo-").tempdir()?;
        let settings = Settings {
            cloud: Options {
                directory: directory.path().to_owned(),
                durability: Durability::Ephemeral,
                seed: None,
                ports: Ports::find_free(),
                issuer_hosts: Vec::new(),
                sign_in: aad::SignInMode::default(),
                throttles: false,
            },
            renews_certificates: true,
            pass_through: false,
            imds_sockets: None,
            ready_file: None,
            listen: std::net::Ipv4Addr::LOCALHOST.into(),
        };
        let runtime = runtime()?;
        let told = runtime.block_on(async {
            let server = Server::start(&settings).await?;
            let client = Client::of(&server)?;
            story::tell(&server, &client, &mut Narrator::new(has_colour(), self.pause)).await
        });
        runtime.shutdown_background();
        told?;
        Ok(ExitCode::SUCCESS)
    }
}
