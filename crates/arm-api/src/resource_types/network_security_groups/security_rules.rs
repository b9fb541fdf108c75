//! Security rules: children of a network security group, put by themselves or with it; and the six that every group has.

use model::{JsonMap, Resource};
use serde_json::{Value, json};

use crate::error::ArmError;
use crate::resource_types::network::{self, children};
use crate::resource_types::{ResourceType, Style, Write};

/// Name, description, source, destination, access, priority, direction. They hold below everything a caller writes.
const DEFAULTS: [(&str, &str, &str, &str, &str, u16, &str); 6] = [
    (
        "AllowVnetInBound",
        "Allow inbound traffic from all VMs in VNET",
        "VirtualNetwork",
        "VirtualNetwork",
        "Allow",
        65000,
        "Inbound",
    ),
    (
        "AllowAzureLoadBalancerInBound",
        "Allow inbound traffic from azure load balancer",
        "AzureLoadBalancer",
        "*",
        "Allow",
        65001,
        "Inbound",
    ),
    ("DenyAllInBound", "Deny all inbound traffic", "*", "*", "Deny", 65500, "Inbound"),
    (
        "AllowVnetOutBound",
        "Allow outbound traffic from all VMs to all VMs in VNET",
        "VirtualNetwork",
        "VirtualNetwork",
        "Allow",
        65000,
        "Outbound",
    ),
    (
        "AllowInternetOutBound",
        "Allow outbound traffic from all VMs to Internet",
        "*",
        "Internet",
        "Allow",
        65001,
        "Outbound",
    ),
    ("DenyAllOutBound", "Deny all outbound traffic", "*", "*", "Deny", 65500, "Outbound"),
];

/// Members without which there is no rule.
const REQUIRED: [&str; 4] = ["Protocol", "Access", "Direction", "Priority"];

pub(crate) struct SecurityRules;

impl ResourceType for SecurityRules {
    fn name(&self) -> &'static str {
        "Microsoft.Network/networkSecurityGroups/securityRules"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        network::API_VERSIONS
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "DELETE"]
    }

    fn style(&self) -> Style {
        network::STYLE
    }

    fn is_listed_as_resource(&self) -> bool {
        false
    }

    fn complete(
        &self,
        write: &mut Write<'_>,
        draft: &mut Resource,
        _before: Option<&Resource>,
    ) -> Result<(), ArmError> {
        network::stamp(&write.arm.ids, draft);
        let place = check(draft)?;
        network::fill(&mut draft.spec, lists());
        let Some(group) = network::parent(&write.tx, draft) else { return Ok(()) };
        let mut others = children::of(&write.tx, group, self).filter(|other| other.scope() != draft.scope());
        match others.find(|other| place_of(&other.spec) == Some(place.clone())) {
            None => Ok(()),
            Some(other) => Err(ArmError::bad(
                "SecurityRuleConflict",
                format!(
                    "Security rule {} conflicts with rule {}. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.",
                    draft.name, other.name
                ),
            )),
        }
    }
}

/// The empty lists that a rule shows beside the single values.
fn lists() -> Value {
    json!({"sourcePortRanges": [], "destinationPortRanges": [], "sourceAddressPrefixes": [], "destinationAddressPrefixes": []})
}

/// What a group cannot have twice: direction in lower case, and priority.
fn place_of(spec: &JsonMap) -> Option<(String, i64)> {
    Some((spec.get("direction")?.as_str()?.to_ascii_lowercase(), spec.get("priority")?.as_i64()?))
}

fn check(rule: &Resource) -> Result<(String, i64), ArmError> {
    let member = |name: &str| format!("{}{}", name[..1].to_ascii_lowercase(), &name[1..]);
    let missing = REQUIRED.iter().find(|name| !rule.spec.contains_key(&member(name)));
    let (Some(place), None) = (place_of(&rule.spec), missing) else {
        return Err(ArmError::bad(
            "SecurityRuleParameterMissing",
            format!(
                "Required security rule parameter {} is missing for security rule with Id: {}.",
                missing.unwrap_or(&"Priority"),
                rule.id
            ),
        ));
    };
    match (100..=4096).contains(&place.1) {
        true => Ok(place),
        false => Err(ArmError::bad(
            "SecurityRuleInvalidPriority",
            format!("Security rule has invalid Priority. Value provided: {} Allowed range 100-4096.", place.1),
        )),
    }
}

/// The six rules of `group` that nobody wrote.
pub(super) fn defaults(group: &Resource) -> Value {
    let rule = |(name, description, source, destination, access, priority, direction)| {
        let mut properties = JsonMap::new();
        network::fill(
            &mut properties,
            json!({
                "description": description, "protocol": "*", "sourcePortRange": "*", "destinationPortRange": "*",
                "sourceAddressPrefix": source, "destinationAddressPrefix": destination,
                "access": access, "priority": priority, "direction": direction,
            }),
        );
        network::fill(&mut properties, lists());
        network::part(group, "defaultSecurityRules", name, &properties)
    };
    DEFAULTS.into_iter().map(rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(spec: &Value) -> Resource {
        Resource {
            id: "/nsg/securityRules/r".into(),
            resource_type: SecurityRules.name().into(),
            name: "r".into(),
            location: None,
            tags: None,
            identity: model::Identity::default(),
            envelope: JsonMap::new(),
            spec: spec.as_object().unwrap().clone(),
            status: JsonMap::new(),
            runtime: JsonMap::new(),
            created_at: model::Time::UNIX_EPOCH,
            changed_at: model::Time::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn a_rule_has_all_that_makes_one() {
        let full = json!({"protocol": "Tcp", "access": "Allow", "direction": "Inbound", "priority": 100});
        assert_eq!(check(&rule(&full)).unwrap(), ("inbound".to_owned(), 100));
        for name in ["protocol", "access", "direction", "priority"] {
            let mut spec = full.clone();
            spec.as_object_mut().unwrap().shift_remove(name);
            let error = check(&rule(&spec)).unwrap_err();
            let (_, code, message) = error.parts();
            assert_eq!(code, "SecurityRuleParameterMissing");
            assert!(message.to_ascii_lowercase().contains(&format!("parameter {name} is")), "{message}");
        }
        for priority in [99, 4097, -1] {
            let mut spec = full.clone();
            spec["priority"] = json!(priority);
            assert_eq!(check(&rule(&spec)).unwrap_err().parts().1, "SecurityRuleInvalidPriority");
        }
    }
}
