//! What would change: two bodies compared, member by member.

use model::JsonMap;
use serde_json::{Value, json};

use crate::resource_types::canonical_region;

/// The members of `after` that `before` does not have so, as what-if lists them: `{path, propertyChangeType, before,
/// after}`. Members that `after` does not name are the server's to keep or to set and are no change. Lists are
/// compared as a whole.
pub(crate) fn between(before: &JsonMap, after: &JsonMap) -> Vec<Value> {
    let mut found = Vec::new();
    members("", before, after, &mut found);
    found
}

/// `base` with the members of `over` laid over it: the resource as it would be.
pub(crate) fn applied(base: &JsonMap, over: &JsonMap) -> JsonMap {
    let mut out = base.clone();
    model::merge(&mut out, over);
    out
}

fn members(path: &str, before: &JsonMap, after: &JsonMap, found: &mut Vec<Value>) {
    for (name, new) in after {
        let here = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match (before.get(name), new) {
            (Some(Value::Object(old)), Value::Object(new)) => members(&here, old, new, found),
            (Some(old), new) if is_same(&here, old, new) => {}
            (None, Value::Object(empty)) if empty.is_empty() => {}
            (Some(old), new) => {
                found.push(json!({"path": here, "propertyChangeType": "Modify", "before": old, "after": new}));
            }
            (None, new) => found.push(json!({"path": here, "propertyChangeType": "Create", "after": new})),
        }
    }
}

/// Regions are the same in whatever spelling, ids in whatever case; lists when each item says no more than what is there
/// already.
fn is_same(path: &str, old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::String(old), Value::String(new)) if path == "location" => {
            canonical_region(old) == canonical_region(new)
        }
        (Value::String(old), Value::String(new)) if new.starts_with("/subscriptions/") => old.eq_ignore_ascii_case(new),
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same(path, old, new))
        }
        (Value::Object(old), Value::Object(new)) => between(old, new).is_empty(),
        _ => old == new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(before: &Value, after: &Value) -> Vec<Value> {
        between(before.as_object().unwrap(), after.as_object().unwrap())
    }

    #[test]
    fn what_the_server_added_is_no_change() {
        let before = json!({
            "location": "westus",
            "properties": {"a": "/subscriptions/S", "provisioningState": "Succeeded", "rules": [{"name": "r", "etag": "x"}]},
        });
        let after = json!({"location": "West US", "properties": {"a": "/subscriptions/s", "rules": [{"name": "r"}]}, "tags": {}});
        assert_eq!(delta(&before, &after), Vec::<Value>::new());
    }

    #[test]
    fn each_changed_member_is_told_with_its_path() {
        let before = json!({"properties": {"p": {"x": "old", "y": 1}, "list": [1]}});
        let after = json!({"properties": {"p": {"x": "new", "y": 1}, "list": [1, 2], "more": true}});
        assert_eq!(
            delta(&before, &after),
            [
                json!({"path": "properties.p.x", "propertyChangeType": "Modify", "before": "old", "after": "new"}),
                json!({"path": "properties.list", "propertyChangeType": "Modify", "before": [1], "after": [1, 2]}),
                json!({"path": "properties.more", "propertyChangeType": "Create", "after": true}),
            ]
        );
    }
}
