//! What is done to VMs through their metadata services: events that they are told of, failures, limits.

use arm_api::{Schedule, schedule_event};
use axum::Json;
use axum::extract::State;
use imds::{Fault, FaultKind};
use model::{EventSource, EventType, Resource, http_date, parse_span};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Answer, Control, Refusal, VmName};

/// What `smalt vm event` asks for.
#[derive(Debug, Serialize, Deserialize)]
pub struct EventWanted {
    /// The VM.
    #[serde(flatten)]
    pub vm: VmName,
    /// What is to happen, in any case.
    pub event: String,
    /// How long ahead the VM is told, such as `15m`.
    pub notice: Option<String>,
    /// How many seconds it takes.
    pub duration: Option<i32>,
    /// Why.
    pub description: Option<String>,
}

pub(super) async fn schedule(State(control): State<Control>, Json(wanted): Json<EventWanted>) -> Answer {
    let name = wanted.vm.vm.as_deref().unwrap_or_default();
    let machine = control.machine(name, wanted.vm.group.as_deref())?;
    let event_type = EventType::ALL.into_iter().find(|t| t.as_str().eq_ignore_ascii_case(&wanted.event));
    let event_type = event_type.ok_or_else(|| Refusal::new(format!("There is no event '{}'.", wanted.event)))?;
    if wanted.duration.is_some_and(|seconds| seconds < -1) {
        return Err(Refusal::new("A duration is a number of seconds, or -1 where nobody knows it."));
    }
    let schedule = Schedule {
        event_type,
        source: EventSource::Platform,
        notice: wanted.notice.as_deref().map(parse_span).transpose().map_err(Refusal::new)?,
        duration: wanted.duration,
        description: wanted.description.unwrap_or_else(|| "Simulated maintenance.".to_owned()),
    };
    let mut tx = control.cloud.store.begin().await;
    let now = control.cloud.clock.now();
    let event = schedule_event(&mut tx, &control.cloud.ids, &machine.scope(), schedule, now).map_err(Refusal::new)?;
    tx.commit().await?;
    Ok(Json(json!({
        "id": event.id.to_string().to_uppercase(),
        "event": event.event_type.as_str(),
        "vm": machine.name,
        "notBefore": http_date(event.not_before),
    })))
}

/// What `smalt vm fault` asks for.
#[derive(Debug, Serialize, Deserialize)]
pub struct FaultWanted {
    /// The VM.
    #[serde(flatten)]
    pub vm: VmName,
    /// The fault's name, or `none`.
    pub fault: String,
    /// For how long, such as `70s`; for ever if none is given.
    pub span: Option<String>,
}

pub(super) async fn fail(State(control): State<Control>, Json(wanted): Json<FaultWanted>) -> Answer {
    let name = wanted.vm.vm.as_deref().unwrap_or_default();
    let machine = control.machine(name, wanted.vm.group.as_deref())?;
    let span = wanted.span.as_deref().map(parse_span).transpose().map_err(Refusal::new)?;
    let until = span.map(|span| control.cloud.clock.now() + span);
    let fault = match FaultKind::ALL.into_iter().find(|(name, _)| *name == wanted.fault) {
        Some((_, kind)) => Some(Fault { kind, until }),
        None if wanted.fault == "none" => None,
        None => return Err(Refusal::new(format!("There is no fault '{}'.", wanted.fault))),
    };
    let mut tx = control.cloud.store.begin().await;
    let gone = || Refusal::new(format!("There is no VM '{name}' any more."));
    let mut changed = Resource::clone(tx.resource(&machine.scope()).ok_or_else(gone)?);
    Fault::set(&mut changed, fault.as_ref())?;
    tx.put_resource(changed);
    tx.commit().await?;
    let state = match fault {
        None => "The metadata service works.".to_owned(),
        Some(Fault { until: None, .. }) => format!("The metadata service is {} until told otherwise.", wanted.fault),
        Some(Fault { until: Some(end), .. }) => {
            format!("The metadata service is {} until {}.", wanted.fault, http_date(end))
        }
    };
    Ok(Json(json!({"state": state})))
}

/// Whether services limit rates.
#[derive(Debug, Serialize, Deserialize)]
pub struct Throttling {
    /// Whether they do.
    pub on: bool,
}

pub(super) async fn throttling(State(control): State<Control>) -> Answer {
    Ok(Json(json!({"on": control.cloud.store.read().is_throttling()})))
}

pub(super) async fn set_throttling(State(control): State<Control>, Json(wanted): Json<Throttling>) -> Answer {
    let mut tx = control.cloud.store.begin().await;
    tx.put_throttling(wanted.on);
    tx.commit().await?;
    Ok(Json(json!({"on": wanted.on})))
}
