//! `smalt vm`

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::control_client::ControlClient;
use super::{Outcome, State};
use crate::control::{ATTACH_SOCKET, VmName, socket_path};
use crate::vm_namespace::{self, Enter};

#[derive(Subcommand)]
pub(super) enum Vm {
    /// List VMs
    List,
    /// Run a program inside a VM: 169.254.169.254 is its metadata service, Azure's public names lead to smalt
    Exec(Exec),
}

#[derive(Args)]
pub(super) struct Exec {
    /// The VM's name
    name: String,
    /// Its resource group, where two VMs have one name
    #[arg(short = 'g', long = "resource-group", value_name = "GROUP")]
    group: Option<String>,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Vm {
    pub(super) fn run(self, state: &State) -> Outcome {
        match self {
            Self::List => list(state),
            Self::Exec(exec) => exec.run(state),
        }
    }
}

fn list(state: &State) -> Outcome {
    let machines = ControlClient::of(&state.directory()?)?.get("/vms", &())?;
    let rows = machines.as_array().cloned().unwrap_or_default();
    if rows.is_empty() {
        println!("There are no VMs.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{:<20} {:<20} {:<12} {:<28} IMDS", "NAME", "RESOURCE GROUP", "STATE", "IDENTITY");
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
        let line = [text("name"), text("resourceGroup"), text("powerState"), text("identity"), text("imds")];
        println!("{:<20} {:<20} {:<12} {:<28} {}", line[0], line[1], line[2], line[3], line[4]);
    }
    Ok(ExitCode::SUCCESS)
}

impl Exec {
    fn run(self, state: &State) -> Outcome {
        enter(state, &VmName { vm: Some(self.name), group: self.group, ..VmName::default() }, self.command)
    }
}

/// Runs a program in the namespace of a VM or another host.
pub(super) fn enter(state: &State, host: &VmName, command: Vec<OsString>) -> Outcome {
    let directory = state.directory()?;
    let told: Value = {
        let client = ControlClient::of(&directory)?;
        client.get("/enter", host)?
        // The client's runtime ends here: a namespace is entered by a process with one thread.
    };
    let mut enter: Enter = serde_json::from_value(told)?;
    enter.attach_socket = socket_path(&directory, ATTACH_SOCKET)?;
    enter.command = command;
    Ok(ExitCode::from(vm_namespace::run(&enter)?))
}
