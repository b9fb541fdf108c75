//! Every test that needs more than one crate: one binary, one module a theme.

#![expect(clippy::unwrap_used, reason = "tests: whatever fails here ends the test")]

mod architecture;
mod authorization_matrix;
mod availability_sets;
mod check_access;
mod clients;
mod confusions;
mod custom_roles;
mod delegation;
mod demo;
mod denies;
mod deployments;
mod durability;
mod federation;
mod hosts;
mod identities;
mod imds;
mod linked;
mod lists;
mod locks;
mod management_groups;
mod one_owner;
mod program;
mod refusals;
mod relay;
mod role_assignments;
mod role_files;
mod sign_in;
mod vault;
