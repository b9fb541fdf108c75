//! Conditions against recorded ones, which are not part of the repository.
//!
//! `SMALT_ORACLE` names a directory with `conditions.json`, `decisions.json` and `random.jsonl`;
//! `SMALT_CORPUS_CONDITIONS` a file of texts that every parser has to take. Where they are unset the tests say so and
//! pass.

#![expect(clippy::unwrap_used, reason = "a record that cannot be read fails its test")]

use std::path::{Path, PathBuf};

use rbac::{Action, Attributes, Condition, Facts, Truth, builtin_role, condition_violations};
use serde_json::Value;

/// The place that `variable` names; none, with the reason printed, where it is unset.
fn place(variable: &str) -> Option<PathBuf> {
    let place = std::env::var_os(variable).map(PathBuf::from);
    if place.is_none() {
        println!("skipped: {variable} is not set");
    }
    place
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What a condition comes to for the request that `asked` describes.
fn evaluate(condition: &Condition, asked: &Value) -> Truth {
    let attributes: Attributes = match asked.get("attributes") {
        None | Some(Value::Null) => Attributes::default(),
        Some(attributes) => serde_json::from_value(attributes.clone()).unwrap(),
    };
    let action = Action::new(asked["action"].as_str().unwrap_or_default());
    let facts = Facts { action: &action, sub_operation: asked["subOperation"].as_str(), attributes: &attributes };
    let truth = condition.evaluate(&facts);
    let trace = condition.trace(&facts);
    assert_eq!(trace.result, truth, "{}", condition.text());
    // What a missing attribute leaves open says which.
    assert!(truth != Truth::Unknown || !trace.missing().is_empty(), "{}", condition.text());
    truth
}

#[test]
fn vectors() {
    let Some(oracle) = place("SMALT_ORACLE") else { return };
    let file: Value = serde_json::from_str(&read(&oracle.join("conditions.json"))).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    let mut wrong = Vec::new();
    for vector in vectors {
        let result = match Condition::parse(vector["condition"].as_str().unwrap()) {
            Ok(condition) => serde_json::to_value(evaluate(&condition, vector)).unwrap(),
            Err(error) => {
                println!("{}: {error}", vector["condition"]);
                "invalid".into()
            }
        };
        if result != vector["expect"] {
            wrong.push(format!("{vector}: {result}"));
        }
    }
    println!("conditions: {} of {} agree", vectors.len() - wrong.len(), vectors.len());
    assert!(!vectors.is_empty() && wrong.is_empty(), "{wrong:#?}");
}

/// The role assignments of a question that carry a condition, by what is expected of them: that they grant, or that
/// they would but for a condition.
#[test]
fn conditional_assignments() {
    let Some(oracle) = place("SMALT_ORACLE") else { return };
    let decisions: Value = serde_json::from_str(&read(&oracle.join("decisions.json"))).unwrap();
    let random = read(&oracle.join("random.jsonl"));
    let random = random.lines().skip(1).map(|line| serde_json::from_str(line).unwrap());
    let questions: Vec<Value> = decisions["vectors"].as_array().unwrap().iter().cloned().chain(random).collect();
    let (mut asked, mut wrong) = (0, Vec::new());
    for question in &questions {
        let own = question.get("roleAssignments").unwrap_or(&question["world"]["roleAssignments"]);
        for assignment in own.as_array().into_iter().flatten() {
            let Some(text) = assignment["condition"].as_str() else { continue };
            let condition = Condition::parse(text).unwrap_or_else(|e| panic!("{e}: {text}"));
            let holds = evaluate(&condition, &question["request"]) == Truth::True;
            let listed = |list: &str| question["expect"][list].as_array().unwrap().contains(&assignment["id"]);
            // Where the role carries a condition as well, it may be that one that fails.
            if listed("grantedBy") || listed("conditionFailed") && !role_is_conditional(assignment) {
                asked += 1;
                if holds != listed("grantedBy") {
                    wrong.push(format!("{} {} {assignment}", question["id"], question["seed"]));
                }
            }
        }
    }
    println!("conditional assignments: {} of {asked} agree", asked - wrong.len());
    assert!(asked > 0 && wrong.is_empty(), "{wrong:#?}");
}

fn role_is_conditional(assignment: &Value) -> bool {
    let role = assignment["roleDefinitionId"].as_str().unwrap().parse().ok().and_then(builtin_role);
    role.is_some_and(|role| role.permissions.iter().any(|block| block.condition.is_some()))
}

#[test]
fn corpus() {
    let Some(file) = place("SMALT_CORPUS_CONDITIONS") else { return };
    let file: Value = serde_json::from_str(&read(&file)).unwrap();
    let lists = file.as_object().unwrap().values().filter_map(Value::as_array);
    let texts: Vec<_> = lists.flatten().map(|entry| entry["condition"].as_str().or(entry.as_str()).unwrap()).collect();
    let wrong: Vec<_> =
        texts.iter().filter_map(|text| Condition::parse(text).err().map(|e| format!("{e}: {text}"))).collect();
    println!("corpus: {} of {} parse", texts.len() - wrong.len(), texts.len());
    assert!(!texts.is_empty() && wrong.is_empty(), "{wrong:#?}");
    // Conditions of roles may do what those of assignments may not.
    let assignments = file["assignmentStyle"].as_array().unwrap().iter().map(|text| text.as_str().unwrap());
    let refused: Vec<_> = assignments.flat_map(condition_violations).map(|v| v.rule.message()).collect();
    assert_eq!(refused, [""; 0]);
}
