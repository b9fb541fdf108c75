//! `smalt explain`: why a principal may or may not do something, of a live world or of one given as data.

mod questions;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::control_client::ControlClient;
use super::{Outcome, State};
use crate::control::Question;

pub(crate) use text::explanation;

/// Why a principal may or may not do something
#[derive(Args)]
pub(super) struct Explain {
    /// Who: an object id, an application id, or a sign-in name
    #[arg(long, value_name = "P", required_unless_present_any = ["request", "questions"])]
    principal: Option<String>,
    /// What: an operation such as Microsoft.Compute/virtualMachines/read
    #[arg(long, value_name = "A", required_unless_present_any = ["request", "questions"])]
    action: Option<String>,
    /// Where: a scope such as /subscriptions/…/resourceGroups/…
    #[arg(long, value_name = "S", required_unless_present_any = ["request", "questions"])]
    scope: Option<String>,
    /// In the data plane
    #[arg(long)]
    data: bool,
    /// What conditions may ask of the request, as JSON: {"Request": {"name": "value"}, "Resource": {…}}
    #[arg(long, value_name = "JSON", value_parser = |text: &str| serde_json::from_str::<Value>(text))]
    attributes: Option<Value>,
    /// A refused request, by the id in the x-smalt-explanation header of its answer
    #[arg(long, value_name = "ID", conflicts_with_all = ["principal", "action", "scope", "data", "attributes", "questions"])]
    request: Option<uuid::Uuid>,
    /// Many questions over a world given as data, one JSON object a line; needs no server. `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["principal", "action", "scope", "data", "attributes"])]
    questions: Option<PathBuf>,
    /// The world that the questions are about, one JSON object
    #[arg(long, value_name = "FILE", requires = "questions")]
    world: Option<PathBuf>,
    /// The operations over which the effect of a role is counted, in place of those that smalt knows
    #[arg(long, value_name = "FILE", requires = "questions")]
    operations: Option<PathBuf>,
    /// The form
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    Text,
    Json,
}

impl Form {
    /// Prints what was told: as JSON, or in sentences.
    pub(super) fn print(self, told: &Value, in_sentences: impl Fn(&Value) -> String) -> anyhow::Result<()> {
        match self {
            Self::Json => println!("{}", serde_json::to_string_pretty(told)?),
            Self::Text => print!("{}", in_sentences(told)),
        }
        Ok(())
    }
}

impl Explain {
    pub(super) fn run(self, state: &State) -> Outcome {
        if let Some(questions) = &self.questions {
            return questions::answer(questions, self.world.as_deref(), self.operations.as_deref());
        }
        let server = ControlClient::of(&state.directory()?)?;
        match self.request {
            Some(id) => {
                let told = server.get("/refusal", &[("id", id)])?;
                self.output.print(&told, text::refusal)?;
            }
            None => {
                let question = Question {
                    principal: self.principal.unwrap_or_default(),
                    action: self.action.unwrap_or_default(),
                    scope: self.scope.unwrap_or_default(),
                    data: self.data,
                    attributes: self.attributes.unwrap_or_default(),
                };
                self.output.print(&server.post("/explain", &question)?, explanation)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
