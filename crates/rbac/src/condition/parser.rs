//! The grammar of conditions (RBAC A7), by recursive descent: linear in the text, with one token looked ahead.

use super::error::ConditionError;
use super::lexer::{Lexer, Token, TokenKind, shortened};
use super::syntax::{Attribute, Expression, Node};
use crate::ActionPattern;

/// How deep parentheses and NOT may nest, so that no text exhausts the stack.
const DEEPEST: usize = 64;

pub(super) struct Parser<'t> {
    lexer: Lexer<'t>,
    pub(super) token: Token<'t>,
    /// Where the token before ended.
    pub(super) end: usize,
    depth: usize,
}

/// Parses a whole text.
pub(super) fn parse(text: &str) -> Result<Node, ConditionError> {
    let mut lexer = Lexer::new(text);
    let token = lexer.next()?;
    let mut parser = Parser { lexer, token, end: 0, depth: 0 };
    let root = parser.level()?;
    match parser.token.kind {
        TokenKind::End => Ok(root),
        _ => parser.expected("AND, OR or the end"),
    }
}

impl<'t> Parser<'t> {
    /// The token at hand, after which the next is.
    pub(super) fn advance(&mut self) -> Result<Token<'t>, ConditionError> {
        let next = self.lexer.next()?;
        self.end = self.token.end;
        Ok(std::mem::replace(&mut self.token, next))
    }

    pub(super) fn error<T>(&self, position: usize, message: impl Into<String>) -> Result<T, ConditionError> {
        Err(ConditionError::new(self.lexer.text, position, message))
    }

    /// The refusal of the token at hand.
    pub(super) fn expected<T>(&self, what: &str) -> Result<T, ConditionError> {
        self.expected_for(&self.token, what)
    }

    pub(super) fn expected_for<T>(&self, token: &Token<'_>, what: &str) -> Result<T, ConditionError> {
        let found = match &self.lexer.text[token.start..token.end] {
            "" => "the end".to_owned(),
            found => shortened(found),
        };
        self.error(token.start, format!("expected {what}, found {found}"))
    }

    /// Parts joined by AND, or by OR. Both on one level have no documented order and are refused.
    fn level(&mut self) -> Result<Node, ConditionError> {
        let start = self.token.start;
        let first = self.part()?;
        let joint = self.token.kind;
        let mut parts = vec![first];
        while let TokenKind::And | TokenKind::Or = self.token.kind {
            if self.token.kind != joint {
                return self
                    .error(self.token.start, "AND and OR are mixed, which takes parentheses around one of them,");
            }
            self.advance()?;
            parts.push(self.part()?);
        }
        let expression = match joint {
            TokenKind::And => Expression::And(parts.into()),
            TokenKind::Or => Expression::Or(parts.into()),
            _ => return Ok(parts.swap_remove(0)),
        };
        Ok(Node { span: start..self.end, expression })
    }

    fn part(&mut self) -> Result<Node, ConditionError> {
        let start = self.token.start;
        let expression = match self.token.kind {
            TokenKind::Open => return self.nested(Self::group),
            TokenKind::Not => {
                self.advance()?;
                Expression::Not(Box::new(self.nested(Self::part)?))
            }
            TokenKind::Word(word) if word.eq_ignore_ascii_case("ActionMatches") => {
                let patterns = self.patterns()?.into_iter();
                Expression::ActionMatches(
                    patterns.map(|text| (text.as_str().into(), ActionPattern::compile(&text))).collect(),
                )
            }
            TokenKind::Word(word) if word.eq_ignore_ascii_case("SubOperationMatches") => {
                Expression::SubOperationMatches(self.patterns()?.into_iter().map(Into::into).collect())
            }
            TokenKind::Word(word) if word.eq_ignore_ascii_case("Exists") => {
                self.advance()?;
                let TokenKind::Attribute { source, name } = self.token.kind else {
                    return self.expected("an attribute such as @Request[…] after Exists");
                };
                self.advance()?;
                Expression::Exists(Attribute::new(source, name))
            }
            _ => Expression::Compare(self.comparison()?),
        };
        Ok(Node { span: start..self.end, expression })
    }

    fn nested(&mut self, parse: fn(&mut Self) -> Result<Node, ConditionError>) -> Result<Node, ConditionError> {
        if self.depth == DEEPEST {
            return self.error(self.token.start, format!("parentheses and NOT nest deeper than {DEEPEST} levels"));
        }
        self.depth += 1;
        let node = parse(self)?;
        self.depth -= 1;
        Ok(node)
    }

    fn group(&mut self) -> Result<Node, ConditionError> {
        self.advance()?;
        let inner = self.level()?;
        if self.token.kind != TokenKind::Close {
            return self.expected("AND, OR or `)`");
        }
        self.advance()?;
        Ok(inner)
    }

    /// The texts after ActionMatches or SubOperationMatches.
    fn patterns(&mut self) -> Result<Vec<String>, ConditionError> {
        self.advance()?;
        if self.token.kind != TokenKind::OpenSet {
            return self.expected("texts in braces, such as {'Microsoft.Storage/*'}");
        }
        let tokens = self.set()?;
        let texts = tokens.into_iter().map(|token| match token.kind {
            TokenKind::Quoted(raw) => Ok(unquoted(raw)),
            _ => self.expected_for(&token, "a text in single quotes"),
        });
        texts.collect()
    }

    /// Values in braces, at least one.
    pub(super) fn set(&mut self) -> Result<Vec<Token<'t>>, ConditionError> {
        let mut tokens = Vec::new();
        loop {
            // The brace, or the comma, before it.
            self.advance()?;
            if !self.token.is_literal() {
                return self.expected("a value: a text in single quotes, an integer, a GUID, true or false");
            }
            tokens.push(self.advance()?);
            match self.token.kind {
                TokenKind::Comma => {}
                TokenKind::CloseSet => break,
                _ => return self.expected("`,` or `}`"),
            }
        }
        self.advance()?;
        Ok(tokens)
    }
}

