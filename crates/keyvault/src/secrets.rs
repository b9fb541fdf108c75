//! Secrets: `PUT`, `GET`, `PATCH` and `DELETE` of `/secrets/{name}[/{version}]`, and their lists.

use axum::http::Method;
use model::{JsonMap, SecretVersion, VaultSecret};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::error::VaultError;
use crate::noun::{self, Noun};
use crate::operation::{Operation, Right};
use crate::page::page;
use crate::{attributes, deleted};

/// The longest value, in bytes.
pub(crate) const LONGEST: usize = 25 * 1024;

const fn right(action: &'static str, permission: &'static str) -> Right {
    Right { collection: VaultSecret::COLLECTION, action, permission }
}

const READ: Right = right("getSecret/action", "get");
const LIST: Right = right("readMetadata/action", "list");
const CHANGE: Right = right("update/action", "set");

pub(crate) static OPERATIONS: [Operation; 12] = [
    Operation { method: Method::GET, path: "secrets", right: LIST, act: |call| Box::pin(list(call)) },
    Operation {
        method: Method::GET,
        path: "secrets/{name}/versions",
        right: LIST,
        act: |call| Box::pin(versions(call)),
    },
    Operation { method: Method::GET, path: "secrets/{name}", right: READ, act: |call| Box::pin(get(call)) },
    Operation { method: Method::GET, path: "secrets/{name}/{version}", right: READ, act: |call| Box::pin(get(call)) },
    Operation {
        method: Method::PUT,
        path: "secrets/{name}",
        right: right("setSecret/action", "set"),
        act: |call| Box::pin(set(call)),
    },
    Operation { method: Method::PATCH, path: "secrets/{name}", right: CHANGE, act: |call| Box::pin(update(call)) },
    Operation {
        method: Method::PATCH,
        path: "secrets/{name}/{version}",
        right: CHANGE,
        act: |call| Box::pin(update(call)),
    },
    Operation {
        method: Method::DELETE,
        path: "secrets/{name}",
        right: right("delete", "delete"),
        act: |call| Box::pin(deleted::delete::<VaultSecret>(call)),
    },
    Operation {
        method: Method::GET,
        path: "deletedsecrets",
        right: LIST,
        act: |call| Box::pin(deleted::list::<VaultSecret>(call)),
    },
    Operation {
        method: Method::GET,
        path: "deletedsecrets/{name}",
        right: right("readMetadata/action", "get"),
        act: |call| Box::pin(deleted::get::<VaultSecret>(call)),
    },
    Operation {
        method: Method::POST,
        path: "deletedsecrets/{name}/recover",
        right: right("recover/action", "recover"),
        act: |call| Box::pin(deleted::recover::<VaultSecret>(call)),
    },
    Operation {
        method: Method::DELETE,
        path: "deletedsecrets/{name}",
        right: right("purge/action", "purge"),
        act: |call| Box::pin(deleted::purge::<VaultSecret>(call)),
    },
];

impl Noun for VaultSecret {
    const COLLECTION: &'static str = "secrets";
    const DELETED: &'static str = "deletedsecrets";
    const WORD: &'static str = "Secret";
    const NOT_FOUND: &'static str = "SecretNotFound";

    fn latest(&self, call: &Call) -> JsonMap {
        self.versions.last().map(|version| shown(call, self, version, true)).unwrap_or_default()
    }

    fn item(&self, call: &Call) -> JsonMap {
        self.versions.last().map(|version| shown(call, self, version, false)).unwrap_or_default()
    }

    fn is_managed(&self) -> bool {
        self.versions.last().is_some_and(|version| version.is_managed)
    }
}

/// A version without its value; in lists of secrets its id does not say which it is.
fn shown(call: &Call, secret: &VaultSecret, version: &SecretVersion, says_version: bool) -> JsonMap {
    let mut shown = JsonMap::new();
    if let Some(content_type) = &version.content_type {
        shown.insert("contentType".into(), json!(content_type));
    }
    let id = says_version.then_some(version.id.as_str());
    shown.insert("id".into(), json!(call.id(VaultSecret::COLLECTION, &secret.kept.name, id)));
    if version.is_managed {
        shown.insert("managed".into(), json!(true));
    }
    shown.insert("attributes".into(), attributes::shown(call, &version.attributes));
    if let Some(tags) = &version.tags {
        shown.insert("tags".into(), Value::Object(tags.clone()));
    }
    if version.is_managed && says_version {
        shown.insert("kid".into(), json!(call.id("keys", &secret.kept.name, id)));
    }
    shown
}

