//! Management locks on subscriptions, groups and resources. Answers: RECORDED-FACTS 4. What they stop: `crate::locks`.

use axum::http::StatusCode;
use model::{JsonMap, Resource};
use serde_json::{Value, json};
use store::Snapshot;

use super::{LOCKS, Level, Read, ResourceType, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::request::Request;
use crate::{list, locks, render, tracked};

const LEVELS: [&str; 3] = ["NotSpecified", "CanNotDelete", "ReadOnly"];

/// The most characters of a lock's notes.
const LONGEST_NOTES: usize = 512;

pub(crate) struct Locks;

impl ResourceType for Locks {
    fn name(&self) -> &'static str {
        LOCKS
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2020-05-01", "2017-04-01", "2016-09-01", "2015-01-01"]
    }

    fn level(&self) -> Level {
        Level::Extension
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "DELETE"]
    }

    fn is_listed_as_resource(&self) -> bool {
        false
    }

    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        // Neither the tenant nor a management group can be locked.
        match write.route.path.subscription() {
            Some(_) => tracked::put(self, write),
            None => Err(write.route.no_such_type(write.api_version)),
        }
    }

    fn complete(&self, write: &mut Write<'_>, lock: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        if before.is_none() {
            lock.id = write.request.as_spelt(&lock.id);
        }
        lock.spec = read_lock(&lock.spec)?;
        (lock.location, lock.tags, lock.envelope) = (None, None, JsonMap::new());
        Ok(())
    }

    fn finish(&self, _world: &Snapshot, _lock: &Resource, _request: &Request, shown: &mut JsonMap) {
        for name in ["properties", "id", "type", "name"] {
            if let Some(value) = shown.shift_remove(name) {
                shown.insert(name.into(), value);
            }
        }
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        tracked::check_container(read.world, read.route)?;
        let found = read.world.resource(&read.scope());
        let lock = found.ok_or_else(|| not_found(read.route.name()))?;
        Ok(Answer::ok(Value::Object(render::resource(self, read.world, lock, read.request, &[]))))
    }

    /// The locks that hold at a scope, the outermost first; unless the filter forbids it, those below it as well.
    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        tracked::check_container(read.world, read.route)?;
        let filter = read.request.query.get("$filter").unwrap_or_default().trim();
        if !filter.is_empty() && !filter.eq_ignore_ascii_case("atScope()") {
            let message = format!("Invalid $filter '{filter}' specified in the query string.");
            return Err(ArmError::bad("InvalidFilterInQueryString", message));
        }
        let asked = read.scope();
        let mut found = locks::holding(read.world, &asked);
        if filter.is_empty() {
            found.extend(locks::below(read.world, &asked));
        }
        let shown = found
            .iter()
            .map(|lock| Value::Object(render::resource(self, read.world, lock, read.request, &[])))
            .collect();
        list::page(shown, read.request)
    }
}

/// A lock's properties, its level spelt as Azure spells it.
fn read_lock(given: &JsonMap) -> Result<JsonMap, ArmError> {
    let unreadable = |why: String| ArmError::InvalidRequestContent(why);
    let level = match given.get("level") {
        Some(Value::String(level)) => level,
        _ => return Err(unreadable("Required property 'level' not found in JSON. Path 'properties'.".into())),
    };
    let Some(level) = LEVELS.into_iter().find(|known| known.eq_ignore_ascii_case(level)) else {
        return Err(unreadable(format!(
            "Error converting value \"{level}\" to type 'LockLevel'. Path 'properties.level'. It must be one of {}",
            LEVELS.join(", ")
        )));
    };
    let mut lock = JsonMap::new();
    lock.insert("level".into(), json!(level));
    match given.get("notes") {
        None => {}
        Some(Value::String(notes)) if notes.chars().count() <= LONGEST_NOTES => {
            lock.insert("notes".into(), json!(notes));
        }
        Some(Value::String(_)) => {
            let message = format!("The notes of a lock cannot be longer than {LONGEST_NOTES} characters.");
            return Err(ArmError::bad("InvalidLockNotes", message));
        }
        Some(_) => return Err(unreadable("Error converting value to type 'string'. Path 'properties.notes'".into())),
    }
    match given.get("owners") {
        None => {}
        Some(owners @ Value::Array(_)) => drop(lock.insert("owners".into(), owners.clone())),
        Some(_) => return Err(unreadable("Error converting value to type 'array'. Path 'properties.owners'".into())),
    }
    Ok(lock)
}

fn not_found(name: &str) -> ArmError {
    ArmError::Provider {
        status: StatusCode::NOT_FOUND,
        code: "LockNotFound",
        message: format!("The lock '{name}' could not be found."),
    }
}
