//! What goes wrong when somebody wants to see it go wrong: a real service is updated, restarted or busy at times, and
//! programs must bear it (IDENTITY-WIRE 1.1, 1.10).

use model::{Resource, Time};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Where a fault stands among what a VM's answers do not show.
const MEMBER: &str = "metadataFault";

/// How the service fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FaultKind {
    /// 410: the host's side is being updated, which takes up to 70 seconds.
    Gone,
    /// 404: the service itself is being updated.
    Updating,
    /// 500 that is not the service's own: the host's side is restarting.
    Restarting,
    /// 503.
    Unavailable,
    /// 429.
    Throttled,
}

impl FaultKind {
    /// Every one, by the name that a person types.
    pub const ALL: [(&str, Self); 5] = [
        ("gone", Self::Gone),
        ("updating", Self::Updating),
        ("restarting", Self::Restarting),
        ("unavailable", Self::Unavailable),
        ("throttled", Self::Throttled),
    ];
}

/// A failure that lasts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// How.
    pub kind: FaultKind,
    /// When it ends; by itself never, if none is given.
    #[serde(with = "time::serde::rfc3339::option")]
    pub until: Option<Time>,
}

impl Fault {
    /// Makes the metadata service of `vm` fail, or work again.
    ///
    /// # Errors
    /// When the fault cannot be written as JSON.
    pub fn set(vm: &mut Resource, fault: Option<&Self>) -> serde_json::Result<()> {
        match fault {
            Some(fault) => drop(vm.runtime.insert(MEMBER.to_owned(), serde_json::to_value(fault)?)),
            None => drop(vm.runtime.shift_remove(MEMBER)),
        }
        Ok(())
    }

    /// How the service of `vm` fails at `now`.
    ///
    /// # Errors
    /// [`Error::Updating`] and its kin.
    pub(crate) fn check(vm: &Resource, now: Time) -> Result<(), Error> {
        let Some(fault) = vm.runtime.get(MEMBER).cloned().and_then(|v| serde_json::from_value::<Self>(v).ok()) else {
            return Ok(());
        };
        if fault.until.is_some_and(|until| until <= now) {
            return Ok(());
        }
        Err(match fault.kind {
            FaultKind::Gone => Error::HostUpdating,
            FaultKind::Updating => Error::Updating,
            FaultKind::Restarting => Error::Restarting,
            FaultKind::Unavailable => Error::Unavailable,
            FaultKind::Throttled => Error::Throttled,
        })
    }
}
