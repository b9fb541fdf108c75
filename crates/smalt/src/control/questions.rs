//! Questions about rights and signatures.

use axum::Json;
use axum::extract::{Query, State};
use rbac::{Attributes, Plane};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::principals::principal;
use super::{Answer, Control, Refusal};

/// What `smalt explain` asks of a live world.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    /// By any of its names: see `principals`.
    pub principal: String,
    /// The operation.
    pub action: String,
    /// Where.
    pub scope: String,
    /// Whether in the data plane.
    #[serde(default)]
    pub data: bool,
    /// What conditions may ask of the request; null for nothing.
    #[serde(default)]
    pub attributes: Value,
}

/// Which refused request.
#[derive(Debug, Deserialize)]
pub(super) struct RefusalId {
    id: Uuid,
}

#[derive(Debug, Deserialize)]
pub(super) struct WhoCan {
    action: String,
    scope: String,
    #[serde(default)]
    data: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct WhatCan {
    principal: String,
    scope: Option<String>,
}

pub(super) async fn explain(State(control): State<Control>, Json(question): Json<Question>) -> Answer {
    let arm = &control.cloud.arm;
    let world = arm.store.read();
    let attributes = match question.attributes {
        Value::Null => Attributes::default(),
        given => Attributes::deserialize(given)
            .map_err(|error| Refusal::new(format!("The attributes cannot be read: {error}.")))?,
    };
    let asked = arm_api::Question {
        principal: principal(&world, &question.principal)?,
        action: &question.action,
        scope: &question.scope,
        plane: plane(question.data),
        attributes: &attributes,
    };
    Ok(Json(arm_api::explain(&world, &arm.rules, &asked)))
}

pub(super) async fn refusal(State(control): State<Control>, Query(asked): Query<RefusalId>) -> Answer {
    let (arm, aad) = (&control.cloud.arm, &control.cloud.aad);
    if let Some(refusal) = arm.refusals.get(asked.id) {
        return Ok(Json(arm_api::explain_refusal(&refusal, &arm.store.read(), &arm.rules)));
    }
    let Some(refusal) = aad.refusals.get(asked.id) else {
        return Err(Refusal::new(format!(
            "No refusal has the id {}: the latest thousand are kept, until smalt ends.",
            asked.id
        )));
    };
    Ok(Json(json!({
        "at": refusal.at.format(&Rfc3339)?,
        "principalId": refusal.principal,
        "principalName": refusal.principal_name,
        "request": refusal.request,
        "reason": refusal.reason,
    })))
}

pub(super) async fn who_can(State(control): State<Control>, Json(asked): Json<WhoCan>) -> Answer {
    let arm = &control.cloud.arm;
    Ok(Json(arm_api::who_can(&arm.store.read(), &arm.rules, &asked.action, &asked.scope, plane(asked.data))))
}

pub(super) async fn what_can(State(control): State<Control>, Json(asked): Json<WhatCan>) -> Answer {
    let world = control.cloud.arm.store.read();
    let principal = principal(&world, &asked.principal)?;
    Ok(Json(arm_api::what_can(&world, principal, asked.scope.as_deref())))
}

fn plane(is_data: bool) -> Plane {
    if is_data { Plane::Data } else { Plane::Control }
}

/// A token whose signature is in question.
#[derive(Debug, Serialize, Deserialize)]
pub struct Signed {
    /// The token.
    pub token: String,
}

pub(super) async fn signature(State(control): State<Control>, Json(asked): Json<Signed>) -> Answer {
    let cloud = &control.cloud;
    let played = aad::issuers::signer(&cloud.store.read(), &asked.token);
    let is_valid = played.is_some() || cloud.arm.verifier.is_signed(&asked.token);
    Ok(Json(json!({"valid": is_valid, "issuer": played.map(|issuer| issuer.name.clone())})))
}
