//! `permissions`: what the caller's roles allow at a scope, block by block (RBAC A11, RECORDED-FACTS 7). Everybody may ask,
//! for it is about oneself; denies and conditions are not taken into account.

use std::collections::HashSet;

use model::Place;
use serde_json::{Value, json};

use super::role_definitions::{find, shown_block};
use super::{Access, Level, Read, ResourceType};
use crate::answer::Answer;
use crate::error::ArmError;

pub(crate) struct Permissions;

impl ResourceType for Permissions {
    fn name(&self) -> &'static str {
        "Microsoft.Authorization/permissions"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2022-05-01-preview", "2022-04-01", "2018-01-01-preview", "2015-07-01"]
    }

    fn level(&self) -> Level {
        Level::Extension
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["LIST"]
    }

    /// Each role once, however often it is held, in the order in which they were assigned.
    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let asked = read.scope();
        let groups_above = read.world.management_groups_above(&asked);
        let principals = read.authorized.caller().principals(read.world);
        let place = Place::new(&asked, &groups_above);
        let mut held = read.world.access().role_assignments.reaching(&principals, &place);
        held.sort_by_key(|a| (a.created_on, a.name));
        let mut seen = HashSet::new();
        let ids = held.into_iter().map(|a| a.role_definition_id).filter(|id| seen.insert(*id));
        let roles = ids.filter_map(|id| find(read.world, &id.to_string()));
        let blocks = roles.flat_map(|role| &role.permissions).map(|block| shown_block(block, read.api_version));
        Ok(Answer::ok(json!({"value": blocks.collect::<Vec<Value>>()})))
    }
}
