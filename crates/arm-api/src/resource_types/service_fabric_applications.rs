//! Applications on a Service Fabric cluster, of which the cluster itself is not modelled. Which identity an application
//! has stands here, not in its requests.

use model::Resource;
use serde_json::json;
use store::Tx;

use super::{ResourceType, Style, Write};
use crate::error::ArmError;
use crate::token_endpoint;

pub(crate) struct ServiceFabricApplications;

impl ResourceType for ServiceFabricApplications {
    fn name(&self) -> &'static str {
        "Microsoft.ServiceFabric/clusters/applications"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2023-11-01-preview", "2021-06-01", "2020-03-01"]
    }

    fn style(&self) -> Style {
        Style { polling: None, created: 202, deleted: 202 }
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        token_endpoint::open(write, draft, before);
        draft.status.insert("provisioningState".into(), json!("Succeeded"));
        Ok(())
    }

    fn release(&self, tx: &mut Tx, application: &Resource) -> Result<(), ArmError> {
        token_endpoint::close(tx, application);
        Ok(())
    }
}
