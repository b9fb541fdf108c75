//! Linked checks of this crate against recorded ones, which are not part of the repository.
//!
//! `SMALT_ORACLE` names a directory with `linked.json`; where it is unset the test says so and passes.

use std::path::PathBuf;

use model::ArmPath;
use rbac::{linked, operation};
use serde_json::{Value, json};

#[test]
fn linked_checks() {
    let Some(directory) = std::env::var_os("SMALT_ORACLE") else {
        println!("skipped: SMALT_ORACLE is not set");
        return;
    };
    let file = std::fs::read_to_string(PathBuf::from(directory).join("linked.json")).unwrap();
    let file: Value = serde_json::from_str(&file).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    let mut wrong = Vec::new();
    for vector in vectors {
        let (verb, path) =
            (vector["verb"].as_str().unwrap(), ArmPath::parse(vector["path"].as_str().unwrap()).unwrap());
        let checks = operation(verb, &path).into_iter().chain(linked(verb, &path, &vector["body"]));
        // Actions ignore case, scopes are as the body has them.
        let found: Vec<Value> =
            checks.map(|c| json!({"action": c.action.to_ascii_lowercase(), "scope": c.scope})).collect();
        let expected: Vec<Value> = vector["checks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| json!({"action": c["action"].as_str().unwrap().to_ascii_lowercase(), "scope": c["scope"]}))
            .collect();
        if found != expected {
            wrong.push(format!("{}: {found:#?}", vector["id"]));
        }
    }
    println!("linked: {} of {} agree", vectors.len() - wrong.len(), vectors.len());
    assert!(!vectors.is_empty() && wrong.is_empty(), "{wrong:#?}");
}
