//! `/providers/Microsoft.Authorization/providerOperations[/{namespace}]`: the operations that roles can list, by provider
//! and resource type (RBAC A11); and `/providers/{namespace}/operations`, one provider's in a flat list. Everybody may ask.
//!
//! Azure's display names and descriptions are Microsoft's sentences, which smalt does not ship: display names are made
//! from the parts of an operation's name, descriptions are empty.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use rbac::{Operation, Plane, Universe};
use serde_json::{Value, json};

use super::role_definition_rules::HAS_DATA_ACTIONS;
use super::{Access, Level, Read, ResourceType, namespaces};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::list;

pub(crate) struct ProviderOperations;

impl ResourceType for ProviderOperations {
    fn name(&self) -> &'static str {
        "Microsoft.Authorization/providerOperations"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2022-04-01", "2018-07-01", "2018-01-01-preview", "2015-07-01"]
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let name = read.route.name();
        let operations = Universe::known().starting_with(&format!("{}/", name.to_ascii_lowercase()));
        if operations.is_empty() {
            return Err(ArmError::Provider {
                status: StatusCode::NOT_FOUND,
                code: "ProviderNotFound",
                message: format!("Provider '{name}' not found."),
            });
        }
        Ok(Answer::ok(provider(operations, read)))
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let same = |a: &Operation, b: &Operation| Name::of(a).namespace.eq_ignore_ascii_case(Name::of(b).namespace);
        let by_namespace = Universe::known().operations().chunk_by(same);
        list::page(by_namespace.map(|operations| provider(operations, read)).collect(), read.request)
    }
}

/// `/providers/{namespace}/operations`, which every provider answers in the same shape.
pub(crate) struct OperationsOfProvider;

impl ResourceType for OperationsOfProvider {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/providers/operations"
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["LIST"]
    }

    fn is_listed_as_resource(&self) -> bool {
        false
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let namespace = read.route.path.last().map(|part| part.namespace.as_str()).unwrap_or_default();
        let operations = Universe::known().starting_with(&format!("{}/", namespace.to_ascii_lowercase()));
        if operations.is_empty() {
            return Err(ArmError::InvalidNamespace(namespace.to_owned()));
        }
        list::page(operations.iter().map(displayed).collect(), read.request)
    }
}

/// An operation as its provider lists it. That it is one of the data plane is said where it is.
fn displayed(operation: &Operation) -> Value {
    let name = Name::of(operation);
    let resource = if name.types.is_empty() { name.namespace } else { name.types };
    let mut shown = json!({
        "name": operation.name(),
        "display": {
            "provider": words(name.namespace),
            "resource": words(resource),
            "operation": name.in_words(),
            "description": "",
        },
    });
    if operation.is_in(Plane::Data) {
        shown["isDataAction"] = json!(true);
    }
    shown
}

/// The parts of an operation's name: `namespace/type[/type…]/verb`, the verb being two words where it is an action.
struct Name<'o> {
    namespace: &'o str,
    types: &'o str,
    verb: &'o str,
}

impl<'o> Name<'o> {
    fn of(operation: &'o Operation) -> Self {
        let (namespace, rest) = operation.name().split_once('/').unwrap_or((operation.name(), ""));
        let is_action =
            rest.len() > 7 && rest.get(rest.len() - 7..).is_some_and(|end| end.eq_ignore_ascii_case("/action"));
        let until = if is_action { &rest[..rest.len() - 7] } else { rest };
        let (types, verb) = until.rsplit_once('/').unwrap_or(("", until));
        Self { namespace, types, verb }
    }

    /// In plain words: `Get Virtual Machines`, `Start Virtual Machines`.
    fn in_words(&self) -> String {
        let verb = match self.verb.to_ascii_lowercase().as_str() {
            "read" => "Get".to_owned(),
            "write" => "Create or Update".to_owned(),
            _ => words(self.verb),
        };
        let what = if self.types.is_empty() { self.namespace } else { self.types };
        format!("{verb} {}", words(what))
    }
}

/// A provider with its operations, in the fields of the api-version asked. Before there were data actions there were none
/// to tell apart.
fn provider(operations: &[Operation], read: &Read<'_>) -> Value {
    let has_data = read.api_version >= HAS_DATA_ACTIONS;
    let mut by_type: BTreeMap<String, (&str, Vec<Value>)> = BTreeMap::new();
    for operation in operations {
        let name = Name::of(operation);
        let (_, shown) = by_type.entry(name.types.to_ascii_lowercase()).or_insert((name.types, Vec::new()));
        for plane in [Plane::Control, Plane::Data] {
            if operation.is_in(plane) && (has_data || plane == Plane::Control) {
                let mut one = json!({
                    "name": operation.name(),
                    "displayName": name.in_words(),
                    "description": "",
                    "origin": "user,system",
                    "properties": null,
                });
                if has_data {
                    one["isDataAction"] = json!(plane == Plane::Data);
                }
                shown.push(one);
            }
        }
    }
    let own = by_type.remove("").map(|(_, shown)| shown).unwrap_or_default();
    let is_expanded = read.request.query.get("$expand").is_some_and(|e| e.eq_ignore_ascii_case("resourceTypes"));
    let types = by_type.into_values().filter(|(_, shown)| is_expanded && !shown.is_empty());
    let types: Vec<Value> =
        types.map(|(name, shown)| json!({"name": name, "displayName": words(name), "operations": shown})).collect();
    let namespace = spelt(operations);
    json!({
        "displayName": words(namespace),
        "operations": own,
        "resourceTypes": types,
        "id": format!("/providers/Microsoft.Authorization/providerOperations/{namespace}"),
        "type": ProviderOperations.name(),
        "name": namespace,
    })
}

/// The namespace as its resource types spell it; operations do not always agree.
fn spelt(operations: &[Operation]) -> &str {
    let written = operations.first().map_or("", |o| Name::of(o).namespace);
    namespaces().into_iter().find(|known| known.eq_ignore_ascii_case(written)).unwrap_or(written)
}

/// `virtualMachines/instanceView` in plain words: `Virtual Machines Instance View`.
fn words(name: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    let mut letters = name.chars().map(|c| if matches!(c, '/' | '.') { ' ' } else { c }).peekable();
    while let Some(letter) = letters.next() {
        // A capital begins a word after a small letter, and before one: `vmSSHKeys` is `Vm SSH Keys`.
        let begins = letter.is_uppercase()
            && (before.is_lowercase()
                || (before.is_uppercase() && letters.peek().is_some_and(|next| next.is_lowercase())));
        if begins {
            out.push(' ');
        }
        if before == ' ' {
            out.extend(letter.to_uppercase());
        } else {
            out.push(letter);
        }
        before = letter;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_plain_words() {
        for (name, expected) in [
            ("Microsoft.Compute/virtualMachines/read", "Get Virtual Machines"),
            ("Microsoft.Compute/virtualMachines/extensions/write", "Create or Update Virtual Machines Extensions"),
            ("Microsoft.Compute/virtualMachines/start/action", "Start Virtual Machines"),
            ("Microsoft.KeyVault/register/Action", "Register Microsoft Key Vault"),
            ("Microsoft.Compute/vmSSHKeys/Delete", "Delete Vm SSH Keys"),
            ("A.B/action", "Action A B"),
        ] {
            assert_eq!(Name::of(&Operation::new(name.to_owned(), true, false)).in_words(), expected);
        }
    }
}
