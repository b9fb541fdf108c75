//! The tokens that a VM's identities hold, by principal and resource, as the bytes of their answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use axum::body::Bytes;
use serde_json::{Value, json};
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
    token: Mutex<Option<Token>>,
}

/// A token as the token service granted it. Times are seconds since 1970.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    expires_on: i64,
    /// When it was issued, as far as revocations are concerned.
    pub(crate) not_before: i64,
    /// The key that signed it, if it is a JWT that says so.
    pub(crate) kid: Option<String>,
    /// By which a program names it without showing it.
    pub(crate) sha256: [u8; 32],
    /// The answer up to the digits of `expires_in`, and after them.
    around: (String, String),
    /// The answer of the second for which it was last written.
    written: Option<(i64, Bytes)>,
}

impl TokenCache {
    /// The answer with the kept token, if it is still fresh at `second` and `counts`.
    pub(crate) fn fresh(
        &self,
        principal: Uuid,
        resource: &str,
        second: i64,
        counts: impl Fn(&Token) -> bool,
    ) -> Option<Bytes> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&principal)?.get(resource)?.fresh(second, counts)
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

    /// The answer with the kept token, if it is still fresh at `second` and `counts`.
    pub(crate) fn fresh(&self, second: i64, counts: impl Fn(&Token) -> bool) -> Option<Bytes> {
        let mut token = self.token();
        let token = token.as_mut().filter(|token| token.is_fresh(second) && counts(token))?;
        Some(token.answer(second))
    }

    /// Keeps a token and gives its answer.
    pub(crate) fn keep(&self, token: Token, second: i64) -> Bytes {
        self.token().insert(token).answer(second)
    }

    /// When its token ends; first of all where there is none.
    fn end(&self) -> Option<i64> {
        self.token().as_ref().map(|token| token.expires_on)
    }

    fn token(&self) -> MutexGuard<'_, Option<Token>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Token {
    /// Members stand in the order of real answers, and every value is a text (IDENTITY-WIRE 1.10).
    pub(crate) fn new(
        access_token: &str,
        client: Uuid,
        resource: &str,
        not_before: i64,
        expires_on: i64,
        ext_expires_in: &str,
    ) -> Self {
        let quoted = |text: &str| Value::from(text).to_string();
        let head = format!(r#"{{"access_token":{},"client_id":"{client}","expires_in":""#, quoted(access_token));
        let tail = json!({
            "expires_on": expires_on.to_string(),
            "ext_expires_in": ext_expires_in,
            "not_before": not_before.to_string(),
            "resource": resource,
            "token_type": "Bearer",
        });
        // The tail's own brace gives way to the end of the digits.
        let tail = format!(r#"",{}"#, &tail.to_string()[1..]);
        let kid = decode(access_token).and_then(|token| Some(token.header.get("kid")?.as_str()?.to_owned()));
        let sha256 = sha256(access_token.as_bytes());
        Self { expires_on, not_before, kid, sha256, around: (head, tail), written: None }
    }

    /// Whether more than half of its life is left. Before it begins it is not fresh either: someone put the clock back.
    fn is_fresh(&self, second: i64) -> bool {
        second >= self.not_before && (self.expires_on - second) * 2 > self.expires_on - self.not_before
    }

    /// `expires_in` counts down (IDENTITY-WIRE 1.10), so the answer is written once a second.
    fn answer(&mut self, second: i64) -> Bytes {
        match &self.written {
            Some((at, bytes)) if *at == second => bytes.clone(),
            _ => {
                let left = self.expires_on - second;
                let bytes = Bytes::from(format!("{}{left}{}", self.around.0, self.around.1));
                self.written = Some((second, bytes.clone()));
                bytes
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(not_before: i64, expires_on: i64) -> Token {
        Token::new("ey.J0", Uuid::nil(), "https://\"odd\"/", not_before, expires_on, "86399")
    }

    #[test]
    fn the_answer_has_the_order_and_the_texts_of_real_ones() {
        insta::assert_snapshot!(
            String::from_utf8_lossy(&token(700, 87_400).answer(1_089)),
            @r#"{"access_token":"ey.J0","client_id":"00000000-0000-0000-0000-000000000000","expires_in":"86311","expires_on":"87400","ext_expires_in":"86399","not_before":"700","resource":"https://\"odd\"/","token_type":"Bearer"}"#
        );
    }

    #[test]
    fn a_token_is_kept_for_half_its_life() {
        let slot = Slot::default();
        assert_eq!(slot.fresh(100, |_| true), None);
        let first = slot.keep(token(0, 1000), 100);
        assert_eq!(slot.fresh(100, |_| true), Some(first.clone()));
        assert_ne!(slot.fresh(101, |_| true), Some(first));
        assert!(slot.fresh(499, |_| true).is_some());
        assert_eq!(slot.fresh(500, |_| true), None);
        assert_eq!(slot.fresh(-1, |_| true), None);
    }

    #[test]
    fn made_up_resources_do_not_fill_the_memory() {
        let cache = TokenCache::default();
        cache.slot(Uuid::nil(), "kept").keep(token(0, 1000), 0);
        for n in 0..2 * MOST {
            cache.slot(Uuid::nil(), &n.to_string());
        }
        assert_eq!(cache.0.read().unwrap()[&Uuid::nil()].len(), MOST);
        assert!(cache.fresh(Uuid::nil(), "kept", 1, |_| true).is_some(), "places without a token give way first");
    }
}
