//! Ids of what is no object itself but joins some: their GUIDs, one after the other, in base64 (IDENTITY-WIRE 6).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// The id of what joins these.
pub(super) fn joined(guids: &[Uuid]) -> String {
    URL_SAFE_NO_PAD.encode(guids.iter().flat_map(Uuid::to_bytes_le).collect::<Vec<u8>>())
}

/// What an id joins; none when it is no such id.
pub(super) fn parts(id: &str) -> Option<Vec<Uuid>> {
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    let (guids, rest) = bytes.as_chunks::<16>();
    rest.is_empty().then(|| guids.iter().map(|guid| Uuid::from_bytes_le(*guid)).collect())
}

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::*;

    #[test]
    fn a_recorded_id_is_taken_apart_and_put_together() {
        let id = "35MyBBmbqkaWL2X5V9e8yInI76O38TJFngGR4y0QOfQ";
        let guids = [uuid!("043293df-9b19-46aa-962f-65f957d7bcc8"), uuid!("a3efc889-f1b7-4532-9e01-91e32d1039f4")];
        assert_eq!(parts(id).as_deref(), Some(&guids[..]));
        assert_eq!(joined(&guids), id);
        assert_eq!((parts("abc"), parts("%")), (None, None));
    }
}
