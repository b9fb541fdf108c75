//! The reader for the bodies of deployment requests, which are not always JSON (AZ-WIRE 0.4).
//!
//! What it is: strict JSON first; failing that, a reader that also takes bare member names, comments, trailing commas,
//! single-quoted strings and strings that run over several lines, all of which template files hold.
//!
//! What it is not: JSON5. What neither needs (hexadecimal numbers, `Infinity`) is refused.

use serde_json::{Map, Number, Value};
use thiserror::Error;

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 100;

/// Why a body cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message} Line {line}, position {column}.")]
pub struct LenientError {
    /// What is wrong, as a sentence.
    pub message: String,
    /// Counted from one.
    pub line: usize,
    /// In characters, counted from one.
    pub column: usize,
}

/// Reads a body; members keep their order.
///
/// # Errors
/// [`LenientError`]: no UTF-8, no JSON even so, or nested deeper than [`MAX_DEPTH`].
pub fn parse(bytes: &[u8]) -> Result<Value, LenientError> {
    if let Ok(value) = serde_json::from_slice::<Value>(bytes)
        && depth(&value) <= MAX_DEPTH
    {
        return Ok(value);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(e) => {
            let readable = String::from_utf8_lossy(&bytes[..e.valid_up_to()]).into_owned();
            return Err(error_at(&readable, readable.len(), "The text is not UTF-8."));
        }
    };
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.skip()?;
    match reader.peek() {
        None => Ok(value),
        Some(c) => Err(reader.error(format!("Nothing may follow the value, but '{c}' does."))),
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn error_at(text: &str, at: usize, message: impl Into<String>) -> LenientError {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    LenientError {
        message: message.into(),
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, message: impl Into<String>) -> LenientError {
        error_at(self.text, self.at, message)
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.at += expected.len_utf8();
        }
        found
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Result<(), LenientError> {
        loop {
            self.take_while(|c| c.is_whitespace() || c == '\u{feff}');
            if self.rest().starts_with("//") {
                self.take_while(|c| c != '\n');
            } else if self.rest().starts_with("/*") {
                let end = self.rest()[2..].find("*/").ok_or_else(|| self.error("A comment does not end."))?;
                self.at += end + 4;
            } else {
                return Ok(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, LenientError> {
        self.skip()?;
        if depth >= MAX_DEPTH && matches!(self.peek(), Some('{' | '[')) {
            return Err(self.error(format!("The value is nested deeper than {MAX_DEPTH} levels.")));
        }
        match self.peek() {
            Some('{') => self.object(depth + 1),
            Some('[') => self.array(depth + 1),
            Some('"' | '\'') => self.string().map(Value::String),
            Some(_) => self.word(),
            None => Err(self.error("The text breaks off where a value is expected.")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, LenientError> {
        self.next();
        let mut members = Map::new();
        loop {
            self.skip()?;
            if self.take('}') {
                return Ok(Value::Object(members));
            }
            let name = match self.peek() {
                Some('"' | '\'') => self.string()?,
                _ => match self.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '-')) {
                    "" => return Err(self.error("A member's name or '}' is expected.")),
                    name => name.to_owned(),
                },
            };
            self.skip()?;
            if !self.take(':') {
                return Err(self.error(format!("':' is expected after the name '{name}'.")));
            }
            let value = self.value(depth)?;
            members.insert(name, value);
            self.skip()?;
            if !self.take(',') && self.peek() != Some('}') {
                return Err(self.error("',' or '}' is expected."));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, LenientError> {
        self.next();
        let mut items = Vec::new();
        loop {
            self.skip()?;
            if self.take(']') {
                return Ok(Value::Array(items));
            }
            items.push(self.value(depth)?);
            self.skip()?;
            if !self.take(',') && self.peek() != Some(']') {
                return Err(self.error("',' or ']' is expected."));
            }
        }
    }

    fn string(&mut self) -> Result<String, LenientError> {
        let start = self.at;
        let quote = self.next();
        let mut out = String::new();
        loop {
            match self.next() {
                None => return Err(error_at(self.text, start, "A string does not end.")),
                c if c == quote => return Ok(out),
                Some('\\') => self.escape(&mut out)?,
                Some(c) => out.push(c),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), LenientError> {
        match self.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let mut units = vec![self.unit()?];
                if (0xd800..0xdc00).contains(&units[0]) && self.rest().starts_with("\\u") {
                    self.at += 2;
                    units.push(self.unit()?);
                }
                let text = String::from_utf16(&units).map_err(|_| self.error("The escape is half a character."))?;
                out.push_str(&text);
            }
            Some(c @ ('"' | '\'' | '\\' | '/')) => out.push(c),
            // A backslash at the end of a line joins the lines.
            Some('\n') => {}
            _ => return Err(self.error("The escape after '\\' is not known.")),
        }
        Ok(())
    }

    fn unit(&mut self) -> Result<u16, LenientError> {
        let digits = self.rest().get(..4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|d| u16::from_str_radix(d, 16).ok());
        let unit = unit.ok_or_else(|| self.error("Four hexadecimal digits are expected after '\\u'."))?;
        self.at += 4;
        Ok(unit)
    }

    fn word(&mut self) -> Result<Value, LenientError> {
        let start = self.at;
        let word = self.take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '+' | '.' | '_'));
        match word {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "null" => Ok(Value::Null),
            _ => match word.parse::<Number>() {
                Ok(number) => Ok(Value::Number(number)),
                Err(_) => {
                    let found = if word.is_empty() {
                        self.peek().map(String::from).unwrap_or_default()
                    } else {
                        word.to_owned()
                    };
                    Err(error_at(self.text, start, format!("A value is expected, but '{found}' is found.")))
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_as_the_azure_cli_pastes_it_is_read() {
        let body = br#"{"properties": {"parameters": {}, "mode": "Incremental", template:{
            // line comment with a "quote
            "$schema": 'single "quoted"', /** block **/
            'list': [1, -2.5e3, true, null,],
            "text": "two
lines \u00e9\ud83d\ude00 \/",
        }}}"#;
        let expected = json!({"properties": {"parameters": {}, "mode": "Incremental", "template": {
            "$schema": "single \"quoted\"", "list": [1, -2.5e3, true, null], "text": "two\nlines é😀 /"}}});
        assert_eq!(parse(body), Ok(expected));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        for (body, line, column) in [
            ("", 1, 1),
            ("{a:1,\n  b 2}", 2, 5),
            ("[1 2]", 1, 4),
            ("{\"a\": \"b", 1, 7),
            ("/* never", 1, 1),
            ("[0x10]", 1, 2),
            ("[\"\\ud83d\"]", 1, 9),
            ("{} {}", 1, 4),
            ("[\"é\", ~]", 1, 7),
        ] {
            let error = parse(body.as_bytes()).expect_err(body);
            assert_eq!((error.line, error.column), (line, column), "{body}: {error}");
        }
        assert_eq!(parse(b"[\n\xff]").map_err(|e| (e.line, e.column)), Err((2, 1)));
    }

    #[test]
    fn nesting_is_bounded_for_strict_and_lenient_text() {
        for (open, close) in [("[", "]"), ("[/**/", "]"), ("{\"a\":", "}"), ("{a:", "}")] {
            let nested = |n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
            assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok(), "{open}");
            assert!(parse(nested(MAX_DEPTH + 1).as_bytes()).is_err(), "{open}");
            assert!(parse(open.repeat(1_000_000).as_bytes()).is_err(), "{open}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }

        #[test]
        fn no_text_of_its_own_signs_makes_it_panic(text in "[\\[\\]{}:,'\"/*\\\\a-u0-9 \n-]{0,60}") {
            let _ = parse(text.as_bytes());
        }

        #[test]
        fn json_reads_the_same_with_trailing_comma(numbers: Vec<i64>, text in "\\PC*") {
            let lenient = format!("{{n: [{},], t: {},}}", numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(","), json!(text));
            let lenient = if numbers.is_empty() { lenient.replacen("[,]", "[]", 1) } else { lenient };
            prop_assert_eq!(parse(lenient.as_bytes()), Ok(json!({"n": numbers, "t": text})));
        }
    }
}
