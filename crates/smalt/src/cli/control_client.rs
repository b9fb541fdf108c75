//! Asking the process that owns a state directory.

use std::path::Path;

use anyhow::{Context, bail};
use serde::Serialize;
use serde_json::Value;

use crate::control::{CONTROL_SOCKET, socket_path};

/// The control socket of a running server.
pub(super) struct ControlClient {
    http: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    directory: String,
}

impl ControlClient {
    pub(super) fn of(directory: &Path) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let shown = directory.display().to_string();
        let missing =
            || format!("no smalt serves the state directory {shown}: start one with `smalt serve --state {shown}`");
        let socket = socket_path(directory, CONTROL_SOCKET).with_context(missing)?;
        let http = reqwest::Client::builder().no_proxy().unix_socket(socket).build()?;
        Ok(Self { http, runtime, directory: shown })
    }

    pub(super) fn get(&self, path: &str, query: &impl Serialize) -> anyhow::Result<Value> {
        self.send(self.http.get(format!("http://smalt{path}")).query(query))
    }

    pub(super) fn post(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        self.send(self.http.post(format!("http://smalt{path}")).json(body))
    }

    fn send(&self, request: reqwest::RequestBuilder) -> anyhow::Result<Value> {
        self.runtime.block_on(async {
            let answer = match request.send().await {
                Err(e) if e.is_connect() => {
                    bail!(
                        "no smalt serves the state directory {}: start one with `smalt serve --state {0}`",
                        self.directory
                    )
                }
                answer => answer?,
            };
            let is_good = answer.status().is_success();
            let body: Value = answer.json().await?;
            match is_good {
                true => Ok(body),
                false => bail!("{}", body["error"].as_str().unwrap_or("the server refused without a word")),
            }
        })
    }
}
