//! References between objects: `@odata.id`, `…@odata.bind`, and lists of object ids.

use model::JsonMap;
use store::Snapshot;
use uuid::Uuid;

use super::entity::Kind;
use super::error::GraphError;
use super::target::Key;

/// The object that a URL ends with: `…/directoryObjects/ID`, `…/users('ID')`.
///
/// # Errors
/// [`GraphError::Malformed`] for what is no reference, [`GraphError::NotFound`] when nothing has the id.
pub(super) fn referred(url: &str, world: &Snapshot) -> Result<Uuid, GraphError> {
    let last = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let id = last.split_once('(').map_or(last, |(_, key)| key.trim_end_matches(')')).trim_matches('\'');
    if id.is_empty() {
        return Err(GraphError::Malformed("Invalid URL format specified in @odata.id for the reference.".to_owned()));
    }
    let key = Key { property: None, value: id.to_owned() };
    Ok(Kind::DirectoryObject.find(world, &key)?.id())
}

/// Whether a member of a body binds objects.
pub(super) fn is_binding(name: &str) -> bool {
    name.ends_with("@odata.bind")
}

/// The objects in `name@odata.bind`, each once.
///
/// # Errors
/// As [`referred`].
pub(super) fn bound(body: &JsonMap, name: &str, world: &Snapshot) -> Result<Vec<Uuid>, GraphError> {
    let wrong = || GraphError::Malformed(format!("Invalid value specified for '{name}@odata.bind'."));
    let Some(given) = body.get(&format!("{name}@odata.bind")) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for url in given.as_array().ok_or_else(wrong)? {
        let id = referred(url.as_str().ok_or_else(wrong)?, world)?;
        if !found.contains(&id) {
            found.push(id);
        }
    }
    Ok(found)
}

/// Adds an id to a list named `name`.
///
/// # Errors
/// [`GraphError::Invalid`] when it is there already (AZ-WIRE 12).
pub(super) fn add(ids: &mut Vec<Uuid>, id: Uuid, name: &str) -> Result<(), GraphError> {
    if ids.contains(&id) {
        return Err(GraphError::already_referenced(name));
    }
    ids.push(id);
    Ok(())
}

/// Takes an id out of a list.
///
/// # Errors
/// [`GraphError::NotFound`] when it is not there.
pub(super) fn remove(ids: &mut Vec<Uuid>, id: &str) -> Result<(), GraphError> {
    let before = ids.len();
    let wanted = Uuid::parse_str(id).ok();
    ids.retain(|present| Some(*present) != wanted);
    if ids.len() == before { Err(GraphError::NotFound(id.to_owned())) } else { Ok(()) }
}
