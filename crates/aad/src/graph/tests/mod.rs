//! Graph, asked over HTTP.

mod applications;
mod collections;
mod federated_identity_credentials;
mod garbage;
mod managed_identities;
mod people_and_groups;
mod refusals;
