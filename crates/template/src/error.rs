//! What a template can be wrong about, in Azure's words (RECORDED-FACTS 2).

use thiserror::Error;

/// Azure names the place of an error in the template's text. The template arrives here already parsed, so the place is
/// unknown, which the same engine writes as zeroes.
pub(crate) const PLACE: &str = "at line '0' and column '0'";

/// An ARM error: what a face renders as `{"error": {"code", "message", "target", "details"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{code}: {message}")]
pub struct TemplateError {
    /// Such as `InvalidTemplate`.
    pub code: String,
    /// A sentence or more.
    pub message: String,
    /// The name of what is wrong, where Azure gives it.
    pub target: Option<String>,
    /// What went wrong underneath.
    pub details: Vec<TemplateError>,
}

impl TemplateError {
    const INVALID: &str = "InvalidTemplate";

    /// An error of any kind: what a [`crate::Lookup`] answers with. It reaches the caller as it is.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), target: None, details: Vec::new() }
    }

    /// A bare `InvalidTemplate`, which whoever knows the place wraps in the sentence that belongs there.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Self::INVALID, message)
    }

    /// The body does not have the shape of a template at all.
    pub(crate) fn content(message: &str) -> Self {
        let text = format!("The request content was invalid and could not be deserialized: '{message}'.");
        Self::new("InvalidRequestContent", text)
    }

    /// Something that Azure knows and this engine does not.
    pub(crate) fn unsupported(what: &str) -> Self {
        Self::invalid(format!("{what} not supported by this simulator yet."))
    }

    /// Rewrites the sentence of an `InvalidTemplate`; errors from outside stay as they are.
    pub(crate) fn wrap(mut self, sentence: impl FnOnce(&str) -> String) -> Self {
        if self.code == Self::INVALID {
            self.message = sentence(&self.message);
        }
        self
    }

    /// Found before anything is deployed.
    pub(crate) fn at_validation(self) -> Self {
        self.wrap(|text| format!("Deployment template validation failed: '{text}'."))
    }

    /// Found in one of the template's resources before anything is deployed.
    pub(crate) fn in_resource(self, name: &str) -> Self {
        self.wrap(|text| format!("The template resource '{name}' {PLACE} is not valid: {text}"))
    }
}