/// A text as it is meant: a doubled quote is one.
pub(super) fn unquoted(raw: &str) -> String {
    raw.replace("''", "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message for a text that is no condition.
    fn refusal(text: &str) -> String {
        parse(text).map(|node| format!("{node:?}")).expect_err(text).to_string()
    }

    #[test]
    fn spelling_is_free() {
        for text in [
            "@Resource[a] StringEquals 'v'",
            "@RESOURCE[a]stringequals'v'",
            "\t@resource[ a ]\r\nSTRINGEQUALS\n'v' ",
            "(((@Resource[a] StringEquals 'v')))",
            "NOT not ! @Resource[a] StringEquals 'v'",
            "(!(ActionMatches{'x'}))OR(@Request[a:b]ForAnyOfAllValues:GuidNotEquals{acdd72a7338548efbd42f606fba81ae7})",
            "ActionMatches{'a'}and actionmatches {'b','c'}&&SubOperationMatches{'Blob.List'}",
            "@Request[a]NumericEquals -5||Exists@Request[a]or 5 numericlessthan @Request[a]",
            "{'a', 'b'} ForAllOfAnyValues:StringLike {'a*', '''b'''}",
            "'it''s' StringEquals @Principal[a]",
            "@Resource[a] GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}",
            "@Resource[a] GuidEquals 'ACDD72A7-3385-48EF-BD42-F606FBA81AE7'",
            "@Resource[a] boolequals TRUE",
            "@Resource[A/tags:a key+b=c<$key_case_sensitive$>] StringEquals ''",
        ] {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn refusals_say_what_was_expected_and_where() {
        for (text, expected) in [
            (
                "",
                "expected a comparison, ActionMatches, SubOperationMatches, Exists, NOT or `(`, found the end at character 1",
            ),
            ("OR @Resource[a] StringEquals 'v'", "Exists, NOT or `(`, found `OR` at character 1"),
            ("StringEquals 'v'", "Exists, NOT or `(`, found `StringEquals` at character 1"),
            ("@Resource[a]", "expected an operator such as StringEquals, found the end at character 13"),
            ("@Resource[a] 'v'", "expected an operator such as StringEquals, found `'v'` at character 14"),
            ("@Resource[a] StringSounds 'v'", "expected an operator such as StringEquals, found `StringSounds` at"),
            ("@Resource[a] ForSomeValues:StringEquals {'a'}", "found `ForSomeValues:StringEquals` at character 14"),
            ("@Resource[a] StringEquals", "expected a value or an attribute, found the end at character 26"),
            ("@Resource[a] StringEquals 'v", "a text has no closing quote; it begins at character 27"),
            ("@Resource[a] StringEquals 'v')", "expected AND, OR or the end, found `)` at character 30"),
            ("(@Resource[a] StringEquals 'v'", "expected AND, OR or `)`, found the end at character 31"),
            ("@Resource[a] StringEquals 'v' AND", "found the end at character 34"),
            ("@Resource[a StringEquals 'v'", "expected `]` after the name of an attribute at character 26"),
            ("@Resource StringEquals 'v'", "expected `[` and the name of an attribute after @Resource at character 10"),
            ("@Resource[ ] StringEquals 'v'", "@Resource[] names no attribute at character 1"),
            ("@Tenant[a] StringEquals 'v'", "expected @Resource, @Request, @Principal or @Environment at character 1"),
            (
                "ActionMatches('a')",
                "expected texts in braces, such as {'Microsoft.Storage/*'}, found `(` at character 14",
            ),
            (
                "ActionMatches{}",
                "expected a value: a text in single quotes, an integer, a GUID, true or false, found `}`",
            ),
            ("ActionMatches{'a',}", "true or false, found `}` at character 19"),
            ("ActionMatches{'a' 'b'}", "expected `,` or `}`, found `'b'` at character 19"),
            ("ActionMatches{5}", "expected a text in single quotes, found `5` at character 15"),
            ("Exists 'a'", "expected an attribute such as @Request[…] after Exists, found `'a'` at character 8"),
            ("Exists @Request[a] & Exists @Request[b]", "unexpected character `&` at character 20"),
            ("Exists @Request[é] \u{a0}AND", "unexpected character `\\u{a0}` at character 20"),
            (
                "Exists @Request[a] AND Exists @Request[b] OR Exists @Request[c]",
                "AND and OR are mixed, which takes parentheses around one of them, at character 43",
            ),
            ("@Request[a] NumericEquals 99999999999999999999", "`99999999999999999999` is no integer of 64 bits at"),
        ] {
            let message = refusal(text);
            assert!(message.contains(expected), "{text}\n  {message}\n  {expected}");
        }
    }

    #[test]
    fn positions_count_bytes_and_messages_characters() {
        let error = parse("Exists @Request[éé] x").expect_err("no condition");
        assert_eq!(
            (error.position, error.to_string()),
            (22, "expected AND, OR or the end, found `x` at character 21".to_owned())
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |open: &str, close: &str, n: usize| open.repeat(n) + "Exists @Request[a]" + &close.repeat(n);
        for (open, close) in [("(", ")"), ("!", ""), ("not ", "")] {
            assert!(parse(&nested(open, close, DEEPEST)).is_ok());
            assert!(refusal(&nested(open, close, DEEPEST + 1)).contains("deeper than 64 levels"));
            assert!(refusal(&nested(open, close, 1_000_000)).contains("deeper than 64 levels"));
        }
        assert!(parse(&nested("(!", ")", DEEPEST / 2)).is_ok());
    }

    #[test]
    fn long_texts_parse() {
        let set = vec!["'0123456789'"; 80_000].join(", ");
        let many = vec!["(Exists @Request[a])"; 50_000].join(" OR ");
        for text in [
            format!("@Request[a] ForAnyOfAnyValues:StringEquals {{{set}}}"),
            many,
            "(".to_owned() + &" ".repeat(1 << 20),
        ] {
            assert_eq!(parse(&text).is_err(), text.starts_with("( "), "{} bytes", text.len());
        }
    }
}
