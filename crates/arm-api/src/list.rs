//! Lists and their pages.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::error::ArmError;
use crate::request::Request;

/// How many items a page holds when the caller does not say.
const PAGE: usize = 1000;

/// One page of `items`: as many as `$top` says, behind those that `$skiptoken` counts, with an absolute link to the next.
pub(crate) fn page(items: Vec<Value>, request: &Request) -> Result<Answer, ArmError> {
    let number = |name: &str| match request.query.get(name).filter(|v| !v.is_empty()) {
        None => Ok(None),
        Some(text) => text.parse::<usize>().map(Some).map_err(|_| {
            ArmError::bad(
                "InvalidQueryParameter",
                format!("The value '{text}' of the query parameter '{name}' is not a number."),
            )
        }),
    };
    let top = number("$top")?.filter(|top| *top > 0).unwrap_or(PAGE).min(PAGE);
    let skip = number("$skiptoken")?.unwrap_or(0);
    let more = items.len() > skip.saturating_add(top);
    let shown: Vec<Value> = items.into_iter().skip(skip).take(top).collect();
    let mut body = json!({"value": shown});
    if more {
        let query = request.query.replaced("$skiptoken", &(skip + top).to_string());
        body["nextLink"] = json!(format!("{}{}?{query}", request.origin(), request.path));
    }
    Ok(Answer::ok(body))
}
