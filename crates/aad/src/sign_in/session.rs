//! The session of a browser: a cookie that stands for somebody who signed in.

use axum::http::{HeaderMap, header};
use model::{GrantKind, Time, User};
use time::Duration;
use tokens::fingerprint;

use crate::error::Aadsts;
use crate::opaque;
use crate::realm::Realm;

/// Entra's name for it.
const COOKIE: &str = "ESTSAUTH";
/// How long a browser stays signed in without being closed.
const LIFE: Duration = Duration::DAY;
/// For the token service alone, over TLS alone, also where a client's page asks in a frame.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=None";

/// Begins a session; answers the cookie.
///
/// # Errors
/// [`Aadsts::Internal`] when it cannot be kept.
pub(super) async fn begin(realm: &Realm<'_>, user: &User) -> Result<String, Aadsts> {
    let mut tx = realm.aad.store.begin().await;
    let kind = GrantKind::Session { user_id: user.id };
    let text = opaque::hand_out(&mut tx, &realm.aad.ids, kind, realm.call.now, LIFE);
    tx.commit().await.map_err(|_| Aadsts::Internal)?;
    Ok(format!("{COOKIE}={text}; {ATTRIBUTES}"))
}

/// Who is signed in, and since when.
pub(super) fn of<'r>(realm: &Realm<'r>, headers: &HeaderMap) -> Option<(&'r User, Time)> {
    let grant = opaque::brought_back(realm.world, cookie(headers)?)?;
    let GrantKind::Session { user_id } = grant.kind else { return None };
    let is_revoked = realm.world.revoked_at(user_id).is_some_and(|at| grant.issued < at);
    if realm.call.now >= grant.expires || is_revoked {
        return None;
    }
    realm.world.user(user_id).filter(|user| user.account_enabled).map(|user| (user, grant.issued))
}

/// Ends the browser's session; answers the cookie that takes the old one away.
///
/// # Errors
/// [`Aadsts::Internal`] when that cannot be kept.
pub(crate) async fn end(realm: &Realm<'_>, headers: &HeaderMap) -> Result<String, Aadsts> {
    if let Some(text) = cookie(headers) {
        let mut tx = realm.aad.store.begin().await;
        tx.delete_persisted_grant(&fingerprint(text));
        tx.commit().await.map_err(|_| Aadsts::Internal)?;
    }
    Ok(format!("{COOKIE}=; Max-Age=0; {ATTRIBUTES}"))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}
