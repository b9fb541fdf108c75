//! From text to tokens.

use uuid::Uuid;

use super::attributes::Source;
use super::error::ConditionError;
use super::scalar::guid;

/// What a token is. Keywords and sources ignore case and need no blanks around them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TokenKind<'t> {
    Open,
    Close,
    OpenSet,
    CloseSet,
    Comma,
    And,
    Or,
    Not,
    Attribute {
        source: Source,
        name: &'t str,
    },
    /// What stands between quotes, with every quote in it still doubled.
    Quoted(&'t str),
    Integer(i64),
    Guid(Uuid),
    Bool(bool),
    /// An operator, a function, or nothing known.
    Word(&'t str),
    End,
}

/// A token and where it stands, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind<'t>,
    pub(super) start: usize,
    pub(super) end: usize,
}

pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token; [`TokenKind::End`] at the end and ever after.
    pub(super) fn next(&mut self) -> Result<Token<'t>, ConditionError> {
        let blank = |c: char| c.is_ascii_whitespace();
        self.at = self.text.len() - self.rest().trim_start_matches(blank).len();
        let start = self.at;
        let kind = self.kind()?;
        Ok(Token { kind, start, end: self.at })
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn error<T>(&self, position: usize, message: impl Into<String>) -> Result<T, ConditionError> {
        Err(ConditionError::new(self.text, position, message))
    }

    fn kind(&mut self) -> Result<TokenKind<'t>, ConditionError> {
        const SYMBOLS: [(&str, TokenKind<'_>); 8] = [
            ("(", TokenKind::Open),
            (")", TokenKind::Close),
            ("{", TokenKind::OpenSet),
            ("}", TokenKind::CloseSet),
            (",", TokenKind::Comma),
            ("!", TokenKind::Not),
            ("&&", TokenKind::And),
            ("||", TokenKind::Or),
        ];
        let rest = self.rest();
        if let Some((symbol, kind)) = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol)) {
            self.at += symbol.len();
            return Ok(*kind);
        }
        match rest.chars().next() {
            None => Ok(TokenKind::End),
            Some('\'') => self.quoted(),
            Some('@') => self.attribute(),
            Some(c) if in_word(c) => self.word(),
            Some(c) => self.error(self.at, format!("unexpected character `{}`", c.escape_debug())),
        }
    }

    /// A text in quotes. How one holds a quote itself is documented nowhere; doubling it can mean nothing else.
    fn quoted(&mut self) -> Result<TokenKind<'t>, ConditionError> {
        let content = self.at + 1;
        let mut end = content;
        loop {
            let Some(quote) = self.text[end..].find('\'') else {
                return self.error(self.at, "a text has no closing quote; it begins");
            };
            end += quote + 1;
            if !self.text[end..].starts_with('\'') {
                break;
            }
            end += 1;
        }
        self.at = end;
        Ok(TokenKind::Quoted(&self.text[content..end - 1]))
    }

    /// An attribute, such as `@Resource[Microsoft.Storage/storageAccounts:name]`.
    fn attribute(&mut self) -> Result<TokenKind<'t>, ConditionError> {
        let start = self.at;
        self.at += 1;
        let Some(source) = Source::named(self.take_word()) else {
            return self.error(start, "expected @Resource, @Request, @Principal or @Environment");
        };
        let Some(inner) = self.rest().strip_prefix('[') else {
            return self.error(self.at, format!("expected `[` and the name of an attribute after @{source}"));
        };
        // Keys of tags may hold blanks, so a missing bracket shows only at what no name holds.
        let name = inner.split(|c: char| "[]{}()'@,".contains(c) || c.is_control()).next().unwrap_or_default();
        self.at += 1 + name.len();
        if !self.rest().starts_with(']') {
            return self.error(self.at, "expected `]` after the name of an attribute");
        }
        self.at += 1;
        match name.trim() {
            "" => self.error(start, format!("@{source}[] names no attribute")),
            name => Ok(TokenKind::Attribute { source, name }),
        }
    }

    fn word(&mut self) -> Result<TokenKind<'t>, ConditionError> {
        let start = self.at;
        let word = self.take_word();
        if let Some(guid) = guid(word) {
            return Ok(TokenKind::Guid(guid));
        }
        if word.strip_prefix('-').unwrap_or(word).bytes().all(|b| b.is_ascii_digit()) {
            return match word.parse() {
                Ok(integer) => Ok(TokenKind::Integer(integer)),
                Err(_) => self.error(start, format!("{} is no integer of 64 bits", shortened(word))),
            };
        }
        let known = [
            ("and", TokenKind::And),
            ("or", TokenKind::Or),
            ("not", TokenKind::Not),
            ("true", TokenKind::Bool(true)),
            ("false", TokenKind::Bool(false)),
        ];
        let known = known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        Ok(known.map_or(TokenKind::Word(word), |(_, kind)| kind))
    }

    fn take_word(&mut self) -> &'t str {
        let rest = self.rest();
        let word = &rest[..rest.find(|c| !in_word(c)).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }
}

/// Operators hold a colon, GUIDs and negative numbers dashes.
fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_')
}

/// The beginning of a text that may be long, for messages.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 48;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}
