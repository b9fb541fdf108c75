//! The evaluator against a second, naive one (see `agreement`), on made-up worlds that provoke: nested groups and circles
//! of them, letter case, names that begin alike, management groups, many blocks, stars anywhere, conditions that lack
//! what they ask for, denies with exceptions.
//!
//! `SMALT_QUESTIONS` says how many questions are asked. The nightly size is
//! `SMALT_QUESTIONS=1000000 cargo test --release -p rbac --test naive`; every run asks new ones.

#![expect(clippy::expect_used, reason = "a world that cannot be written down fails its test")]

mod agreement;
mod index;

use agreement::condition::{Asked, Given, State, Tree};
use agreement::disagreement;
use agreement::draw::Draw;
use agreement::grow::Seeds;
use proptest::collection::vec;
use proptest::prelude::*;
use rbac::{Action, Condition, Facts, Truth};

/// Questions to each world.
const QUESTIONS: u32 = 32;

fn worlds() -> u32 {
    let questions =
        std::env::var("SMALT_QUESTIONS").map_or(20_000, |n| n.parse().expect("SMALT_QUESTIONS is a number"));
    questions / QUESTIONS + 1
}

fn seed(longest: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..longest)
}

fn seeds() -> impl Strategy<Value = Seeds> {
    // More than 16 assignments of one principal are kept in another way.
    let assignments = prop_oneof![3 => vec(seed(64), 0..12), 1 => vec(seed(48), 12..40)];
    let questions = vec(seed(40), QUESTIONS as usize);
    (seed(32), vec(seed(12), 0..6), vec(seed(96), 0..6), assignments, vec(seed(80), 0..4), questions).prop_map(
        |(tree, groups, roles, assignments, denies, questions)| Seeds {
            tree,
            groups,
            roles,
            assignments,
            denies,
            questions,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(worlds()))]

    #[test]
    fn both_evaluators_agree(seeds in seeds()) {
        let (world, questions) = seeds.grow();
        if let Some(disagreement) = disagreement(&world, &questions) {
            return Err(TestCaseError::fail(disagreement));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_condition_comes_to_what_its_tree_does(bytes in vec(any::<u8>(), 0..96)) {
        let draw = &mut Draw::new(&bytes);
        let (tree, given) = (Tree::grow(draw), Given::several(draw));
        let (action, sub_operation) = (agreement::patterns::action(draw), draw.one_of(&[None, Some("Blob.List")]));
        let text = tree.write();
        let expected = match tree.state(&Asked { action: &action, sub_operation, attributes: &given }) {
            State::True => Truth::True,
            State::False | State::Unsatisfied => Truth::False,
            State::Unknown => Truth::Unknown,
        };
        let condition = Condition::parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        let attributes = serde_json::from_value(agreement::told::attributes(&given)).expect("values of known kinds");
        let facts = Facts { action: &Action::new(&action), sub_operation, attributes: &attributes };
        prop_assert_eq!(condition.evaluate(&facts), expected, "{}", text);
        let trace = condition.trace(&facts);
        prop_assert_eq!(trace.result, expected, "{}", &text);
        prop_assert_eq!(&trace.text, &text);
        if expected == Truth::True {
            prop_assert_eq!(trace.missing(), Vec::<String>::new());
        }
        let mut found = given.iter().filter(|given| !given.values.is_empty()).map(|given| given.attribute.write());
        let missing = trace.missing();
        prop_assert!(found.all(|name| !missing.contains(&name)), "{:?}: {}", missing, text);
    }
}
