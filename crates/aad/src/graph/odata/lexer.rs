//! Words of a filter.

use super::super::error::GraphError;

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a number, a GUID or a moment.
    Word(String),
    /// A text in quotes, without them.
    Text(String),
    /// `(`, `)`, `,`, `:` or `/`.
    Mark(char),
}

/// A word with its place, counted in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    /// The word.
    pub(super) token: Token,
    /// Where it begins.
    pub(super) at: usize,
}

/// A filter that cannot be read.
pub(super) fn syntax_error(at: usize, filter: &str) -> GraphError {
    GraphError::Malformed(format!("Invalid filter clause: Syntax error at position {at} in '{filter}'."))
}

/// Cuts a filter into words.
///
/// # Errors
/// [`GraphError::Malformed`] for a character that begins no word and for a text without end.
pub(super) fn tokens(filter: &str) -> Result<Vec<Placed>, GraphError> {
    let characters: Vec<char> = filter.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = characters.get(at).copied() {
        let start = at;
        let token = match first {
            _ if first.is_whitespace() => {
                at += 1;
                continue;
            }
            '(' | ')' | ',' | ':' | '/' => {
                at += 1;
                Token::Mark(first)
            }
            '\'' => {
                let (text, end) = quoted(&characters, at).ok_or_else(|| syntax_error(start, filter))?;
                at = end;
                Token::Text(text)
            }
            _ => {
                // A moment has colons inside; a lambda variable, which begins with a letter, has one behind it.
                let is_number = first.is_ascii_digit() || matches!(first, '-' | '+');
                let belongs = |c: char| c.is_alphanumeric() || "_.-$@".contains(c) || (is_number && ":+".contains(c));
                let length = characters[at..].iter().take_while(|c| belongs(**c)).count();
                if length == 0 {
                    return Err(syntax_error(start, filter));
                }
                at += length;
                Token::Word(characters[start..at].iter().collect())
            }
        };
        found.push(Placed { token, at: start });
    }
    Ok(found)
}

/// The text that begins with the quote at `start`, and where it ends. Two quotes inside stand for one.
fn quoted(characters: &[char], start: usize) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut at = start + 1;
    loop {
        match (characters.get(at)?, characters.get(at + 1)) {
            ('\'', Some('\'')) => {
                text.push('\'');
                at += 2;
            }
            ('\'', _) => return Some((text, at + 1)),
            (other, _) => {
                text.push(*other);
                at += 1;
            }
        }
    }
}
