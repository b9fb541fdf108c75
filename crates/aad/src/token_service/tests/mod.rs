//! The face as clients see it.

mod assertions;
mod assigned;
mod attacks;
mod consent;
mod documents;
mod granted;
mod lost_trust;
mod other_grants;
mod people;
mod refusals;
mod sign_in;
