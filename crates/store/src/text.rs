//! How values are written into columns: times, GUIDs and documents as text that a person can read.

use model::Time;
use serde::Serialize;
use serde::de::DeserializeOwned;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use uuid::Uuid;

use crate::StoreError;

/// RFC 3339 in UTC with all nine digits, so that the order of the texts is the order of the times.
const FIXED_WIDTH: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:9]Z");

fn corrupt(what: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("'{what}': {error}"))
}

pub(crate) fn from_time(at: Time) -> Result<String, StoreError> {
    at.to_offset(time::UtcOffset::UTC).format(FIXED_WIDTH).map_err(|e| corrupt("time", e))
}

pub(crate) fn to_time(text: &str) -> Result<Time, StoreError> {
    Time::parse(text, &Rfc3339).map_err(|e| corrupt(text, e))
}

pub(crate) fn to_guid(text: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(|e| corrupt(text, e))
}

pub(crate) fn from_document(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| corrupt("document", e))
}

pub(crate) fn to_document<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| corrupt(text, e))
}
