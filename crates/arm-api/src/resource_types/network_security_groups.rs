//! Network security groups. Their rules are resources of their own; a group's body may bring them along.

mod security_rules;

use model::{JsonMap, Resource};
use serde_json::{Value, json};
use store::Snapshot;

use super::network::{self, children};
use super::network_interfaces::NetworkInterfaces;
use super::subnets::Subnets;
use super::{ResourceType, Style, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::request::Request;
use crate::tracked;

pub(crate) use security_rules::SecurityRules;

pub(crate) struct NetworkSecurityGroups;

impl ResourceType for NetworkSecurityGroups {
    fn name(&self) -> &'static str {
        "Microsoft.Network/networkSecurityGroups"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        network::API_VERSIONS
    }

    fn style(&self) -> Style {
        network::STYLE
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "resourceGuid", "defaultSecurityRules", "networkInterfaces", "subnets", "flowLogs"]
    }

    fn complete(
        &self,
        write: &mut Write<'_>,
        draft: &mut Resource,
        _before: Option<&Resource>,
    ) -> Result<(), ArmError> {
        network::stamp(&write.arm.ids, draft);
        network::keep_guid(&write.arm.ids, draft);
        children::replace(write, draft, &SecurityRules, |_, _| Ok(()))
    }

    fn finish(&self, world: &Snapshot, resource: &Resource, request: &Request, shown: &mut JsonMap) {
        let Some(Value::Object(properties)) = shown.get_mut("properties") else { return };
        properties
            .insert("securityRules".into(), Value::Array(children::shown(world, resource, &SecurityRules, request)));
        properties.insert("defaultSecurityRules".into(), security_rules::defaults(resource));
        for (member, ids) in users(world, resource) {
            if !ids.is_empty() {
                properties.insert(member.into(), ids.iter().map(|id| json!({"id": id})).collect());
            }
        }
    }

    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        if let Some(group) = write.tx.resource(&write.scope()) {
            let users: Vec<String> = users(&write.tx, group).into_iter().flat_map(|(_, ids)| ids).collect();
            if !users.is_empty() {
                return Err(ArmError::bad(
                    "InUseNetworkSecurityGroupCannotBeDeleted",
                    format!(
                        "Network security group {} cannot be deleted because it is in use by the following resources: {}. In order to \
                         delete the Network security group, remove the association with the resource(s). To learn how to do this, see \
                         aka.ms/deletensg.",
                        group.id,
                        users.join(", ")
                    ),
                ));
            }
        }
        tracked::delete(self, write)
    }
}

/// Interfaces and subnets that the group protects, under the names that its answers have for them.
fn users(world: &Snapshot, group: &Resource) -> [(&'static str, Vec<String>); 2] {
    let everywhere = network::subscription(&group.id);
    let of_type = |resource_type: &dyn ResourceType| -> Vec<String> {
        let all = world.resources_of_type(&everywhere, resource_type.name());
        let named = |r: &Resource| network::references(&r.spec, "networkSecurityGroup");
        all.filter(|r| named(r).iter().any(|id| id.eq_ignore_ascii_case(&group.id))).map(|r| r.id.clone()).collect()
    };
    [("networkInterfaces", of_type(&NetworkInterfaces)), ("subnets", of_type(&Subnets))]
}
