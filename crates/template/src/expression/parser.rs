//! From tokens to an [`Expression`].

use serde_json::Value;

use super::Expression;
use super::lexer::{Token, tokens};

/// How deep calls and brackets may nest.
const MAX_DEPTH: usize = 64;
/// The longest expression that ARM takes, in characters.
const MAX_LENGTH: usize = 24_576;

/// Parses what stands between the brackets.
///
/// # Errors
/// A sentence that says what was not expected and where.
pub(crate) fn parse(text: &str) -> Result<Expression, String> {
    if text.chars().count() > MAX_LENGTH {
        return Err(format!("The language expression is longer than '{MAX_LENGTH}' characters."));
    }
    let wrong = |why: String| format!("Unable to parse language expression '{text}': {why}.");
    let mut parser = Parser { tokens: tokens(text).map_err(wrong)?.into_iter().peekable() };
    let expression = parser.expression(0).map_err(wrong)?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some((at, _)) => Err(wrong(format!("the end is expected at position '{at}'"))),
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<(usize, Token)>>,
}

impl Parser {
    fn expression(&mut self, depth: usize) -> Result<Expression, String> {
        if depth > MAX_DEPTH {
            return Err(format!("it is nested deeper than '{MAX_DEPTH}' levels"));
        }
        let mut expression = match self.tokens.next() {
            Some((_, Token::Text(text))) => Expression::Literal(Value::String(text)),
            Some((_, Token::Integer(number))) => Expression::Literal(Value::from(number)),
            Some((_, Token::Name(name))) => self.call(name, depth)?,
            other => return Err(unexpected("a function, a string or a number", other.as_ref())),
        };
        // Each access wraps what came before, so a long chain is as deep as nested calls.
        for accesses in 0.. {
            if depth + accesses > MAX_DEPTH {
                return Err(format!("it is nested deeper than '{MAX_DEPTH}' levels"));
            }
            if self.take('.') {
                match self.tokens.next() {
                    Some((_, Token::Name(name))) => expression = Expression::Property(Box::new(expression), name),
                    other => return Err(unexpected("a property's name", other.as_ref())),
                }
            } else if self.take('[') {
                let index = self.expression(depth + 1)?;
                self.expect(']')?;
                expression = Expression::Index(Box::new(expression), Box::new(index));
            } else {
                break;
            }
        }
        Ok(expression)
    }

    fn call(&mut self, mut name: String, depth: usize) -> Result<Expression, String> {
        if self.take('.') {
            match self.tokens.next() {
                Some((_, Token::Name(member))) => name = format!("{name}.{member}"),
                other => return Err(unexpected("the name of a user function", other.as_ref())),
            }
        }
        self.expect('(')?;
        let mut arguments = Vec::new();
        if !self.take(')') {
            loop {
                arguments.push(self.expression(depth + 1)?);
                if self.take(')') {
                    break;
                }
                self.expect(',')?;
            }
        }
        Ok(Expression::Call { name, arguments })
    }

    fn take(&mut self, sign: char) -> bool {
        self.tokens.next_if(|(_, token)| *token == Token::Sign(sign)).is_some()
    }

    fn expect(&mut self, sign: char) -> Result<(), String> {
        match self.tokens.next() {
            Some((_, Token::Sign(found))) if found == sign => Ok(()),
            other => Err(unexpected(&format!("'{sign}'"), other.as_ref())),
        }
    }
}

fn unexpected(wanted: &str, found: Option<&(usize, Token)>) -> String {
    match found {
        Some((at, _)) => format!("{wanted} is expected at position '{at}'"),
        None => format!("{wanted} is expected at the end"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn calls_accesses_and_literals_are_parsed() {
        let parsed = parse(" concat('it''s', a()[-1].b , c(d.e())) ").map(|e| format!("{e:?}"));
        insta::assert_snapshot!(parsed.unwrap_or_else(|e| e), @r#"Call { name: "concat", arguments: [Literal(String("it's")), Property(Index(Call { name: "a", arguments: [] }, Literal(Number(-1))), "b"), Call { name: "c", arguments: [Call { name: "d.e", arguments: [] }] }] }"#);
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in [
            "",
            "a",
            "a(",
            "a()b",
            "a(,)",
            "a(1,)",
            "'x",
            "a().",
            "a()[",
            "a().?b",
            "1.5",
            "99999999999999999999",
            "a(\u{7})",
            "--1",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        for (open, close) in [("a(", ")"), ("a()[", "]")] {
            let nested = |n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
            assert!(parse(&nested(MAX_DEPTH)).is_ok());
            assert!(parse(&nested(MAX_DEPTH + 1)).is_err());
            assert!(parse(&open.repeat(8_000)).is_err());
        }
        assert!(parse(&format!("a(){}", ".b".repeat(MAX_DEPTH + 1))).is_err());
        assert!(parse(&"a(".repeat(1_000_000)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = parse(&text);
        }

        #[test]
        fn no_text_of_its_own_signs_makes_it_panic(text in "[a-c()\\[\\].,' 0-9-]{0,40}") {
            let _ = parse(&text);
        }
    }
}
