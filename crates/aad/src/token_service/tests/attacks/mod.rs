//! What strangers try at the token service, each refused with its code, and none of it able to stop the service.
//!
//! What it is not: what is tried at other places has its tests there: addresses that a federated issuer may not have
//! (`federation`, `tests/it/federation`), a body that never ends (`token_endpoint`), and what comes towards the metadata
//! service (`imds`).
//!
//! How to add the next: a row in the table of its kind.

mod addresses;
mod assertions;
mod challenges;
mod disabled;
mod forms;
mod grants;
mod meanwhile;
mod vouching;
