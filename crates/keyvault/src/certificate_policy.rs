//! The policy of a certificate: how its next version is made. Answers show it completed.

use model::{JsonMap, Time};
use serde_json::{Value, json};
use time::{Duration, Month, OffsetDateTime};
use tokens::{CertificateWish, KeyKind, ParsedCertificate};

use crate::error::VaultError;

/// The content types that a certificate's file can have.
pub(crate) const PKCS12: &str = "application/x-pkcs12";
pub(crate) const PEM: &str = "application/x-pem-file";

/// A certificate begins so long before it is asked for.
const BACKDATED: Duration = Duration::minutes(10);

/// A policy, completed and known to be one that can be followed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Policy(pub(crate) JsonMap);

impl Policy {
    /// Completes what a body gives.
    pub(crate) fn complete(given: &Value) -> Result<Self, VaultError> {
        let x509 = &given["x509_props"];
        let mut key_usage = list(&x509["key_usage"], &["digitalSignature", "keyEncipherment"], "x509_props.key_usage")?;
        key_usage.sort_by_key(|usage| usage.to_ascii_lowercase());
        let ekus = list(&x509["ekus"], &["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], "x509_props.ekus")?;
        let mut shown = json!({"subject": x509["subject"]});
        if x509["sans"].is_object() {
            shown["sans"] = x509["sans"].clone();
        }
        shown["ekus"] = json!(ekus);
        shown["key_usage"] = json!(key_usage);
        shown["validity_months"] = or(&x509["validity_months"], json!(12));
        shown["basic_constraints"] = json!({"ca": false});
        let lifetime = json!([{"trigger": {"lifetime_percentage": 80}, "action": {"action_type": "AutoRenew"}}]);
        let mut policy = JsonMap::new();
        policy.insert("key_props".into(), key_props(&given["key_props"]));
        let content_type = or(&given["secret_props"]["contentType"], json!(PKCS12));
        policy.insert("secret_props".into(), json!({"contentType": content_type}));
        policy.insert("x509_props".into(), shown);
        policy.insert("lifetime_actions".into(), or(&given["lifetime_actions"], lifetime));
        policy.insert("issuer".into(), json!({"name": or(&given["issuer"]["name"], json!("Self"))}));
        let policy = Self(policy);
        policy.key_kind()?;
        policy.validity()?;
        if ![PKCS12, PEM].contains(&policy.content_type()) {
            return Err(VaultError::invalid("policy.secret_props.contentType"));
        }
        Ok(policy)
    }

    /// The policy of a certificate that was brought along: it says what the certificate is, and the rest as given.
    pub(crate) fn of_imported(given: &Value, parsed: &ParsedCertificate, pem: bool) -> Result<Self, VaultError> {
        let life = parsed.not_after - parsed.not_before;
        let mut wanted = if given.is_object() { given.clone() } else { json!({"issuer": {"name": "Unknown"}}) };
        wanted["x509_props"] = json!({
            "subject": parsed.subject, "ekus": [], "key_usage": [], "validity_months": (life.whole_days() / 30).clamp(1, 1200),
        });
        if wanted["secret_props"]["contentType"].is_null() {
            wanted["secret_props"] = json!({"contentType": if pem { PEM } else { PKCS12 }});
        }
        Self::complete(&wanted)
    }

    /// How long certificates count, as a moment: so many months of the calendar after `now`.
    fn end(&self, now: Time) -> Result<Time, VaultError> {
        plus_months(now, self.validity()?).ok_or_else(|| VaultError::invalid("policy.x509_props.validity_months"))
    }

    fn validity(&self) -> Result<i64, VaultError> {
        let months = self.0["x509_props"]["validity_months"].as_i64().filter(|months| (1..=1200).contains(months));
        months.ok_or_else(|| VaultError::invalid("policy.x509_props.validity_months"))
    }

    /// The kind of key that the policy wants.
    pub(crate) fn key_kind(&self) -> Result<KeyKind, VaultError> {
        let key = &self.0["key_props"];
        let size = key["key_size"].as_i64();
        let curve = key["crv"].as_str();
        match (key["kty"].as_str().unwrap_or_default(), size, curve) {
            ("RSA" | "RSA-HSM", Some(2048), _) => Ok(KeyKind::Rsa2048),
            ("RSA" | "RSA-HSM", Some(3072), _) => Ok(KeyKind::Rsa3072),
            ("RSA" | "RSA-HSM", Some(4096), _) => Ok(KeyKind::Rsa4096),
            ("EC" | "EC-HSM", _, Some("P-256")) => Ok(KeyKind::P256),
            ("EC" | "EC-HSM", _, Some("P-384")) => Ok(KeyKind::P384),
            ("EC" | "EC-HSM", _, Some("P-521")) => Ok(KeyKind::P521),
            _ => Err(VaultError::invalid("policy.key_props")),
        }
    }

    /// Whether the private key is in the file that the secret is.
    pub(crate) fn is_exportable(&self) -> bool {
        self.0["key_props"]["exportable"] == true
    }

    /// Whether `before` left a key that this one goes on with.
    pub(crate) fn reuses_key_of(&self, before: &JsonMap) -> bool {
        let key = &self.0["key_props"];
        let is_same = |name: &str| key[name] == before["key_props"][name];
        key["reuse_key"] == true && ["kty", "key_size", "crv"].into_iter().all(is_same)
    }

    pub(crate) fn content_type(&self) -> &str {
        self.0["secret_props"]["contentType"].as_str().unwrap_or_default()
    }

    /// Who signs.
    pub(crate) fn issuer(&self) -> &str {
        self.0["issuer"]["name"].as_str().unwrap_or_default()
    }

    /// What the next certificate says.
    pub(crate) fn wish(&self, now: Time) -> Result<CertificateWish, VaultError> {
        let x509 = &self.0["x509_props"];
        let subject = x509["subject"].as_str().ok_or_else(|| VaultError::invalid("policy.x509_props.subject"))?;
        let sans = &x509["sans"];
        Ok(CertificateWish {
            subject: subject.to_owned(),
            dns_names: list(&sans["dns_names"], &[], "policy.x509_props.sans.dns_names")?,
            emails: list(&sans["emails"], &[], "policy.x509_props.sans.emails")?,
            key_usages: list(&x509["key_usage"], &[], "policy.x509_props.key_usage")?,
            extended_key_usages: list(&x509["ekus"], &[], "policy.x509_props.ekus")?,
            not_before: now - BACKDATED,
            not_after: self.end(now)?,
        })
    }
}

fn key_props(given: &Value) -> Value {
    let kind = or(&given["kty"], json!("RSA"));
    let is_curve = kind.as_str().is_some_and(|kind| kind.starts_with("EC"));
    let mut shown = json!({"exportable": or(&given["exportable"], json!(true)), "kty": kind});
    match is_curve {
        true => shown["crv"] = or(&given["crv"], json!("P-256")),
        false => shown["key_size"] = or(&given["key_size"], json!(2048)),
    }
    shown["reuse_key"] = or(&given["reuse_key"], json!(false));
    shown
}

fn or(given: &Value, default: Value) -> Value {
    if given.is_null() { default } else { given.clone() }
}

/// A list of texts, or what stands for one that is not given.
fn list(given: &Value, default: &[&str], path: &str) -> Result<Vec<String>, VaultError> {
    let texts = match given {
        Value::Null => return Ok(default.iter().map(|text| (*text).to_owned()).collect()),
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    texts.ok_or_else(|| VaultError::invalid(path))
}

/// The same day so many months later, or the last of that month.
fn plus_months(moment: Time, months: i64) -> Option<OffsetDateTime> {
    let count = i64::from(moment.year()) * 12 + i64::from(u8::from(moment.month())) - 1 + months;
    let year = i32::try_from(count.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(count.rem_euclid(12)).ok()? + 1).ok()?;
    let date = time::Date::from_calendar_date(year, month, moment.day().min(month.length(year))).ok()?;
    Some(moment.replace_date(date))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        for (from, months, to) in [
            (datetime!(2023-12-20 05:21:55 UTC), 12, datetime!(2024-12-20 05:21:55 UTC)),
            (datetime!(2024-01-31 00:00 UTC), 1, datetime!(2024-02-29 00:00 UTC)),
            (datetime!(2024-11-30 00:00 UTC), 3, datetime!(2025-02-28 00:00 UTC)),
        ] {
            assert_eq!(plus_months(from, months), Some(to), "{from} + {months}");
        }
    }

    #[test]
    fn what_cannot_be_followed_is_refused() {
        for (policy, path) in [
            (json!({"key_props": {"kty": "RSA", "key_size": 1024}}), "policy.key_props"),
            (json!({"key_props": {"kty": "EC", "crv": "P-256K"}}), "policy.key_props"),
            (json!({"x509_props": {"validity_months": 0}}), "policy.x509_props.validity_months"),
            (json!({"x509_props": {"ekus": "TLS"}}), "x509_props.ekus"),
            (json!({"secret_props": {"contentType": "text/plain"}}), "policy.secret_props.contentType"),
        ] {
            let (status, body) = Policy::complete(&policy).unwrap_err().parts();
            assert_eq!(status, StatusCode::BAD_REQUEST);
            assert_eq!(body["error"]["message"], format!("Property {path} has invalid value"), "{policy}");
        }
    }
}
