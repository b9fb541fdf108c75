//! `smalt explain`

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::control_client::ControlClient;
use super::{Outcome, State};
use crate::control::Question;

/// Why a principal may or may not do something
#[derive(Args)]
pub(super) struct Explain {
    /// Who: an object id, an application id, or a sign-in name
    #[arg(long, value_name = "P")]
    principal: String,
    /// What: an operation such as Microsoft.Compute/virtualMachines/read
    #[arg(long, value_name = "A")]
    action: String,
    /// Where: a scope such as /subscriptions/…/resourceGroups/…
    #[arg(long, value_name = "S")]
    scope: String,
    /// In the data plane
    #[arg(long)]
    data: bool,
    /// The form
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    Text,
    Json,
}

impl Explain {
    pub(super) fn run(self, state: &State) -> Outcome {
        let question = Question { principal: self.principal, action: self.action, scope: self.scope, data: self.data };
        let told = ControlClient::of(&state.directory()?)?.post("/explain", &question)?;
        match self.output {
            Form::Json => println!("{}", serde_json::to_string_pretty(&told)?),
            Form::Text => print!("{}", text(&told)),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The answer in sentences.
pub(super) fn text(told: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut out = format!(
        "{}: {} ({}) may {}do {} at {}\n",
        word(&told["decision"]),
        word(&told["principalName"]),
        word(&told["principalId"]),
        if told["decision"] == "Allowed" { "" } else { "not " },
        word(&told["action"]),
        word(&told["scope"]),
    );
    let considered = told["considered"].as_array().cloned().unwrap_or_default();
    if considered.is_empty() {
        out.push_str("  No role is assigned to it, nor to a group that holds it.\n");
    }
    for one in &considered {
        let a = &one["assignment"];
        let through = one["throughGroup"].as_str().map(|g| format!(", through the group {g}")).unwrap_or_default();
        let what = match a["finding"].as_str().unwrap_or_default() {
            "granted" => format!("grants it by '{}'", word(&a["action"])),
            "scopeDoesNotCover" if a["roleAllows"] == true => "would grant it, but is assigned elsewhere".to_owned(),
            "scopeDoesNotCover" => "is assigned elsewhere".to_owned(),
            "actionNotInRole" => "does not list the action".to_owned(),
            "takenOut" => {
                format!("lists it by '{}' and takes it out by '{}'", word(&a["action"]), word(&a["notAction"]))
            }
            "wrongPlane" => format!("lists it in the other plane only, by '{}'", word(&a["action"])),
            _ => "has a condition, which is not evaluated yet and so counts as not met".to_owned(),
        };
        out.push_str(&format!("  {} at {}{through}: {what}\n", word(&a["roleName"]), word(&a["scope"])));
    }
    out
}
