//! `smalt keys`

use std::process::ExitCode;

use clap::Subcommand;

use super::control_client::ControlClient;
use super::{Outcome, State};
use crate::control::Rotation;

#[derive(Subcommand)]
pub(super) enum Keys {
    /// List the keys whose tokens count, the signing one first
    List,
    /// Let a new key sign; the old ones are published until their last token has ended
    Rotate {
        /// Forget the old ones at once: no token that they signed counts any more
        #[arg(long)]
        forget: bool,
    },
}

impl Keys {
    pub(super) fn run(self, state: &State) -> Outcome {
        let client = ControlClient::of(&state.directory()?)?;
        match self {
            Self::List => {
                for key in client.get("/keys", &())?.as_array().into_iter().flatten() {
                    let text = |name: &str| key[name].as_str().unwrap_or("-").to_owned();
                    let end = match key["retiresAt"].as_str() {
                        Some(at) => format!("published until {at}"),
                        None => "signs".to_owned(),
                    };
                    println!("{}  since {}  {end}", text("kid"), text("createdAt"));
                }
            }
            Self::Rotate { forget } => {
                let made = client.post("/keys/rotate", &Rotation { forget })?;
                println!("{} signs from now on", made["kid"].as_str().unwrap_or_default());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
