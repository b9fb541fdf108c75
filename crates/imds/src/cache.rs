//! The tokens that a VM's identities hold, by principal and resource.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use axum::body::Bytes;
use model::JsonMap;
use serde_json::Value;
use tokens::{decode, sha256};
use uuid::Uuid;

/// How many resources a principal's tokens are kept for: more than any program uses, and an end to what a program that
/// makes up resources can fill.
const MOST: usize = 256;

/// The tokens of one VM.
#[derive(Default)]
pub(crate) struct TokenCache(RwLock<HashMap<Uuid, HashMap<String, Arc<Slot>>>>);

/// The place of one token.
#[derive(Default)]
pub(crate) struct Slot {
    asking: tokio::sync::Mutex<()>,
    token: Mutex<Option<Arc<Token>>>,
}

/// A token as the token service granted it. Times are seconds since 1970.
pub(crate) struct Token {
    access_token: String,
    client: Uuid,
    resource: String,
    ext_expires_in: String,
    pub(crate) expires_on: i64,
    /// When it was issued, as far as revocations are concerned.
    pub(crate) not_before: i64,
    /// The key that signed it, if it is a JWT that says so.
    pub(crate) kid: Option<String>,
    /// By which a program names it without showing it.
    pub(crate) sha256: [u8; 32],
    /// The answer of the second for which it was last written.
    written: Mutex<Option<(i64, Bytes)>>,
}

impl TokenCache {
    /// The kept token.
    pub(crate) fn kept(&self, principal: Uuid, resource: &str) -> Option<Arc<Token>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&principal)?.get(resource)?.kept()
    }

    /// The place for a token, made if need be; the one that ends first gives way.
    pub(crate) fn slot(&self, principal: Uuid, resource: &str) -> Arc<Slot> {
        let mut principals = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let slots = principals.entry(principal).or_default();
        if let Some(slot) = slots.get(resource) {
            return slot.clone();
        }
        if slots.len() >= MOST
            && let Some(first) = slots.iter().min_by_key(|(_, slot)| slot.end()).map(|(name, _)| name.clone())
        {
            slots.remove(&first);
        }
        slots.entry(resource.to_owned()).or_default().clone()
    }
}

impl Slot {
    /// Waits for the turn to ask for a token.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.asking.lock().await
    }

    /// The kept token.
    pub(crate) fn kept(&self) -> Option<Arc<Token>> {
        self.token().clone()
    }

    /// Keeps a token in the place of the last one.
    pub(crate) fn keep(&self, token: Token) -> Arc<Token> {
        self.token().insert(Arc::new(token)).clone()
    }

    /// When its token ends; first of all where there is none.
    fn end(&self) -> Option<i64> {
        self.token().as_ref().map(|token| token.expires_on)
    }

    fn token(&self) -> MutexGuard<'_, Option<Arc<Token>>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Token {
    pub(crate) fn new(
        access_token: String,
        client: Uuid,
        resource: String,
        not_before: i64,
        expires_on: i64,
        ext_expires_in: String,
    ) -> Self {
        let kid = decode(&access_token).and_then(|token| Some(token.header.get("kid")?.as_str()?.to_owned()));
        let sha256 = sha256(access_token.as_bytes());
        let written = Mutex::default();
        Self { access_token, client, resource, ext_expires_in, expires_on, not_before, kid, sha256, written }
    }

    /// Whether more than half of its life is left. Before it begins it is not fresh either: someone put the clock back.
    pub(crate) fn is_fresh(&self, second: i64) -> bool {
        second >= self.not_before && (self.expires_on - second) * 2 > self.expires_on - self.not_before
    }

    /// The members of IMDS's answer at `second`, in the order of real answers; every value is a text (IDENTITY-WIRE 1.10).
    pub(crate) fn members(&self, second: i64) -> JsonMap {
        let members = [
            ("access_token", self.access_token.clone()),
            ("client_id", self.client.to_string()),
            ("expires_in", (self.expires_on - second).to_string()),
            ("expires_on", self.expires_on.to_string()),
            ("ext_expires_in", self.ext_expires_in.clone()),
            ("not_before", self.not_before.to_string()),
            ("resource", self.resource.clone()),
            ("token_type", "Bearer".to_owned()),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
    }

    /// IMDS's answer. `expires_in` counts down (IDENTITY-WIRE 1.10), so it is written once a second.
    pub(crate) fn answer(&self, second: i64) -> Bytes {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        match &*written {
            Some((at, bytes)) if *at == second => bytes.clone(),
            _ => {
                let bytes = Bytes::from(Value::Object(self.members(second)).to_string());
                *written = Some((second, bytes.clone()));
                bytes
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(not_before: i64, expires_on: i64) -> Token {
        let (resource, ext_expires_in) = ("https://\"odd\"/".to_owned(), "86399".to_owned());
        Token::new("ey.J0".to_owned(), Uuid::nil(), resource, not_before, expires_on, ext_expires_in)
    }

    #[test]
    fn the_answer_has_the_order_and_the_texts_of_real_ones() {
        insta::assert_snapshot!(
            String::from_utf8_lossy(&token(700, 87_400).answer(1_089)),
            @r#"{"access_token":"ey.J0","client_id":"00000000-0000-0000-0000-000000000000","expires_in":"86311","expires_on":"87400","ext_expires_in":"86399","not_before":"700","resource":"https://\"odd\"/","token_type":"Bearer"}"#
        );
    }

    #[test]
    fn an_answer_is_written_once_a_second() {
        let token = token(0, 1000);
        let first = token.answer(100);
        assert_eq!(token.answer(100).as_ptr(), first.as_ptr());
        assert_ne!(token.answer(101), first);
    }

    #[test]
    fn a_token_is_fresh_for_half_its_life() {
        for (second, is_fresh) in [(-1, false), (0, true), (499, true), (500, false), (1000, false)] {
            assert_eq!(token(0, 1000).is_fresh(second), is_fresh, "{second}");
        }
    }

    #[test]
    fn made_up_resources_do_not_fill_the_memory() {
        let cache = TokenCache::default();
        cache.slot(Uuid::nil(), "kept").keep(token(0, 1000));
        for n in 0..2 * MOST {
            cache.slot(Uuid::nil(), &n.to_string());
        }
        assert_eq!(cache.0.read().unwrap()[&Uuid::nil()].len(), MOST);
        assert!(cache.kept(Uuid::nil(), "kept").is_some(), "places without a token give way first");
    }
}
