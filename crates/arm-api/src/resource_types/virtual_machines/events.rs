//! Scheduled events: how they come to be, and what becomes of the machine when they start. The machine itself is told of
//! them, and acknowledges them, through its metadata service.

use model::{EventSource, EventType, Ids, POWER_STATE, Resource, ScheduledEvent, Scope, Time};
use serde_json::{Value, json};
use store::{Store, StoreError, Tx};
use time::Duration;

use crate::resource_types::Write;
use crate::tracked;

/// An event as somebody wants it.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// What is to happen.
    pub event_type: EventType,
    /// Whose wish it is.
    pub source: EventSource,
    /// How long ahead the machine is told of it; the least that Azure gives when none is named.
    pub notice: Option<Duration>,
    /// How many seconds it takes; the usual ones when none are named.
    pub duration: Option<i32>,
    /// Why, in words.
    pub description: String,
}

/// Tells the machine at `scope` of an event that is to come. The answer is the event, or a sentence why there can be none.
///
/// # Errors
/// A sentence: the machine is not there, does not run, or is no Spot machine, which alone are preempted.
pub fn schedule_event(
    tx: &mut Tx,
    ids: &Ids,
    scope: &Scope,
    wanted: Schedule,
    now: Time,
) -> Result<ScheduledEvent, String> {
    let machine = tx.resource(scope).ok_or_else(|| "There is no such VM.".to_owned())?;
    if !machine.is_running() {
        return Err(format!("The VM '{}' is not running: start it first.", machine.name));
    }
    if wanted.event_type == EventType::Preempt && !is_spot(machine) {
        return Err(format!("The VM '{}' is not a Spot VM: only those are preempted.", machine.name));
    }
    let event = ScheduledEvent {
        id: ids.guid(),
        event_type: wanted.event_type,
        source: wanted.source,
        description: wanted.description,
        duration: wanted.duration.unwrap_or_else(|| wanted.event_type.usual_duration()),
        not_before: now + wanted.notice.unwrap_or_else(|| usual_notice(machine, wanted.event_type)),
        acknowledged_at: None,
        is_done: false,
    };
    let mut events = tx.scheduled_events(scope).cloned().unwrap_or_default();
    events.schedule(event.clone());
    tx.put_scheduled_events(scope, events);
    Ok(event)
}

/// What somebody asks Resource Manager to do to a machine is told to it first, if it wants to be told: then it happens when the
/// machine agrees or its time comes, and the answer is true. A policy of the machine may agree in its name.
pub(super) fn announce(write: &mut Write<'_>, scope: &Scope, machine: &Resource, action: &str) -> bool {
    let (event_type, done, policy) = match action.to_ascii_lowercase().as_str() {
        "restart" => (EventType::Reboot, "restarted", "userInitiatedReboot"),
        "redeploy" => (EventType::Redeploy, "redeployed", "userInitiatedRedeploy"),
        _ => return false,
    };
    if !write.tx.scheduled_events(scope).is_some_and(|events| events.is_on(write.now)) {
        return false;
    }
    let description = format!("Virtual machine is going to be {done} as requested by authorized user.");
    let source = EventSource::User;
    let wanted = Schedule { event_type, source, notice: None, duration: None, description };
    let Ok(event) = schedule_event(&mut write.tx, &write.arm.ids, scope, wanted, write.now) else { return false };
    let agrees = machine.spec.get("scheduledEventsPolicy").map(|of| &of[policy]["automaticallyApprove"]);
    if agrees == Some(&json!(true)) {
        let mut events = write.tx.scheduled_events(scope).cloned().unwrap_or_default();
        events.acknowledge(&[event.id], write.now);
        write.tx.put_scheduled_events(scope, events);
    }
    true
}

