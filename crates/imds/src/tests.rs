//! The whole service, asked through its router.

mod attested;
mod described;
mod errors;
mod faults;
mod garbage;
mod instance;
mod load_balancer;
mod scheduled_events;
mod since;
mod token;