fn with_value(value: String, rest: JsonMap) -> JsonMap {
    let mut shown = JsonMap::new();
    shown.insert("value".into(), Value::String(value));
    shown.extend(rest);
    shown
}

async fn list(call: &Call) -> Result<Answer, VaultError> {
    page(call, noun::all::<VaultSecret>(call, &call.world).map(|secret| Value::Object(secret.item(call))))
}

async fn versions(call: &Call) -> Result<Answer, VaultError> {
    // Of a secret that is not there there are no versions.
    let secret = noun::find::<VaultSecret>(call, &call.world).ok();
    let versions = secret.iter().flat_map(|s| s.versions.iter().map(|v| Value::Object(shown(call, s, v, true))));
    page(call, versions)
}

async fn get(call: &Call) -> Result<Answer, VaultError> {
    let secret = noun::find::<VaultSecret>(call, &call.world)?;
    let version = noun::version::<VaultSecret, _>(call, &secret.versions, |v| &v.id)?;
    if !version.attributes.enabled {
        return Err(VaultError::Forbidden {
            message: "Operation get is not allowed on a disabled secret.".to_owned(),
            inner: Some("SecretDisabled"),
        });
    }
    let value = call.face.store.vault_value(secret.as_ref(), &version.id).await?;
    // Purged since the request began.
    let value = value.ok_or_else(|| noun::missing::<VaultSecret>(call.name()))?;
    Ok(Answer::ok(with_value(value, shown(call, secret, version, true))))
}

async fn set(call: &Call) -> Result<Answer, VaultError> {
    noun::check_name(call.name())?;
    let body = call.body()?;
    let value = body.get("value").and_then(Value::as_str).filter(|value| value.len() <= LONGEST);
    let value = value.ok_or_else(|| VaultError::invalid("value"))?.to_owned();
    let version = SecretVersion {
        id: call.new_version(),
        attributes: attributes::fresh(call, body.get("attributes"))?,
        content_type: body.get("contentType").and_then(Value::as_str).map(str::to_owned),
        tags: noun::tags(&body)?,
        is_managed: false,
    };
    let mut tx = call.begin().await?;
    noun::check_not_deleted::<VaultSecret>(call, &tx)?;
    deleted::forget_overdue(call, &mut tx);
    let before = tx.vault_object::<VaultSecret>(&call.vault.scope(), call.name()).map(|secret| secret.as_ref().clone());
    let mut secret = before.unwrap_or_else(|| VaultSecret { kept: noun::named(call), versions: Vec::new() });
    if secret.is_managed() {
        let message = "Operation set is not allowed on a managed secret.".to_owned();
        return Err(VaultError::Forbidden { message, inner: None });
    }
    secret.versions.push(version);
    let answer = with_value(value.clone(), secret.latest(call));
    let id = secret.versions.last().map(|v| v.id.clone()).unwrap_or_default();
    tx.put_vault_value(&secret, &id, value);
    tx.put_vault_object(secret)?;
    tx.commit().await?;
    Ok(Answer::ok(answer))
}

async fn update(call: &Call) -> Result<Answer, VaultError> {
    let body = call.body()?;
    let mut tx = call.begin().await?;
    let mut secret = noun::find::<VaultSecret>(call, &tx)?.as_ref().clone();
    let id = noun::version::<VaultSecret, _>(call, &secret.versions, |v| &v.id)?.id.clone();
    let mut changed = JsonMap::new();
    if let Some(version) = secret.versions.iter_mut().find(|version| version.id == id) {
        attributes::change(call, &mut version.attributes, body.get("attributes"))?;
        if let Some(content_type) = body.get("contentType").and_then(Value::as_str) {
            version.content_type = Some(content_type.to_owned());
        }
        if let Some(tags) = noun::tags(&body)? {
            version.tags = Some(tags);
        }
        let version = version.clone();
        changed = shown(call, &secret, &version, true);
    }
    tx.put_vault_object(secret)?;
    tx.commit().await?;
    Ok(Answer::ok(changed))
}
