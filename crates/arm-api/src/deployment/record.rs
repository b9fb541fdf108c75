//! The record of a deployment: a resource that tells how far it has come, and the operation that clients poll.
//!
//! The run changes it in transactions of its own, one after each resource: what is kept is never ahead of what was
//! made. Plans are not kept; a run that the process did not live to finish is ended at the next start.

use std::sync::Arc;

use model::{JsonMap, Resource, Scope, Time};
use serde_json::{Value, json};
use store::{Operation, Snapshot, StoreError, Tx};
use template::Lookup;
use uuid::Uuid;

use super::behalf::encode;
use super::times::{LONGEST_RUN, duration};
use super::{TYPE, Wanted, refusal, summary};
use crate::Arm;
use crate::error::ArmError;
use crate::render::moment;
use crate::resource_types::Write;

/// How a deployment ends.
pub(crate) enum Ending {
    /// With its outputs and the ids of all it made.
    Succeeded { outputs: JsonMap, resources: Vec<String> },
    /// With this `error`.
    Failed(Value),
    /// Because somebody wanted it to.
    Canceled,
}

/// One run of one deployment. A later run under the same name is another one.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) operation: Uuid,
}

impl Record {
    /// Keeps a deployment that is about to run.
    ///
    /// # Errors
    /// An earlier run goes on; a deployment of that name is kept in another region.
    pub(crate) fn begin(
        write: &mut Write<'_>,
        wanted: &Wanted,
        correlation_id: &str,
        lookup: &dyn Lookup,
    ) -> Result<(Self, Arc<Resource>), ArmError> {
        let before = write.tx.resource(&write.scope()).cloned();
        if let Some(before) = &before {
            check_not_active(before)?;
            check_location(before, wanted.location.as_deref())?;
        }
        let properties = summary::properties(wanted, correlation_id, "Accepted", &moment(write.now), lookup);
        let operation = write.arm.ids.guid();
        let mut runtime = JsonMap::new();
        runtime.insert("operation".into(), json!(operation));
        runtime.insert("operations".into(), json!([]));
        runtime.insert("template".into(), wanted.template.clone());
        let id = format!("{}/providers/{TYPE}/{}", wanted.destination, write.name());
        let deployment = write.tx.put_resource(Resource {
            id: before.as_ref().map_or(id, |b| b.id.clone()),
            resource_type: TYPE.to_owned(),
            name: before.as_ref().map_or_else(|| write.name().to_owned(), |b| b.name.clone()),
            location: wanted.location.clone(),
            tags: wanted.tags.clone(),
            identity: model::Identity::default(),
            envelope: JsonMap::new(),
            spec: JsonMap::new(),
            status: properties,
            runtime,
            created_at: before.as_ref().map_or(write.now, |b| b.created_at),
            changed_at: write.now,
            version: before.as_ref().map_or(1, |b| b.version + 1),
        });
        let subscription = write.route.path.subscription().unwrap_or_default();
        write.tx.put_operation(Operation {
            id: operation,
            scope: Scope::new(&format!("/subscriptions/{subscription}")),
            started_at: write.now,
            // The run moves this to the present when it ends.
            due_at: write.now + LONGEST_RUN,
            outcome: outcome("Failed", Some(&interrupted())),
        });
        Ok((Self { id: deployment.id.clone(), operation }, deployment))
    }

    /// What `Azure-AsyncOperation` says. Azure writes `resourcegroups` in it.
    pub(crate) fn status_url(&self, origin: &str, api_version: &str) -> String {
        let id = encode(&self.id).replacen("/resourceGroups/", "/resourcegroups/", 1);
        format!("{origin}{id}/operationStatuses/{}?api-version={api_version}", self.operation)
    }

    /// The deployment, while this run of it goes on: not when it was cancelled, not when it went with its group.
    pub(crate) fn active<'a>(&self, world: &'a Snapshot) -> Option<&'a Arc<Resource>> {
        let found = world.resource(&Scope::new(&self.id))?;
        (is_active(found) && operation_of(found) == Some(self.operation)).then_some(found)
    }

    /// Keeps what came of one step.
    pub(crate) async fn note(&self, arm: &Arm, step: Value) -> Result<(), StoreError> {
        let mut tx = arm.store.begin().await;
        let Some(mut deployment) = self.active(&tx).map(|found| Resource::clone(found)) else { return Ok(()) };
        let now = arm.clock.now();
        if let Some(Value::Array(operations)) = deployment.runtime.get_mut("operations") {
            operations.push(step);
        }
        set_state(&mut deployment, "Running", now);
        tx.put_resource(deployment);
        tx.commit().await
    }

    /// Ends the deployment and its operation. A deployment that is no longer this run's keeps its own ending.
    pub(crate) async fn end(&self, arm: &Arm, ending: &Ending) -> Result<(), StoreError> {
        let mut tx = arm.store.begin().await;
        let now = arm.clock.now();
        match self.active(&tx).cloned() {
            Some(deployment) => end(&mut tx, &deployment, ending, now),
            None if tx.operation(self.operation).is_some_and(|o| now < o.due_at) => {
                let name = self.id.rsplit('/').next().unwrap_or_default();
                let gone = refusal::not_found(name).body();
                end_operation(&mut tx, self.operation, outcome("Failed", gone.get("error")), now);
            }
            None => {}
        }
        tx.commit().await
    }
}

