//! `/applications/{id}/federatedIdentityCredentials`: whose tokens stand for the application (IDENTITY-WIRE 3.9). One is
//! named by its id or by its name, which never changes.

use model::{Application, DirectoryObject, FederatedIdentityCredential, JsonMap};
use serde_json::{Value, json};
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::properties::{members, required_text, text, texts};
use super::route::Route;
use super::target::Key;

const KIND: Kind = Kind::FederatedIdentityCredential;

/// What can be done.
pub(super) const ROUTES: &[Route] = &[
    Route::get("{}/federatedIdentityCredentials", list),
    Route::post("{}/federatedIdentityCredentials", create),
    Route::get("{}/federatedIdentityCredentials/{}", show),
    Route::patch("{}/federatedIdentityCredentials/{}", update),
    Route::delete("{}/federatedIdentityCredentials/{}", delete),
];

/// Every property, in the order of recorded answers.
pub(super) fn defaults() -> JsonMap {
    members(json!({"id": null, "name": null, "issuer": null, "subject": null, "description": null, "audiences": []}))
}

pub(super) fn draw(credential: &FederatedIdentityCredential) -> JsonMap {
    let mut drawn = members(json!({
        "id": credential.id,
        "name": credential.name,
        "issuer": credential.issuer,
        "subject": credential.subject,
        "description": credential.description,
        "audiences": credential.audiences,
    }));
    // Version 1.0 shows it of those that have one; so does beta here.
    if let Some(expression) = &credential.claims_matching_expression {
        drawn.insert("claimsMatchingExpression".to_owned(), json!(expression));
    }
    drawn
}

fn application<'w>(call: &Call<'_>, world: &'w Snapshot) -> Result<&'w Application, GraphError> {
    let id = call.object(world)?.id();
    world.application(id).ok_or_else(|| GraphError::NotFound(id.to_string()))
}

/// The place of the credential that the path names.
fn place(key: &Key, all: &[FederatedIdentityCredential]) -> Option<usize> {
    let id = Uuid::parse_str(&key.value).ok();
    let has_name = |credential: &FederatedIdentityCredential| credential.name == key.value;
    match &key.property {
        Some(property) if property.eq_ignore_ascii_case("name") => all.iter().position(has_name),
        Some(_) => None,
        None => all.iter().position(|credential| Some(credential.id) == id).or_else(|| all.iter().position(has_name)),
    }
}

fn list(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let all = &application(call, world)?.federated_identity_credentials;
    Ok(Answer::Collection(KIND, all.iter().map(draw).collect()))
}

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let (key, all) = (call.key(1)?, &application(call, world)?.federated_identity_credentials);
    let found = place(key, all).ok_or_else(|| GraphError::NotFound(key.value.clone()))?;
    Ok(Answer::Entity(KIND, draw(&all[found])))
}

fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let name = required_text(&call.body, "name", KIND)?;
    make(call, tx, name)
}

fn make(call: &Call<'_>, tx: &mut Tx, name: &str) -> Result<Answer, GraphError> {
    let mut application = application(call, tx)?.clone();
    if !FederatedIdentityCredential::is_name(name) {
        return Err(GraphError::invalid_value("name", KIND.class()));
    }
    let all = &mut application.federated_identity_credentials;
    if all.iter().any(|known| known.name == name) {
        return Err(GraphError::FederatedIdentityCredentialExists(name.to_owned()));
    }
    if all.len() >= FederatedIdentityCredential::MOST {
        return Err(invalid(format!(
            "The application already has the maximum number of {} federated identity credentials.",
            FederatedIdentityCredential::MOST
        )));
    }
    let mut credential = FederatedIdentityCredential {
        id: call.aad.ids.guid(),
        name: name.to_owned(),
        issuer: required_text(&call.body, "issuer", KIND)?.to_owned(),
        subject: None,
        claims_matching_expression: None,
        audiences: Vec::new(),
        description: None,
    };
    lay(&call.body, &mut credential, all)?;
    let drawn = draw(&credential);
    all.push(credential);
    tx.put_object(DirectoryObject::Application(application));
    Ok(Answer::Created(KIND, drawn))
}

