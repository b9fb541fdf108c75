//! `smalt run`

use std::ffi::OsString;

use clap::Args;

use super::vm::enter;
use super::{Outcome, State};
use crate::control::VmName;

/// Run a program on a resource, as `smalt vm exec` does on a VM
///
/// The resource may be a web or function app, a container group, a container app, a machine connected by Azure Arc, an
/// application on Service Fabric, a Cloud Shell, a compute of Machine Learning, or a VM. The program finds the resource's
/// own token endpoint where such programs always find it, with the variables and files that they are given there, and
/// Azure's public names lead to smalt. The caller's environment, standard streams and exit status pass through.
#[derive(Args)]
pub(super) struct Run {
    /// The resource's id, or its name where only one has it
    #[arg(long, value_name = "ID")]
    resource: String,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Run {
    pub(super) fn run(self, state: &State) -> Outcome {
        enter(state, &VmName { resource: Some(self.resource), ..VmName::default() }, self.command)
    }
}
