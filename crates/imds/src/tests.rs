//! The whole service, asked through its router.

mod errors;
mod garbage;
mod instance;
mod token;
