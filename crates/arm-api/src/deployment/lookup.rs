//! What templates ask of the running cloud: `reference()`.

use axum::http::Method;
use model::{ArmPath, Time};
use rbac::Attributes;
use serde_json::{Value, json};
use template::{Lookup, TemplateError};

use super::Behalf;
use crate::Arm;
use crate::authorize::Authority;
use crate::error::ArmError;
use crate::resource_types::Read;
use crate::route;

/// The world at this moment, read as a GET of the deployment's caller would read it.
pub(crate) struct Live<'a> {
    pub(crate) arm: &'a Arm,
    pub(crate) behalf: &'a Behalf,
    pub(crate) now: Time,
}

impl Live<'_> {
    /// The resource as its type answers a GET.
    ///
    /// # Errors
    /// Those of that GET: the caller may not read it, it does not exist.
    pub(crate) fn read(&self, id: &str, api_version: &str) -> Result<Value, ArmError> {
        let request = self.behalf.request(Method::GET, id, api_version, None);
        let route = route::find(&request, api_version)?;
        let world = self.arm.store.read();
        let authority = Authority { world: world.clone(), rules: &self.arm.rules, caller: &self.behalf.caller };
        let authorized = authority.authorize(&route.operation, &Attributes::default(), true)?;
        let now = self.now;
        let read = Read { request: &request, route: &route, authorized: &authorized, api_version, now, world: &world };
        let answer = route.resource_type.get(&read)?;
        answer.body.ok_or_else(|| ArmError::Internal(format!("a read of {id} has no body")))
    }
}

impl Lookup for Live<'_> {
    fn reference(&self, id: &str, api_version: Option<&str>, full: bool) -> Result<Value, TemplateError> {
        let version = api_version.unwrap_or_default();
        let mut shown = self.read(id, version).map_err(|error| {
            let (_, code, message) = error.parts();
            TemplateError::new(code, message)
        })?;
        if !full {
            return Ok(shown.get_mut("properties").map_or_else(|| json!({}), Value::take));
        }
        // The whole resource also tells where it is, and by which version it was read (IAC-WIRE 10.1).
        shown["apiVersion"] = json!(version);
        shown["resourceId"] = json!(id);
        if let Ok(path) = ArmPath::parse(id) {
            shown["subscriptionId"] = json!(path.subscription());
            shown["resourceGroupName"] = json!(path.resource_group());
        }
        Ok(shown)
    }
}
