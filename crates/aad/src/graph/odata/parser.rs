//! Reading filters.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::super::error::GraphError;
use super::filter::{Expression, Function, Literal, Path, Relation};
use super::lexer::{Placed, Token, syntax_error, tokens};

/// How deep parentheses, `not` and lambdas may nest: what the stack bears many times over.
const DEEPEST: usize = 32;
/// How many values and comparisons a filter may have.
const LARGEST: usize = 512;

/// Reads a filter.
///
/// # Errors
/// [`GraphError::Malformed`] or [`GraphError::UnsupportedQuery`].
pub(super) fn parse(filter: &str) -> Result<Expression, GraphError> {
    let mut parser = Parser { filter, tokens: tokens(filter)?, next: 0, depth: 0, size: 0, variables: Vec::new() };
    let expression = parser.alternatives()?;
    if parser.next < parser.tokens.len() { Err(parser.wrong()) } else { Ok(expression) }
}

struct Parser<'f> {
    filter: &'f str,
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
    size: usize,
    /// What the lambdas around the present place call their items, the innermost last.
    variables: Vec<String>,
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Result<Expression, GraphError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(GraphError::UnsupportedQuery("The filter is nested too deeply.".to_owned()));
        }
        let mut parts = vec![self.conjunction()?];
        while self.take_word("or") {
            parts.push(self.conjunction()?);
        }
        self.depth -= 1;
        Ok(single_or(parts, Expression::Or))
    }

    fn conjunction(&mut self) -> Result<Expression, GraphError> {
        let mut parts = vec![self.negation()?];
        while self.take_word("and") {
            parts.push(self.negation()?);
        }
        Ok(single_or(parts, Expression::And))
    }

    fn negation(&mut self) -> Result<Expression, GraphError> {
        let mut negated = false;
        while self.take_word("not") {
            negated = !negated;
        }
        let inner = self.condition()?;
        Ok(if negated { Expression::Not(Box::new(inner)) } else { inner })
    }

    fn condition(&mut self) -> Result<Expression, GraphError> {
        self.size += 1;
        if self.size > LARGEST {
            return Err(GraphError::UnsupportedQuery("Too many child clauses specified in the filter.".to_owned()));
        }
        if self.take_mark('(') {
            let inner = self.alternatives()?;
            self.expect(')')?;
            return Ok(inner);
        }
        let name = self.word()?;
        if self.take_mark('(') {
            return self.function(&name);
        }
        let mut path = vec![name];
        while self.take_mark('/') {
            let step = self.word()?;
            if self.take_mark('(') {
                return self.lambda(path, &step);
            }
            path.push(step);
        }
        self.comparison(path)
    }

    fn function(&mut self, name: &str) -> Result<Expression, GraphError> {
        let function = match name.to_ascii_lowercase().as_str() {
            "startswith" => Function::StartsWith,
            "endswith" => Function::EndsWith,
            "contains" => Function::Contains,
            _ => {
                let text = format!("Invalid filter clause: An unknown function with name '{name}' was found.");
                return Err(GraphError::Malformed(text));
            }
        };
        let mut path = vec![self.word()?];
        while self.take_mark('/') {
            path.push(self.word()?);
        }
        self.expect(',')?;
        let Some(Token::Text(text)) = self.peek().cloned() else { return Err(self.wrong()) };
        self.next += 1;
        self.expect(')')?;
        let call = Expression::Call(function, path, text.to_lowercase());
        // Some clients write `startswith(…) eq true`.
        if self.take_word("eq") {
            return match self.literal()? {
                Literal::Truth(true) => Ok(call),
                Literal::Truth(false) => Ok(Expression::Not(Box::new(call))),
                _ => Err(self.wrong()),
            };
        }
        Ok(call)
    }

    fn lambda(&mut self, list: Path, operator: &str) -> Result<Expression, GraphError> {
        let every = match operator.to_ascii_lowercase().as_str() {
            "any" => false,
            "all" => true,
            _ => return Err(self.wrong()),
        };
        // Only the lists inside an item: looking at another list once for every item would take the product of their
        // lengths, and a third such lambda the product of three.
        if self.variables.last().is_some_and(|variable| list.first() != Some(variable)) {
            return Err(GraphError::UnsupportedQuery("Unsupported Query.".to_owned()));
        }
        if !every && self.take_mark(')') {
            return Ok(Expression::Lambda { list, every, variable: String::new(), condition: None });
        }
        let variable = self.word()?;
        self.expect(':')?;
        self.variables.push(variable.clone());
        let condition = Some(Box::new(self.alternatives()?));
        self.variables.pop();
        self.expect(')')?;
        Ok(Expression::Lambda { list, every, variable, condition })
    }

    fn comparison(&mut self, path: Path) -> Result<Expression, GraphError> {
        if self.take_word("in") {
            self.expect('(')?;
            let mut values = vec![self.literal()?];
            while self.take_mark(',') {
                values.push(self.literal()?);
            }
            self.expect(')')?;
            return Ok(Expression::In(path, values));
        }
        for (name, relation) in [
            ("eq", Relation::Equal),
            ("ne", Relation::NotEqual),
            ("gt", Relation::Greater),
            ("ge", Relation::GreaterOrEqual),
            ("lt", Relation::Less),
            ("le", Relation::LessOrEqual),
        ] {
            if self.take_word(name) {
                return Ok(Expression::Compare(path, relation, self.literal()?));
            }
        }
        Ok(Expression::Holds(path))
    }

    fn literal(&mut self) -> Result<Literal, GraphError> {
        self.size += 1;
        if self.size > LARGEST {
            return Err(GraphError::UnsupportedQuery("Too many values specified in the filter.".to_owned()));
        }
        let literal = match self.peek() {
            Some(Token::Text(text)) => Literal::Text(text.to_lowercase()),
            Some(Token::Word(word)) => bare(word).ok_or_else(|| self.wrong())?,
            _ => return Err(self.wrong()),
        };
        self.next += 1;
        Ok(literal)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|placed| &placed.token)
    }

    fn word(&mut self) -> Result<String, GraphError> {
        match self.peek().cloned() {
            Some(Token::Word(word)) => {
                self.next += 1;
                Ok(word)
            }
            _ => Err(self.wrong()),
        }
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted));
        self.next += usize::from(found);
        found
    }

    fn take_mark(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(&Token::Mark(wanted));
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), GraphError> {
        if self.take_mark(wanted) { Ok(()) } else { Err(self.wrong()) }
    }

    /// The error at the present place.
    fn wrong(&self) -> GraphError {
        let end = self.filter.chars().count();
        syntax_error(self.tokens.get(self.next).map_or(end, |placed| placed.at), self.filter)
    }
}

fn single_or(mut parts: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}

/// A value without quotes.
fn bare(word: &str) -> Option<Literal> {
    match word {
        "null" => return Some(Literal::Null),
        "true" => return Some(Literal::Truth(true)),
        "false" => return Some(Literal::Truth(false)),
        _ => {}
    }
    if let Ok(moment) = OffsetDateTime::parse(word, &Rfc3339) {
        return Some(Literal::Moment(moment));
    }
    if Uuid::parse_str(word).is_ok() {
        return Some(Literal::Text(word.to_lowercase()));
    }
    word.parse().ok().filter(|number: &f64| number.is_finite()).map(Literal::Number)
}
