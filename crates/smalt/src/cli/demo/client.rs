//! A client that believes to talk to the public cloud: its names lead to this process.

use std::net::SocketAddr;

use anyhow::Context;
use axum::http::StatusCode;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::front::{Face, PUBLIC_NAMES};
use crate::ports::loopback;
use crate::server::Server;
use crate::world::owner_of;

pub(super) const ARM: &str = "https://management.azure.com";
pub(super) const GRAPH: &str = "https://graph.microsoft.com";
const LOGIN: &str = "https://login.microsoftonline.com";

/// Speaks for the world's owner, or for whoever holds a token.
pub(super) struct Client {
    http: reqwest::Client,
    tenant: String,
    client_id: String,
    client_secret: String,
}

impl Client {
    pub(super) fn of(server: &Server) -> anyhow::Result<Self> {
        let faces = server.cloud.ports.faces();
        let root = reqwest::Certificate::from_pem(server.cloud.authority.certificate().as_bytes())?;
        let mut http = reqwest::Client::builder().no_proxy().tls_certs_only([root]);
        for (name, face) in PUBLIC_NAMES {
            let port = match face {
                Face::Arm => faces.arm,
                Face::Login => faces.login,
                Face::Graph => faces.graph,
                Face::Vault => faces.vault,
            };
            http = http.resolve(name, loopback(port));
        }
        let owner = owner_of(&server.cloud.store);
        let tenant = server.cloud.store.read().tenant().map(|t| t.id.to_string()).unwrap_or_default();
        Ok(Self { http: http.build()?, tenant, client_id: owner.client_id, client_secret: owner.client_secret })
    }

    /// The owner's token for `resource`, by its secret.
    pub(super) async fn owner_token(&self, resource: &str) -> anyhow::Result<String> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
            ("scope", &format!("{resource}/.default")),
        ];
        let url = format!("{LOGIN}/{}/oauth2/v2.0/token", self.tenant);
        let (_, answer) = send(self.http.post(url).form(&form)).await?;
        answer["access_token"].as_str().map(str::to_owned).context("the owner got no token")
    }

    /// A request with a token, and a body where there is one.
    pub(super) async fn call(
        &self,
        method: &str,
        url: &str,
        token: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let mut request = self.http.request(Method::from_bytes(method.as_bytes())?, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        send(request).await
    }

    /// A question to the metadata service at `imds`, as an app on that VM asks it: no secret, one header.
    pub(super) async fn metadata(&self, imds: SocketAddr, path: &str) -> anyhow::Result<(StatusCode, Value)> {
        send(self.http.get(format!("http://{imds}{path}")).header("Metadata", "true")).await
    }

    pub(super) async fn keys(&self) -> anyhow::Result<Value> {
        Ok(send(self.http.get(format!("{LOGIN}/{}/discovery/keys", self.tenant))).await?.1)
    }
}

async fn send(request: RequestBuilder) -> anyhow::Result<(StatusCode, Value)> {
    let answer = request.send().await?;
    let status = answer.status();
    Ok((status, serde_json::from_slice(&answer.bytes().await?).unwrap_or_default()))
}