/// Cancels a deployment that runs; the run finds out before its next resource.
pub(crate) fn cancel(tx: &mut Tx, deployment: &Resource, now: Time) -> Result<(), ArmError> {
    if !is_active(deployment) {
        return Err(refusal::not_cancellable(&deployment.name, state(deployment), deployment.changed_at));
    }
    end(tx, deployment, &Ending::Canceled, now);
    Ok(())
}

/// 409 while a run goes on.
pub(crate) fn check_not_active(deployment: &Resource) -> Result<(), ArmError> {
    if is_active(deployment) { Err(refusal::active(deployment)) } else { Ok(()) }
}

/// The steps of a deployment, as `…/operations` lists them.
pub(crate) fn operations(deployment: &Resource) -> &[Value] {
    deployment.runtime.get("operations").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The template as it was sent.
pub(crate) fn template(deployment: &Resource) -> Value {
    deployment.runtime.get("template").cloned().unwrap_or_default()
}

/// Ends every deployment that the process before this one left half-way, and tells how many there were. Call it once,
/// before the first request is taken.
///
/// # Errors
/// [`StoreError`] when the endings cannot be kept.
pub async fn settle_interrupted_deployments(arm: &Arm) -> Result<usize, StoreError> {
    let mut tx = arm.store.begin().await;
    let everywhere = Scope::new(Scope::ROOT);
    let left: Vec<_> = tx.resources_of_type(&everywhere, TYPE).filter(|d| is_active(d)).cloned().collect();
    for deployment in &left {
        end(&mut tx, deployment, &Ending::Failed(interrupted()), arm.clock.now());
    }
    tx.commit().await?;
    Ok(left.len())
}

fn end(tx: &mut Tx, deployment: &Resource, ending: &Ending, now: Time) {
    let mut ended = deployment.clone();
    let (state, error) = match ending {
        Ending::Succeeded { outputs, resources } => {
            let mut resources = resources.clone();
            resources.sort_unstable();
            let resources = resources.into_iter().map(|id| json!({"id": id})).collect();
            ended.status.insert("outputs".into(), Value::Object(outputs.clone()));
            ended.status.insert("outputResources".into(), resources);
            ("Succeeded", None)
        }
        Ending::Failed(error) => {
            ended.status.insert("error".into(), error.clone());
            ("Failed", Some(error))
        }
        Ending::Canceled => ("Canceled", None),
    };
    set_state(&mut ended, state, now);
    if let Some(operation) = operation_of(&ended) {
        end_operation(tx, operation, outcome(state, error), now);
    }
    tx.put_resource(ended);
}

fn end_operation(tx: &mut Tx, id: Uuid, outcome: Value, now: Time) {
    if let Some(operation) = tx.operation(id).cloned() {
        tx.put_operation(Operation { due_at: now, outcome, ..operation });
    }
}

fn outcome(status: &str, error: Option<&Value>) -> Value {
    match error {
        Some(error) => json!({"status": status, "error": error}),
        None => json!({"status": status}),
    }
}

/// The members of `status` that change with every step. `changed_at` is left alone: it is when the run began.
fn set_state(deployment: &mut Resource, state: &str, now: Time) {
    let status = &mut deployment.status;
    status.insert("provisioningState".into(), json!(state));
    status.insert("timestamp".into(), json!(moment(now)));
    status.insert("duration".into(), json!(duration(now - deployment.changed_at)));
}

fn state(deployment: &Resource) -> &str {
    deployment.status.get("provisioningState").and_then(Value::as_str).unwrap_or_default()
}

fn is_active(deployment: &Resource) -> bool {
    matches!(state(deployment), "Accepted" | "Running")
}

fn operation_of(deployment: &Resource) -> Option<Uuid> {
    deployment.runtime.get("operation").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok())
}

fn check_location(before: &Resource, wanted: Option<&str>) -> Result<(), ArmError> {
    match (wanted, &before.location) {
        (Some(wanted), Some(existing)) if wanted != existing => Err(ArmError::conflict(
            "InvalidDeploymentLocation",
            format!(
                "Invalid deployment location '{wanted}'. The deployment '{}' already exists in location '{existing}'.",
                before.name
            ),
        )),
        _ => Ok(()),
    }
}

/// No error of Azure's, which does not lose its deployments.
fn interrupted() -> Value {
    json!({
        "code": "DeploymentInterrupted",
        "message": "The service stopped before the deployment had ended. What was made until then stays. Deploy again to go on.",
    })
}
