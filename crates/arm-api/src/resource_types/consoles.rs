//! Cloud Shell: a console of the portal. In Azure it gives tokens of the person who opened it; smalt's has a principal of
//! its own for that, which is given and shown as its system-assigned identity.

use model::Resource;
use serde_json::json;
use store::Tx;

use super::{Level, ResourceType, Style, Write, network};
use crate::error::ArmError;
use crate::{managed_identity, token_endpoint};

pub(crate) struct Consoles;

impl ResourceType for Consoles {
    fn name(&self) -> &'static str {
        "Microsoft.Portal/consoles"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2023-02-01-preview", "2020-04-01-preview", "2018-10-01"]
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "PUT", "DELETE"]
    }

    fn style(&self) -> Style {
        Style { polling: None, created: 201, deleted: 200 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "uri"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        token_endpoint::open(write, draft, before);
        if draft.identity.system.is_none() {
            draft.identity.system = Some(managed_identity::begin(write, "Cloud Shell", &draft.id, false)?.id);
        }
        network::fill(&mut draft.spec, json!({"osType": "Linux"}));
        draft.status.insert("provisioningState".into(), json!("Succeeded"));
        Ok(())
    }

    fn release(&self, tx: &mut Tx, console: &Resource) -> Result<(), ArmError> {
        token_endpoint::close(tx, console);
        Ok(())
    }
}
