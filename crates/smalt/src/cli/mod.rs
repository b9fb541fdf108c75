//! What a person types. One file per command; each has its arguments and a `run`.
//!
//! Errors are one sentence on standard error: exit code 2 for misuse, 1 for failure.

mod arc_tokens;
mod cert;
mod clock;
mod control_client;
mod demo;
mod env;
mod explain;
mod imds;
mod issuer;
mod keys;
mod reverse;
mod roles;
mod run;
mod serve;
mod throttling;
mod token;
mod vm;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::vm_namespace;

/// The Azure control plane on one machine.
#[derive(Parser)]
#[command(name = "smalt", version, max_term_width = 100)]
struct Arguments {
    /// The state directory [default: ~/.smalt]
    #[arg(long, global = true, value_name = "DIR")]
    state: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the cloud
    Serve(serve::Serve),
    /// Print the variables that point clients at it
    Env(env::Env),
    /// Show the seven steps of a managed identity, each one verified
    Demo(demo::Demo),
    /// List VMs, or run a program inside one
    #[command(subcommand)]
    Vm(vm::Vm),
    /// Run a program on any resource that has managed identities
    Run(run::Run),
    /// Limit how often services may be asked, as Azure does
    #[command(subcommand)]
    Throttling(throttling::ThrottlingCommand),
    /// Metadata services
    #[command(subcommand)]
    Imds(imds::ImdsCommand),
    /// Why a principal may or may not do something
    Explain(explain::Explain),
    /// Who may do something somewhere
    WhoCan(reverse::WhoCan),
    /// What a principal may do, and where
    WhatCan(reverse::WhatCan),
    /// Check custom roles
    #[command(subcommand)]
    Roles(roles::Roles),
    /// Show and replace the keys that sign tokens
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Look into tokens, and take them back
    #[command(subcommand)]
    Token(token::Token),
    /// Show and move the simulated time
    #[command(subcommand)]
    Clock(clock::ClockCommand),
    /// Play a CI provider or a cluster: the tokens that federated credentials trust
    #[command(subcommand)]
    Issuer(issuer::Issuer),
    /// Show, renew and revoke certificates in the directory
    #[command(subcommand)]
    Cert(cert::Cert),
}

/// What a command ends with.
type Outcome = anyhow::Result<ExitCode>;

/// Runs the command line.
pub fn run() -> ExitCode {
    // The first program inside a VM's namespace is smalt itself; it must act before any thread exists.
    if std::env::args().nth(1).as_deref() == Some(vm_namespace::INIT) {
        return vm_namespace::init();
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output, misuse to standard error.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let state = State(arguments.state);
    let outcome = match arguments.command {
        Command::Serve(command) => command.run(&state),
        Command::Env(command) => command.run(&state),
        Command::Demo(command) => command.run(),
        Command::Vm(command) => command.run(&state),
        Command::Run(command) => command.run(&state),
        Command::Throttling(command) => command.run(&state),
        Command::Imds(command) => command.run(),
        Command::Explain(command) => command.run(&state),
        Command::WhoCan(command) => command.run(&state),
        Command::WhatCan(command) => command.run(&state),
        Command::Roles(command) => command.run(),
        Command::Keys(command) => command.run(&state),
        Command::Token(command) => command.run(&state),
        Command::Clock(command) => command.run(&state),
        Command::Issuer(command) => command.run(&state),
        Command::Cert(command) => command.run(&state),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("smalt: {error:#}");
        ExitCode::FAILURE
    })
}

/// The state directory, as given or by default.
struct State(Option<PathBuf>);

impl State {
    fn directory(&self) -> anyhow::Result<PathBuf> {
        if let Some(given) = &self.0 {
            return Ok(std::path::absolute(given)?);
        }
        let home = std::env::home_dir().filter(|h| !h.as_os_str().is_empty());
        let home = home
            .ok_or_else(|| anyhow::anyhow!("there is no home directory to keep the state in: name one with --state"))?;
        Ok(home.join(".smalt"))
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Whether to write colours: on a terminal, unless NO_COLOR is set.
fn has_colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
