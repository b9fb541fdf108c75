//! Who may do what in Graph: reading and writing are all there is to tell apart so far.

use store::Snapshot;
use uuid::Uuid;

use super::error::GraphError;

/// What a route does to the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// It only looks.
    Read,
    /// It changes something.
    Write,
}

/// Lets `caller` pass: an administrator everywhere, a person wherever nothing is changed. A caller that has left the
/// directory may nothing, however long its token still counts.
///
/// # Errors
/// [`GraphError::RequestDenied`].
pub(super) fn require(world: &Snapshot, caller: Uuid, access: Access) -> Result<(), GraphError> {
    let present = world.object(caller).is_some();
    let person_reads = access == Access::Read && world.user(caller).is_some();
    if present && (world.is_directory_administrator(caller) || person_reads) {
        Ok(())
    } else {
        Err(GraphError::RequestDenied)
    }
}
