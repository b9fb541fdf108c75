//! `$filter` as Authorization reads it: clauses such as `atScope()` and `principalId eq '…'`, joined by `and`.

use crate::filter::{Token, tokens};

/// A clause: what it says, in lower case, as `atscope()`, `assignedto()` or `principalid eq`, and the value it says it of.
pub(crate) type Clause = (String, Option<String>);

/// Reads a filter; none where it is no row of clauses. An empty one has none.
pub(crate) fn read(filter: &str) -> Option<Vec<Clause>> {
    let tokens = tokens(filter)?;
    if tokens.is_empty() {
        return Some(Vec::new());
    }
    let is_and = |token: &Token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("and"));
    tokens.split(is_and).map(clause).collect()
}

fn clause(tokens: &[Token]) -> Option<Clause> {
    let (Token::Word(name), rest) = tokens.split_first()? else { return None };
    let name = name.to_ascii_lowercase();
    match rest {
        [Token::Mark('('), Token::Mark(')')] => Some((format!("{name}()"), None)),
        [Token::Mark('('), Token::Text(value) | Token::Word(value), Token::Mark(')')] => {
            Some((format!("{name}()"), Some(value.clone())))
        }
        [Token::Word(eq), Token::Text(value) | Token::Word(value)] if eq.eq_ignore_ascii_case("eq") => {
            Some((format!("{name} eq"), Some(value.clone())))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_read_as_clients_write_them() {
        let told = |filter: &str| {
            let clauses = read(filter)?.into_iter();
            Some(clauses.map(|(name, value)| name + " " + &value.unwrap_or_default()).collect::<Vec<_>>().join("; "))
        };
        for (filter, expected) in [
            ("", Some("")),
            ("atScope()", Some("atscope() ")),
            ("ATSCOPE() AND assignedTo('x')", Some("atscope() ; assignedto() x")),
            ("principalId eq x", Some("principalid eq x")),
            ("denyAssignmentName eq 'Read and ''write'''", Some("denyassignmentname eq Read and 'write'")),
            ("denyAssignmentName eq 'open", None),
            ("atScope() and", None),
            ("atScope", None),
            ("principalId ne 'x'", None),
            ("(principalId eq 'x')", None),
        ] {
            assert_eq!(told(filter).as_deref(), expected, "{filter}");
        }
    }
}
