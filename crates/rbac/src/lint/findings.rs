//! What the linter tells.

use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Azure refuses it.
    Error,
    /// Azure takes it, and it does not do what it seems to.
    Warning,
}

/// One thing to say about a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintFinding {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// How much it matters.
    pub severity: Severity,
    /// A word that stays the same whatever the sentence says: Azure's own code where Azure refuses.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// Findings about one text, as they are made.
pub(super) struct Findings<'t> {
    text: &'t str,
    found: Vec<LintFinding>,
}

impl<'t> Findings<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// Something that Azure refuses, at this byte of the text.
    pub(super) fn error(&mut self, at: usize, code: &'static str, message: impl Into<String>, advice: Option<String>) {
        self.say(at, Severity::Error, code, message.into(), advice);
    }

    /// Something that Azure takes, at this byte of the text.
    pub(super) fn warning(&mut self, at: usize, code: &'static str, message: impl Into<String>, advice: &str) {
        self.say(at, Severity::Warning, code, message.into(), Some(advice.to_owned()));
    }

    /// All that was found, in the order of the text.
    pub(super) fn in_order(mut self) -> Vec<LintFinding> {
        self.found.sort_by_key(|f| (f.line, f.column));
        self.found
    }

    fn say(&mut self, at: usize, severity: Severity, code: &'static str, message: String, advice: Option<String>) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        self.found.push(LintFinding { line, column, severity, code, message, advice });
    }
}
