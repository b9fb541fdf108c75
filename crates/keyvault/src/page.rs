//! Lists and their pages.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::error::VaultError;

/// The most items of a page, and those of one whose size nobody says.
const LARGEST: usize = 25;

/// One page: as many as `maxresults` says, behind those that `$skiptoken` counts. The last one's link is null
/// (RECORDED-FACTS 8).
pub(crate) fn page(call: &Call, items: impl Iterator<Item = Value>) -> Result<Answer, VaultError> {
    let number = |name: &str| match call.query.get(name).map(str::parse::<usize>) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_)) => Err(VaultError::BadParameter(format!("Parameter {name} is no number"))),
    };
    let size = number("maxresults")?.unwrap_or(LARGEST);
    if !(1..=LARGEST).contains(&size) {
        return Err(VaultError::BadParameter(format!("Parameter maxresults must be between 1 and {LARGEST}")));
    }
    let skip = number("$skiptoken")?.unwrap_or(0);
    let mut rest = items.skip(skip);
    let shown: Vec<Value> = rest.by_ref().take(size).collect();
    let next = rest.next().map(|_| {
        let version = call.api_version.name;
        format!("{}?api-version={version}&$skiptoken={}&maxresults={size}", call.address, skip + size)
    });
    Ok(Answer::ok(json!({"value": shown, "nextLink": next})))
}
