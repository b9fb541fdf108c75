//! What every face refuses, in the face's own shape, and that nothing is stored by a request that is refused.
//!
//! How to add the next: a line in the table of the face; the snapshot shows what it is answered.

mod directory;
mod metadata;
mod proxy;
mod resource_manager;
mod tokens;
mod vault;

use std::fmt::Write;

use cloud::{Answer, Cloud};
use reqwest::RequestBuilder;
use serde_json::Value;

/// The shape of a face's refusals (RECORDED-FACTS 2).
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// `{"error": {"code", "message"}}`, and Resource Manager's request id.
    Arm,
    /// Flat, with AADSTS codes.
    Login,
    /// `{"error": {"code", "message", "innerError"}}`.
    Graph,
    /// `{"error": {"code", "message"}}`.
    Plain,
    /// Flat, of the identity category.
    Identity,
    /// `{"error": text}`, of all other categories.
    Metadata,
}

impl Shape {
    #[track_caller]
    fn check(self, case: &str, answer: &Answer) {
        let body = &answer.body;
        let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        let holds = match self {
            Self::Arm => {
                is_text(&body["error"]["code"])
                    && is_text(&body["error"]["message"])
                    && !answer.header("x-ms-request-id").is_empty()
            }
            Self::Login => {
                let flat = ["error", "error_description", "timestamp", "trace_id", "correlation_id"];
                flat.iter().all(|name| is_text(&body[name])) && body["error_codes"][0].is_number()
            }
            Self::Graph => {
                is_text(&body["error"]["code"])
                    && is_text(&body["error"]["message"])
                    && body["error"]["innerError"]["request-id"] == answer.header("request-id")
            }
            Self::Plain => is_text(&body["error"]["code"]) && is_text(&body["error"]["message"]),
            Self::Identity => is_text(&body["error"]) && is_text(&body["error_description"]),
            Self::Metadata => is_text(&body["error"]),
        };
        assert!(holds, "{case}: not the shape of {self:?}: {} {}", answer.status, answer.text);
        assert!(answer.header("content-type").starts_with("application/json"), "{case}: {:?}", answer.headers);
    }
}

/// Requests that must be refused, and what they were answered.
struct Table {
    text: String,
}

impl Table {
    fn new() -> Self {
        Self { text: String::new() }
    }

    /// Sends what must be refused.
    async fn refused(&mut self, shape: Shape, case: &str, request: RequestBuilder) {
        let answer = Answer::of(request).await;
        self.note(shape, case, &answer);
    }

    fn note(&mut self, shape: Shape, case: &str, answer: &Answer) {
        assert!(answer.status >= 400, "{case} was not refused: {} {}", answer.status, answer.text);
        shape.check(case, answer);
        // Texts of the token service end in ids and the time.
        let told = answer.message().split(" Trace ID: ").next().unwrap_or_default();
        let message = without_guids(told);
        writeln!(self.text, "{case}\n    {} {}", answer.status, answer.code()).unwrap();
        if !message.is_empty() {
            writeln!(self.text, "    {message}").unwrap();
        }
    }
}

/// Ids of a request differ from run to run.
fn without_guids(text: &str) -> String {
    let is_guid = |word: &str| word.len() == 36 && word.bytes().filter(|b| *b == b'-').count() == 4;
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match rest.get(..36).filter(|word| is_guid(word) && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')) {
            Some(_) => {
                out.push_str("<guid>");
                rest = &rest[36..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// Everything that could have been stored, as the owner sees it.
async fn stored(cloud: &Cloud) -> Vec<Value> {
    let s = &cloud.subscription;
    let mut all = Vec::new();
    for path in [
        format!("{s}/resourceGroups"),
        format!("{s}/resources"),
        format!("{s}/providers/Microsoft.Authorization/roleAssignments"),
        format!("{s}/providers/Microsoft.Authorization/roleDefinitions?$filter=type%20eq%20'CustomRole'"),
    ] {
        all.push(cloud.arm("GET", &path, None).await.ok().body);
    }
    for group in all[0]["value"].as_array().unwrap().clone() {
        let path = format!("{}/providers/Microsoft.Resources/deployments", group["id"].as_str().unwrap());
        all.push(cloud.arm("GET", &path, None).await.ok().body);
    }
    for path in ["/applications", "/servicePrincipals", "/groups", "/users"] {
        all.push(cloud.graph("GET", path, None).await.ok().body);
    }
    all
}

/// A body that no face takes.
fn five_megabytes() -> String {
    format!("{{\"location\":\"westeurope\",\"tags\":{{\"a\":\"{}\"}}}}", "x".repeat(5 * 1024 * 1024))
}
