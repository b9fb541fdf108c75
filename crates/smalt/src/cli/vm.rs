//! `smalt vm`

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::control_client::ControlClient;
use super::{Outcome, State};
use crate::control::{ATTACH_SOCKET, EventWanted, FaultWanted, VmName, socket_path};
use crate::vm_namespace::{self, Enter};

#[derive(Subcommand)]
pub(super) enum Vm {
    /// List VMs
    List,
    /// Run a program inside a VM: 169.254.169.254 is its metadata service, Azure's public names lead to smalt
    Exec(Exec),
    /// Tell a VM of an event to come: it sees it among its scheduled events, and undergoes it
    Event(Event),
    /// Let a VM's metadata service fail, or work again
    Fault(Fault),
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

#[derive(Args)]
pub(super) struct Event {
    /// The VM's name
    name: String,
    /// What is to happen; only Spot VMs are preempted
    #[arg(value_parser = ["freeze", "reboot", "redeploy", "preempt", "terminate"])]
    event: String,
    /// Its resource group, where two VMs have one name
    #[arg(short = 'g', long = "resource-group", value_name = "GROUP")]
    group: Option<String>,
    /// How long ahead the VM is told, such as 15m; otherwise what Azure gives at least
    #[arg(long, value_name = "SPAN")]
    notice: Option<String>,
    /// How many seconds it takes; -1 says that nobody knows
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    duration: Option<i32>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

#[derive(Args)]
pub(super) struct Fault {
    /// The VM's name
    name: String,
    /// What its metadata service does: gone (410), updating (404), restarting (500 of another server), unavailable (503),
    /// throttled (429), none
    #[arg(value_parser = ["gone", "updating", "restarting", "unavailable", "throttled", "none"])]
    fault: String,
    /// Its resource group, where two VMs have one name
    #[arg(short = 'g', long = "resource-group", value_name = "GROUP")]
    group: Option<String>,
    /// For how long, such as 70s; otherwise until `none`
    #[arg(long = "for", value_name = "SPAN")]
    span: Option<String>,
}

impl Event {
    fn run(self, state: &State) -> Outcome {
        let vm = VmName { vm: Some(self.name), group: self.group, ..VmName::default() };
        let wanted = EventWanted {
            vm,
            event: self.event,
            notice: self.notice,
            duration: self.duration,
            description: self.description,
        };
        let told = ControlClient::of(&state.directory()?)?.post("/vms/events", &wanted)?;
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        println!("{} of {}, not before {}", text("event"), text("vm"), text("notBefore"));
        println!("{}", text("id"));
        Ok(ExitCode::SUCCESS)
    }
}

impl Fault {
    fn run(self, state: &State) -> Outcome {
        let vm = VmName { vm: Some(self.name), group: self.group, ..VmName::default() };
        let wanted = FaultWanted { vm, fault: self.fault, span: self.span };
        let told = ControlClient::of(&state.directory()?)?.post("/vms/fault", &wanted)?;
        println!("{}", told["state"].as_str().unwrap_or_default());
        Ok(ExitCode::SUCCESS)
    }
}

impl Vm {
    pub(super) fn run(self, state: &State) -> Outcome {
        match self {
            Self::List => list(state),
            Self::Exec(exec) => exec.run(state),
            Self::Event(event) => event.run(state),
            Self::Fault(fault) => fault.run(state),
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
