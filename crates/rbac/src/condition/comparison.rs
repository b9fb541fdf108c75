//! Comparisons: two sides, an operator, and which values it takes.

use super::error::ConditionError;
use super::lexer::{Token, TokenKind};
use super::operator::{CrossProduct, Family, Operator, Test};
use super::parser::{Parser, unquoted};
use super::scalar::{Scalar, guid, time};
use super::syntax::{Attribute, Comparison, Operand};

/// A side of a comparison before its operator is known.
enum Side<'t> {
    Attribute(Attribute),
    Literals(Vec<Token<'t>>),
}

impl Token<'_> {
    pub(super) fn is_literal(&self) -> bool {
        matches!(self.kind, TokenKind::Quoted(_) | TokenKind::Integer(_) | TokenKind::Guid(_) | TokenKind::Bool(_))
    }

    /// The value for an operator of that family; none where it takes no such literal. GUIDs stand bare in Azure's own
    /// roles and quoted in other people's conditions.
    fn value(&self, family: Family) -> Option<Scalar> {
        Some(match (family, self.kind) {
            (Family::String, TokenKind::Quoted(raw)) => Scalar::Text(unquoted(raw)),
            (Family::Numeric, TokenKind::Integer(integer)) => Scalar::Number(integer.into()),
            (Family::Bool, TokenKind::Bool(value)) => Scalar::Bool(value),
            (Family::Guid, TokenKind::Guid(guid)) => Scalar::Guid(guid),
            (Family::Guid, TokenKind::Quoted(raw)) => Scalar::Guid(guid(raw)?),
            (Family::DateTime, TokenKind::Quoted(raw)) => Scalar::Time(time(raw)?),
            _ => return None,
        })
    }
}

impl Family {
    /// What its operators take, for messages.
    fn takes(self) -> &'static str {
        match self {
            Self::String => "a text in single quotes for this operator",
            Self::Numeric => "an integer for this operator",
            Self::DateTime => "a date such as '2023-05-01T13:00:00.0Z' for this operator",
            Self::Bool => "true or false for this operator",
            Self::Guid => "a GUID for this operator",
        }
    }
}

impl<'t> Parser<'t> {
    pub(super) fn comparison(&mut self) -> Result<Comparison, ConditionError> {
        let left = self.side("a comparison, ActionMatches, SubOperationMatches, Exists, NOT or `(`")?;
        let at = self.token;
        let (cross_product, operator) = self.operator()?;
        let right = self.side("a value or an attribute")?;
        let reads_now = |side: &Side<'_>| matches!(side, Side::Attribute(attribute) if attribute.is_utc_now());
        let compares_now =
            matches!((operator.family, operator.test), (Family::DateTime, Test::GreaterThan | Test::LessThan));
        if !compares_now && (reads_now(&left) || reads_now(&right)) {
            return self.error(at.start, "expected DateTimeGreaterThan or DateTimeLessThan, the operators of UtcNow,");
        }
        let several = cross_product.is_some();
        Ok(Comparison {
            left: self.operand(left, operator, several)?,
            right: self.operand(right, operator, several)?,
            cross_product,
            operator,
        })
    }

