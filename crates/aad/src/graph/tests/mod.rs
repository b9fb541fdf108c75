//! Graph over HTTP.

mod administrators;
mod alternate_keys;
mod applications;
mod batch;
mod collections;
mod consents;
mod deleted_items;
mod delta;
mod federated_identity_credentials;
mod garbage;
mod key_rolling;
mod managed_identities;
mod oneself;
mod paths;
mod people_and_groups;
mod permissions;
mod refusals;
mod relations;
mod values;
