//! Deployments, at resource groups and at subscriptions. What they do stands in [`crate::deployment`].

use axum::http::StatusCode;
use model::{Resource, Scope};
use serde_json::{Value, json};
use store::Operation;

use super::{Read, ResourceType, Write};
use crate::answer::Answer;
use crate::deployment::{self, Behalf, Live, Record, Run, Wanted};
use crate::error::ArmError;
use crate::{list, operation, render, tracked};

/// The version of the engine that clients are told; that of the newest recordings (RECORDED-FACTS 1).
const ENGINE_VERSION: &str = "1.628.3";

pub(crate) struct Deployments;

impl ResourceType for Deployments {
    fn name(&self) -> &'static str {
        deployment::TYPE
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2025-04-01", "2024-11-01", "2022-09-01", "2021-04-01", "2020-06-01"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "DELETE", "cancel", "exportTemplate", "validate", "whatIf"]
    }

    fn is_listed_as_resource(&self) -> bool {
        false
    }

    /// The Azure CLI pastes template files into its bodies as they are (AZ-WIRE 0.4).
    fn read_body(&self, bytes: &[u8]) -> Result<Value, ArmError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        template::lenient::parse(bytes).map_err(|error| ArmError::InvalidRequestContent(error.to_string()))
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        tracked::check_container(read.world, read.route)?;
        let found = read.world.resource(&read.scope()).ok_or_else(|| deployment::not_found(read.route.name()))?;
        Ok(Answer::ok(Value::Object(render::resource(self, read.world, found, read.request, &[]))))
    }

    /// Those at this very scope, the latest first: a subscription's are not those of its groups.
    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        tracked::check_container(read.world, read.route)?;
        let own = Scope::new(&format!("{}/providers/{}", read.id(), deployment::TYPE));
        let wanted = wanted_state(read.request.query.get("$filter").unwrap_or_default())?;
        let is_wanted = |d: &Resource| {
            let state = d.status.get("provisioningState").and_then(Value::as_str).unwrap_or_default();
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(state))
        };
        let mut found: Vec<_> = read.world.resources_of_type(&own, self.name()).filter(|d| is_wanted(d)).collect();
        found.sort_by_key(|d| std::cmp::Reverse(d.changed_at));
        let shown = found.into_iter().map(|d| render::resource(self, read.world, d, read.request, &[]));
        list::page(shown.map(Value::Object).collect(), read.request)
    }

    /// Keeps the deployment and answers; the resources follow once that is durable.
    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        deployment::check_name(write.name())?;
        let wanted = Wanted::read(write)?;
        let behalf = behalf(write);
        let live = Live { arm: write.arm, behalf: &behalf, now: write.now };
        deployment::check_rights(write, &wanted.plan, &live)?;
        let is_new = write.tx.resource(&write.scope()).is_none();
        let (record, kept) = Record::begin(write, &wanted, &behalf.correlation_id, &live)?;
        let shown = render::resource(self, &write.tx, &kept, write.request, &[]);
        let mut answer = Answer::put(is_new, Value::Object(shown))
            .with_header("azure-asyncoperation", record.status_url(&write.request.origin(), write.api_version))
            .with_header("x-ms-deployment-engine-version", ENGINE_VERSION);
        let Wanted { plan, mode, destination, .. } = wanted;
        let run = Run { record, plan, mode, destination, behalf };
        answer.after_commit = Some(Box::new(move |arm, _| Box::pin(run.finish(arm))));
        Ok(answer)
    }

    /// The record goes; what it made stays.
    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        tracked::check_container(&write.tx, write.route)?;
        let scope = write.scope();
        let Some(found) = write.tx.resource(&scope).cloned() else {
            return Ok(Answer::empty(StatusCode::NO_CONTENT));
        };
        deployment::check_not_active(&found)?;
        write.tx.delete_resource(&scope);
        let id = write.arm.ids.guid();
        let subscription = format!("/subscriptions/{}", write.route.path.subscription().unwrap_or_default());
        let url =
            format!("{}{subscription}/operationresults/{id}?api-version={}", write.request.origin(), write.api_version);
        write.tx.put_operation(Operation {
            id,
            scope: Scope::new(&subscription),
            started_at: write.now,
            due_at: write.now,
            outcome: json!({"status": "Succeeded"}),
        });
        Ok(Answer::empty(StatusCode::ACCEPTED)
            .with_header("location", url)
            .with_header("retry-after", operation::RETRY_AFTER))
    }

    fn act(&self, write: &mut Write<'_>, action: &str) -> Result<Answer, ArmError> {
        match action.to_ascii_lowercase().as_str() {
            "validate" => validate(write),
            "whatif" => what_if(write),
            "cancel" => {
                let (found, now) = (existing(write)?, write.now);
                deployment::cancel(&mut write.tx, &found, now)?;
                Ok(Answer::empty(StatusCode::NO_CONTENT))
            }
            "exporttemplate" => Ok(Answer::ok(json!({"template": deployment::template(&*existing(write)?)}))),
            _ => Err(write.route.no_such_type(write.api_version)),
        }
    }
}

