//! The path of a request, taken apart.

use super::error::GraphError;

/// How a path names one object: by id, or by another property such as `appId`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// The property in `name(property='…')`; none means the id.
    pub(super) property: Option<String>,
    /// Its value.
    pub(super) value: String,
}

/// A piece of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// Between two slashes: a name or an id.
    Word(String),
    /// In parentheses after a name.
    Key(Key),
}

impl Segment {
    /// The word, when it is one.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Key(_) => None,
        }
    }
}

/// A path of Graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// `v1.0` or `beta`.
    pub(super) version: &'static str,
    /// What follows the version.
    pub(super) segments: Vec<Segment>,
    /// The type at the end (`microsoft.graph.user`): only objects of it are asked for.
    pub(super) cast: Option<&'static str>,
    /// Whether only the number of objects is asked for (`/$count` at the end).
    pub(super) counted: bool,
}

/// The types that relations are narrowed to. Those that smalt has no objects of narrow to nothing.
const TYPES: [&str; 8] =
    ["administrativeUnit", "application", "device", "directoryRole", "group", "orgContact", "servicePrincipal", "user"];

impl Target {
    /// Reads a path. Doubled slashes and the case of names do not matter.
    ///
    /// # Errors
    /// [`GraphError::Malformed`] when it cannot be decoded or names no version.
    pub(super) fn parse(path: &str) -> Result<Self, GraphError> {
        let mut pieces = path.split('/').filter(|piece| !piece.is_empty());
        let version = pieces.next().unwrap_or_default();
        let version = ["v1.0", "beta"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(version))
            .ok_or_else(|| GraphError::Malformed(format!("Invalid version: {version}.")))?;
        let mut segments = Vec::new();
        for piece in pieces {
            // Decoded after the cut: an encoded slash is part of a name.
            let text =
                decode(piece).ok_or_else(|| GraphError::Malformed("The request URI cannot be decoded.".to_owned()))?;
            push(&mut segments, &text);
        }
        let mut target = Self { version, segments, cast: None, counted: false };
        target.counted = target.pop(|word| word.eq_ignore_ascii_case("$count")).is_some();
        target.cast = target.segments.last().and_then(Segment::word).and_then(cast);
        if target.cast.is_some() {
            target.segments.pop();
        }
        Ok(target)
    }

    /// Whether references are asked for in place of the objects (`/$ref` at the end); it is taken off.
    pub(super) fn takes_references(&mut self) -> bool {
        self.pop(|word| word.eq_ignore_ascii_case("$ref")).is_some()
    }

    fn pop(&mut self, wanted: impl Fn(&str) -> bool) -> Option<Segment> {
        let found = self.segments.last().and_then(Segment::word).is_some_and(wanted);
        if found { self.segments.pop() } else { None }
    }
}

/// What follows the namespace: `microsoft.graph`, which the libraries for Go and Python write as `graph`.
fn in_namespace(word: &str) -> Option<&str> {
    let after = |prefix: &str| {
        let (first, rest) = word.split_at_checked(prefix.len())?;
        first.eq_ignore_ascii_case(prefix).then_some(rest)
    };
    after("microsoft.graph.").or_else(|| after("graph."))
}

/// The type that a segment names.
fn cast(word: &str) -> Option<&'static str> {
    let name = in_namespace(word)?;
    TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(name))
}

/// An action or a function without its namespace. Names have letters only, unlike sign-in names that begin so.
fn without_namespace(word: &str) -> &str {
    let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphabetic());
    match in_namespace(word).filter(is_name) {
        Some(name) if cast(word).is_none() => name,
        _ => word,
    }
}

/// Adds a segment; one with a key in parentheses becomes two.
fn push(segments: &mut Vec<Segment>, text: &str) {
    // A function without parameters may be written with its parentheses: `delta()`.
    let text = text.strip_suffix("()").unwrap_or(text);
    let inner = text.strip_suffix(')').and_then(|text| text.split_once('(')).filter(|(_, inner)| !inner.is_empty());
    let Some((name, inner)) = inner else {
        segments.push(Segment::Word(without_namespace(text).to_owned()));
        return;
    };
    let quoted = |text: &str| {
        let text = text.trim();
        text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')).unwrap_or(text).replace("''", "'")
    };
    let key = match inner.split_once('=') {
        Some((property, value)) if !property.contains('\'') => {
            Key { property: Some(property.trim().to_owned()), value: quoted(value) }
        }
        _ => Key { property: None, value: quoted(inner) },
    };
    segments.push(Segment::Word(name.to_owned()));
    segments.push(Segment::Key(key));
}

/// The text without percent-encoding; none when that is broken or hides no UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
        let [high, low, tail @ ..] = rest else { return None };
        bytes.push(digit(*high)? * 16 + digit(*low)?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(path: &str) -> String {
        match Target::parse(path) {
            Err(_) => "refused".to_owned(),
            Ok(target) => target
                .segments
                .iter()
                .map(|segment| match segment {
                    Segment::Word(word) => word.clone(),
                    Segment::Key(key) => format!("[{}={}]", key.property.as_deref().unwrap_or("id"), key.value),
                })
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    #[test]
    fn a_path_is_taken_apart() {
        for (path, expected) in [
            ("/v1.0/users", "users"),
            ("//V1.0//users//", "users"),
            ("/beta/applications(appId='a')/owners", "applications [appId=a] owners"),
            ("/v1.0/users('o''x@b.c')", "users [id=o'x@b.c]"),
            ("/v1.0/users('a=b')", "users [id=a=b]"),
            ("/v1.0/users/a%23EXT%23%2Fb", "users a#EXT#/b"),
            ("/v1.0/groups/g/members/microsoft.graph.user/$count", "groups g members"),
            ("/v1.0/groups/g/members/graph.user", "groups g members"),
            ("/v1.0/users/microsoft.graph.delta()", "users delta"),
            ("/v1.0/directoryObjects/microsoft.graph.getByIds", "directoryObjects getByIds"),
            ("/v1.0/users/graph.admin@b.c", "users graph.admin@b.c"),
            ("/v1.0/users/%ff", "refused"),
            ("/v1.0/users/%2", "refused"),
            ("/v2.0/users", "refused"),
            ("/", "refused"),
        ] {
            assert_eq!(segments(path), expected, "{path}");
        }
    }
}
