//! The text of template expressions: what stands between `[` and `]`.
//!
//! What it is: a lexer and a parser, giving [`Expression`], and the rule which strings are expressions at all.
//!
//! What it is not: it gives no meaning to names; `evaluator` and `functions` do.
//!
//! How to add the next piece of syntax: a token in `lexer`, a case in `parser`, a variant here.

mod lexer;
mod parser;

use serde_json::Value;

pub(crate) use parser::parse;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    /// A string or an integer.
    Literal(Value),
    /// `name(arguments)`, with the name as written; `namespace.name` for a user function.
    Call { name: String, arguments: Vec<Expression> },
    /// `object.name`.
    Property(Box<Expression>, String),
    /// `value[index]`.
    Index(Box<Expression>, Box<Expression>),
}

/// What a string in a template stands for (IAC-WIRE 10.1).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Text<'a> {
    /// Itself.
    Plain(&'a str),
    /// The value of this expression, given without its brackets.
    Expression(&'a str),
}

/// Tells a plain string from an expression. `[[` at the start stands for one bracket, when the string also ends with
/// a bracket; a bracket on one side only means nothing.
pub(crate) fn classify(text: &str) -> Text<'_> {
    match text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        Some(inside) if inside.starts_with('[') => Text::Plain(&text[1..]),
        Some(inside) => Text::Expression(inside),
        None => Text::Plain(text),
    }
}

impl Expression {
    /// Visits every call in it, outermost first.
    pub(crate) fn visit_calls(&self, visit: &mut dyn FnMut(&str, &[Expression])) {
        match self {
            Self::Literal(_) => {}
            Self::Call { name, arguments } => {
                visit(name, arguments);
                arguments.iter().for_each(|a| a.visit_calls(visit));
            }
            Self::Property(of, _) => of.visit_calls(visit),
            Self::Index(of, index) => {
                of.visit_calls(visit);
                index.visit_calls(visit);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_make_expressions() {
        for (text, expected) in [
            ("[a()]", Text::Expression("a()")),
            ("[[a]", Text::Plain("[a]")),
            ("[a", Text::Plain("[a")),
            ("a]", Text::Plain("a]")),
            ("[", Text::Plain("[")),
            ("[]", Text::Expression("")),
            (" [a()]", Text::Plain(" [a()]")),
        ] {
            assert_eq!(classify(text), expected, "{text}");
        }
    }
}