fn validate(write: &Write<'_>) -> Result<Answer, ArmError> {
    deployment::check_name(write.name())?;
    let wanted = Wanted::read(write)?;
    let behalf = behalf(write);
    let live = Live { arm: write.arm, behalf: &behalf, now: write.now };
    deployment::check_rights(write, &wanted.plan, &live)?;
    Ok(Answer::ok(deployment::validated(&wanted, write.name(), &behalf.correlation_id, &live)))
}

/// Azure answers 202 and the result later; its clients take it at once as well (AZ-WIRE 8).
fn what_if(write: &Write<'_>) -> Result<Answer, ArmError> {
    deployment::check_name(write.name())?;
    let wanted = Wanted::read(write)?;
    let behalf = behalf(write);
    let live = Live { arm: write.arm, behalf: &behalf, now: write.now };
    deployment::check_rights(write, &wanted.plan, &live)?;
    let changes = deployment::changes(write, &wanted, &live)?;
    let properties = json!({"correlationId": behalf.correlation_id, "changes": changes});
    Ok(Answer::ok(json!({"status": "Succeeded", "properties": properties})))
}

fn existing(write: &Write<'_>) -> Result<std::sync::Arc<Resource>, ArmError> {
    tracked::check_container(&write.tx, write.route)?;
    write.tx.resource(&write.scope()).cloned().ok_or_else(|| deployment::not_found(write.name()))
}

fn behalf(write: &Write<'_>) -> Behalf {
    Behalf {
        request_id: write.request.id,
        caller: write.authorized.caller().clone(),
        host: write.request.host.clone(),
        vault_dns: write.request.vault_dns.clone(),
        // A deployment repeats the client's correlation id, in the client's form (RECORDED-FACTS 1).
        correlation_id: write.request.correlation_id.clone().unwrap_or_else(|| write.arm.ids.guid().to_string()),
    }
}

/// The one filter that clients send: `provisioningState eq 'Running'`.
fn wanted_state(filter: &str) -> Result<Option<String>, ArmError> {
    let mut words = filter.split_whitespace();
    let (field, operator, value) = (words.next(), words.next(), words.next());
    let state = value.and_then(|v| v.strip_prefix('\'')?.strip_suffix('\''));
    match (field, operator, state) {
        (None, ..) => Ok(None),
        (Some(field), Some(operator), Some(state))
            if field.eq_ignore_ascii_case("provisioningState")
                && operator.eq_ignore_ascii_case("eq")
                && words.next().is_none() =>
        {
            Ok(Some(state.to_owned()))
        }
        _ => Err(ArmError::bad(
            "InvalidFilterInQueryString",
            format!("Invalid $filter '{filter}' specified in the query string."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_a_state() {
        assert_eq!(wanted_state("").ok(), Some(None));
        assert_eq!(wanted_state("provisioningstate EQ 'Failed'").ok(), Some(Some("Failed".to_owned())));
        for wrong in ["name eq 'x'", "provisioningState eq Failed", "provisioningState eq 'a' or true", "x"] {
            assert!(wanted_state(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_body_with_a_pasted_template_is_read() {
        let body = Deployments.read_body(b"{\"properties\": {\"mode\": \"Incremental\", template:{ // a comment\n }}}");
        assert_eq!(body.ok(), Some(json!({"properties": {"mode": "Incremental", "template": {}}})));
        assert_eq!(Deployments.read_body(b" ").ok(), Some(Value::Null));
        assert!(Deployments.read_body(b"{").is_err());
    }
}