/// The same of its end, which a machine wants to be told by its profile; where it is, if it is told now or has been.
pub(super) fn announce_end(write: &mut Write<'_>) -> Option<Option<String>> {
    let scope = write.scope();
    let machine = write.tx.resource(&scope).filter(|machine| wants_to_know_its_end(machine)).cloned()?;
    let ahead = write.tx.scheduled_events(&scope).map(|events| events.events.as_slice()).unwrap_or_default();
    if !ahead.iter().any(|event| event.event_type == EventType::Terminate) {
        let description = "Virtual machine is going to be deleted as requested by authorized user.".to_owned();
        let (event_type, source) = (EventType::Terminate, EventSource::User);
        let wanted = Schedule { event_type, source, notice: None, duration: None, description };
        schedule_event(&mut write.tx, &write.arm.ids, &scope, wanted, write.now).ok()?;
    }
    Some(machine.location.clone())
}

fn terminate_notification(machine: &Resource) -> Option<&Value> {
    machine.spec.get("scheduledEventsProfile").map(|profile| &profile["terminateNotificationProfile"])
}

fn wants_to_know_its_end(machine: &Resource) -> bool {
    terminate_notification(machine).is_some_and(|profile| profile["enable"] == json!(true))
}

/// Before it is deleted a machine is told as long ahead as it wants: 5 to 15 minutes.
fn usual_notice(machine: &Resource, event_type: EventType) -> Duration {
    let least = event_type.minimum_notice();
    let profile = terminate_notification(machine).filter(|_| wants_to_know_its_end(machine));
    let wanted = profile.and_then(|profile| profile["notBeforeTimeout"].as_str());
    let minutes = wanted.and_then(|text| text.strip_prefix("PT")?.strip_suffix('M')?.parse().ok());
    match (event_type, minutes) {
        (EventType::Terminate, Some(minutes)) => Duration::minutes(minutes).clamp(least, Duration::minutes(15)),
        _ => least,
    }
}

/// Does to machines what has come due by `now`, because its time is there or because they acknowledged it.
///
/// # Errors
/// When the state cannot be written.
pub async fn settle_scheduled_events(store: &Store, now: Time) -> Result<(), StoreError> {
    if store.read().vms_with_due_events(now).next().is_none() {
        return Ok(());
    }
    let mut tx = store.begin().await;
    let due: Vec<Scope> = tx.vms_with_due_events(now).collect();
    for scope in due {
        let mut events = tx.scheduled_events(&scope).cloned().unwrap_or_default();
        let started = events.start(now);
        events.finish(now);
        tx.put_scheduled_events(&scope, events);
        for event_type in started {
            undergo(&mut tx, &scope, event_type, now);
        }
    }
    tx.commit().await
}

/// What an event does to a machine. One that does not run has nothing to lose.
fn undergo(tx: &mut Tx, scope: &Scope, event_type: EventType, now: Time) {
    let Some(machine) = tx.resource(scope).filter(|machine| machine.is_running()).cloned() else { return };
    let is_deleted = match event_type {
        EventType::Terminate => true,
        EventType::Preempt => is(&machine, "evictionPolicy", "Delete"),
        EventType::Freeze | EventType::Reboot | EventType::Redeploy => false,
    };
    if is_deleted {
        if let Err(error) = tracked::remove(tx, scope) {
            tracing::error!(%scope, ?error, "a machine cannot be taken away");
        }
        return;
    }
    let mut machine = Resource::clone(&machine);
    match event_type {
        EventType::Preempt => drop(machine.runtime.insert(POWER_STATE.into(), json!("deallocated"))),
        // It runs before and after; the instance view tells since when.
        EventType::Reboot | EventType::Redeploy => {}
        EventType::Freeze | EventType::Terminate => return,
    }
    machine.changed_at = now;
    tx.put_resource(machine);
}

/// Whether the machine may be taken away: the old name of its priority is Low.
pub(super) fn is_spot(machine: &Resource) -> bool {
    is(machine, "priority", "Spot") || is(machine, "priority", "Low")
}

fn is(machine: &Resource, member: &str, value: &str) -> bool {
    machine.spec.get(member).and_then(Value::as_str).is_some_and(|found| found.eq_ignore_ascii_case(value))
}
