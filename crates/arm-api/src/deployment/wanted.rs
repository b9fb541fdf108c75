//! What a client asks of a deployment: the body of PUT, validate and whatIf, checked and planned.

use model::{Base, JsonMap, Scope};
use serde_json::Value;
use template::{Context, Plan, ResourceGroup, Template};

use crate::error::ArmError;
use crate::resource_types::Write;
use crate::tracked;

/// What happens to resources of the group that the template does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// They stay.
    Incremental,
    /// They go.
    Complete,
}

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Incremental => "Incremental",
            Self::Complete => "Complete",
        }
    }
}

/// A deployment that can be run.
pub(crate) struct Wanted {
    /// The group's or subscription's id: what is deployed to.
    pub(crate) destination: String,
    /// As sent, for `exportTemplate`.
    pub(crate) template: Value,
    pub(crate) template_hash: String,
    pub(crate) plan: Plan,
    pub(crate) mode: Mode,
    /// Where the record of a deployment to a subscription is kept.
    pub(crate) location: Option<String>,
    pub(crate) tags: Option<JsonMap>,
}

impl Wanted {
    /// Reads and plans.
    ///
    /// # Errors
    /// The group does not exist; the body is not what it should be; the template does not hold together.
    pub(crate) fn read(write: &Write<'_>) -> Result<Self, ArmError> {
        let context = context(write)?;
        let properties = write.properties()?;
        let given = |name: &str| properties.get(name).filter(|value| !value.is_null());
        refuse_links(given)?;
        let template = given("template").ok_or_else(|| missing("template"))?.clone();
        let mode = mode(given("mode").ok_or_else(|| missing("mode"))?)?;
        let is_group = context.resource_group.is_some();
        if mode == Mode::Complete && !is_group {
            return Err(ArmError::bad(
                "InvalidDeploymentMode",
                "The deployment mode 'Complete' is not supported at subscription scope. Please use 'Incremental'.",
            ));
        }
        let body = write.object()?;
        let location = location(body, &context.deployment_name, is_group)?;
        let parsed = Template::parse(&template)?;
        let plan = Plan::new(&parsed, given("parameters").unwrap_or(&Value::Null), &context)?;
        let destination = match context.resource_group {
            Some(group) => group.id,
            None => format!("/subscriptions/{}", context.subscription_id),
        };
        let tags = tracked::tags(body)?;
        Ok(Self { destination, template, template_hash: parsed.hash().to_owned(), plan, mode, location, tags })
    }
}

fn missing(name: &str) -> ArmError {
    ArmError::InvalidRequestContent(format!("Required property '{name}' not found in JSON. Path 'properties'"))
}

/// Modes arrive in any case (AZ-WIRE 8).
fn mode(value: &Value) -> Result<Mode, ArmError> {
    [Mode::Incremental, Mode::Complete]
        .into_iter()
        .find(|mode| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(mode.name())))
        .ok_or_else(|| {
            ArmError::InvalidRequestContent(format!(
                "Error converting value {value} to type 'DeploymentMode'. Path 'properties.mode'"
            ))
        })
}

/// What would have to be fetched from elsewhere, or changes what a failure means.
fn refuse_links<'a>(given: impl Fn(&str) -> Option<&'a Value>) -> Result<(), ArmError> {
    for name in ["templateLink", "parametersLink"] {
        if let Some(link) = given(name) {
            let uri = link.get("uri").or_else(|| link.get("id")).and_then(Value::as_str).unwrap_or_default();
            return Err(ArmError::bad(
                "InvalidContentLink",
                format!(
                    "Unable to download deployment content from '{uri}'. This simulator downloads nothing: send the content of \
                     '{name}' within the request."
                ),
            ));
        }
    }
    match given("onErrorDeployment") {
        Some(_) => {
            Err(ArmError::bad("InvalidDeployment", "'onErrorDeployment' is not supported by this simulator yet."))
        }
        None => Ok(()),
    }
}

/// A deployment to a subscription says where its record is kept; one to a group must not.
fn location(body: &JsonMap, name: &str, is_group: bool) -> Result<Option<String>, ArmError> {
    let location = body.get("location").and_then(Value::as_str).map(crate::resource_types::canonical_region);
    let why = match (is_group, &location) {
        (true, Some(_)) => {
            format!("The 'location' property is not allowed for '{name}' at resource group scope.")
        }
        (false, None) => format!("The 'location' property must be specified for '{name}'."),
        _ => return Ok(location),
    };
    Err(ArmError::bad(
        "InvalidDeployment",
        format!("{why} Please see https://aka.ms/deploy-to-subscription for usage details."),
    ))
}

/// What the template may know of where and when it is deployed.
fn context(write: &Write<'_>) -> Result<Context, ArmError> {
    let path = &write.route.path;
    let Some(subscription) = path.subscription().filter(|_| path.providers.len() == 1) else {
        return Err(ArmError::bad(
            "InvalidDeployment",
            "Deployments at this scope are not supported by this simulator yet: deploy to a resource group or a subscription.",
        ));
    };
    let known =
        write.tx.subscription(subscription).ok_or_else(|| ArmError::SubscriptionNotFound(subscription.to_owned()))?;
    let resource_group = match &path.base {
        Base::ResourceGroup { name, .. } => {
            let group = write.tx.resource(&Scope::new(&path.base_id()));
            let group = group.ok_or_else(|| ArmError::ResourceGroupNotFound(name.clone()))?;
            Some(ResourceGroup {
                id: group.id.clone(),
                name: group.name.clone(),
                location: group.location.clone().unwrap_or_default(),
                tags: group.tags.clone(),
            })
        }
        _ => None,
    };
    Ok(Context {
        subscription_id: known.id.to_string(),
        subscription_name: known.display_name.clone(),
        tenant_id: write.tenant().to_string(),
        resource_group,
        deployment_name: write.name().to_owned(),
        now: write.now,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn modes_are_read_in_any_case() {
        assert_eq!(mode(&json!("incremental")).ok(), Some(Mode::Incremental));
        assert_eq!(mode(&json!("COMPLETE")).ok(), Some(Mode::Complete));
        assert!(mode(&json!("Sometimes")).is_err());
        assert!(mode(&json!(7)).is_err());
    }

    #[test]
    fn a_location_belongs_to_subscription_deployments_alone() {
        let there = json!({"location": "West US"}).as_object().cloned().unwrap_or_default();
        assert_eq!(location(&there, "d", false).ok(), Some(Some("westus".to_owned())));
        assert!(location(&there, "d", true).is_err());
        assert!(location(&JsonMap::new(), "d", false).is_err());
        assert_eq!(location(&JsonMap::new(), "d", true).ok(), Some(None));
    }
}
