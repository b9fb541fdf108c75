//! What waits for what.

use serde_json::json;

use super::{SUBSCRIPTION, resource, resources};

#[test]
fn dependencies_are_named_in_many_ways() {
    let targets = || vec![resource("a", json!({})), json!({"type": "A.B/cs/ds", "name": "a/x", "apiVersion": "1"})];
    let loops = resource("[concat('l', copyIndex())]", json!({"copy": {"name": "loop", "count": 2}}));
    let none = resource("[concat('n', copyIndex())]", json!({"copy": {"name": "none", "count": 0}}));
    let off = resource("off", json!({"condition": "[equals(1, 2)]"}));
    for (more, expected) in [
        (json!({"dependsOn": ["a.b/CS/A"]}), vec![0]),
        (json!({"dependsOn": ["a"]}), vec![0]),
        (
            json!({"dependsOn": [format!("/subscriptions/{SUBSCRIPTION}/resourcegroups/SHOP-RG/providers/A.B/cs/a/")]}),
            vec![0],
        ),
        (json!({"dependsOn": ["[resourceId('A.B/cs', 'a')]", "[concat('A.B/cs/', 'a')]"]}), vec![0]),
        (json!({"dependsOn": ["A.B/cs/a/ds/x"]}), vec![1]),
        (json!({"dependsOn": ["A.B/cs/ds/a/x"]}), vec![1]),
        (json!({"dependsOn": ["Loop"]}), vec![2, 3]),
        (json!({"dependsOn": ["none", "off", null]}), vec![]),
        (json!({"dependsOn": null}), vec![]),
        (json!({"properties": {"deep": ["[if(true(), 1, reference('a').b)]"]}}), vec![0]),
        (json!({"properties": {"[concat('k', reference(resourceId('A.B/cs', 'a')).asked)]": 1}}), vec![0]),
        (json!({"properties": {"p": "[reference(reference('a').name)]"}}), vec![0]),
    ] {
        let mut all = targets();
        all.extend([loops.clone(), none.clone(), off.clone(), resource("last", more.clone())]);
        let plan = resources(json!(all)).unwrap();
        assert_eq!(plan.resources[4].dependencies, expected, "{more}");
    }
}

#[test]
fn the_order_is_the_templates_where_nothing_depends() {
    let plan = resources(json!([
        resource("a", json!({"dependsOn": ["c"]})),
        resource("b", json!({})),
        resource("c", json!({}))
    ]));
    assert_eq!(plan.unwrap().order(), [1, 2, 0]);
}

#[test]
fn serial_loops_go_batch_by_batch() {
    let copy = json!({"copy": {"name": "l", "count": 5, "mode": "Serial", "batchSize": 2}});
    let plan = resources(json!([resource("[concat('r', copyIndex(1))]", copy)])).unwrap();
    let dependencies: Vec<_> = plan.resources.iter().map(|r| (r.name.as_str(), r.dependencies.clone())).collect();
    let (first, second) = (vec![0, 1], vec![2, 3]);
    assert_eq!(dependencies, [("r1", vec![]), ("r2", vec![]), ("r3", first.clone()), ("r4", first), ("r5", second)]);
}
