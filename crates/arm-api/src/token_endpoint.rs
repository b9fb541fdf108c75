//! What a resource gets beside its properties when programs run on it with managed identities: the endpoint of its own
//! where they find their tokens (IDENTITY-WIRE 2.5).

use axum::http::StatusCode;
use model::{ENDPOINT_SECRET, POWER_STATE, RUNNING, Resource};
use serde_json::json;
use store::Tx;

use crate::answer::Answer;
use crate::error::ArmError;
use crate::resource_types::Write;
use crate::tracked;

/// Gives a new resource its endpoint; one that has it keeps it.
pub(crate) fn open(write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) {
    if before.is_none() {
        draft.runtime.insert(POWER_STATE.into(), json!(RUNNING));
        draft.runtime.insert(ENDPOINT_SECRET.into(), json!(write.arm.ids.guid()));
        write.tx.claim_imds_port(&draft.scope());
    }
}

/// Its end.
pub(crate) fn close(tx: &mut Tx, resource: &Resource) {
    tx.release_imds_port(&resource.scope());
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
    resource.runtime.insert(POWER_STATE.into(), json!(state));
    resource.changed_at = write.now;
    show(&mut resource);
    write.tx.put_resource(resource);
    Ok(Answer::empty(status))
}
