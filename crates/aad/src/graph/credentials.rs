//! Secrets of applications and service principals: `addPassword`, `removePassword`.

use model::{DirectoryObject, JsonMap, PasswordCredential};
use serde_json::{Value, json};
use store::Tx;
use time::Duration;
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::properties::{members, moment, seconds, text};
use super::route::Route;
use super::service_principals::refuse_managed;

/// How long a secret counts when nothing is said.
const LIFE: Duration = Duration::days(2 * 365);

/// What can be done below an application or a service principal.
pub(super) const ROUTES: &[Route] =
    &[Route::post("{}/addPassword", add_password), Route::post("{}/removePassword", remove_password)];

/// Secrets as Graph shows them: never themselves. Recorded answers give the hint of an application's secret only.
pub(super) fn draw_passwords(passwords: &[PasswordCredential], hinted: bool) -> Vec<Value> {
    passwords.iter().map(|password| Value::Object(draw(password, hinted, None))).collect()
}

fn draw(password: &PasswordCredential, hinted: bool, secret: Option<&str>) -> JsonMap {
    members(json!({
        "customKeyIdentifier": null,
        "displayName": password.display_name,
        "endDateTime": seconds(password.end),
        "hint": hinted.then_some(&password.hint),
        "keyId": password.key_id,
        "secretText": secret,
        "startDateTime": seconds(password.start),
    }))
}

fn add_password(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let empty = JsonMap::new();
    let wanted = match call.body.get("passwordCredential") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(wanted)) => wanted,
        Some(_) => return Err(GraphError::invalid_value("passwordCredential", call.noun.class())),
    };
    let start = moment(wanted, "startDateTime", call.noun)?.unwrap_or(call.now);
    let end = moment(wanted, "endDateTime", call.noun)?.or_else(|| start.checked_add(LIFE));
    let end = end
        .filter(|end| *end > start)
        .ok_or_else(|| GraphError::Invalid("Credential end date is invalid.".to_owned()))?;
    let display_name = match wanted.get("displayName") {
        None | Some(Value::Null) => None,
        Some(_) => text(wanted, "displayName", call.noun)?.map(str::to_owned),
    };
    let secret = call.aad.ids.client_secret();
    let password = PasswordCredential {
        key_id: call.aad.ids.guid(),
        display_name,
        hint: secret.chars().take(3).collect(),
        hash: call.aad.hasher.hash(&secret),
        start,
        end,
    };
    let drawn = draw(&password, call.noun == Kind::Application, Some(&secret));
    change(call, tx, |passwords| {
        passwords.push(password);
        Ok(())
    })?;
    Ok(Answer::Action("microsoft.graph.passwordCredential", drawn))
}

fn remove_password(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let given =
        text(&call.body, "keyId", call.noun)?.ok_or_else(|| GraphError::required("keyId", call.noun.class()))?;
    let unknown = || GraphError::Invalid(format!("No password credential found with keyId '{given}'."));
    let key_id = Uuid::parse_str(given).map_err(|_| unknown())?;
    change(call, tx, |passwords| {
        let before = passwords.len();
        passwords.retain(|password| password.key_id != key_id);
        if passwords.len() == before { Err(unknown()) } else { Ok(()) }
    })?;
    Ok(Answer::Done)
}

/// Changes the secrets of the object that the path names.
fn change(
    call: &Call<'_>,
    tx: &mut Tx,
    change: impl FnOnce(&mut Vec<PasswordCredential>) -> Result<(), GraphError>,
) -> Result<(), GraphError> {
    let mut object = call.object(tx)?.as_ref().clone();
    match &mut object {
        DirectoryObject::Application(application) => change(&mut application.password_credentials)?,
        DirectoryObject::ServicePrincipal(principal) => {
            refuse_managed(principal)?;
            change(&mut principal.password_credentials)?;
        }
        DirectoryObject::User(_) | DirectoryObject::Group(_) => return Err(GraphError::MethodNotAllowed),
    }
    tx.put_object(object);
    Ok(())
}

/// Lays a list of secrets as sent onto those that exist: secrets are kept or left out by `keyId`; only `addPassword`
/// makes one, since only its answer can show it.
///
/// # Errors
/// [`GraphError::Invalid`] for a secret that does not exist.
pub(super) fn lay_passwords(
    body: &JsonMap,
    passwords: &mut Vec<PasswordCredential>,
    kind: Kind,
) -> Result<(), GraphError> {
    let wrong = || GraphError::invalid_value("passwordCredentials", kind.class());
    let Some(given) = body.get("passwordCredentials") else { return Ok(()) };
    let mut kept = Vec::new();
    for item in given.as_array().ok_or_else(wrong)? {
        let key_id = item.get("keyId").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
        let known = passwords.iter().find(|password| Some(password.key_id) == key_id).ok_or_else(wrong)?;
        kept.push(known.clone());
    }
    *passwords = kept;
    Ok(())
}