/// Changes a credential; one that is named by its name is made when it is not there and the client prefers that.
fn update(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let key = call.key(1)?;
    let mut application = application(call, tx)?.clone();
    let all = &mut application.federated_identity_credentials;
    let Some(found) = place(key, all) else {
        return match call.creates_if_missing {
            true => make(call, tx, &key.value),
            false => Err(GraphError::NotFound(key.value.clone())),
        };
    };
    let mut credential = all[found].clone();
    for (property, value) in [("name", credential.name.clone()), ("id", credential.id.to_string())] {
        if call.body.get(property).is_some_and(|given| *given != value) {
            return Err(GraphError::Invalid(format!("Property '{property}' is read-only and cannot be set.")));
        }
    }
    lay(&call.body, &mut credential, all)?;
    all[found] = credential;
    tx.put_object(DirectoryObject::Application(application));
    Ok(Answer::Done)
}

fn delete(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let key = call.key(1)?;
    let mut application = application(call, tx)?.clone();
    let found = place(key, &application.federated_identity_credentials);
    let found = found.ok_or_else(|| GraphError::NotFound(key.value.clone()))?;
    application.federated_identity_credentials.remove(found);
    tx.put_object(DirectoryObject::Application(application));
    Ok(Answer::Done)
}

/// Lays what was sent onto a credential and checks what it then is, among all of its application.
fn lay(
    body: &JsonMap,
    credential: &mut FederatedIdentityCredential,
    all: &[FederatedIdentityCredential],
) -> Result<(), GraphError> {
    if let Some(issuer) = text(body, "issuer", KIND)? {
        issuer.clone_into(&mut credential.issuer);
    }
    match body.get("subject") {
        None => {}
        Some(Value::Null) => credential.subject = None,
        Some(_) => credential.subject = text(body, "subject", KIND)?.map(str::to_owned),
    }
    match body.get("claimsMatchingExpression") {
        None => {}
        Some(given) => {
            let read = serde_json::from_value(given.clone());
            credential.claims_matching_expression =
                read.map_err(|_| GraphError::invalid_value("claimsMatchingExpression", KIND.class()))?;
        }
    }
    if let Some(audiences) = texts(body, "audiences", KIND)? {
        credential.audiences = audiences;
    }
    match body.get("description") {
        None => {}
        Some(Value::Null) => credential.description = None,
        Some(_) => credential.description = text(body, "description", KIND)?.map(str::to_owned),
    }
    check(credential, all)
}

fn check(credential: &FederatedIdentityCredential, all: &[FederatedIdentityCredential]) -> Result<(), GraphError> {
    let FederatedIdentityCredential { issuer, audiences, description, .. } = credential;
    let whom = match (&credential.subject, &credential.claims_matching_expression) {
        (Some(subject), None) => subject,
        (None, Some(expression)) if expression.is_valid() => &expression.value,
        (None, Some(expression)) => {
            return Err(invalid(format!("The expression '{}' cannot be read.", expression.value)));
        }
        (None, None) => return Err(GraphError::required("subject", KIND.class())),
        (Some(_), Some(_)) => {
            return Err(invalid("A federated identity credential has a subject or an expression, and not both."));
        }
    };
    let [audience] = audiences.as_slice() else {
        return Err(invalid("Federated identity credentials must have exactly one audience."));
    };
    if !FederatedIdentityCredential::is_issuer(issuer) {
        return Err(invalid(format!("The issuer '{issuer}' of the federated identity credential is not a valid URL.")));
    }
    let is_long = |text: &str| text.chars().count() > FederatedIdentityCredential::LONGEST;
    let lengths =
        [("subject", whom.as_str()), ("audiences", audience), ("description", description.as_deref().unwrap_or("-"))];
    if let Some((property, _)) = lengths.into_iter().find(|(_, text)| text.is_empty() || is_long(text)) {
        return Err(GraphError::invalid_value(property, KIND.class()));
    }
    let pair = |it: &FederatedIdentityCredential| {
        (it.issuer.clone(), it.subject.clone(), it.claims_matching_expression.clone())
    };
    if all.iter().any(|other| other.id != credential.id && pair(other) == pair(credential)) {
        return Err(invalid(format!(
            "The combination of issuer and subject must be unique for the application. Issuer {issuer} and Subject: \
             {whom} already exist. paramName: FederatedIdentityCredential.Subject, paramValue: {whom}, \
             objectType: Microsoft.Online.DirectoryServices.Application"
        )));
    }
    Ok(())
}

fn invalid(text: impl Into<String>) -> GraphError {
    GraphError::FederatedIdentityCredential(text.into())
}