    fn side(&mut self, expected: &str) -> Result<Side<'t>, ConditionError> {
        Ok(match self.token.kind {
            TokenKind::Attribute { source, name } => {
                self.advance()?;
                Side::Attribute(Attribute::new(source, name))
            }
            TokenKind::OpenSet => Side::Literals(self.set()?),
            _ if self.token.is_literal() => Side::Literals(vec![self.advance()?]),
            _ => return self.expected(expected),
        })
    }

    fn operator(&mut self) -> Result<(Option<CrossProduct>, Operator), ConditionError> {
        const EXPECTED: &str = "an operator such as StringEquals";
        let TokenKind::Word(word) = self.token.kind else {
            return self.expected(EXPECTED);
        };
        let (cross_product, name) = match word.split_once(':') {
            Some((product, name)) => (Some(product), name),
            None => (None, word),
        };
        let products = cross_product.map(CrossProduct::named);
        let (Some(operator), None | Some(Some(_))) = (Operator::named(name), products) else {
            return self.expected(EXPECTED);
        };
        if products.is_some() && !operator.crosses() {
            return self
                .error(self.token.start, format!("{name} compares one value with one and takes no cross product"));
        }
        self.advance()?;
        Ok((products.flatten(), operator))
    }

    /// A side for an operator. Where one value is compared, a set of one is taken too: people write it.
    fn operand(&self, side: Side<'_>, operator: Operator, several: bool) -> Result<Operand, ConditionError> {
        let tokens = match side {
            Side::Attribute(attribute) => return Ok(Operand::Attribute(attribute)),
            Side::Literals(tokens) => tokens,
        };
        if let ([_, second, ..], false) = (&*tokens, several) {
            let message = "several values take an operator such as ForAnyOfAnyValues:StringEquals; the second stands";
            return self.error(second.start, message);
        }
        let values = tokens.iter().map(|token| match token.value(operator.family) {
            Some(value) => Ok(value),
            None => self.expected_for(token, operator.family.takes()),
        });
        Ok(Operand::Literals(values.collect::<Result<_, _>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parser::parse;

    #[test]
    fn operators_take_literals_of_their_kind() {
        for (operator, good, bad) in [
            (
                "StringEquals",
                vec!["'5'", "''", "{'a'}"],
                vec!["5", "true", "acdd72a7338548efbd42f606fba81ae7", "{'a', 5}"],
            ),
            ("NumericEquals", vec!["5", "-5", "{0}"], vec!["'5'", "true", "--5", "5.0", "5-"]),
            ("BoolEquals", vec!["true", "False"], vec!["'true'", "1", "yes"]),
            (
                "GuidEquals",
                vec!["acdd72a7338548efbd42f606fba81ae7", "'ACDD72A7-3385-48EF-BD42-F606FBA81AE7'"],
                vec!["'a'", "acdd72a7", "7"],
            ),
            (
                "DateTimeLessThan",
                vec!["'2023-05-01T13:00:00.0Z'", "'2023-05-01T13:00:00+01:00'"],
                vec!["'2023-05-01'", "2023", "'noon'"],
            ),
            ("ForAnyOfAnyValues:NumericLessThan", vec!["5", "{5, 6}", "@Request[b]"], vec!["{5, '6'}", "{}"]),
        ] {
            for literal in good {
                for text in [format!("@Request[a] {operator} {literal}"), format!("{literal} {operator} @Request[a]")] {
                    assert!(parse(&text).is_ok(), "{text}: {:?}", parse(&text));
                }
            }
            for literal in bad {
                for text in [format!("@Request[a] {operator} {literal}"), format!("{literal} {operator} @Request[a]")] {
                    assert!(parse(&text).is_err(), "{text}");
                }
            }
        }
    }

    #[test]
    fn refusals_say_what_an_operator_takes() {
        for (text, expected) in [
            (
                "@Request[a] StringEquals 5",
                "expected a text in single quotes for this operator, found `5` at character 26",
            ),
            (
                "@Request[a] DateTimeEquals 'noon'",
                "expected a date such as '2023-05-01T13:00:00.0Z' for this operator, found `'noon'` at",
            ),
            (
                "@Request[a] StringEquals {'a', 'b'}",
                "several values take an operator such as ForAnyOfAnyValues:StringEquals; the second stands at character 32",
            ),
            (
                "@Request[a] ForAnyOfAnyValues:BoolEquals {true}",
                "BoolEquals compares one value with one and takes no cross product at character 13",
            ),
            ("@Request[a] ForAnyOfAnyValues:DateTimeEquals {'2023-01-01T00:00:00.0Z'}", "takes no cross product"),
            ("@Request[a] ForAllOfAnyValues:StringNotStartsWith {'a'}", "takes no cross product"),
            (
                "@Environment[UtcNow] DateTimeEquals '2023-01-01T00:00:00Z'",
                "expected DateTimeGreaterThan or DateTimeLessThan, the operators of UtcNow, at character 22",
            ),
            ("'a' StringEquals @environment[utcnow]", "the operators of UtcNow, at character 5"),
        ] {
            let message = parse(text).map(|node| format!("{node:?}")).expect_err(text).to_string();
            assert!(message.contains(expected), "{text}\n  {message}\n  {expected}");
        }
        assert!(parse("'2023-01-01T00:00:00Z' DateTimeLessThan @Environment[UtcNow]").is_ok());
        assert!(parse("@Request[UtcNow] DateTimeEquals '2023-01-01T00:00:00Z'").is_ok());
    }
}
