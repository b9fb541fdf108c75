//! What is wrong with a custom role before anybody sends it to Azure, and what in it does not do what it seems to.
//!
//! What it is: [`lint_role`] reads a role file in any of the forms that people keep (that of `az role definition create`,
//! that of Resource Manager, or an array of them) and tells of every finding where in the text it is, in a stable code, a
//! sentence and, where there is one, advice.
//!
//! What it is not: no judge of its own. What Azure refuses is [`crate::violations`], which Resource Manager asks too; what
//! a pattern stands for is [`crate::Universe`]'s to say.
//!
//! How to add the next finding: what Azure refuses, in `role_rules`; what it takes and people regret, in the file here that
//! looks at that part of a role: `document` its form, `patterns` its lists.

mod document;
mod findings;
mod patterns;
mod rules;
mod vocabulary;

use findings::Findings;
pub use findings::{LintFinding, Severity};

/// Everything to say about a role file, in the order of the text.
#[must_use]
pub fn lint_role(text: &str) -> Vec<LintFinding> {
    // Editors of Windows put a byte order mark in front, which the tools drop.
    let text = text.trim_start_matches('\u{feff}');
    let mut findings = Findings::of(text);
    for role in document::read(text, &mut findings) {
        rules::check(&role, &mut findings);
        patterns::check(&role, &mut findings);
    }
    findings.in_order()
}

#[cfg(test)]
mod tests;
