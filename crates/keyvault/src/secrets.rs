//! Secrets: `PUT` and `GET` of `/secrets/{name}[/{version}]`, and what all nouns share.

use axum::http::Method;
use model::{JsonMap, SecretVersion, VaultAttributes, VaultSecret};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::error::VaultError;
use crate::noun::{self, Noun, Version};
use crate::operation::{Operation, Right};
use crate::shared_operations::{self, Rights};
use crate::{attributes, deleted};

/// The longest value, in bytes.
pub(crate) const LONGEST: usize = 25 * 1024;

const HERE: &str = VaultSecret::COLLECTION;

const READ: Right = Right::of::<VaultSecret>("getSecret/action", "get");
const SET: Right = Right::of::<VaultSecret>("setSecret/action", "set");

pub(crate) static SHARED: [Operation; 9] = shared_operations::of::<VaultSecret>(&Rights {
    list: Right::of::<VaultSecret>("readMetadata/action", "list"),
    change: Right::of::<VaultSecret>("update/action", "set"),
    read_deleted: Right::of::<VaultSecret>("readMetadata/action", "get"),
});

pub(crate) static OPERATIONS: [Operation; 3] = [
    Operation::new(Method::GET, HERE, "{name}", READ, |call| Box::pin(get(call))),
    Operation::new(Method::GET, HERE, "{name}/{version}", READ, |call| Box::pin(get(call))),
    Operation::new(Method::PUT, HERE, "{name}", SET, |call| Box::pin(set(call))),
];

impl Noun for VaultSecret {
    type Version = SecretVersion;

    const COLLECTION: &'static str = "secrets";
    const DELETED: &'static str = "deletedsecrets";
    const WORD: &'static str = "Secret";
    const NOT_FOUND: &'static str = "SecretNotFound";

    fn versions(&self) -> &[SecretVersion] {
        &self.versions
    }

    fn versions_mut(&mut self) -> &mut [SecretVersion] {
        &mut self.versions
    }

    fn shown(&self, call: &Call, version: &SecretVersion) -> JsonMap {
        self.item(call, version, true)
    }

    fn item(&self, call: &Call, version: &SecretVersion, says_version: bool) -> JsonMap {
        let mut shown = JsonMap::new();
        if let Some(content_type) = &version.content_type {
            shown.insert("contentType".into(), json!(content_type));
        }
        let id = says_version.then_some(version.id.as_str());
        shown.insert("id".into(), json!(call.id(VaultSecret::COLLECTION, &self.kept.name, id)));
        if version.is_managed {
            shown.insert("managed".into(), json!(true));
        }
        shown.insert("attributes".into(), attributes::shown(call, &version.attributes));
        if let Some(tags) = &version.tags {
            shown.insert("tags".into(), Value::Object(tags.clone()));
        }
        if version.is_managed && says_version {
            shown.insert("kid".into(), json!(call.id("keys", &self.kept.name, id)));
        }
        shown
    }

    fn is_managed(&self) -> bool {
        self.versions.last().is_some_and(|version| version.is_managed)
    }
}

impl Version for SecretVersion {
    fn id(&self) -> &str {
        &self.id
    }

    fn attributes(&self) -> &VaultAttributes {
        &self.attributes
    }

    fn change(&mut self, call: &Call, body: &JsonMap) -> Result<(), VaultError> {
        attributes::change(call, &mut self.attributes, body)?;
        if let Some(content_type) = body.get("contentType").and_then(Value::as_str) {
            self.content_type = Some(content_type.to_owned());
        }
        if let Some(tags) = noun::tags(body)? {
            self.tags = Some(tags);
        }
        Ok(())
    }
}

fn with_value(value: String, rest: JsonMap) -> JsonMap {
    let mut shown = JsonMap::new();
    shown.insert("value".into(), Value::String(value));
    shown.extend(rest);
    shown
}

async fn get(call: &Call) -> Result<Answer, VaultError> {
    let secret = noun::find::<VaultSecret>(call, &call.world)?;
    let version = noun::version(call, secret.as_ref())?;
    if !version.attributes.enabled {
        return Err(VaultError::Forbidden {
            message: "Operation get is not allowed on a disabled secret.".to_owned(),
            inner: Some("SecretDisabled"),
        });
    }
    let value = call.face.store.vault_value(secret.as_ref(), &version.id).await?;
    // Purged since the request began.
    let value = value.ok_or_else(|| noun::missing::<VaultSecret>(call.name()))?;
    Ok(Answer::ok(with_value(value, secret.shown(call, version))))
}

async fn set(call: &Call) -> Result<Answer, VaultError> {
    noun::check_name(call.name())?;
    let body = call.body()?;
    let value = body.get("value").and_then(Value::as_str).filter(|value| value.len() <= LONGEST);
    let value = value.ok_or_else(|| VaultError::invalid("value"))?.to_owned();
    let mut attributes = attributes::fresh(call);
    attributes::change(call, &mut attributes, &body)?;
    let version = SecretVersion {
        id: call.new_version(),
        attributes,
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
