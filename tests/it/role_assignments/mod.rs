//! Role assignments in Resource Manager (RBAC A12): what is kept and what is refused, in `rules.rs`; where a role can be
//! assigned, and how often, in `places.rs`; what goes and what stays, in `ends.rs`.

mod ends;
mod places;
mod rules;

use cloud::{Answer, Cloud, READER, assignment};
use serde_json::Value;
use uuid::Uuid;

const NOBODY: &str = "11111111-1111-4111-8111-111111111111";
const SECRETS: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

/// The id of the assignment with this number at `scope`.
fn id(scope: &str, number: u128) -> String {
    format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{}", Uuid::from_u128(number))
}

/// A condition of Key Vault's secrets.
fn condition() -> String {
    format!("(!(ActionMatches{{'{SECRETS}'}}) OR @Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'a')")
}

/// Everything that the cases speak of.
struct Scene {
    cloud: Cloud,
    /// Object id of an application's principal, and of the application itself.
    principal: String,
    application: String,
    group: String,
}

impl Scene {
    async fn set() -> Self {
        let cloud = Cloud::start().await;
        let application = cloud.make_application("somebody").await;
        let group = cloud.make_group("rg").await;
        Self { principal: application.principal, application: application.object_id, group, cloud }
    }

    /// A PUT of Reader for the principal, with the members of `change` in place of its own.
    async fn put(&self, path: &str, change: &Value) -> Answer {
        let mut body = assignment(&self.cloud.subscription, &self.principal, READER);
        for (name, value) in change.as_object().unwrap() {
            body["properties"][name] = value.clone();
        }
        self.cloud.arm("PUT", path, body).await
    }

    fn line(&self, case: &str, answer: &Answer) -> String {
        let ids = [(&self.cloud.tenant, "{tenant}"), (&self.cloud.subscription, "{s}")];
        let message = ids.into_iter().fold(answer.message().to_owned(), |text, (id, name)| text.replace(id, name));
        format!("{case:<58} {} {message}", answer.summary()).trim_end().to_owned() + "\n"
    }
}
