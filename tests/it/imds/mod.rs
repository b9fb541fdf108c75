//! VMs' metadata services, seen from outside: what is told of a VM is the VM, and nobody else gets at it.
//!
//! How to add the next: a theme is a file here; what one router shows without a cloud is tested in the crate `imds`.

mod described;
mod openapi;
mod rebinding;
mod scheduled_events;
mod smuggling;
mod throttling;
mod wire;
