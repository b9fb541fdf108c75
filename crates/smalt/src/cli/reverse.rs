//! `smalt who-can` and `smalt what-can`: the questions of `explain` turned round.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::control_client::ControlClient;
use super::explain::Form;
use super::{Outcome, State};

/// Who may do something somewhere
#[derive(Args)]
pub(super) struct WhoCan {
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

/// What a principal may do, and where
#[derive(Args)]
pub(super) struct WhatCan {
    /// Who: an object id, an application id, or a sign-in name
    #[arg(long, value_name = "P")]
    principal: String,
    /// Only what holds at this scope
    #[arg(long, value_name = "S")]
    scope: Option<String>,
    /// The form
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

impl WhoCan {
    pub(super) fn run(self, state: &State) -> Outcome {
        let question = json!({"action": self.action, "scope": self.scope, "data": self.data});
        let told = ControlClient::of(&state.directory()?)?.post("/who-can", &question)?;
        self.output.print(&told, who)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl WhatCan {
    pub(super) fn run(self, state: &State) -> Outcome {
        let question = json!({"principal": self.principal, "scope": self.scope});
        let told = ControlClient::of(&state.directory()?)?.post("/what-can", &question)?;
        self.output.print(&told, what)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn who(told: &Value) -> String {
    let all = list(&told["who"]);
    let mut out = format!("{} may do {} at {}\n", count(all.len()), word(&told["action"]), word(&told["scope"]));
    for one in all {
        let condition = if one["conditional"] == true { ", if a condition holds" } else { "" };
        let kind = one["principalType"].as_str().unwrap_or("unknown");
        let named = format!("{} ({kind} {})", word(&one["principalName"]), word(&one["principalId"]));
        let _ = writeln!(out, "  {named}{condition}");
        for way in list(&one["by"]) {
            let _ = writeln!(out, "    {} at {}{}", word(&way["roleName"]), word(&way["scope"]), through(way));
        }
    }
    out
}

fn what(told: &Value) -> String {
    let roles = list(&told["roles"]);
    let name = told["principalName"].as_str().unwrap_or_default();
    let mut out = format!("{name} ({}) holds {} role(s)\n", word(&told["principalId"]), roles.len());
    for role in roles {
        let _ = writeln!(out, "  {} at {}{}", word(&role["roleName"]), word(&role["scope"]), through(role));
        let _ = writeln!(
            out,
            "    {} operations on resources, {} on what they hold",
            role["controlOperations"], role["dataOperations"]
        );
        if let Some(condition) = role["condition"].as_str() {
            let _ = writeln!(out, "    under the condition {condition}");
        }
    }
    for deny in list(&told["denyAssignments"]) {
        let _ = writeln!(out, "  denied by '{}' at {}", word(&deny["name"]), word(&deny["scope"]));
    }
    out
}

fn count(n: usize) -> String {
    match n {
        0 => "Nobody".to_owned(),
        1 => "One".to_owned(),
        n => n.to_string(),
    }
}

fn through(of: &Value) -> String {
    let groups: Vec<&str> = list(&of["through"]).iter().map(word).collect();
    if groups.is_empty() { String::new() } else { format!(", through {}", groups.join(" > ")) }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}
