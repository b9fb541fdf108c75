//! Answers of this crate against recorded ones, which are not part of the repository.
//!
//! `SMALT_ORACLE` names a directory with `mapping.json`, `linked.json`, `conditions.json`, `effective.jsonl`,
//! `decisions.json` and `random.jsonl`. Where it is unset the tests say so and pass. All of them are asked as
//! `smalt explain --questions` asks.

#![expect(clippy::unwrap_used, reason = "a record that cannot be read fails its test")]

use std::path::PathBuf;

use rbac::questions::{Question, World, WorldText};
use rbac::{Rules, Universe, builtin_roles};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The file of this name in the directory; none, with the reason printed, where none is named.
fn recorded(name: &str) -> Option<String> {
    let Some(path) = std::env::var_os("SMALT_ORACLE") else {
        println!("skipped: SMALT_ORACLE is not set");
        return None;
    };
    let path = PathBuf::from(path).join(name);
    Some(std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

/// The vectors of a file, and the world that they share.
fn vectors(name: &str) -> Option<(Vec<Value>, Value)> {
    let file: Value = serde_json::from_str(&recorded(name)?).unwrap();
    let world = file["meta"].get("world").cloned().unwrap_or_else(|| json!({}));
    Some((file["vectors"].as_array().unwrap().clone(), world))
}

/// The vectors of a file with one a line, after its head.
fn lines(name: &str) -> Option<Vec<Value>> {
    Some(recorded(name)?.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Asks every vector and reports those for which `agrees` says no of the answer.
fn ask(what: &str, vectors: &[Value], shared: &Value, agrees: impl Fn(&Value, &Value) -> bool) {
    let shared = WorldText::deserialize(shared).unwrap();
    let rules = Rules::default();
    let mut wrong = Vec::new();
    for vector in vectors {
        let question = Question::read(&question(vector)).unwrap();
        let world = World::from(&shared.overlaid(question.world.as_ref().unwrap()));
        let (answer, _) = question.answer(&world, &rules, Universe::known());
        if !agrees(vector, &answer) {
            wrong.push(format!("{answer} for {vector}"));
        }
    }
    println!("{what}: {} of {} agree", vectors.len() - wrong.len(), vectors.len());
    assert!(!vectors.is_empty() && wrong.is_empty(), "{wrong:#?}");
}

/// The vector as a question. What it has beside its world belongs into it.
fn question(vector: &Value) -> Value {
    let members = vector.as_object().unwrap();
    let is_of_world = |name: &&String| {
        ["customRoles", "roleAssignments", "denyAssignments", "parents", "groups"].contains(&name.as_str())
    };
    let mut world = vector["world"].as_object().cloned().unwrap_or_default();
    world.extend(members.iter().filter(|(name, _)| is_of_world(name)).map(|(n, v)| (n.clone(), v.clone())));
    let mut question: Map<_, _> = members.iter().map(|(n, v)| (n.clone(), v.clone())).collect();
    question.insert("world".to_owned(), world.into());
    question.into()
}

fn same_text(one: &Value, other: &Value) -> bool {
    one.as_str().zip(other.as_str()).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

#[test]
fn mapping() {
    let Some((vectors, world)) = vectors("mapping.json") else { return };
    ask("mapping", &vectors, &world, |vector, answer| {
        same_text(&answer["action"], &vector["action"]) && answer["scope"] == vector["scope"]
    });
}

#[test]
fn linked() {
    let Some((vectors, world)) = vectors("linked.json") else { return };
    ask("linked", &vectors, &world, |vector, answer| {
        let checks = |of: &Value| of["checks"].as_array().cloned().unwrap_or_default();
        let (expected, found) = (checks(vector), checks(answer));
        let is_same = |(a, b): (&Value, &Value)| same_text(&a["action"], &b["action"]) && a["scope"] == b["scope"];
        expected.len() == found.len() && expected.iter().zip(&found).all(is_same)
    });
}

#[test]
fn conditions() {
    let Some((vectors, world)) = vectors("conditions.json") else { return };
    ask("conditions", &vectors, &world, |vector, answer| answer["result"] == vector["expect"]);
}

#[test]
fn effective() {
    let Some(vectors) = lines("effective.jsonl") else { return };
    assert_eq!(vectors.len(), builtin_roles().len());
    let roles: Vec<Value> = vectors.iter().map(|v| json!({"role": v["id"], "expect": v})).collect();
    ask("effective", &roles, &json!({}), |vector, answer| {
        let expected = &vector["expect"];
        let is_same = |plane: &str, count: &str, hash: &str| {
            answer[plane]["count"] == expected[count]
                && expected.get(hash).is_none_or(|hash| *hash == answer[plane]["sha256"])
        };
        is_same("control", "c", "ch") && is_same("data", "d", "dh")
    });
}

fn same_decision(vector: &Value, answer: &Value) -> bool {
    let members = ["decision", "grantedBy", "deniedBy", "conditionFailed"];
    members.iter().all(|member| answer[*member] == vector["expect"][*member])
}

#[test]
fn decisions() {
    let Some((vectors, world)) = vectors("decisions.json") else { return };
    ask("decisions", &vectors, &world, same_decision);
}

#[test]
fn random_worlds() {
    let Some(vectors) = lines("random.jsonl") else { return };
    ask("random", &vectors, &json!({}), same_decision);
}
