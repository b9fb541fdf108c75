//! What a resource gets beside its properties when programs run on it with managed identities: the endpoint of its own
//! where they find their tokens (IDENTITY-WIRE 2.5).

use axum::http::StatusCode;
use model::Resource;
use serde_json::{Value, json};
use store::Tx;

use crate::answer::Answer;
use crate::error::ArmError;
use crate::resource_types::Write;
use crate::tracked;

/// Where the power state stands in [`Resource::runtime`]; an endpoint answers while it is `running`.
pub(crate) const POWER: &str = "powerState";
const RUNNING: &str = "running";

/// The secret that the host's programs are told in a variable; most hosts want it with every request.
const SECRET: &str = "endpointSecret";

/// Gives a new resource its endpoint; one that has it keeps it.
pub(crate) fn open(write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) {
    if before.is_none() {
        draft.runtime.insert(POWER.into(), json!(RUNNING));
        draft.runtime.insert(SECRET.into(), json!(write.arm.ids.guid()));
        write.tx.claim_imds_port(&draft.scope());
    }
}

/// Its end.
pub(crate) fn close(tx: &mut Tx, resource: &Resource) {
    tx.release_imds_port(&resource.scope());
}

/// Whether programs run on it.
pub(crate) fn is_running(resource: &Resource) -> bool {
    resource.runtime.get(POWER).and_then(Value::as_str) == Some(RUNNING)
}

/// Does `start`, `stop` or `restart`, and answers with `status`. `show` brings the properties to the new state.
pub(crate) fn switch(
    write: &mut Write<'_>,
    action: &str,
    status: StatusCode,
    show: impl FnOnce(&mut Resource),
) -> Result<Answer, ArmError> {
    let Some(resource) = write.tx.resource(&write.scope()).cloned() else {
        return Err(tracked::missing(&write.tx, write.route, "write"));
    };
    let mut resource = Resource::clone(&resource);
    let state = if action.eq_ignore_ascii_case("stop") { "stopped" } else { RUNNING };
    resource.runtime.insert(POWER.into(), json!(state));
    resource.changed_at = write.now;
    show(&mut resource);
    write.tx.put_resource(resource);
    Ok(Answer::empty(status))
}
