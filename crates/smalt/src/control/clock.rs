//! The simulated time.

use axum::Json;
use axum::extract::State;
use model::parse_span;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::{Answer, Control, Refusal};
use crate::caretaker;

pub(super) async fn clock(State(control): State<Control>) -> Answer {
    Ok(Json(control.shown_clock()))
}

/// What `smalt clock` does.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Move {
    /// Forward by a span, such as `46d`.
    Advance(String),
    /// To a moment, RFC 3339.
    Set(String),
    /// Stand still.
    Freeze,
    /// Run on.
    Run,
}

pub(super) async fn move_clock(State(control): State<Control>, Json(wanted): Json<Move>) -> Answer {
    let cloud = &control.cloud;
    let target = match &wanted {
        Move::Advance(span) => cloud.clock.now() + parse_span(span).map_err(Refusal::new)?,
        Move::Set(text) => model::Time::parse(text, &Rfc3339)
            .map_err(|_| Refusal::new(format!("'{text}' is not a moment: write it like 2027-01-31T12:00:00Z.")))?,
        Move::Freeze | Move::Run => cloud.clock.now(),
    };
    if !(1970..2200).contains(&target.year()) {
        return Err(Refusal::new(format!("The clock cannot be set to the year {}.", target.year())));
    }
    // First what is due by then, then the clock: nobody sees the new time with old certificates.
    caretaker::settle(cloud, control.renews_certificates, target).await?;
    let state = match wanted {
        Move::Advance(_) | Move::Set(_) => cloud.clock.state_at(target),
        Move::Freeze => cloud.clock.state_frozen(),
        Move::Run => cloud.clock.state_running(),
    };
    let mut tx = cloud.store.begin().await;
    tx.put_clock(state)?;
    tx.commit().await?;
    cloud.clock.set_state(state);
    Ok(Json(control.shown_clock()))
}

impl Control {
    fn shown_clock(&self) -> Value {
        let state = self.cloud.clock.state();
        json!({
            "now": self.cloud.clock.now().format(&Rfc3339).unwrap_or_default(),
            "frozen": state.frozen_at_ns.is_some(),
        })
    }
}
