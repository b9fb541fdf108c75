//! Our objects beside recorded ones: the same properties?
//!
//! Runs when the variable `SMALT_CORPUS` names a directory with `graph.jsonl`, a recorded exchange on every line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::entity::Kind;

/// Of the recorded objects of each kind, the share that has each property.
fn recorded(lines: &str) -> BTreeMap<&'static str, BTreeMap<String, usize>> {
    let kinds = [Kind::Application, Kind::ServicePrincipal, Kind::User, Kind::Group];
    let mut found: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for line in lines.lines() {
        let exchange: Value = serde_json::from_str(line).unwrap();
        let path = exchange["path"].as_str().unwrap_or_default();
        let body = &exchange["response_body"];
        let items = body["value"].as_array().map_or(std::slice::from_ref(body), Vec::as_slice);
        for item in items.iter().filter_map(Value::as_object).filter(|item| item.contains_key("displayName")) {
            let mut named = item.get("@odata.type").and_then(Value::as_str).unwrap_or_default().rsplit('.');
            let named = named.next().unwrap_or_default();
            let set = path.split('/').nth(2).unwrap_or_default();
            let is_action = path.split('/').count() > 4;
            let kind =
                kinds.into_iter().find(|kind| kind.type_name() == named || (named.is_empty() && kind.set() == set));
            if let Some(kind) = kind.filter(|_| !named.is_empty() || !is_action) {
                let properties = found.entry(kind.set()).or_default();
                for name in item.keys().filter(|name| !name.starts_with('@')) {
                    *properties.entry(name.clone()).or_default() += 1;
                }
            }
        }
    }
    found
}

#[test]
fn our_objects_have_the_recorded_properties() {
    let Some(corpus) = std::env::var_os("SMALT_CORPUS") else { return };
    let lines = std::fs::read_to_string(Path::new(&corpus).join("graph.jsonl")).unwrap();
    let recorded = recorded(&lines);
    assert_eq!(recorded.len(), 4, "the recordings show all four kinds");
    let mut missing = Vec::new();
    for kind in [Kind::Application, Kind::ServicePrincipal, Kind::User, Kind::Group] {
        let theirs = &recorded[kind.set()];
        let most = theirs.values().max().copied().unwrap_or_default();
        let ours: BTreeSet<String> = kind.defaults().keys().filter(|name| !kind.hides(name)).cloned().collect();
        for name in ours.iter().filter(|name| !theirs.contains_key(*name)) {
            println!("{}: only ours: {name}", kind.set());
        }
        for (name, count) in theirs.iter().filter(|(name, _)| !ours.contains(*name)) {
            println!("{}: only recorded: {name} ({count} of {most})", kind.set());
            // What most answers have, every answer should.
            if count * 2 > most {
                missing.push(format!("{}/{name}", kind.set()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
