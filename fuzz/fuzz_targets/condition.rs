//! Conditions: any text is parsed or refused, and what is parsed answers the same whichever way it is asked.
//!
//! The input is a text and, after a NUL, bytes that choose a value for each attribute that the text reads.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rbac::{Action, AttributeValue, Attributes, Condition, Facts, Trace};

const ACTIONS: [&str; 3] = ["Microsoft.Authorization/roleAssignments/write", "A.B/c/read", ""];
const SUB_OPERATIONS: [Option<&str>; 3] = [None, Some("Blob.List"), Some("")];

fuzz_target!(|input: &[u8]| {
    let (text, choices) = match input.iter().position(|byte| *byte == 0) {
        Some(at) => (&input[..at], &input[at + 1..]),
        None => (input, &[][..]),
    };
    let text = String::from_utf8_lossy(text);
    let condition = match Condition::parse(&text) {
        Ok(condition) => condition,
        Err(error) => {
            assert!(text.is_char_boundary(error.position), "{error}");
            assert!(error.to_string().len() < 512, "{error}");
            return;
        }
    };
    assert_eq!(condition.text(), text);
    let mut choices = choices.iter().copied();
    let mut choose = |of: usize| usize::from(choices.next().unwrap_or_default()) % of;
    let (action, sub_operation) = (Action::new(ACTIONS[choose(3)]), SUB_OPERATIONS[choose(3)]);
    let mut attributes = Attributes::default();
    for (source, name) in condition.attributes() {
        if let Some(value) = value(choose(10)) {
            attributes.set(source, name, value);
        }
    }
    let facts = Facts { action: &action, sub_operation, attributes: &attributes };
    let trace = condition.trace(&facts);
    assert_eq!(trace.result, condition.evaluate(&facts));
    let _ = condition.targeted_actions();
    let _ = trace.missing();
    every_part_stands_alone(&trace, &facts);
});

/// A value of every kind, several, none at all, and none of several.
fn value(choice: usize) -> Option<AttributeValue> {
    let listed = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    match choice {
        0 => None,
        1 => Some("a".into()),
        2 => Some("acdd72a7-3385-48ef-bd42-f606fba81ae7".into()),
        3 => Some("2023-05-01T13:00:00.0000001Z".into()),
        4 => Some(5.into()),
        5 => Some(true.into()),
        6 => listed(&["a", "b*", "É"]),
        7 => listed(&["acdd72a7338548efbd42f606fba81ae7", "5", ""]),
        8 => listed(&[]),
        _ => Some("**?\\*aaaaaaaaaaaaaaaa".into()),
    }
}

/// What the trace shows of a part is a condition that comes to what the trace says of it.
fn every_part_stands_alone(trace: &Trace, facts: &Facts<'_>) {
    let part = Condition::parse(&trace.text).unwrap_or_else(|error| panic!("{error}: {}", trace.text));
    assert_eq!(part.evaluate(facts), trace.result, "{}", trace.text);
    trace.children.iter().for_each(|child| every_part_stands_alone(child, facts));
}
