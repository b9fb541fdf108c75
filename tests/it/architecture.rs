//! The picture of the house, compared with what cargo knows of the crates: arrows only point down, faces do not know each
//! other, rules know no state, state knows no rules.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

const FACES: [&str; 4] = ["arm-api", "aad", "imds", "keyvault"];
const RULES: [&str; 3] = ["rbac", "tokens", "template"];

/// What each crate may know of the house: whatever stands below it.
fn house() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let below_faces = || RULES.into_iter().chain(["store", "model", "request-body"]);
    let mut house = BTreeMap::from([
        ("model", BTreeSet::new()),
        ("request-body", BTreeSet::new()),
        ("store", BTreeSet::from(["model"])),
        ("smalt", below_faces().chain(FACES).collect()),
        // The tests' own crate stands above the house and sees all of it.
        ("cloud", below_faces().chain(FACES).chain(["smalt"]).collect()),
    ]);
    house.extend(RULES.map(|name| (name, BTreeSet::from(["model"]))));
    house.extend(FACES.map(|name| (name, below_faces().collect())));
    house
}

/// Crates and what they depend on to be built; what only their tests need does not count.
fn crates() -> BTreeMap<String, BTreeSet<String>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |of: &Value| of["name"].as_str().unwrap().to_owned();
    let built_with = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|d| d["kind"] != "dev").map(name).collect()
    };
    metadata["packages"].as_array().unwrap().iter().map(|p| (name(p), built_with(p))).collect()
}

#[test]
fn arrows_only_point_down() {
    let (house, crates) = (house(), crates());
    let names: BTreeSet<&str> = crates.keys().map(String::as_str).collect();
    assert_eq!(names, house.keys().copied().collect(), "a crate came or went: draw it into the picture");
    for (name, dependencies) in &crates {
        let inside: BTreeSet<&str> =
            dependencies.iter().map(String::as_str).filter(|d| house.contains_key(d)).collect();
        let wrong: Vec<_> = inside.difference(&house[name.as_str()]).collect();
        assert!(wrong.is_empty(), "{name} must not know {wrong:?}");
    }
}

#[test]
fn sql_stays_in_the_store_and_rules_do_nothing_but_think() {
    for (name, dependencies) in crates() {
        let knows = |what: &str| dependencies.contains(what);
        assert_eq!(knows("sqlx"), name == "store", "{name}: SQL is the store's alone");
        if RULES.contains(&name.as_str()) || name == "model" {
            for outside in ["tokio", "axum", "hyper", "reqwest", "tower"] {
                assert!(!knows(outside), "{name} is pure and must not know {outside}");
            }
        }
        if name == "store" {
            assert!(!knows("axum"), "HTTP is the faces'");
        }
    }
}
