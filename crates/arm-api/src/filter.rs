//! `$filter` over resources: what clients send to `/resources` and to lists of groups (RECORDED-FACTS 4).

use model::{JsonMap, Resource};
use serde_json::Value;

use crate::error::ArmError;

/// A filter, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    /// No filter: everything.
    All,
    Or(Vec<Filter>),
    And(Vec<Filter>),
    /// `field eq 'value'`, or `ne`.
    Is {
        field: String,
        value: String,
        negated: bool,
    },
    /// `substringof('value', field)` or `startswith(field, 'value')`.
    Has {
        field: String,
        value: String,
        at_start: bool,
    },
}

/// How deep parentheses may nest.
const DEEPEST: usize = 32;

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// `InvalidFilterInQueryString`, for what Azure does not take either.
    pub(crate) fn parse(text: &str) -> Result<Self, ArmError> {
        let invalid = || {
            ArmError::bad(
                "InvalidFilterInQueryString",
                format!("Invalid $filter '{text}' specified in the query string."),
            )
        };
        let tokens = tokens(text).ok_or_else(invalid)?;
        if tokens.is_empty() {
            return Ok(Self::All);
        }
        let mut reader = Reader { tokens: &tokens, at: 0 };
        let filter = reader.or(0).ok_or_else(invalid)?;
        if reader.at == tokens.len() { Ok(filter) } else { Err(invalid()) }
    }

    /// Whether the filter lets the resource through. Names and values ignore case.
    pub(crate) fn admits(&self, resource: &Resource) -> bool {
        match self {
            Self::All => true,
            Self::Or(parts) => parts.iter().any(|p| p.admits(resource)),
            Self::And(parts) => tag_pair(parts, resource).unwrap_or_else(|| parts.iter().all(|p| p.admits(resource))),
            Self::Is { field, value, negated } => {
                values(resource, field).iter().any(|v| v.eq_ignore_ascii_case(value)) != *negated
            }
            Self::Has { field, value, at_start } => {
                let wanted = value.to_lowercase();
                values(resource, field).iter().map(|v| v.to_lowercase()).any(|v| match at_start {
                    true => v.starts_with(&wanted),
                    false => v.contains(&wanted),
                })
            }
        }
    }
}

/// `tagName eq 'a' and tagValue eq 'b'` is about one tag, not about two.
fn tag_pair(parts: &[Filter], resource: &Resource) -> Option<bool> {
    let of = |wanted: &str| {
        parts.iter().find_map(|p| match p {
            Filter::Is { field, value, negated: false } if field.eq_ignore_ascii_case(wanted) => Some(value),
            _ => None,
        })
    };
    let (name, value) = (of("tagName")?, of("tagValue")?);
    let tag = resource.tags.iter().flat_map(JsonMap::iter).find(|(n, _)| n.eq_ignore_ascii_case(name));
    let rest = parts.iter().filter(|p| {
        !matches!(p, Filter::Is { field, .. } if field.eq_ignore_ascii_case("tagName") || field.eq_ignore_ascii_case("tagValue"))
    });
    Some(tag.is_some_and(|(_, v)| v.as_str() == Some(value)) && rest.into_iter().all(|p| p.admits(resource)))
}

fn values(resource: &Resource, field: &str) -> Vec<String> {
    let text = |v: Option<&Value>| v.and_then(Value::as_str).map(str::to_owned).into_iter().collect();
    match field.to_ascii_lowercase().as_str() {
        "name" => vec![resource.name.clone()],
        "resourcetype" => vec![resource.resource_type.clone()],
        "location" => resource.location.iter().cloned().collect(),
        "resourcegroup" => model::ArmPath::parse(&resource.id)
            .ok()
            .and_then(|p| p.resource_group().map(str::to_owned))
            .into_iter()
            .collect(),
        "tagname" => resource.tags.iter().flat_map(JsonMap::keys).cloned().collect(),
        "tagvalue" => {
            resource.tags.iter().flat_map(JsonMap::values).filter_map(|v| v.as_str().map(str::to_owned)).collect()
        }
        "identity/principalid" => resource.identity.system.iter().map(uuid::Uuid::to_string).collect(),
        other => text(other.split('/').try_fold(&Value::Object(resource.envelope.clone()), |at, name| at.get(name))),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

/// The words of a filter; none where a quote is left open.
pub(crate) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            _ if c.is_whitespace() => {}
            '(' | ')' | ',' => out.push(Token::Mark(c)),
            '\'' => {
                let mut value = String::new();
                loop {
                    match rest.next()? {
                        // A doubled quote stands for one.
                        '\'' if rest.next_if_eq(&'\'').is_some() => value.push('\''),
                        '\'' => break,
                        other => value.push(other),
                    }
                }
                out.push(Token::Text(value));
            }
            _ => {
                let mut word = c.to_string();
                while let Some(next) = rest.next_if(|n| !n.is_whitespace() && !"(),'".contains(*n)) {
                    word.push(next);
                }
                out.push(Token::Word(word));
            }
        }
    }
    Some(out)
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<&Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    fn skip_word(&mut self, word: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word));
        self.at += usize::from(is);
        is
    }

    fn mark(&mut self, mark: char) -> Option<()> {
        (self.next()? == &Token::Mark(mark)).then_some(())
    }

    fn word(&mut self) -> Option<String> {
        match self.next()? {
            Token::Word(word) => Some(word.clone()),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<String> {
        match self.next()? {
            Token::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn or(&mut self, depth: usize) -> Option<Filter> {
        let mut parts = vec![self.and(depth)?];
        while self.skip_word("or") {
            parts.push(self.and(depth)?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Filter::Or(parts)) }
    }

    fn and(&mut self, depth: usize) -> Option<Filter> {
        let mut parts = vec![self.one(depth)?];
        while self.skip_word("and") {
            parts.push(self.one(depth)?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Filter::And(parts)) }
    }

    fn one(&mut self, depth: usize) -> Option<Filter> {
        if self.tokens.get(self.at) == Some(&Token::Mark('(')) {
            self.at += 1;
            let inner = if depth < DEEPEST { self.or(depth + 1)? } else { return None };
            self.mark(')')?;
            return Some(inner);
        }
        let word = self.word()?;
        match word.to_ascii_lowercase().as_str() {
            "substringof" => {
                self.mark('(')?;
                let value = self.text()?;
                self.mark(',')?;
                let field = self.word()?;
                self.mark(')')?;
                Some(Filter::Has { field, value, at_start: false })
            }
            "startswith" => {
                self.mark('(')?;
                let field = self.word()?;
                self.mark(',')?;
                let value = self.text()?;
                self.mark(')')?;
                Some(Filter::Has { field, value, at_start: true })
            }
            _ => {
                let operator = self.word()?;
                let negated = operator.eq_ignore_ascii_case("ne");
                let value = (negated || operator.eq_ignore_ascii_case("eq")).then(|| self.text()).flatten()?;
                Some(Filter::Is { field: word, value, negated })
            }
        }
    }
}
