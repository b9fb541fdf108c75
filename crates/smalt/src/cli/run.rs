//! `smalt run`

use std::ffi::OsString;

use clap::Args;

use super::vm::enter;
use super::{Outcome, State};
use crate::control::VmName;

/// Run a program on a resource, as `smalt vm exec` does on a VM
///
/// The resource may be a web or function app, a container group, a container app, a machine connected by Azure Arc, an
/// application on Service Fabric, a Cloud Shell, a compute of Machine Learning, a Kubernetes cluster, or a VM. The program finds the resource's
/// own token endpoint where such programs always find it, with the variables and files that they are given there, and
/// Azure's public names lead to smalt. The caller's environment, standard streams and exit status pass through.
#[derive(Args)]
pub(super) struct Run {
    /// The resource's id, or its name where only one has it
    #[arg(long, value_name = "ID")]
    resource: String,
    /// On a Kubernetes cluster: the service account of the pod. The identity that trusts it is the pod's
    #[arg(long, value_name = "NAMESPACE/NAME")]
    service_account: Option<String>,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Run {
    pub(super) fn run(self, state: &State) -> Outcome {
        let Self { resource, service_account, command } = self;
        enter(state, &VmName { resource: Some(resource), service_account, ..VmName::default() }, command)
    }
}
