//! Steps through a document: names of objects, indexes of arrays from zero.

use serde_json::Value;

/// The element at `path`.
pub(super) fn find<'d>(document: &'d Value, path: &[&str]) -> Option<&'d Value> {
    path.iter().try_fold(document, |element, step| match element {
        Value::Object(members) => members.get(*step),
        Value::Array(elements) if step.bytes().all(|b| b.is_ascii_digit()) => elements.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Whether something may lie below.
pub(super) fn is_branch(element: &Value) -> bool {
    matches!(element, Value::Object(_) | Value::Array(_))
}

/// A leaf's bare text, or a branch's children, one a line, with a slash behind those that are branches themselves.
pub(super) fn text(element: &Value) -> String {
    let line = |name: String, child: &Value| if is_branch(child) { name + "/" } else { name };
    let lines: Vec<String> = match element {
        Value::Object(members) => members.iter().map(|(name, child)| line(name.clone(), child)).collect(),
        Value::Array(elements) => elements.iter().enumerate().map(|(n, child)| line(n.to_string(), child)).collect(),
        Value::String(text) => return text.clone(),
        other => return other.to_string(),
    };
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn steps_and_listings() {
        let document = json!({"a": {"b": "x", "c": []}, "d": [{"e": "y"}, "z"]});
        for (path, expected) in [
            (&[][..], Some("a/\nd/")),
            (&["a"], Some("b\nc/")),
            (&["a", "b"], Some("x")),
            (&["a", "c"], Some("")),
            (&["a", "c", "0"], None),
            (&["a", "B"], None),
            (&["d"], Some("0/\n1")),
            (&["d", "0", "e"], Some("y")),
            (&["d", "1"], Some("z")),
            (&["d", "1", "e"], None),
            (&["d", "2"], None),
            (&["d", "+0"], None),
            (&["d", "99999999999999999999999"], None),
        ] {
            assert_eq!(find(&document, path).map(text).as_deref(), expected, "{path:?}");
        }
    }
}
