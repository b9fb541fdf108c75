//! Resources as they lie in memory: as JSON until somebody wants them. Ten thousand machines with their interfaces and
//! disks would otherwise take hundreds of megabytes, though most of them are never looked at.

use std::sync::{Arc, OnceLock};

use model::{Identity, JsonMap, Resource, Time};
use serde::Deserialize;

use crate::{StoreError, compact, text};

/// One resource. Once it has been looked at it stays as it then is.
pub(crate) struct Packed {
    /// Told apart without unpacking: lists are of one type.
    pub(crate) resource_type: Box<str>,
    /// The state that is asked of every machine after every commit.
    runtime: Box<str>,
    document: Box<str>,
    unpacked: OnceLock<Option<Arc<Resource>>>,
}

impl Packed {
    /// Packs a resource; one that cannot be written as JSON stays as it is.
    pub(crate) fn of(resource: &Arc<Resource>) -> Self {
        let unpacked = OnceLock::new();
        let parts =
            text::from_document(&resource.runtime).and_then(|r| Ok((r, text::from_document(resource.as_ref())?)));
        let (runtime, document) = parts.unwrap_or_else(|_| {
            let _ = unpacked.set(Some(resource.clone()));
            Default::default()
        });
        let resource_type = resource.resource_type.as_str().into();
        Self { resource_type, runtime: runtime.into(), document: document.into(), unpacked }
    }

    /// Takes a resource's JSON, of which `runtime` is a part.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`]: later it is too late for that.
    pub(crate) fn read(resource_type: &str, runtime: &str, document: String) -> Result<Self, StoreError> {
        text::to_document::<Shape>(&document)?;
        let unpacked = OnceLock::new();
        Ok(Self { resource_type: resource_type.into(), runtime: runtime.into(), document: document.into(), unpacked })
    }

    /// The resource; none when it cannot be read, which has been tried before.
    pub(crate) fn resource(&self) -> Option<&Arc<Resource>> {
        let unpack = || text::to_document(&self.document).ok().map(|resource| Arc::new(compact::resource(resource)));
        self.unpacked.get_or_init(unpack).as_ref()
    }

    /// What no answer shows of it.
    pub(crate) fn runtime(&self) -> JsonMap {
        match self.unpacked.get() {
            Some(Some(resource)) => resource.runtime.clone(),
            _ => text::to_document(&self.runtime).unwrap_or_default(),
        }
    }
}

/// What a resource's JSON must be. Reading it takes nothing apart, which for ten thousand machines would be most of the
/// time of a start.
#[derive(Deserialize)]
#[expect(dead_code, reason = "reading it is the check")]
#[serde(rename_all = "camelCase")]
struct Shape {
    identity: Identity,
    tags: Option<Members>,
    envelope: Members,
    spec: Members,
    status: Members,
    runtime: Members,
    #[serde(with = "time::serde::rfc3339")]
    created_at: Time,
    #[serde(with = "time::serde::rfc3339")]
    changed_at: Time,
}

/// A JSON object.
#[derive(Deserialize)]
struct Members {}
