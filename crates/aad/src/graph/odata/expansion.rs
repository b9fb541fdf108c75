//! `$expand`: relations, each with options of its own in parentheses.

use super::super::error::GraphError;
use super::list;

/// A relation whose objects are wanted.
#[derive(Debug, PartialEq)]
pub(in super::super) struct Expansion {
    /// Its name.
    pub(in super::super) relation: String,
    /// The properties wanted of its objects; none means those shown unasked.
    pub(in super::super) select: Vec<String>,
}

/// Reads `owners,members($select=id,displayName)`. Of the options in parentheses only `$select` changes anything.
///
/// # Errors
/// [`GraphError::Malformed`] for parentheses that do not close.
pub(super) fn parse(text: &str) -> Result<Vec<Expansion>, GraphError> {
    let wrong = || GraphError::Malformed(format!("Parsing OData Select and Expand failed: Syntax error in '{text}'."));
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find([',', '(']).unwrap_or(rest.len());
        let (relation, tail) = rest.split_at(end);
        let (inner, tail) = match tail.strip_prefix('(') {
            Some(tail) => tail.split_once(')').ok_or_else(wrong)?,
            None => ("", tail),
        };
        let select = inner.split(';').find_map(|option| option.trim().strip_prefix("$select="));
        found.push(Expansion {
            relation: relation.trim().to_owned(),
            select: select.map(|names| list(names).map(str::to_owned).collect()).unwrap_or_default(),
        });
        rest = match tail.trim_start() {
            "" => "",
            tail => tail.strip_prefix(',').ok_or_else(wrong)?.trim_start(),
        };
    }
    Ok(found)
}
