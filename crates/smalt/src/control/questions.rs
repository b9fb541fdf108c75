//! Questions about rights and signatures.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use model::DirectoryObject;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{Answer, Control, Refusal};

/// What `smalt explain` asks of a live world.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    /// An object id, an application id, or a person's sign-in name.
    pub principal: String,
    /// The operation.
    pub action: String,
    /// Where.
    pub scope: String,
    /// Whether in the data plane.
    pub data: bool,
}

pub(super) async fn explain(State(control): State<Control>, Json(question): Json<Question>) -> Answer {
    let arm = &control.cloud.arm;
    let world = arm.store.read();
    let named = |o: &&Arc<DirectoryObject>| match o.as_ref() {
        DirectoryObject::User(user) => user.user_principal_name.eq_ignore_ascii_case(&question.principal),
        DirectoryObject::ServicePrincipal(sp) => sp.app_id.to_string().eq_ignore_ascii_case(&question.principal),
        _ => false,
    };
    let id = Uuid::parse_str(&question.principal).ok().filter(|id| world.object(*id).is_some());
    let id = id.or_else(|| world.objects().find(named).map(|o| o.id()));
    let Some(id) = id else {
        return Err(Refusal::new(format!("The directory has no principal '{}'.", question.principal)));
    };
    Ok(Json(arm_api::explain(&arm.roles, &world, id, &question.action, &question.scope, question.data)))
}

/// A token whose signature is in question.
#[derive(Debug, Serialize, Deserialize)]
pub struct Signed {
    /// The token.
    pub token: String,
}

pub(super) async fn signature(State(control): State<Control>, Json(asked): Json<Signed>) -> Answer {
    Ok(Json(json!({"valid": control.cloud.arm.verifier.is_signed(&asked.token)})))
}
