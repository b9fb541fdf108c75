//! Every test that needs more than one crate: one binary, one module a theme.

mod clients;
