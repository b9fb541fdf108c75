//! `$search`: quoted clauses such as `"displayName:web"`, joined by `AND` and `OR`.

use super::super::error::GraphError;
use super::filter::{Expression, Function};

/// Reads a search as the condition it stands for. `AND` binds closer than `OR`.
///
/// # Errors
/// [`GraphError::Malformed`].
pub(super) fn parse(search: &str) -> Result<Expression, GraphError> {
    let wrong = || GraphError::Malformed(format!("Syntax error in the search clause '{search}'."));
    let mut alternatives = vec![Vec::new()];
    let mut rest = search.trim();
    loop {
        let (clause, tail) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')).ok_or_else(wrong)?;
        let (property, text) = clause.split_once(':').ok_or_else(wrong)?;
        let path = vec![property.trim().to_owned()];
        let condition = Expression::Call(Function::WordStartsWith, path, text.trim().to_lowercase());
        if let Some(all) = alternatives.last_mut() {
            all.push(condition);
        }
        rest = tail.trim_start();
        match rest.split_once(char::is_whitespace) {
            None if rest.is_empty() => break,
            Some(("OR", tail)) => {
                alternatives.push(Vec::new());
                rest = tail.trim_start();
            }
            Some(("AND", tail)) => rest = tail.trim_start(),
            _ => return Err(wrong()),
        }
    }
    Ok(Expression::Or(alternatives.into_iter().map(Expression::And).collect()))
}
