//! The tree of management groups over HTTP. What it is and how it answers stands in `tree.rs`, who may do what to it in
//! `rights.rs`; the next question goes where it belongs.

mod rights;
mod tree;

use std::fmt::Write;

use cloud::{Answer, Caller, Cloud};
use serde_json::{Value, json};

const VERSION: &str = "api-version=2021-04-01";

fn id(name: &str) -> String {
    format!("/providers/Microsoft.Management/managementGroups/{name}")
}

/// What makes a group below another.
fn below(parent: &str) -> Value {
    json!({"properties": {"details": {"parent": {"id": id(parent)}}}})
}

/// A cloud whose tree is `root > corp > prod` and `root > other`; the subscription is in the root group.
struct Scene {
    cloud: Cloud,
    subscription: String,
}

impl Scene {
    async fn set() -> Self {
        let cloud = Cloud::start().await;
        let subscription = cloud.subscription.trim_start_matches("/subscriptions/").to_owned();
        let scene = Self { cloud, subscription };
        for (name, parent) in [("corp", &*scene.cloud.tenant), ("prod", "corp"), ("other", &*scene.cloud.tenant)] {
            scene.ask("PUT", name, below(parent)).await.ok();
        }
        scene
    }

    /// The owner asks something of the group with this name, or of what the name leads to.
    async fn ask(&self, method: &str, name: &str, body: impl Into<Option<Value>>) -> Answer {
        ask(&self.cloud.owner().await, method, name, body).await
    }

    /// An application that holds these roles at these scopes.
    async fn application(&self, name: &str, roles: &[(&str, &str)]) -> Caller<'_> {
        let application = self.cloud.make_application(name).await;
        for (role, scope) in roles {
            self.cloud.assign(&application.principal, role, scope).await;
        }
        self.cloud.caller(self.cloud.token_of(&application).await)
    }

    /// Text without the ids of this world.
    fn plain(&self, text: &str) -> String {
        let world = self.cloud.server.cloud.store.read();
        let owner = world.management_group("corp").and_then(|g| g.updated_by).unwrap_or_default().to_string();
        let ids = [(&self.cloud.tenant, "{tenant}"), (&self.subscription, "{subscription}"), (&owner, "{owner}")];
        ids.into_iter().fold(text.to_owned(), |text, (id, name)| text.replace(id, name))
    }

    /// Answers, each behind what was asked.
    fn table(&self, answers: &[(String, Answer)]) -> String {
        let table = answers.iter().fold(String::new(), |mut table, (asked, answer)| {
            let line = format!("{}\n    {} {}", asked.trim_end(), answer.status, answer.text);
            writeln!(table, "{}", line.trim_end()).unwrap();
            table
        });
        self.plain(&table)
    }
}

async fn ask(caller: &Caller<'_>, method: &str, name: &str, body: impl Into<Option<Value>>) -> Answer {
    let sign = if name.contains('?') { '&' } else { '?' };
    caller.arm(method, &format!("{}{sign}{VERSION}", id(name)), body).await
}
