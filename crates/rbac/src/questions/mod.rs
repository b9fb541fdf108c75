//! Access questions over worlds given as data: one JSON object a question, one a answer.
//!
//! What it is: [`World`] reads a world, [`Question`] a question, [`Question::answer`] asks the same functions that a live
//! request meets. Nothing is looked up anywhere: a world says all that there is.
//!
//! What it is not: it reads no files and prints nothing; `smalt explain --questions` does.
//!
//! How to add the next kind of question: a variant of `Kind` in `question.rs`, told apart by its members, and its answer.

mod question;
mod world;

pub use question::{Question, Unanswerable};
pub use world::{World, WorldText};
