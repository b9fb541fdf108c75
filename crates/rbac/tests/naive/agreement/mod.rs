//! Two evaluators over one world: where do they differ?
//!
//! What it is: `naive` answers a question from the rules alone, over the plain texts of `world`, with the help of
//! `patterns`, `scopes` and `condition`; `live` and `told` ask the crate under test, on the two roads that lead there;
//! [`disagreement`] compares. `grow` makes worlds and questions up out of bytes, so that a property test and a fuzzer
//! ask alike.
//!
//! What it is not: nothing here that decides is the crate's, down to letter case and path segments. Only the bytes of a
//! world reach both sides.
//!
//! How to add the next rule: say it in `naive`, in its own words, and see to it that `grow` provokes it.

pub(crate) mod condition;
pub(crate) mod draw;
pub(crate) mod grow;
pub(crate) mod live;
pub(crate) mod naive;
pub(crate) mod patterns;
pub(crate) mod scopes;
pub(crate) mod told;
pub(crate) mod world;

use live::{Answers, Tenant};
use told::Told;
use world::{Question, World};

/// What the evaluators do not agree on; nothing where they do.
pub(crate) fn disagreement(world: &World, questions: &[Question]) -> Option<String> {
    let tenant = Tenant::new(world);
    let told = Told::new(world);
    questions.iter().enumerate().find_map(|(number, question)| {
        let answer = naive::answer(world, question);
        let callers = naive::principals(world, &question.principal);
        let expected = Answers {
            outcome: answer.decision.clone(),
            holders: naive::holders(world, question),
            considered: world.assignments.iter().filter(|a| naive::is_one_of(&a.principal, &callers)).count(),
            explained: answer.clone(),
            decided: answer.clone(),
        };
        let shown = |fast: String| {
            let question = question.json();
            Some(format!("naive {expected:#?}\nfast {fast}\nfor {question}\nin {}", world.json()))
        };
        let answers = tenant.answers(question);
        if answers != expected {
            return shown(format!("{answers:#?}"));
        }
        // Writing and reading JSON costs more than deciding: one question in four takes that road as well.
        let told = (number % 4 == 0).then(|| told.answer(question)).filter(|told| *told != answer)?;
        shown(format!("{told:#?}"))
    })
}
