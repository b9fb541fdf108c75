//! Texts that clients keep and bring back, meaning nothing to them: the world keeps their hash and what they stand for.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{GrantKind, Ids, PersistedGrant, Time};
use store::{Snapshot, Tx};
use time::Duration;
use tokens::fingerprint;

/// Makes a text that stands for `kind` until `life` is over. 256 random bits: nobody guesses one.
pub(crate) fn hand_out(tx: &mut Tx, ids: &Ids, kind: GrantKind, now: Time, life: Duration) -> String {
    let text = format!("1.A{}", URL_SAFE_NO_PAD.encode(ids.bytes::<32>()));
    let hash = fingerprint(&text);
    tx.put_persisted_grant(PersistedGrant { hash, issued: now, expires: now + life, used: false, kind });
    text
}

/// What `text` stands for; also what is used or over.
pub(crate) fn brought_back<'w>(world: &'w Snapshot, text: &str) -> Option<&'w Arc<PersistedGrant>> {
    world.persisted_grant(&fingerprint(text))
}
