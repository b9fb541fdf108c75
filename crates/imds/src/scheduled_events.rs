//! `/metadata/scheduledevents`: what is about to happen to the VM, and its consent to have it happen now
//! (IDENTITY-WIRE 1.7). What happens is somebody else's affair; here it is told and acknowledged.

use axum::body::Body;
use axum::http::StatusCode;
use model::{EventType, JsonMap, Resource, ScheduledEvent, ScheduledEvents, Scope, Time, http_date};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Snapshot, Store};
use uuid::Uuid;

use crate::error::Error;
use crate::reply::Reply;

/// A longer acknowledgement is none.
const LONGEST_BODY: usize = 64 * 1024;

/// The document in `version`.
pub(crate) fn document(world: &Snapshot, vm: &Resource, version: &str) -> Reply {
    let events = world.scheduled_events(&vm.scope()).cloned().unwrap_or_default();
    let known = events.events.iter().filter(|event| version >= first_version(event.event_type));
    let shown: Vec<Value> = known.map(|event| show(event, &vm.name, version)).collect();
    Reply::json(&json!({"DocumentIncarnation": events.incarnation, "Events": shown}))
}

/// The version since which clients know of such events.
fn first_version(event_type: EventType) -> &'static str {
    match event_type {
        EventType::Freeze | EventType::Reboot | EventType::Redeploy => "2017-03-01",
        EventType::Preempt => "2017-11-01",
        EventType::Terminate => "2019-01-01",
    }
}

fn show(event: &ScheduledEvent, vm: &str, version: &str) -> Value {
    let is_started = event.is_started();
    // The preview wrote an underscore before names.
    let resource = if version < "2017-08-01" { format!("_{vm}") } else { vm.to_owned() };
    let mut shown = JsonMap::new();
    for (name, since, value) in [
        ("EventId", "", json!(event.id.to_string().to_uppercase())),
        ("EventType", "", json!(event.event_type.as_str())),
        ("ResourceType", "", json!("VirtualMachine")),
        ("Resources", "", json!([resource])),
        ("EventStatus", "", json!(if is_started { "Started" } else { "Scheduled" })),
        ("NotBefore", "", json!(if is_started { String::new() } else { http_date(event.not_before) })),
        ("Description", "2019-04-01", json!(event.description)),
        ("EventSource", "2019-08-01", json!(event.source.as_str())),
        ("DurationInSeconds", "2020-07-01", json!(event.duration)),
    ] {
        if version >= since {
            shown.insert(name.to_owned(), value);
        }
    }
    Value::Object(shown)
}

/// Notes down that the VM at `vm` asked: the first question switches the feature on, and a day without one switches it off.
/// The document is told whether or not that can be kept.
pub(crate) async fn note_question(store: &Store, vm: &Scope, now: Time) {
    if store.read().scheduled_events(vm).is_some_and(|events| !events.is_news(now)) {
        return;
    }
    let mut tx = store.begin().await;
    // Meanwhile the VM may be gone.
    if tx.resource(vm).is_none() {
        return;
    }
    let events = tx.scheduled_events(vm).cloned().unwrap_or_default();
    tx.put_scheduled_events(vm, ScheduledEvents { asked_at: Some(now), ..events });
    if let Err(error) = tx.commit().await {
        tracing::error!(%error, "that a VM asks for scheduled events cannot be kept");
    }
}

/// What an acknowledgement says.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Acknowledgement {
    start_requests: Vec<StartRequest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StartRequest {
    event_id: Uuid,
}

/// Starts the events that the VM is ready for. Those that have started or are no more are no mistake: the VM may have been
/// slow.
///
/// # Errors
/// [`Error::StartRequests`], [`Error::TooLate`], [`Error::Failure`].
pub(crate) async fn acknowledge(store: &Store, vm: &Scope, body: Body, now: Time) -> Result<Reply, Error> {
    let bytes = request_body::read(body, LONGEST_BODY).await?;
    let told: Acknowledgement = serde_json::from_slice(&bytes).map_err(|_| Error::StartRequests)?;
    let ids: Vec<Uuid> = told.start_requests.iter().map(|request| request.event_id).collect();
    let mut tx = store.begin().await;
    if let Some(before) = tx.scheduled_events(vm).cloned() {
        let mut events = before.clone();
        events.acknowledge(&ids, now);
        if events != before {
            tx.put_scheduled_events(vm, events);
        }
    }
    if let Err(error) = tx.commit().await {
        tracing::error!(%error, "an acknowledgement cannot be kept");
        return Err(Error::Failure);
    }
    Ok(Reply::json_bytes(StatusCode::OK, axum::body::Bytes::new()))
}
