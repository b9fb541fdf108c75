//! Cuts an expression into tokens.

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, as written.
    Name(String),
    /// A string, without its quotes.
    Text(String),
    /// An integer.
    Integer(i64),
    /// One of `( ) [ ] . ,`.
    Sign(char),
}

/// The tokens, each with the place of its first character, counted from zero.
///
/// # Errors
/// A sentence, for a character, a number or a string that cannot be read.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let start = at;
        let run = |wanted: fn(char) -> bool| chars[start + 1..].iter().take_while(|c| wanted(**c)).count();
        let token = match c {
            _ if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '(' | ')' | '[' | ']' | '.' | ',' => {
                at += 1;
                Token::Sign(c)
            }
            '\'' => {
                let (string, end) = string(&chars, start)?;
                at = end;
                Token::Text(string)
            }
            _ if c.is_ascii_digit() || c == '-' => {
                at += 1 + run(|c| c.is_ascii_digit());
                let digits: String = chars[start..at].iter().collect();
                Token::Integer(
                    digits
                        .parse()
                        .map_err(|_| format!("the number '{digits}' at position '{start}' is not a 64-bit integer"))?,
                )
            }
            _ if c.is_alphabetic() || matches!(c, '_' | '$') => {
                at += 1 + run(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '-'));
                Token::Name(chars[start..at].iter().collect())
            }
            '?' => {
                return Err(format!(
                    "the safe access '?' at position '{start}' is not supported by this simulator yet"
                ));
            }
            _ => return Err(format!("the character '{c}' at position '{start}' is not expected")),
        };
        tokens.push((start, token));
    }
    Ok(tokens)
}

/// A string and the place after it. Two quotes inside stand for one.
fn string(chars: &[char], start: usize) -> Result<(String, usize), String> {
    let mut out = String::new();
    let mut at = start + 1;
    loop {
        match (chars.get(at), chars.get(at + 1)) {
            (Some('\''), Some('\'')) => {
                out.push('\'');
                at += 2;
            }
            (Some('\''), _) => return Ok((out, at + 1)),
            (Some(c), _) => {
                out.push(*c);
                at += 1;
            }
            (None, _) => return Err(format!("the string literal at position '{start}' is not closed")),
        }
    }
}
