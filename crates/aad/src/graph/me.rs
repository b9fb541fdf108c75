//! `/me`: the person who calls, below their own name in `users`.

use store::Snapshot;
use uuid::Uuid;

use super::error::GraphError;
use super::target::{Key, Segment, Target};

/// Replaces `me` at the beginning of the path by the caller.
///
/// # Errors
/// [`GraphError::NoPerson`] when the caller is an application or a managed identity: they have no `/me`.
pub(super) fn resolve(target: &mut Target, caller: Uuid, world: &Snapshot) -> Result<(), GraphError> {
    let Some(Segment::Word(first)) = target.segments.first() else { return Ok(()) };
    if !first.eq_ignore_ascii_case("me") {
        return Ok(());
    }
    if world.user(caller).is_none() {
        return Err(GraphError::NoPerson);
    }
    let person = Segment::Key(Key { property: None, value: caller.to_string() });
    target.segments.splice(..1, [Segment::Word("users".to_owned()), person]);
    Ok(())
}
