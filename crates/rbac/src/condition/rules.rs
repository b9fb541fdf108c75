//! What Azure asks of the condition of a role assignment beyond its grammar (RBAC A7, A12). One place for Resource Manager,
//! which refuses on the first violation, and for linters, which show them all.
//!
//! Conditions of roles come from Azure alone and are not asked: some read attributes that no assignment may.

use std::sync::LazyLock;

use super::error::ConditionError;
use super::operator::Family;
use super::syntax::{Attribute, Expression};
use super::{Condition, Source};
use crate::{Action, ActionPattern, Operation, Plane, Universe};

/// The operations that support conditions: those whose providers tell attributes. Of the data plane all, of the control
/// plane the two that are named.
const SUPPORTED: [&str; 8] = [
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*",
    "Microsoft.Storage/storageAccounts/queueServices/queues/messages/*",
    "Microsoft.KeyVault/vaults/secrets/*",
    "Microsoft.ContainerRegistry/registries/repositories/*",
    "Microsoft.OperationalInsights/workspaces/tables/data/*",
    "Microsoft.Insights/logs/*",
];

/// What of a resource or a request can be asked begins with one of these: providers add attributes more often than types.
const WITH_ATTRIBUTES: [&str; 6] = [
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.KeyVault/vaults",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.Insights/logs",
];

static SUPPORTED_OPERATIONS: LazyLock<Vec<&Operation>> = LazyLock::new(|| {
    let of = |plane| Universe::known().matched_by(&SUPPORTED, plane);
    let mut all = of(Plane::Control);
    all.add(&of(Plane::Data));
    all.iter().collect()
});

/// A rule that a condition breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionRule {
    /// It is longer than [`Condition::LONGEST`].
    TooLong,
    /// It does not parse.
    Malformed(ConditionError),
    /// It targets an action that no condition can be about.
    UnsupportedAction(String),
    /// It reads what no provider tells.
    UnknownAttribute(Source, String),
    /// GUIDs are compared where data of storage is targeted.
    GuidsWithStorage,
}

/// A rule that is broken, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionViolation {
    /// Where, in bytes from the start of the text.
    pub position: usize,
    /// Which rule.
    pub rule: ConditionRule,
}

impl ConditionRule {
    /// What is wrong, in a sentence. Azure says no more than that the condition is invalid.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::TooLong => format!("It must not be longer than {} characters.", Condition::LONGEST),
            Self::Malformed(error) => format!("It does not parse: {error}."),
            Self::UnsupportedAction(action) => format!("The action '{action}' does not support conditions."),
            Self::UnknownAttribute(source, name) => format!("{source} attribute {name} is not valid."),
            Self::GuidsWithStorage => {
                "GUID operators cannot be used in a condition that targets data actions of storage.".to_owned()
            }
        }
    }
}

/// Every rule that the condition breaks, in the order of the text; what does not parse breaks no other.
#[must_use]
pub fn condition_violations(text: &str) -> Vec<ConditionViolation> {
    let one = |position, rule| vec![ConditionViolation { position, rule }];
    if text.chars().count() > Condition::LONGEST {
        return one(0, ConditionRule::TooLong);
    }
    match Condition::parse(text) {
        Ok(condition) => condition.violations(),
        Err(error) => one(error.position, ConditionRule::Malformed(error)),
    }
}

impl Condition {
    fn violations(&self) -> Vec<ConditionViolation> {
        let is_of_storage = |action: &&str| action.to_ascii_lowercase().starts_with("microsoft.storage/");
        let targets_storage = self.targeted_actions().iter().any(is_of_storage);
        let mut found = Vec::new();
        for node in self.root.walk() {
            let mut say = |rule| found.push(ConditionViolation { position: node.span.start, rule });
            for unknown in node.expression.attributes().filter(|attribute| !is_known(attribute)) {
                say(ConditionRule::UnknownAttribute(unknown.source, unknown.name().to_owned()));
            }
            match &node.expression {
                Expression::ActionMatches(patterns) => {
                    for (written, _) in patterns.iter().filter(|(written, pattern)| !is_supported(written, pattern)) {
                        say(ConditionRule::UnsupportedAction(written.to_string()));
                    }
                }
                Expression::Compare(comparison) if comparison.operator.family == Family::Guid && targets_storage => {
                    say(ConditionRule::GuidsWithStorage);
                }
                _ => {}
            }
        }
        found
    }
}

