//! `smalt env`

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::control_client::ControlClient;
use super::{Outcome, State, arc_tokens};
use crate::control::EnvironmentQuery;

/// Print the variables that point clients at the cloud
#[derive(Args)]
pub(super) struct Env {
    /// Clients keep their default settings; a proxy answers Azure's public names
    #[arg(long)]
    intercept: bool,
    /// Also the metadata service of this VM
    #[arg(long, value_name = "NAME")]
    vm: Option<String>,
    /// The VM's resource group
    #[arg(short = 'g', long = "resource-group", value_name = "GROUP", requires = "vm")]
    group: Option<String>,
    /// Also the token endpoint of this resource, by its id, as programs on it find it
    ///
    /// The resource may be a web or function app, a container group, a container app, a machine connected by Azure Arc,
    /// an application on Service Fabric, a Cloud Shell, a compute of Machine Learning, a Kubernetes cluster, or a VM. For a
    /// machine connected by Azure Arc, /var/opt/azcmagent/tokens becomes a link to its challenges, where nothing else is.
    #[arg(long, value_name = "ID", conflicts_with = "vm")]
    resource: Option<String>,
    /// On a Kubernetes cluster: the service account of the pod. The identity that trusts it is the pod's
    #[arg(long, value_name = "NAMESPACE/NAME", requires = "resource")]
    service_account: Option<String>,
    /// The same as -o json
    #[arg(long, conflicts_with = "output")]
    json: bool,
    /// The form
    #[arg(short, long, value_enum, default_value_t = Form::Bash)]
    output: Form,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Bash,
    Fish,
    Powershell,
    Json,
}

impl Env {
    pub(super) fn run(self, state: &State) -> Outcome {
        let Self { intercept, vm, group, resource, service_account, .. } = self;
        let query = EnvironmentQuery { intercept, vm, group, resource, service_account };
        let answer = ControlClient::of(&state.directory()?)?.get("/environment", &query)?;
        if let Some(challenges) = answer["challenges"].as_str() {
            arc_tokens::link(Path::new(challenges));
        }
        if self.json || matches!(self.output, Form::Json) {
            println!("{}", serde_json::to_string_pretty(&answer["set"])?);
            return Ok(ExitCode::SUCCESS);
        }
        // What the other way in has set would contradict this one.
        for name in answer["unset"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            println!("{}", self.output.unset(name));
        }
        for (name, value) in answer["set"].as_object().into_iter().flatten() {
            println!("{}", self.output.set(name, value.as_str().unwrap_or_default()));
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Form {
    fn set(self, name: &str, value: &str) -> String {
        match self {
            Self::Fish => format!("set -gx {name} '{}'", value.replace('\\', "\\\\").replace('\'', "\\'")),
            Self::Powershell => format!("$env:{name} = '{}'", value.replace('\'', "''")),
            _ => format!("export {name}='{}'", value.replace('\'', "'\\''")),
        }
    }

    fn unset(self, name: &str) -> String {
        match self {
            Self::Fish => format!("set -e {name}"),
            Self::Powershell => format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue"),
            _ => format!("unset {name}"),
        }
    }
}
