//! The fast evaluator asked over worlds and questions given as JSON, as `smalt explain --questions` does.

use rbac::questions::{Question as Asked, World as Read, WorldText};
use rbac::{Rules, Universe};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::condition::{Given, Literal};
use super::naive::Answer;
use super::world::{Block, Question, World, Written};

/// A world, read.
pub(crate) struct Told {
    world: Read,
    rules: Rules,
}

impl Told {
    pub(crate) fn new(world: &World) -> Self {
        let text = WorldText::deserialize(world.json()).expect("every member is known");
        Self { world: Read::from(&text), rules: Rules::default() }
    }

    pub(crate) fn answer(&self, question: &Question) -> Answer {
        let question = Asked::read(&question.json()).expect("it brings no world");
        let (answer, is_answer) = question.answer(&self.world, &self.rules, Universe::known());
        assert!(is_answer, "{answer}");
        let texts = |name: &str| Vec::<String>::deserialize(&answer[name]).expect("a list of ids");
        Answer {
            decision: answer["decision"].as_str().unwrap_or_default().to_owned(),
            granted_by: texts("grantedBy"),
            denied_by: texts("deniedBy"),
            condition_failed: texts("conditionFailed"),
        }
    }
}

impl World {
    pub(crate) fn json(&self) -> Value {
        let texts =
            |pairs: &[(String, String)]| pairs.iter().map(|(k, v)| (k.clone(), json!(v))).collect::<Map<_, _>>();
        let groups: Map<_, _> = self.groups.iter().map(|(group, members)| (group.clone(), json!(members))).collect();
        let blocks = |blocks: &[Block]| blocks.iter().map(Block::json).collect::<Vec<_>>();
        let roles = self.roles.iter().map(|role| json!({"id": role.id, "permissions": blocks(&role.blocks)}));
        let assignments = self.assignments.iter().map(|a| {
            let condition = a.condition.as_ref().map(Written::text);
            json!({
                "id": a.id, "principalId": a.principal, "roleDefinitionId": a.role, "scope": a.scope,
                "condition": condition,
            })
        });
        let named = |ids: &[String]| ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>();
        let denies = self.denies.iter().map(|d| {
            json!({
                "id": d.id, "scope": d.scope, "permissions": blocks(&d.blocks), "principals": named(&d.principals),
                "excludePrincipals": named(&d.excluded), "doNotApplyToChildScopes": d.own_scope_only,
                "denyAssignmentEffect": if d.audits { "audit" } else { "enforced" },
            })
        });
        json!({
            "parents": texts(&self.parents),
            "groups": groups,
            "customRoles": roles.collect::<Vec<_>>(),
            "roleAssignments": assignments.collect::<Vec<_>>(),
            "denyAssignments": denies.collect::<Vec<_>>(),
        })
    }
}

impl Block {
    fn json(&self) -> Value {
        json!({
            "actions": self.actions, "notActions": self.not_actions, "dataActions": self.data_actions,
            "notDataActions": self.not_data_actions, "condition": self.condition.as_ref().map(Written::text),
        })
    }
}

impl Question {
    pub(crate) fn json(&self) -> Value {
        json!({"id": "q", "request": {
            "principalId": self.principal, "action": self.action, "isDataAction": self.is_data, "scope": self.scope,
            "subOperation": self.sub_operation, "attributes": attributes(&self.attributes),
        }})
    }
}

/// As questions and requests give them.
pub(crate) fn attributes(given: &[Given]) -> Value {
    let mut sources = Map::new();
    for given in given {
        let source = sources.entry(given.attribute.source).or_insert_with(|| json!({}));
        let value = match &given.values[..] {
            [only] if !given.is_array => only.json(),
            values => values.iter().map(|value| value.json()).collect(),
        };
        source[given.attribute.name] = value;
    }
    sources.into()
}

impl Literal {
    fn json(self) -> Value {
        match self {
            Self::Text(text) | Self::Guid(text) | Self::Date(text) => text.into(),
            Self::Integer(integer) => integer.into(),
            Self::Fraction(number) => number.into(),
            Self::Bool(value) => value.into(),
        }
    }
}