/// Whether the pattern stands for an operation that supports conditions, or for one that the list is too old to know.
fn is_supported(written: &str, pattern: &ActionPattern) -> bool {
    let written = Action::new(written);
    SUPPORTED.iter().any(|supported| ActionPattern::compile(supported).matches(&written))
        || SUPPORTED_OPERATIONS.iter().any(|operation| pattern.matches_lower(operation.lower()))
}

/// What has no type in front, such as `subOperation`, is left alone, and so are callers and surroundings.
fn is_known(attribute: &Attribute) -> bool {
    let name = attribute.name().split([':', '&']).next().unwrap_or_default();
    let is_asked = matches!(attribute.source, Source::Resource | Source::Request) && name.contains('/');
    let begins = |known: &str| {
        let (head, rest) = name.split_at_checked(known.len()).unwrap_or_default();
        head.eq_ignore_ascii_case(known) && (rest.is_empty() || rest.starts_with('/'))
    };
    !is_asked || WITH_ATTRIBUTES.into_iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

    fn messages(text: &str) -> Vec<String> {
        condition_violations(text).iter().map(|v| format!("{} {}", v.position, v.rule.message())).collect()
    }

    #[test]
    fn what_azure_takes_breaks_no_rule() {
        for text in [
            &format!(
                "!(ActionMatches{{'{BLOBS}/read'}}) OR @Resource[{BLOBS}/tags:P<$key_case_sensitive$>] StringEquals 'a'"
            ),
            &format!(
                "!(ActionMatches{{'{BLOBS}/yetToCome/action'}}) OR @Request[{BLOBS}/tags&$keys$&] ForAnyOfAnyValues:StringEquals {{'a'}}"
            ),
            "!(ActionMatches{'*'}) OR @Environment[UtcNow] DateTimeLessThan '2027-01-01T00:00:00Z'",
            "!(ActionMatches{'Microsoft.Storage/*/read'}) OR @Request[subOperation] StringEquals 'Blob.List'",
            "!(ActionMatches{'microsoft.authorization/roleassignments/WRITE'}) OR @Request[microsoft.authorization/roleAssignments:PrincipalType] StringEquals 'User'",
            "!(ActionMatches{'Microsoft.Authorization/roleAssignments/*'}) OR @Request[Microsoft.Authorization/roleAssignments:PrincipalId] GuidEquals acdd72a7-3385-48ef-bd42-f606fba81ae7",
            "@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:A_B] StringEquals @Resource[Microsoft.KeyVault/vaults:name]",
        ] {
            assert_eq!(messages(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn every_rule_has_its_sentence_and_its_place() {
        let guid = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
        let storage = format!("!(ActionMatches{{'{BLOBS}/read'}}) OR @Principal[a] GuidEquals {guid}");
        for (text, expected) in [
            ("x".repeat(8193), vec!["0 It must not be longer than 8192 characters."]),
            ("@Resource[a] StringEquals".to_owned(), vec!["25 It does not parse: expected a value or an attribute, found the end at character 26."]),
            (
                "ActionMatches{'Microsoft.Compute/virtualMachines/read', 'Microsoft.Authorization/roleAssignments/read'}".to_owned(),
                vec![
                    "0 The action 'Microsoft.Compute/virtualMachines/read' does not support conditions.",
                    "0 The action 'Microsoft.Authorization/roleAssignments/read' does not support conditions.",
                ],
            ),
            (
                "NOT @Resource[Microsoft.ServiceBus/namespaces/queues:Name] StringEquals 'foo'".to_owned(),
                vec!["4 Resource attribute Microsoft.ServiceBus/namespaces/queues:Name is not valid."],
            ),
            (storage, vec!["92 GUID operators cannot be used in a condition that targets data actions of storage."]),
        ] {
            assert_eq!(messages(&text), expected, "{}", text.get(..100).unwrap_or(&text));
        }
    }
}
