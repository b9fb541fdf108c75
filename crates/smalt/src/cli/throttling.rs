//! `smalt throttling`

use std::process::ExitCode;

use clap::Subcommand;

use super::control_client::ControlClient;
use super::{Outcome, State};
use crate::control::Throttling;

#[derive(Subcommand)]
pub(super) enum ThrottlingCommand {
    /// Show whether services limit rates
    Show,
    /// Answer 429 to whoever asks more often than Azure allows
    On,
    /// Answer everybody
    Off,
}

impl ThrottlingCommand {
    pub(super) fn run(self, state: &State) -> Outcome {
        let client = ControlClient::of(&state.directory()?)?;
        let told = match self {
            Self::Show => client.get("/throttling", &())?,
            Self::On => client.post("/throttling", &Throttling { on: true })?,
            Self::Off => client.post("/throttling", &Throttling { on: false })?,
        };
        println!("throttling is {}", if told["on"].as_bool().unwrap_or(false) { "on" } else { "off" });
        Ok(ExitCode::SUCCESS)
    }
}
