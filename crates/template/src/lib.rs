//! ARM deployment templates: from a template, its parameters and where it is deployed, to the resources it means.
//!
//! What it is: a reader for the not-quite-JSON that clients send ([`lenient`]), the template expression language
//! (`expression`, `functions`), and the [`Plan`]: each resource's id, order and, once what it depends on exists, its
//! body.
//!
//! What it is not: it deploys nothing and asks nobody. What only the running cloud knows comes in through [`Lookup`],
//! what only the request knows through [`Context`]. Nested deployments, user functions, symbolic names and copy loops
//! on anything but a resource are refused by name, never guessed at.
//!
//! How to add the next function: one row in the table of its family in `functions/`, see there.

mod casing;
mod copy;
mod dependencies;
mod error;
mod evaluator;
mod expression;
mod functions;
mod hash;
pub mod lenient;
mod order;
mod outputs;
mod parameters;
mod plan;
mod resource;
mod resource_id;
mod template;
mod unfold;
mod value_type;

pub use error::TemplateError;
pub use evaluator::{Context, Lookup, ResourceGroup};
pub use plan::Plan;
pub use resource::PlannedResource;
pub use template::Template;
