//! What Azure takes and people regret: strings that do nothing, that hide each other, or that allow more than was meant.

use model::Permission;

use super::document::ReadRole;
use super::findings::Findings;
use crate::{Action, ActionPattern, List, OperationSet, Place, Plane, Universe};

/// Whoever may do one of these can give themselves everything else.
const ESCALATING: [&str; 2] =
    ["Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleDefinitions/write"];

pub(super) fn check(read: &ReadRole, findings: &mut Findings<'_>) {
    if read.role.permissions.len() > 1 {
        findings.warning(
            read.start(Place::Permissions),
            "SeveralPermissions",
            "The role has more than one permission block. Azure's own roles do; its tools for custom roles make and take one.",
            "Make a role of each block.",
        );
    }
    for (number, block) in read.role.permissions.iter().enumerate() {
        let check = Check { read, number, block };
        for list in List::ALL {
            check.each_by_itself(list, findings);
            check.shadowed(list, findings);
        }
        check.effect(List::Actions, List::NotActions, findings);
        check.effect(List::DataActions, List::NotDataActions, findings);
        check.escalation(findings);
    }
}

/// One block of a role.
struct Check<'r> {
    read: &'r ReadRole,
    number: usize,
    block: &'r Permission,
}

impl Check<'_> {
    fn start(&self, list: List, pattern: usize) -> usize {
        self.read.start(Place::Pattern(self.number, list, pattern))
    }

    fn each_by_itself(&self, list: List, findings: &mut Findings<'_>) {
        for (n, text) in list.of(self.block).iter().enumerate() {
            if text.trim() != text {
                findings.warning(
                    self.start(list, n),
                    "Blanks",
                    format!("'{text}' has blanks around it, with which it stands for no operation."),
                    "Take them away: strings are compared as they are written.",
                );
            }
            if text == "*" && matches!(list, List::Actions | List::DataActions) {
                findings.warning(
                    self.start(list, n),
                    "EverythingAllowed",
                    "'*' allows every operation of every provider, those to come included.",
                    "List what is needed, such as 'Microsoft.Compute/*'.",
                );
            }
        }
    }

    /// A string that another of the list covers. Of two alike the later one is named.
    fn shadowed(&self, list: List, findings: &mut Findings<'_>) {
        let texts = list.of(self.block);
        let patterns: Vec<_> = texts.iter().map(|text| ActionPattern::compile(text)).collect();
        for (n, text) in texts.iter().enumerate() {
            // The star of the covered one is taken as a letter, which only the other's star can stand for.
            let covers = |other: usize| patterns.get(other).is_some_and(|p| p.matches(&Action::new(text)));
            let is_same = |other: usize| texts.get(other).is_some_and(|t| t.eq_ignore_ascii_case(text));
            let by = (0..texts.len()).find(|&other| other != n && covers(other) && (!is_same(other) || other < n));
            if let Some(by) = by.and_then(|by| texts.get(by)) {
                findings.warning(
                    self.start(list, n),
                    "Shadowed",
                    format!("'{text}' adds nothing: '{by}' covers it."),
                    "Take one of the two away.",
                );
            }
        }
    }

    /// What the two lists of a plane make of each other.
    fn effect(&self, list: List, not_list: List, findings: &mut Findings<'_>) {
        let plane = list.plane();
        let all = |list: List| Universe::known().matched_by(list.of(self.block), plane);
        let (listed, taken) = (all(list), all(not_list));
        if !listed.is_empty() && is_within(&listed, &taken) {
            findings.warning(
                self.read.start(Place::List(self.number, not_list)),
                "EverythingTakenAway",
                format!(
                    "'{}' takes away all that '{}' lists: the block allows nothing here.",
                    not_list.name(),
                    list.name()
                ),
                "A role allows what is listed and not taken away; what another role allows it cannot take away.",
            );
            return;
        }
        for (n, text) in list.of(self.block).iter().enumerate() {
            let own = matched(text, plane);
            if !own.is_empty() && is_within(&own, &taken) {
                findings.warning(
                    self.start(list, n),
                    "TakenAway",
                    format!("'{text}' allows nothing: '{}' takes all of it away.", not_list.name()),
                    "Take it away, or make the other list narrower.",
                );
            }
        }
        for (n, text) in not_list.of(self.block).iter().enumerate() {
            let own = matched(text, plane);
            let mut rest = own.clone();
            rest.remove(&listed);
            if !own.is_empty() && rest.len() == own.len() {
                findings.warning(
                    self.start(not_list, n),
                    "TakesNothingAway",
                    format!("'{text}' takes nothing away: nothing in '{}' allows it.", list.name()),
                    "It does not forbid anything either: a role that allows it wins. Take it away.",
                );
            }
        }
    }

    fn escalation(&self, findings: &mut Findings<'_>) {
        if self.block.condition.is_some() {
            return;
        }
        let allowed = Universe::known().allowed_by(std::slice::from_ref(self.block), Plane::Control);
        let Some(action) = ESCALATING.into_iter().find(|action| allowed.contains(action)) else { return };
        let allows = |text: &String| ActionPattern::compile(text).matches(&Action::new(action));
        if let Some(n) = self.block.actions.iter().position(allows) {
            findings.warning(
                self.start(List::Actions, n),
                "PrivilegeEscalation",
                format!("It allows '{action}': whoever holds the role can give themselves every other right."),
                "Leave it out; of role assignments, a condition can say which roles may be given.",
            );
        }
    }
}

fn matched(text: &str, plane: Plane) -> OperationSet<'static> {
    Universe::known().matched_by(&[text], plane)
}

fn is_within(set: &OperationSet<'_>, other: &OperationSet<'_>) -> bool {
    let mut rest = set.clone();
    rest.remove(other);
    rest.is_empty()
}
