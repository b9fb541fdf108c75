//! Answers of this crate against recorded ones, which are not part of the repository.
//!
//! `SMALT_ORACLE` names a directory with `mapping.json`, `effective.jsonl`, `decisions.json` and `random.jsonl`. Where it
//! is unset the tests say so and pass.

#![expect(clippy::unwrap_used, reason = "a record that cannot be read fails its test")]

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use model::{ArmPath, Permission, PrincipalType, RoleAssignment, RoleDefinition, RoleKind, Scope};
use rbac::{
    Action, CompiledRole, Grant, Operation, Outcome, PUBLISHED, Plane, Request, Universe, builtin_role, builtin_roles,
    decide, operation,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The file of this name in the directory; none, with the reason printed, where none is named.
fn recorded(name: &str) -> Option<String> {
    let Some(path) = std::env::var_os("SMALT_ORACLE") else {
        println!("skipped: SMALT_ORACLE is not set");
        return None;
    };
    let path = PathBuf::from(path).join(name);
    Some(std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

#[test]
fn mapping() {
    let Some(file) = recorded("mapping.json") else { return };
    let file: Value = serde_json::from_str(&file).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    let mut wrong = Vec::new();
    for vector in vectors {
        let mapped = operation(text(vector, "verb"), &ArmPath::parse(text(vector, "path")).unwrap()).unwrap();
        if !mapped.action.eq_ignore_ascii_case(text(vector, "action")) || mapped.scope != text(vector, "scope") {
            wrong.push(format!("{}: {mapped:?}", text(vector, "id")));
        }
    }
    println!("mapping: {} of {} agree", vectors.len() - wrong.len(), vectors.len());
    assert!(!vectors.is_empty() && wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn effective() {
    let Some(file) = recorded("effective.jsonl") else { return };
    let universe = Universe::known();
    let mut wrong = Vec::new();
    let mut roles = 0;
    for line in file.lines().skip(1) {
        let expected: Value = serde_json::from_str(line).unwrap();
        let role = builtin_role(text(&expected, "id").parse().unwrap()).unwrap();
        roles += 1;
        for (plane, letter) in [(Plane::Control, "c"), (Plane::Data, "d")] {
            let allowed = universe.allowed_by(&role.permissions, plane);
            let listing = allowed.iter().map(Operation::lower).collect::<Vec<_>>().join("\n");
            let hash: String = Sha256::digest(listing).iter().map(|byte| format!("{byte:02x}")).collect();
            let count = expected[letter].as_u64().unwrap_or_default();
            if count != allowed.len() as u64 || expected[format!("{letter}h")].as_str().is_some_and(|h| h != hash) {
                wrong.push(format!("{} {plane:?}: {} for {count}", role.role_name, allowed.len()));
            }
        }
    }
    println!("effective: {} of {roles} roles, {} wrong", roles, wrong.len());
    assert_eq!(roles, builtin_roles().len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A GUID for any id that a world uses, the same for the same id whatever its case.
fn guid(id: &str) -> Uuid {
    Uuid::parse_str(id).unwrap_or_else(|_| {
        let digest = Sha256::digest(id.to_lowercase());
        Uuid::from_slice(&digest[..16]).unwrap()
    })
}

/// One question with the world it is asked in; members of `vector` itself come before those of its world and of the
/// file's.
struct Question<'v> {
    places: Vec<&'v Value>,
    request: &'v Value,
    expected: &'v Value,
}

impl<'v> Question<'v> {
    fn new(vector: &'v Value, file_world: &'v Value) -> Self {
        Self {
            places: vec![vector, &vector["world"], file_world],
            request: &vector["request"],
            expected: &vector["expect"],
        }
    }

    fn member(&self, name: &str) -> Option<&'v Value> {
        self.places.iter().find_map(|place| place.get(name))
    }

    fn list(&self, name: &str) -> &'v [Value] {
        self.member(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The principal and every group that holds it, directly or not.
    fn principals(&self) -> HashSet<String> {
        let mut found = HashSet::from([text(self.request, "principalId").to_lowercase()]);
        let mut size = 0;
        while size < found.len() {
            size = found.len();
            for (group, members) in self.member("groups").and_then(Value::as_object).into_iter().flatten() {
                let mut members = members.as_array().unwrap().iter().filter_map(Value::as_str);
                if members.any(|m| found.contains(&m.to_lowercase())) {
                    found.insert(group.to_lowercase());
                }
            }
        }
        found
    }

    /// The management groups above the scope of the request.
    fn above(&self) -> Vec<Scope> {
        let parents: HashMap<Scope, Scope> = self
            .member("parents")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(child, parent)| (Scope::new(child), Scope::new(parent.as_str().unwrap())))
            .collect();
        let scope = Scope::new(text(self.request, "scope"));
        let first = scope.ancestors().find_map(|above| parents.get(&Scope::new(above)));
        std::iter::successors(first, |group| parents.get(*group)).cloned().collect()
    }

    /// The world's own roles and the built-in ones that it uses.
    fn roles(&self) -> HashMap<Uuid, CompiledRole> {
        let custom = self.list("customRoles").iter().map(|role| RoleDefinition {
            id: guid(text(role, "id")),
            role_name: text(role, "id").to_owned(),
            kind: RoleKind::Custom,
            permissions: serde_json::from_value::<Vec<Permission>>(role["permissions"].clone()).unwrap(),
            ..builtin_roles()[0].clone()
        });
        let used: HashSet<Uuid> =
            self.list("roleAssignments").iter().map(|a| guid(text(a, "roleDefinitionId"))).collect();
        let built_in = builtin_roles().iter().filter(|role| used.contains(&role.id)).cloned();
        custom.chain(built_in).map(|role| (role.id, CompiledRole::new(&role))).collect()
    }

    fn assignments(&self) -> Vec<(&'v str, RoleAssignment)> {
        let of = |a: &'v Value| RoleAssignment {
            name: guid(text(a, "id")),
            scope: Scope::new(text(a, "scope")),
            scope_as_written: text(a, "scope").to_owned(),
            role_definition_id: guid(text(a, "roleDefinitionId")),
            principal_id: guid(text(a, "principalId")),
            principal_type: PrincipalType::User,
            condition: a["condition"].as_str().map(str::to_owned),
            condition_version: None,
            description: None,
            delegated_managed_identity_resource_id: None,
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        };
        let principals = self.principals();
        let held = self.list("roleAssignments").iter();
        held.filter(|a| principals.contains(&text(a, "principalId").to_lowercase()))
            .map(|a| (text(a, "id"), of(a)))
            .collect()
    }

    /// Whether the answer agrees; none where it depends on what is not evaluated: denies and conditions.
    fn agrees(&self) -> Option<bool> {
        if !self.list("denyAssignments").is_empty() {
            return None;
        }
        let (roles, assignments) = (self.roles(), self.assignments());
        let grants = assignments
            .iter()
            .filter_map(|(_, assignment)| Some(Grant { assignment, role: roles.get(&assignment.role_definition_id)? }));
        let request = Request {
            action: &Action::new(text(self.request, "action")),
            plane: if self.request["isDataAction"] == true { Plane::Data } else { Plane::Control },
            scope: &Scope::new(text(self.request, "scope")),
            above: &self.above(),
        };
        let decision = decide(&request, grants);
        if !decision.condition_failed.is_empty() {
            return None;
        }
        let named = |found: &[&RoleAssignment]| -> Vec<&str> {
            let all = assignments.iter().filter(|(_, a)| found.iter().any(|f| f.name == a.name));
            all.map(|(id, _)| *id).collect()
        };
        let outcome = match decision.outcome {
            Outcome::Allowed => "Allowed",
            Outcome::NotAllowed => "NotAllowed",
            Outcome::Denied => "Denied",
        };
        let granted_by = Value::from(named(&decision.granted_by));
        Some(self.expected["decision"] == outcome && self.expected["grantedBy"] == granted_by)
    }
}

/// Asks every vector and reports; fails where one that needs neither denies nor conditions disagrees.
fn ask(what: &str, vectors: &[Value], file_world: &Value) {
    let mut wrong = Vec::new();
    let mut asked = 0;
    for vector in vectors {
        let Some(agrees) = Question::new(vector, file_world).agrees() else { continue };
        asked += 1;
        if !agrees {
            wrong.push(format!("{} {}", vector["id"], vector["seed"]));
        }
    }
    println!("{what}: {} of {asked} agree, {} need more", asked - wrong.len(), vectors.len() - asked);
    assert!(asked > 0 && wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn decisions() {
    let Some(file) = recorded("decisions.json") else { return };
    let file: Value = serde_json::from_str(&file).unwrap();
    ask("decisions", file["vectors"].as_array().unwrap(), &file["meta"]["world"]);
}

#[test]
fn random_worlds() {
    let Some(file) = recorded("random.jsonl") else { return };
    let vectors: Vec<Value> = file.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    ask("random", &vectors, &Value::Null);
}
