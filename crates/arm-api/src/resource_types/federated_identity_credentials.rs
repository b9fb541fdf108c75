//! Federated identity credentials of user-assigned identities: whose tokens stand for the identity. Answers and refusals:
//! RECORDED-FACTS 6, AZ-WIRE 10; the rules: IDENTITY-WIRE 3.9.

use model::{ClaimsMatchingExpression, FederatedIdentityCredential, JsonMap, Resource, Scope};
use serde_json::{Value, json};
use store::Snapshot;

use super::{Read, ResourceType, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::list;
use crate::render;
use crate::tracked;

pub(crate) struct FederatedIdentityCredentials;

impl ResourceType for FederatedIdentityCredentials {
    fn name(&self) -> &'static str {
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-11-30", "2023-01-31", "2022-01-31-preview"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "DELETE"]
    }

    fn is_listed_as_resource(&self) -> bool {
        false
    }

    fn complete(
        &self,
        write: &mut Write<'_>,
        draft: &mut Resource,
        _before: Option<&Resource>,
    ) -> Result<(), ArmError> {
        draft.id = draft.id.replacen("/resourceGroups/", "/resourcegroups/", 1);
        // Nothing else of the body is kept: the credential has no place and no tags.
        (draft.location, draft.tags, draft.envelope) = (None, None, JsonMap::new());
        // Three characters at least, where an application takes one.
        if !FederatedIdentityCredential::is_name(&draft.name) || draft.name.len() < 3 {
            return Err(bad(format!("Federated Identity Credential name '{}' is invalid.", draft.name)));
        }
        draft.spec = checked(&draft.spec)?;
        check_siblings(&write.tx, draft)
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        match tracked::get(self, read) {
            Err(ArmError::NotFound(text)) => {
                Err(ArmError::NotFound(text.replacen("/resourceGroups/", "/resourcegroups/", 1)))
            }
            other => other,
        }
    }

    /// In the order of their making (AZ-WIRE 10).
    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let identity = read.scope();
        if read.world.resource(&identity).is_none() {
            tracked::check_container(read.world, read.route)?;
            return Err(tracked::not_found(read.id()));
        }
        let mut all: Vec<_> = read.world.resources_of_type(&identity, self.name()).collect();
        all.sort_by_key(|credential| credential.created_at);
        let shown = all.into_iter().map(|c| Value::Object(render::resource(self, read.world, c, read.request, &[])));
        list::page(shown.collect(), read.request)
    }

    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        tracked::put(self, write).map(Answer::with_address_of_new)
    }

    /// Below an identity that is not there nothing can be taken away, not even nothing; and the identity is named, even
    /// where its group is gone too (RECORDED-FACTS 2).
    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let parent = write.id().rsplitn(3, '/').last().unwrap_or_default();
        if write.tx.resource(&Scope::new(parent)).is_none() {
            let child_type = "userAssignedIdentities/federatedIdentityCredentials".to_owned();
            return Err(ArmError::ParentNotFound { verb: "delete", child_type, parent: parent.to_owned() });
        }
        tracked::delete(self, write)
    }
}

fn bad(message: impl Into<String>) -> ArmError {
    ArmError::bad("BadRequest", message)
}

/// The properties in the order of recorded answers.
fn checked(spec: &JsonMap) -> Result<JsonMap, ArmError> {
    let text = |name: &str| match spec.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(ArmError::InvalidRequestContent(format!(
            "Error converting value to type 'string'. Path 'properties.{name}'"
        ))),
    };
    let (issuer, subject) = (text("issuer")?, text("subject")?);
    let audiences = match spec.get("audiences") {
        None => None,
        Some(Value::Array(given)) if given.iter().all(Value::is_string) => Some(given),
        Some(_) => {
            return Err(ArmError::InvalidRequestContent(
                "Error converting value to type 'array'. Path 'properties.audiences'".to_owned(),
            ));
        }
    };
    let expression = spec.get("claimsMatchingExpression").map(read_expression).transpose()?;
    let (member, whom) = match (subject, expression) {
        (Some(subject), None) => ("subject", Some(json!(subject))),
        (None, Some(expression)) => ("claimsMatchingExpression", Some(json!(expression))),
        (None, None) => ("subject", None),
        (Some(_), Some(_)) => {
            return Err(bad(
                "Federated Identity Credential must specify 'subject' or 'claimsMatchingExpression', not both.",
            ));
        }
    };
    let (Some(issuer), Some(whom), Some(audiences)) = (issuer, whom, audiences) else {
        return Err(bad(
            "The request format was unexpected. Federated Identity Credential must specify 'issuer', 'subject' and 'audience'.",
        ));
    };
    let [audience] = audiences.as_slice() else {
        return Err(bad("Federated identity credentials must have exactly one audience."));
    };
    let audience = audience.as_str().unwrap_or_default();
    for (name, value) in [("subject", subject.unwrap_or("-")), ("audience", audience)] {
        if value.is_empty() || value.chars().count() > FederatedIdentityCredential::LONGEST {
            return Err(bad(format!("Federated Identity Credential {name} is invalid.")));
        }
    }
    if !FederatedIdentityCredential::is_issuer(issuer) {
        return Err(bad(format!("Federated Identity Credential issuer '{issuer}' is invalid.")));
    }
    let properties = json!({"issuer": issuer, member: whom, "audiences": [audience]});
    Ok(properties.as_object().cloned().unwrap_or_default())
}

/// The expression of a flexible credential (preview).
fn read_expression(given: &Value) -> Result<ClaimsMatchingExpression, ArmError> {
    let expression: ClaimsMatchingExpression = serde_json::from_value(given.clone()).map_err(|_| {
        ArmError::InvalidRequestContent(
            "Error converting value to type 'object'. Path 'properties.claimsMatchingExpression'".to_owned(),
        )
    })?;
    match expression.is_valid() {
        true => Ok(expression),
        false => Err(bad(format!("The claims matching expression '{}' is invalid.", expression.value))),
    }
}

/// An identity trusts a pair of issuer and subject once, and has no more than so many credentials.
fn check_siblings(world: &Snapshot, draft: &Resource) -> Result<(), ArmError> {
    let own = draft.scope();
    let identity = Scope::new(own.ancestors().nth(1).unwrap_or_default());
    let siblings = world.resources_of_type(&identity, &draft.resource_type).filter(|other| other.scope() != own);
    let pair =
        |credential: &Resource| [credential.spec.get("issuer").cloned(), credential.spec.get("subject").cloned()];
    let mut count = 0;
    for sibling in siblings {
        count += 1;
        if pair(sibling) == pair(draft) {
            return Err(ArmError::conflict(
                "Conflict",
                "Issuer and subject combination already exists for this Managed Identity.",
            ));
        }
    }
    match count < FederatedIdentityCredential::MOST {
        true => Ok(()),
        false => Err(bad(format!(
            "The managed identity already has the maximum number of {} federated identity credentials.",
            FederatedIdentityCredential::MOST
        ))),
    }
}
