//! The keys that sign tokens, and tokens to take back.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::principals::principal;
use super::{Answer, Control};
use crate::token_keys;

/// How keys are rotated.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rotation {
    /// Whether the old ones are forgotten at once.
    pub forget: bool,
}

/// Whose tokens are taken back.
#[derive(Debug, Serialize, Deserialize)]
pub struct RevokedTokens {
    /// Object id, application id or sign-in name.
    pub principal: String,
}

pub(super) async fn keys(State(control): State<Control>) -> Answer {
    let keys = control.cloud.store.signing_keys().await?;
    let moment = |at: model::Time| at.format(&Rfc3339).unwrap_or_default();
    let shown = |key: &store::SigningKey| json!({"kid": key.kid, "createdAt": moment(key.created_at), "retiresAt": key.retires_at.map(moment)});
    Ok(Json(Value::Array(keys.iter().map(shown).collect())))
}

pub(super) async fn rotate(State(control): State<Control>, Json(asked): Json<Rotation>) -> Answer {
    let kid = token_keys::rotate(&control.cloud, asked.forget).await?;
    Ok(Json(json!({"kid": kid})))
}

pub(super) async fn revoke(State(control): State<Control>, Json(asked): Json<RevokedTokens>) -> Answer {
    let cloud = &control.cloud;
    let id = principal(&cloud.store.read(), &asked.principal)?;
    let now = cloud.clock.now();
    let mut tx = cloud.store.begin().await;
    tx.revoke_tokens(id, now);
    tx.commit().await?;
    Ok(Json(json!({"principalId": id, "validFrom": now.format(&Rfc3339)?})))
}
