//! App Service and Functions: what of a web app can be seen from outside, and its token endpoint.

use axum::http::StatusCode;
use model::Resource;
use serde_json::json;
use store::Tx;
use time::format_description::well_known::Rfc3339;

use super::{ResourceType, Style, Write, network};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::token_endpoint;

pub(crate) struct Sites;

impl ResourceType for Sites {
    fn name(&self) -> &'static str {
        "Microsoft.Web/sites"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-11-01", "2024-04-01", "2023-12-01", "2023-01-01", "2022-03-01"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "PATCH", "DELETE", "start", "stop", "restart"]
    }

    /// A new site answers like a changed one.
    fn style(&self) -> Style {
        Style { polling: None, created: 200, deleted: 200 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["state", "hostNames", "defaultHostName", "repositorySiteName", "usageState", "availabilityState"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        token_endpoint::open(write, draft, before);
        draft.envelope.entry("kind").or_insert_with(|| json!("app"));
        network::fill(
            &mut draft.spec,
            json!({"enabled": true, "reserved": false, "httpsOnly": false, "clientAffinityEnabled": true}),
        );
        let host = format!("{}.azurewebsites.net", draft.name.to_lowercase());
        let changed = write.now.format(&Rfc3339).unwrap_or_default();
        draft.status.insert("hostNames".into(), json!([host]));
        draft.status.insert("defaultHostName".into(), json!(host));
        draft.status.insert("repositorySiteName".into(), json!(draft.name));
        draft.status.insert("usageState".into(), json!("Normal"));
        draft.status.insert("availabilityState".into(), json!("Normal"));
        draft.status.insert("lastModifiedTimeUtc".into(), json!(changed));
        show_state(draft);
        Ok(())
    }

    fn release(&self, tx: &mut Tx, site: &Resource) -> Result<(), ArmError> {
        token_endpoint::close(tx, site);
        Ok(())
    }

    fn act(&self, write: &mut Write<'_>, action: &str) -> Result<Answer, ArmError> {
        token_endpoint::switch(write, action, StatusCode::OK, show_state)
    }
}

fn show_state(site: &mut Resource) {
    let state = if site.is_running() { "Running" } else { "Stopped" };
    site.status.insert("state".into(), json!(state));
}
