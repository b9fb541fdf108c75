//! Where long-running operations are polled. Each provider has a place of its own.

use axum::http::StatusCode;
use serde_json::{Value, json};
use store::Operation;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{Access, Read, ResourceType};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::operation::{RETRY_AFTER, status};

fn find<'a>(read: &Read<'a>) -> Result<&'a Operation, ArmError> {
    let id = Uuid::parse_str(read.route.name()).unwrap_or_default();
    read.world.operation(id).filter(|o| o.scope.contains(&read.scope())).ok_or(ArmError::OperationNotFound(id))
}

/// An operation in the way of `Location`: 202 while it runs, 200 without a body when it has ended.
fn by_location(read: &Read<'_>, done: StatusCode) -> Result<Answer, ArmError> {
    let operation = find(read)?;
    if read.now < operation.due_at {
        let here = format!("{}{}?api-version={}", read.request.origin(), read.request.path, read.api_version);
        return Ok(Answer::empty(StatusCode::ACCEPTED)
            .with_header("location", here)
            .with_header("retry-after", RETRY_AFTER));
    }
    Ok(match operation.outcome.get("result") {
        Some(result) => Answer::ok(result.clone()),
        None => Answer::empty(done),
    })
}

/// An operation in the way of `Azure-AsyncOperation`: always 200, the body tells.
fn by_status(read: &Read<'_>, running: &str) -> Result<Answer, ArmError> {
    let operation = find(read)?;
    let answer = Answer::ok(status(operation, read.now, running));
    Ok(if read.now < operation.due_at { answer.with_header("retry-after", RETRY_AFTER) } else { answer })
}

/// `/subscriptions/{s}/operationresults/{id}`: of resource groups and deployments.
pub(crate) struct OperationResults;

impl ResourceType for OperationResults {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/subscriptions/operationresults"
    }

    /// The id is known to who began the operation, and it is no right of its own.
    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        by_location(read, StatusCode::OK)
    }
}

/// `…/Microsoft.Compute/locations/{l}/operations/{id}`; with `monitor=true` in the way of `Location`.
pub(crate) struct ComputeOperations;

impl ResourceType for ComputeOperations {
    fn name(&self) -> &'static str {
        "Microsoft.Compute/locations/operations"
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        if read.request.query.get("monitor").is_some() {
            return by_location(read, StatusCode::OK);
        }
        let operation = find(read)?;
        let moment = |at: model::Time| at.format(&Rfc3339).unwrap_or_default();
        let mut body = json!({"startTime": moment(operation.started_at)});
        if read.now >= operation.due_at {
            body["endTime"] = json!(moment(operation.due_at));
        }
        if let Value::Object(told) = status(operation, read.now, "InProgress") {
            body.as_object_mut().into_iter().for_each(|b| b.extend(told.clone()));
        }
        body["name"] = json!(operation.id);
        Ok(Answer::ok(body))
    }
}

/// `…/Microsoft.Network/locations/{l}/operations/{id}`.
pub(crate) struct NetworkOperations;

impl ResourceType for NetworkOperations {
    fn name(&self) -> &'static str {
        "Microsoft.Network/locations/operations"
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        by_status(read, "InProgress")
    }
}

/// `…/Microsoft.Network/locations/{l}/operationResults/{id}`: 204 at the end.
pub(crate) struct NetworkOperationResults;

impl ResourceType for NetworkOperationResults {
    fn name(&self) -> &'static str {
        "Microsoft.Network/locations/operationResults"
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        by_location(read, StatusCode::NO_CONTENT)
    }
}

/// `…/deployments/{name}/operationStatuses/{id}`.
pub(crate) struct DeploymentOperationStatuses;

impl ResourceType for DeploymentOperationStatuses {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/deployments/operationStatuses"
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        by_status(read, "Running")
    }
}
