//! What Azure refuses, with advice.

use super::document::ReadRole;
use super::findings::Findings;
use crate::{Plane, Rule, Universe, violations};

/// How many names are offered for one that nobody knows.
const OFFERED: usize = 3;

pub(super) fn check(read: &ReadRole, findings: &mut Findings<'_>) {
    for violation in violations(&read.role) {
        let (start, rule) = (read.start(violation.place), &violation.rule);
        if !read.is_unread(start) {
            findings.error(start, rule.code(), rule.message(), advice(rule));
        }
    }
}

fn advice(rule: &Rule) -> Option<String> {
    let text = match rule {
        Rule::UnknownOperation(text, plane) => return instead_of(text.trim(), *plane),
        Rule::SeveralWildcards(_) => {
            "A wildcard stands for any number of segments: one is often enough. Else list what is meant in several strings."
        }
        Rule::RootScope => "Name the subscriptions or the management group in which the role is to be assigned.",
        Rule::WildcardScope(_) => {
            "A role can be assigned everywhere below an assignable scope: name the subscription, or list the groups."
        }
        Rule::MalformedScope(..) => {
            "A scope looks like '/subscriptions/{id}' or '/subscriptions/{id}/resourceGroups/{name}'."
        }
        Rule::SeveralManagementGroups => {
            "Keep one management group that lies above the others, or make one role for each."
        }
        Rule::DataActionsInManagementGroup => {
            "Name the subscriptions instead, or move the data actions to a role of their own."
        }
        Rule::NameMissing
        | Rule::NameTooLong
        | Rule::DescriptionTooLong
        | Rule::PermissionsMissing
        | Rule::ScopesMissing
        | Rule::TooManyScopes => return None,
    };
    Some(text.to_owned())
}

/// What may have been meant by a string that stands for no operation of this plane.
fn instead_of(text: &str, plane: Plane) -> Option<String> {
    let universe = Universe::known();
    if !universe.matched_by(&[text], plane.other()).is_empty() {
        let (plane, lists) = match plane {
            Plane::Control => ("data", "'dataActions' or 'notDataActions'"),
            Plane::Data => ("control", "'actions' or 'notActions'"),
        };
        return Some(format!("It is an operation of the {plane} plane: list it in {lists}."));
    }
    let nearest = universe.nearest(text, plane, OFFERED);
    let names: Vec<String> = nearest.iter().map(|o| format!("'{}'", o.name())).collect();
    match names.as_slice() {
        [] => {}
        [only] => return Some(format!("Did you mean {only}?")),
        [others @ .., last] => return Some(format!("Did you mean {} or {last}?", others.join(", "))),
    }
    let written = text.split('/').next().unwrap_or_default();
    let namespace = universe.nearest_namespace(written).filter(|known| !known.eq_ignore_ascii_case(written))?;
    Some(format!("No provider is called '{written}'. Did you mean '{namespace}'?"))
}
