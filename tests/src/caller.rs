//! Somebody who asks.

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::{ARM, Answer, Cloud, GRAPH};

/// Where a test does not care which, this one.
const API_VERSION: &str = "api-version=2024-11-01";

/// A bearer of a token, or of none.
#[derive(Clone)]
pub struct Caller<'a> {
    cloud: &'a Cloud,
    token: Option<String>,
}

impl<'a> Caller<'a> {
    pub(crate) fn new(cloud: &'a Cloud, token: Option<String>) -> Self {
        Self { cloud, token }
    }

    /// A request to any face, not sent yet.
    pub fn request(&self, method: &str, url: &str) -> RequestBuilder {
        let request = self.cloud.http.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Asks Resource Manager; the api-version is added where `path` has none.
    pub async fn arm(&self, method: &str, path: &str, body: impl Into<Option<Value>>) -> Answer {
        let version = match path {
            _ if path.contains("api-version=") => String::new(),
            _ if path.contains('?') => format!("&{API_VERSION}"),
            _ => format!("?{API_VERSION}"),
        };
        self.send(method, &format!("{ARM}{path}{version}"), body).await
    }

    /// Asks Graph, below `/v1.0`.
    pub async fn graph(&self, method: &str, path: &str, body: impl Into<Option<Value>>) -> Answer {
        self.send(method, &format!("{GRAPH}/v1.0{path}"), body).await
    }

    async fn send(&self, method: &str, url: &str, body: impl Into<Option<Value>>) -> Answer {
        let request = self.request(method, url);
        Answer::of(match body.into() {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }
}
