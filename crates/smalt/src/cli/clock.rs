//! `smalt clock`

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::Value;

use super::control_client::ControlClient;
use super::{Outcome, State};
use crate::control::Move;

#[derive(Subcommand)]
pub(super) enum ClockCommand {
    /// Show the simulated time
    Show,
    /// Move it forward by a span such as 46d, 12h or 30m; everything due has happened when this returns
    Advance {
        /// The span
        span: String,
    },
    /// Set it to a moment such as 2027-01-31T12:00:00Z
    Set {
        /// The moment
        moment: String,
    },
    /// Let it stand still
    Freeze,
    /// Let it run on
    Run,
}

impl ClockCommand {
    pub(super) fn run(self, state: &State) -> Outcome {
        let client = ControlClient::of(&state.directory()?)?;
        let told: Value = match self {
            Self::Show => client.get("/clock", &())?,
            Self::Advance { span } => client.post("/clock", &Move::Advance(span))?,
            Self::Set { moment } => client.post("/clock", &Move::Set(moment))?,
            Self::Freeze => client.post("/clock", &Move::Freeze)?,
            Self::Run => client.post("/clock", &Move::Run)?,
        };
        let frozen = if told["frozen"].as_bool().unwrap_or(false) { " (frozen)" } else { "" };
        println!("{}{frozen}", told["now"].as_str().unwrap_or_default());
        Ok(ExitCode::SUCCESS)
    }
}
