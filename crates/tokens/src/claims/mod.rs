//! What tokens say. Pure: the moment and the identifiers come from outside.
//!
//! What it is: one file per kind of token; what they share is here.
//!
//! What it is not: it does not decide who gets a token, nor for what.
//!
//! How to add the next: a file with a function from its facts to claims, in the order of real tokens.

mod application;
mod id_token;
mod user;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::{Ids, JsonMap, Tenant, Time};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

pub use application::{AppSubject, application};
pub use id_token::{IdTokenFacts, id_token};
pub use user::{Person, user};

use crate::{Authority, ResourceApp};

/// How a client proved itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Not at all, as programs on people's machines: `appidacr` 0.
    Public,
    /// By a secret: `appidacr` 1.
    Secret,
    /// By a certificate or a federated assertion: `appidacr` 2.
    Certificate,
}

impl Proof {
    fn class_reference(self) -> &'static str {
        match self {
            Self::Public => "0",
            Self::Secret => "1",
            Self::Certificate => "2",
        }
    }
}

/// When a token holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// `iat` and `nbf`: five minutes before it was issued, for clocks that differ.
    pub not_before: Time,
    /// `exp`.
    pub expires: Time,
}

/// More groups than this do not fit into a token (IDENTITY-WIRE 4.4).
const MOST_GROUPS: usize = 200;

/// How far back the beginning of a token is dated.
const BACK_DATED: Duration = Duration::minutes(5);

impl Lifetime {
    /// 24 hours for managed identities, and where a token may be taken back before its end; one hour for other applications
    /// (IDENTITY-WIRE 4.2, 4.3, 4.6).
    #[must_use]
    pub fn of_application(is_long: bool, now: Time) -> Self {
        let life = if is_long { Duration::hours(24) } else { Duration::hours(1) };
        Self { not_before: now - BACK_DATED, expires: now + life }
    }

    /// 60 to 90 minutes for a person, no two alike; 20 to 28 hours where the client understands that a token may be taken
    /// back before its end (IDENTITY-WIRE 4.6).
    #[must_use]
    pub fn of_person(is_revocable: bool, now: Time, ids: &Ids) -> Self {
        let [draw, finer] = ids.bytes::<2>();
        let share = f64::from(u16::from_be_bytes([draw, finer])) / f64::from(u16::MAX);
        let (least, most) = if is_revocable { (20.0 * 3600.0, 28.0 * 3600.0) } else { (3600.0, 5400.0) };
        let life = Duration::seconds_f64((least + share * (most - least)).floor());
        Self { not_before: now - BACK_DATED, expires: now + life }
    }

    /// The same, beginning at `moment` at the earliest: tokens from before it were taken back.
    #[must_use]
    pub fn from(self, moment: Option<Time>) -> Self {
        Self { not_before: moment.map_or(self.not_before, |moment| self.not_before.max(moment)), ..self }
    }

    /// Seconds from `now` to the end, as answers tell them: the second that has begun counts as gone (3599, 86399;
    /// IDENTITY-WIRE 4.6).
    #[must_use]
    pub fn seconds_left(self, now: Time) -> i64 {
        (self.expires - now).whole_seconds() - 1
    }
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient<'a> {
    /// Its name in the caller's spelling, slashes included.
    pub resource: &'a str,
    /// The first-party application behind it; none for the tenant's own.
    pub app: Option<ResourceApp>,
    /// The application's id.
    pub app_id: Uuid,
    /// Which of the two formats it takes: its own choice, whatever endpoint is asked (IDENTITY-WIRE 4.1).
    pub is_version_2: bool,
}

/// What the subject of a token may do at its recipient, as far as tokens say so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entitlements {
    /// Names of delegated permissions: `scp`.
    pub scopes: Vec<String>,
    /// Names of app roles: `roles`.
    pub roles: Vec<String>,
    /// Object ids of groups, when the recipient wants them: `groups`.
    pub groups: Option<Vec<Uuid>>,
    /// Template ids of directory roles: `wids`.
    pub directory_roles: Vec<Uuid>,
    /// What the client says it can do, such as `CP1`: `xms_cc`.
    pub capabilities: Vec<String>,
}

/// A token's names for what the two formats name differently.
struct Format {
    issuer: String,
    audience: String,
    client: &'static str,
    client_class: &'static str,
    version: &'static str,
}

impl Recipient<'_> {
    fn format(&self, tenant: &Tenant) -> Format {
        let authority = Authority { tenant: tenant.id, domain: tenant.domain.clone() };
        match self.is_version_2 {
            // A version 2 token names its audience by application id.
            true => Format {
                issuer: authority.issuer_v2(),
                audience: self.app_id.to_string(),
                client: "azp",
                client_class: "azpacr",
                version: "2.0",
            },
            false => Format {
                issuer: authority.issuer_v1(),
                audience: self.resource.to_owned(),
                client: "appid",
                client_class: "appidacr",
                version: "1.0",
            },
        }
    }

    /// The claim `rh`: opaque to clients; tenant and resource in little-endian order, as public tokens decode
    /// (IDENTITY-WIRE 4.2; the three bytes at the end are unknown and random here).
    fn resource_hint(&self, tenant: &Tenant, ids: &Ids) -> String {
        let mut bytes = vec![1, 0x2a, 0];
        bytes.extend(tenant.id.to_bytes_le());
        bytes.extend(self.app_id.to_bytes_le());
        bytes.extend(ids.bytes::<3>());
        format!("0.{}.", URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// Claims in the making, in order.
struct Claims(JsonMap);

impl Claims {
    fn begin(format: &Format, lifetime: Lifetime) -> Self {
        let mut claims = Self(JsonMap::new());
        claims.say("aud", json!(format.audience));
        claims.say("iss", json!(format.issuer));
        claims.say("iat", json!(lifetime.not_before.unix_timestamp()));
        claims.say("nbf", json!(lifetime.not_before.unix_timestamp()));
        claims.say("exp", json!(lifetime.expires.unix_timestamp()));
        claims
    }

    fn say(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The groups to list. More than fit are not listed: the token says where to ask for those of `subject`, a path of the
    /// directory.
    fn say_overage<'e>(&mut self, entitled: &'e Entitlements, subject: &str) -> &'e [Uuid] {
        let groups = entitled.groups.as_deref().unwrap_or_default();
        if groups.len() <= MOST_GROUPS {
            return groups;
        }
        let endpoint = format!("https://graph.windows.net/{subject}/getMemberObjects");
        self.say("_claim_names", json!({"groups": "src1"}));
        self.say("_claim_sources", json!({"src1": {"endpoint": endpoint}}));
        &[]
    }

    fn say_some<T: Into<Value>>(&mut self, name: &str, value: Option<T>) {
        if let Some(value) = value {
            self.say(name, value.into());
        }
    }

    /// A list; none at all when it is empty.
    fn say_list<T: serde::Serialize>(&mut self, name: &str, values: &[T]) {
        if !values.is_empty() {
            self.say(name, json!(values));
        }
    }
}

/// `aio`: opaque to everybody but the token service.
fn opaque(ids: &Ids) -> String {
    STANDARD.encode(ids.bytes::<27>())
}

/// `uti`: the token's own id.
fn token_id(ids: &Ids) -> String {
    URL_SAFE_NO_PAD.encode(ids.bytes::<16>())
}
