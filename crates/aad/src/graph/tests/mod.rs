//! Graph, asked over HTTP.

mod applications;
mod collections;
mod garbage;
mod managed_identities;
mod people_and_groups;
mod refusals;
