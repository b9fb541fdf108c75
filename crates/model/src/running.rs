//! What the simulator knows of a resource on which programs run: its power, and the secret of the endpoint where they find
//! their tokens.

use crate::{JsonMap, Resource};

/// Where the power state stands in [`Resource::runtime`].
pub const POWER_STATE: &str = "powerState";

/// The power state in which programs run and endpoints answer.
pub const RUNNING: &str = "running";

/// Where the secret stands in [`Resource::runtime`] that the host's programs are told in a variable; most hosts want it with
/// every request.
pub const ENDPOINT_SECRET: &str = "endpointSecret";

/// Whether a resource with this [`Resource::runtime`] runs.
#[must_use]
pub fn is_running(runtime: &JsonMap) -> bool {
    runtime.get(POWER_STATE).is_some_and(|state| state == RUNNING)
}

impl Resource {
    /// Whether programs run on it.
    #[must_use]
    pub fn is_running(&self) -> bool {
        is_running(&self.runtime)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_says_so_runs() {
        for (state, runs) in [
            (json!({}), false),
            (json!({"powerState": "running"}), true),
            (json!({"powerState": "deallocated"}), false),
            (json!({"powerState": "Running"}), false),
            (json!({"powerState": {"code": "running"}}), false),
        ] {
            assert_eq!(is_running(state.as_object().unwrap()), runs, "{state}");
        }
    }
}
