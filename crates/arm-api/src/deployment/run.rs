//! The run of a deployment: each resource down the road, in the order of their dependencies, until one fails.

use axum::http::{Method, StatusCode};
use model::Time;
use serde_json::{Value, json};
use store::StoreError;
use template::{Plan, PlannedResource};

use super::record::{Ending, Record};
use super::refusal::{deployment_failed, template_error};
use super::times::duration;
use super::wanted::Mode;
use super::{Behalf, Live, complete_mode};
use crate::error::ArmError;
use crate::render::moment;
use crate::{Arm, pipeline};

/// A deployment whose record is durable.
pub(crate) struct Run {
    pub(crate) record: Record,
    pub(crate) plan: Plan,
    pub(crate) mode: Mode,
    /// What is deployed to.
    pub(crate) destination: String,
    pub(crate) behalf: Behalf,
}

/// What became of one request: the status and the answer's `id`, or the status and the error.
pub(crate) type Made = Result<(StatusCode, Option<String>), (StatusCode, Value)>;

/// What a step works on, as the list of operations tells it.
pub(crate) struct Target<'a> {
    pub(crate) id: &'a str,
    pub(crate) resource_type: &'a str,
    pub(crate) name: &'a str,
}

impl Run {
    /// Runs to the end, whatever that is. Only the state itself can keep it from telling how it ended.
    pub(crate) async fn finish(self, arm: Arm) {
        let ended = match self.resources(&arm).await {
            Ok(ending) => self.record.end(&arm, &ending).await,
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            tracing::error!(deployment = self.record.id, %error, "a deployment's record could not be kept");
        }
    }

    async fn resources(&self, arm: &Arm) -> Result<Ending, StoreError> {
        let mut made = Vec::new();
        for at in self.plan.order() {
            let resource = &self.plan.resources[at];
            if self.record.active(&arm.store.read()).is_none() {
                return Ok(Ending::Canceled);
            }
            let began = arm.clock.now();
            let result = self.make(arm, resource, began).await;
            let target = Target { id: &resource.id, resource_type: &resource.resource_type, name: &resource.name };
            self.note(arm, "Create", Some(&target), &result, began).await?;
            match result {
                Ok((_, id)) => made.push(id.unwrap_or_else(|| resource.id.clone())),
                Err((_, cause)) => return Ok(self.failed(cause)),
            }
        }
        if self.mode == Mode::Complete
            && let Err(cause) = complete_mode::clear(self, arm).await?
        {
            return Ok(self.failed(cause));
        }
        self.outputs(arm, made).await
    }

    fn failed(&self, cause: Value) -> Ending {
        Ending::Failed(deployment_failed(&self.record.id, cause))
    }

    async fn make(&self, arm: &Arm, resource: &PlannedResource, now: Time) -> Made {
        let body = resource.body(&Live { arm, behalf: &self.behalf, now });
        let body = body.map_err(|error| (StatusCode::BAD_REQUEST, template_error(&error)))?;
        self.send(arm, Method::PUT, &resource.id, &resource.api_version, Some(&body), now).await
    }

    /// One request down the road. What it answers is what is: an operation to poll has ended with the answer.
    pub(crate) async fn send(
        &self,
        arm: &Arm,
        method: Method,
        id: &str,
        api_version: &str,
        body: Option<&Value>,
        now: Time,
    ) -> Made {
        let request = self.behalf.request(method, id, api_version, body);
        match pipeline::run(arm, &request, &self.behalf.caller, now).await {
            Ok(answer) => {
                let id = answer.body.as_ref().and_then(|b| b.get("id")).and_then(Value::as_str);
                Ok((answer.status, id.map(str::to_owned)))
            }
            Err(error) => {
                if let ArmError::Store(_) | ArmError::Internal(_) = &error {
                    tracing::error!(path = request.path, ?error, "a resource of a deployment failed");
                }
                let (status, ..) = error.parts();
                Err((status, error.body().get_mut("error").map(Value::take).unwrap_or_default()))
            }
        }
    }

    async fn outputs(&self, arm: &Arm, made: Vec<String>) -> Result<Ending, StoreError> {
        let began = arm.clock.now();
        let outputs = self.plan.outputs(&Live { arm, behalf: &self.behalf, now: began });
        let outputs = outputs.map_err(|error| (StatusCode::BAD_REQUEST, template_error(&error)));
        let step = outputs.as_ref().map(|_| (StatusCode::OK, None)).map_err(Clone::clone);
        self.note(arm, "EvaluateDeploymentOutput", None, &step, began).await?;
        Ok(match outputs {
            Ok(outputs) => Ending::Succeeded { outputs, resources: made },
            Err((_, cause)) => self.failed(cause),
        })
    }

    /// Keeps a step in the form in which the list of operations shows it (RECORDED-FACTS 4).
    pub(crate) async fn note(
        &self,
        arm: &Arm,
        what: &str,
        target: Option<&Target<'_>>,
        result: &Made,
        began: Time,
    ) -> Result<(), StoreError> {
        let now = arm.clock.now();
        let (Ok((status, _)) | Err((status, _))) = result;
        let mut properties = json!({
            "provisioningOperation": what,
            "provisioningState": if result.is_ok() { "Succeeded" } else { "Failed" },
            "timestamp": moment(now),
            "duration": duration(now - began),
            "trackingId": arm.ids.guid(),
            "statusCode": status_code(*status),
        });
        if let Err((_, cause)) = result {
            properties["statusMessage"] = json!({"error": cause});
        }
        if let Some(target) = target {
            properties["targetResource"] =
                json!({"id": target.id, "resourceType": target.resource_type, "resourceName": target.name});
        }
        let id = match target {
            Some(_) => arm.ids.text(16, b"0123456789ABCDEF"),
            None => format!("0858{}", arm.ids.text(16, b"0123456789")),
        };
        let step = json!({
            "id": format!("{}/operations/{id}", self.record.id),
            "operationId": id,
            "properties": properties,
        });
        self.record.note(arm, step).await
    }
}

/// `NotFound`, `OK`, `Created`: a status as the list of operations names it.
fn status_code(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or_default().replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_named_in_one_word() {
        for (status, name) in
            [(200, "OK"), (201, "Created"), (403, "Forbidden"), (404, "NotFound"), (400, "BadRequest")]
        {
            assert_eq!(StatusCode::from_u16(status).map(status_code).ok().as_deref(), Some(name));
        }
    }
}
