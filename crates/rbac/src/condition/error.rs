//! Why a text is no condition.

use std::fmt;

/// The first place where a text stops being a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionError {
    /// Where, in bytes from the start of the text.
    pub position: usize,
    /// What would have fitted there, as the beginning of a sentence.
    pub message: String,
    /// The same place as people count: in characters, from one.
    character: usize,
}

impl ConditionError {
    /// An error `position` bytes into `text`.
    pub(super) fn new(text: &str, position: usize, message: impl Into<String>) -> Self {
        let before = text.char_indices().take_while(|(at, _)| *at < position).count();
        Self { position, message: message.into(), character: before + 1 }
    }
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {}", self.message, self.character)
    }
}

impl std::error::Error for ConditionError {}
