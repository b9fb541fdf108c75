//! smalt: the Azure control plane on one machine.
//!
//! What it is: the house around the faces. [`world`] makes the first tenant, [`cloud`] puts store, keys and faces
//! together, [`server`] gives them ports, TLS, a proxy, an IMDS for every running VM and a socket for the command line.
//! [`cli`] is what a person types.
//!
//! What it is not: no Azure behaviour is decided here.
//!
//! How to add the next command: one file under `cli/`, one line in its `Command`.

pub mod caretaker;
pub mod certificate_authority;
pub mod cli;
pub mod cloud;
pub mod cluster_certificate;
pub mod connect_proxy;
pub mod control;
pub mod environment;
pub mod front;
pub mod imds_fleet;
mod plain_http;
pub mod ports;
pub mod server;
pub mod token_endpoints;
pub mod token_keys;
pub mod vm_namespace;
pub mod world;
