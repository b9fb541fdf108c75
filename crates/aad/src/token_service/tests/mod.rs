//! The face as clients see it.

mod assertions;
mod documents;
mod granted;
mod refusals;
