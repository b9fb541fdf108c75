//! One question and its answer.

use std::sync::Arc;

use model::{ArmPath, Place, RoleAssignment, Scope};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{World, WorldText};
use crate::{
    Action, Attributes, Condition, Decision, Facts, Mapped, Operation, Plane, Request, Rules, Truth, Universe, decide,
    linked, operation,
};

/// A question, read.
pub struct Question {
    /// As the asker calls it, and as the answer does.
    id: Value,
    /// What of the world is different for this question.
    pub world: Option<WorldText>,
    kind: Kind,
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswerable {
    code: &'static str,
    message: String,
}

enum Kind {
    Decision(Box<DecisionText>),
    Condition(ConditionText),
    Mapping {
        verb: String,
        path: String,
    },
    Linked {
        verb: String,
        path: String,
        body: Value,
    },
    Effective {
        role: String,
    },
    /// What is none of these.
    Unclear(Unanswerable),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DecisionText {
    principal_id: String,
    action: String,
    #[serde(default)]
    is_data_action: bool,
    scope: String,
    sub_operation: Option<String>,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConditionText {
    condition: String,
    #[serde(default)]
    action: String,
    sub_operation: Option<String>,
    #[serde(default)]
    attributes: Attributes,
}

impl Question {
    /// Reads a question, which is a JSON object.
    ///
    /// # Errors
    /// A sentence, where the question's own world is none. Any other mistake is part of the [answer](Self::answer).
    pub fn read(question: &Value) -> Result<Self, String> {
        let world = question.get("world").filter(|world| !world.is_null());
        let world = world.map(WorldText::deserialize).transpose().map_err(|e| format!("its world is none: {e}"))?;
        let kind = Kind::read(question).unwrap_or_else(Kind::Unclear);
        Ok(Self { id: question.get("id").cloned().unwrap_or(Value::Null), world, kind })
    }

    /// The answer, and whether it is one: where it is not, it says why.
    #[must_use]
    pub fn answer(&self, world: &World, rules: &Rules, universe: &Universe) -> (Value, bool) {
        let answer = match &self.kind {
            Kind::Decision(asked) => Ok(asked.answer(world, rules)),
            Kind::Condition(asked) => Ok(asked.answer()),
            Kind::Mapping { verb, path } => mapping(verb, path),
            Kind::Linked { verb, path, body } => checks(verb, path, body),
            Kind::Effective { role } => effective(role, world, universe),
            Kind::Unclear(reason) => Err(reason.clone()),
        };
        let is_answer = answer.is_ok();
        let mut answer = answer.unwrap_or_else(|why| json!({"error": {"code": why.code, "message": why.message}}));
        if let Value::Object(members) = &mut answer {
            members.shift_insert(0, "id".to_owned(), self.id.clone());
        }
        (answer, is_answer)
    }
}

impl Kind {
    fn read(question: &Value) -> Result<Self, Unanswerable> {
        let invalid = |error: serde_json::Error| Unanswerable { code: "InvalidQuestion", message: error.to_string() };
        let text = |name: &str| {
            let text = question.get(name).and_then(Value::as_str).map(str::to_owned);
            text.ok_or_else(|| Unanswerable { code: "InvalidQuestion", message: format!("'{name}' is not a text") })
        };
        let has = |name: &str| question.get(name).is_some();
        if let Some(request) = question.get("request") {
            return DecisionText::deserialize(request).map(|asked| Self::Decision(Box::new(asked))).map_err(invalid);
        }
        if has("condition") {
            return ConditionText::deserialize(question).map(Self::Condition).map_err(invalid);
        }
        if has("verb") || has("path") {
            let (verb, path) = (text("verb")?, text("path")?);
            return Ok(match question.get("body") {
                Some(body) => Self::Linked { verb, path, body: body.clone() },
                None => Self::Mapping { verb, path },
            });
        }
        if has("role") {
            return Ok(Self::Effective { role: text("role")? });
        }
        Err(Unanswerable {
            code: "UnknownQuestion",
            message: "one of 'request', 'condition', 'verb' with 'path', or 'role' is expected".to_owned(),
        })
    }
}

impl DecisionText {
    fn answer(&self, world: &World, rules: &Rules) -> Value {
        let scope = Scope::new(&self.scope);
        let above = world.above(&scope);
        let principals = world.principals(&self.principal_id);
        let request = Request {
            principals: &principals,
            action: &Action::new(&self.action),
            plane: if self.is_data_action { Plane::Data } else { Plane::Control },
            place: &Place::new(&scope, &above),
            sub_operation: self.sub_operation.as_deref(),
            attributes: &self.attributes,
        };
        let Decision { outcome, granted_by, denied_by, condition_failed } = decide(&request, &world.access, rules);
        let assignments = |found: &[&Arc<RoleAssignment>]| ids(&world.role_assignments, found.iter().map(|a| a.name));
        json!({
            "decision": outcome,
            "grantedBy": assignments(&granted_by),
            "deniedBy": ids(&world.deny_assignments, denied_by.iter().map(|d| d.name)),
            "conditionFailed": assignments(&condition_failed),
        })
    }
}

/// The ids that the world gave to what is named, in the world's order.
fn ids(of_world: &[String], names: impl Iterator<Item = Uuid>) -> Vec<&str> {
    let mut places: Vec<u128> = names.map(|name| name.as_u128()).collect();
    places.sort_unstable();
    let id = |place: u128| of_world.get(usize::try_from(place).ok()?).map(String::as_str);
    places.into_iter().filter_map(id).collect()
}

impl ConditionText {
    fn answer(&self) -> Value {
        let facts = Facts {
            action: &Action::new(&self.action),
            sub_operation: self.sub_operation.as_deref(),
            attributes: &self.attributes,
        };
        match Condition::parse(&self.condition) {
            Ok(condition) => {
                let trace = condition.trace(&facts);
                let result = match trace.result {
                    Truth::True => "true",
                    Truth::False => "false",
                    Truth::Unknown => "unknown",
                };
                json!({"result": result, "missing": trace.missing()})
            }
            Err(error) => json!({"result": "invalid", "reason": error.to_string()}),
        }
    }
}

fn mapping(verb: &str, path: &str) -> Result<Value, Unanswerable> {
    let mapped = mapped(verb, path)?.1;
    Ok(json!({"action": mapped.action, "scope": mapped.scope}))
}

fn checks(verb: &str, path: &str, body: &Value) -> Result<Value, Unanswerable> {
    let (path, primary) = mapped(verb, path)?;
    let shown = |check: &Mapped| json!({"action": check.action, "scope": check.scope});
    let linked = linked(&verb.to_ascii_uppercase(), &path, body);
    let checks: Vec<Value> = std::iter::once(&primary).chain(&linked).map(shown).collect();
    Ok(json!({"action": primary.action, "scope": primary.scope, "checks": checks}))
}

/// What the role allows over the universe, in each plane: how many operations, and the hash of their names.
fn effective(role: &str, world: &World, universe: &Universe) -> Result<Value, Unanswerable> {
    let unknown = || Unanswerable { code: "RoleDefinitionDoesNotExist", message: format!("there is no role '{role}'") };
    let permissions = world.permissions(role).ok_or_else(unknown)?;
    let told = |plane| {
        let allowed = universe.allowed_by(permissions, plane);
        let names: Vec<&str> = allowed.iter().map(Operation::lower).collect();
        let hash: String = Sha256::digest(names.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect();
        json!({"count": names.len(), "sha256": hash})
    };
    Ok(json!({"control": told(Plane::Control), "data": told(Plane::Data)}))
}

/// The path as Resource Manager reads it, and what it checks; what follows `?` is not part of the path.
fn mapped(verb: &str, path: &str) -> Result<(ArmPath, Mapped), Unanswerable> {
    let unread = |message: String| Unanswerable { code: "InvalidRequest", message };
    let path = path.split('?').next().unwrap_or_default();
    let arm_path = ArmPath::parse(path).map_err(|error| unread(error.to_string()))?;
    let mapped = operation(&verb.to_ascii_uppercase(), &arm_path);
    let mapped = mapped.ok_or_else(|| unread(format!("nothing is checked for {verb} {path}")))?;
    Ok((arm_path, mapped))
}
