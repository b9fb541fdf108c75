//! Decisions: the evaluator and the naive one that its tests have answer alike, whatever the world and the question.
//!
//! The input is parts, each a length and so many bytes: the tree of management groups, then groups, roles, assignments,
//! denies and questions in turn.

#![no_main]

#[path = "../../crates/rbac/tests/naive/agreement/mod.rs"]
mod agreement;

use agreement::disagreement;
use agreement::grow::Seeds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut rest = input;
    let mut part = || {
        let (length, after) = rest.split_first()?;
        let (part, after) = after.split_at(after.len().min(usize::from(*length)));
        rest = after;
        Some(part.to_vec())
    };
    let mut seeds = Seeds { tree: part().unwrap_or_default(), ..Seeds::default() };
    for (number, part) in std::iter::from_fn(part).enumerate() {
        match number % 5 {
            0 => &mut seeds.groups,
            1 => &mut seeds.roles,
            2 => &mut seeds.assignments,
            3 => &mut seeds.denies,
            _ => &mut seeds.questions,
        }
        .push(part);
    }
    let (world, questions) = seeds.grow();
    if let Some(disagreement) = disagreement(&world, &questions) {
        panic!("{disagreement}");
    }
});
