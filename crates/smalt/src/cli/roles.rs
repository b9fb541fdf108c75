//! `smalt roles`

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use rbac::{LintFinding, Severity, lint_role};
use serde_json::{Value, json};

use super::Outcome;
use super::explain::Form;

#[derive(Subcommand)]
pub(super) enum Roles {
    /// Say what is wrong with a custom role before it is sent to Azure
    ///
    /// Exit code 0: nothing that Azure refuses, perhaps warnings; 1: something that it refuses.
    Lint {
        /// The role definition, or an array of them, as `az role definition create` or Resource Manager takes it; `-` reads
        /// standard input
        file: PathBuf,
        /// The form
        #[arg(short, long, value_enum, default_value_t = Form::Text)]
        output: Form,
    },
}

impl Roles {
    pub(super) fn run(self) -> Outcome {
        let Self::Lint { file, output } = self;
        let text = match read(&file) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("smalt: {error:#}");
                return Ok(ExitCode::from(2));
            }
        };
        let findings = lint_role(&text);
        let name = file.display().to_string();
        match output {
            Form::Json => {
                let listed: Vec<Value> = findings.iter().map(|finding| with_file(&name, finding)).collect();
                println!("{}", serde_json::to_string_pretty(&listed)?);
            }
            Form::Text => findings.iter().for_each(|finding| print!("{}", line(&name, finding))),
        }
        Ok(match findings.iter().any(|f| f.severity == Severity::Error) {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        })
    }
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("the file {} cannot be read", file.display()))
}

/// The form of compilers, which editors find the place by.
fn line(file: &str, finding: &LintFinding) -> String {
    let LintFinding { line, column, severity, code, message, advice } = finding;
    let severity = if *severity == Severity::Error { "error" } else { "warning" };
    let advice = advice.as_ref().map(|advice| format!("    {advice}\n")).unwrap_or_default();
    format!("{file}:{line}:{column}: {severity}[{code}]: {message}\n{advice}")
}

fn with_file(file: &str, finding: &LintFinding) -> Value {
    let mut shown = json!({"file": file});
    if let (Value::Object(shown), Ok(Value::Object(finding))) = (&mut shown, serde_json::to_value(finding)) {
        shown.extend(finding);
    }
    shown
}
