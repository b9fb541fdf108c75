//! Issuers that smalt plays for federated credentials.

use std::sync::Arc;

use aad::issuers::{self, IssuerError, Job};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::parse_span;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::TokenIssuer;

use super::{Answer, Control, Refusal};

/// Which issuer.
#[derive(Debug, Serialize, Deserialize)]
pub struct IssuerName {
    /// Its name.
    pub name: String,
    /// Where it must be; wherever it is, if nothing is said.
    pub url: Option<String>,
}

/// What a token is asked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct TokenWish {
    /// The issuer's name.
    pub name: String,
    /// Who runs.
    pub subject: String,
    /// Whom the token is for.
    pub audience: String,
    /// How long it counts, such as `1h`.
    pub lifetime: String,
}

pub(super) async fn issuers(State(control): State<Control>) -> Answer {
    let world = control.cloud.store.read();
    Ok(Json(world.token_issuers().map(|issuer| control.shown_issuer(issuer)).collect()))
}

pub(super) async fn issuer(State(control): State<Control>, Json(wanted): Json<IssuerName>) -> Answer {
    let issuer = control.issuer(&wanted.name, wanted.url.as_deref()).await?;
    Ok(Json(control.shown_issuer(&issuer)))
}

pub(super) async fn token(State(control): State<Control>, Json(wish): Json<TokenWish>) -> Answer {
    let lifetime = parse_span(&wish.lifetime).map_err(Refusal::new)?;
    if lifetime > time::Duration::days(366) {
        return Err(Refusal::new(format!("A token cannot count for {}: a year is the most.", wish.lifetime)));
    }
    let issuer = control.issuer(&wish.name, None).await?;
    let cloud = &control.cloud;
    let job = Job { subject: &wish.subject, audience: &wish.audience, lifetime };
    let token = issuers::issue(&cloud.store, &cloud.ids, &issuer, job, cloud.clock.now()).await;
    let token = token.map_err(|error| refusal(&error))?;
    Ok(Json(json!({"token": token})))
}

impl Control {
    async fn issuer(&self, name: &str, url: Option<&str>) -> Result<Arc<TokenIssuer>, Refusal> {
        let cloud = &self.cloud;
        let issuer = issuers::ensure(&cloud.store, &cloud.ids, name, url, &self.login(), cloud.clock.now()).await;
        issuer.map_err(|error| refusal(&error))
    }

    fn login(&self) -> String {
        format!("https://localhost:{}", self.cloud.ports.faces().login)
    }

    fn shown_issuer(&self, issuer: &TokenIssuer) -> Value {
        let documents = format!("{}/issuers/{}", self.login(), issuer.name);
        json!({
            "name": issuer.name,
            "url": issuer.url,
            "kid": issuer.kid,
            "configuration": format!("{documents}/.well-known/openid-configuration"),
            "keys": format!("{documents}/keys"),
        })
    }
}

fn refusal(error: &IssuerError) -> Refusal {
    let status = match error {
        IssuerError::Store(_) | IssuerError::Key(_) | IssuerError::Interrupted => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    Refusal(status, format!("{error}."))
}
