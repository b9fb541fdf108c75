//! `/tenants`: those the caller belongs to, which is the one.

use serde_json::json;

use super::{Access, Read, ResourceType};
use crate::answer::Answer;
use crate::error::ArmError;

pub(crate) struct Tenants;

impl ResourceType for Tenants {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/tenants"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2022-12-01"]
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["LIST"]
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let shown = read.world.tenant().map(|tenant| {
            json!({
                "id": format!("/tenants/{}", tenant.id),
                "tenantId": tenant.id,
                "countryCode": "US",
                "displayName": tenant.display_name,
                "domains": [tenant.domain],
                "tenantCategory": "Home",
                "defaultDomain": tenant.domain,
                "tenantType": "AAD",
            })
        });
        Ok(Answer::ok(json!({"value": shown.into_iter().collect::<Vec<_>>()})))
    }
}
