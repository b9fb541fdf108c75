//! `tenantBackfillStatus` and `startTenantBackfill`: whether all subscriptions are in the tree. Here they always are.

use serde_json::json;

use super::API_VERSIONS;
use crate::answer::Answer;
use crate::error::ArmError;
use crate::resource_types::{Access, Level, ResourceType, Write};

/// The question, or the demand: both are answered by how far it is.
pub(crate) struct TenantBackfill {
    name: &'static str,
    verbs: &'static [&'static str],
}

pub(crate) static START_TENANT_BACKFILL: TenantBackfill =
    TenantBackfill { name: "Microsoft.Management/startTenantBackfill", verbs: &["startTenantBackfill"] };

pub(crate) static TENANT_BACKFILL_STATUS: TenantBackfill =
    TenantBackfill { name: "Microsoft.Management/tenantBackfillStatus", verbs: &["tenantBackfillStatus"] };

impl ResourceType for TenantBackfill {
    fn name(&self) -> &'static str {
        self.name
    }

    fn api_versions(&self) -> &'static [&'static str] {
        API_VERSIONS
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        self.verbs
    }

    fn act(&self, write: &mut Write<'_>, _action: &str) -> Result<Answer, ArmError> {
        Ok(Answer::ok(json!({"tenantId": write.tenant(), "status": "Completed"})))
    }
}
