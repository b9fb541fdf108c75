//! Where the making and the deletion of a management group are polled. Their names say what was done to which group, so
//! nothing is kept: the work is done when the request is answered, and the group itself tells how it ended.

use std::sync::Arc;

use axum::http::StatusCode;
use model::ManagementGroup;
use serde_json::{Value, json};

use super::shown::{self, type_name};
use super::{API_VERSIONS, READ, refusal};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::operation::RETRY_AFTER;
use crate::resource_types::{Access, Level, Read, ResourceType, Write};

/// 202 with what a client polls. The previews knew `Location` only (recordings).
pub(super) fn accepted(write: &Write<'_>, group: &ManagementGroup, done: &str) -> Answer {
    let version = write.api_version;
    let body = json!({"id": group.id(), "type": type_name(version), "name": group.name, "status": "NotStarted"});
    let base = format!("{}/providers/Microsoft.Management/operationResults/{done}", write.request.origin());
    let end = format!("managementGroups/{}?api-version={version}", group.name);
    let answer = Answer::new(StatusCode::ACCEPTED, body)
        .with_header("location", format!("{base}/{end}"))
        .with_header("retry-after", RETRY_AFTER);
    match shown::is_old(version) {
        true => answer,
        false => answer.with_header("azure-asyncoperation", format!("{base}/asyncOperation/status/{end}")),
    }
}

/// The group that was made, or none for one that was deleted; an error where the path names nothing that was done.
fn outcome<'a>(read: &Read<'a>) -> Result<Option<&'a Arc<ManagementGroup>>, ArmError> {
    let names = read.route.path.last().map(|part| part.names.as_slice()).unwrap_or_default();
    let group = read.world.management_group(read.route.name());
    let is = |place: usize, word: &str| names.get(place).is_some_and(|name| name.eq_ignore_ascii_case(word));
    let is_status = names.len() < 3 || is(1, "status");
    match group {
        // What the caller may not read was not made by it.
        Some(made) if is_status && is(0, "create") && read.authorized.may(READ, &made.scope()) => Ok(Some(made)),
        None if is_status && is(0, "delete") => Ok(None),
        _ => Err(refusal::not_found(read.id())),
    }
}

/// What `Location` leads to.
pub(crate) struct OperationResults;

impl ResourceType for OperationResults {
    fn name(&self) -> &'static str {
        "Microsoft.Management/operationResults/managementGroups"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        API_VERSIONS
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    /// Whoever deleted a group holds no right on it any more.
    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let name = read.route.name();
        let mut body = json!({
            "id": ManagementGroup::id_of(name), "type": type_name(read.api_version), "name": name, "status": "Succeeded",
        });
        if let Some(made) = outcome(read)? {
            body["properties"] = shown::group(read.world, made, read.api_version)["properties"].take();
        }
        Ok(Answer::ok(body))
    }
}

/// What `Azure-AsyncOperation` leads to.
pub(crate) struct AsyncOperations;

impl ResourceType for AsyncOperations {
    fn name(&self) -> &'static str {
        "Microsoft.Management/operationResults/asyncOperation/managementGroups"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        API_VERSIONS
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let mut body = json!({"id": read.id(), "name": read.route.name(), "status": "Succeeded"});
        if let Some(made) = outcome(read)? {
            // Unlike the group itself, its making does not tell the parent (recordings).
            let mut properties = shown::brief(read.world, made, read.api_version)["properties"].take();
            properties["details"] = Value::Object(shown::details(made));
            body["properties"] = properties;
        }
        Ok(Answer::ok(body))
    }
}
