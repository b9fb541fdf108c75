//! Routes of the nouns, and finding the one a request takes.

use axum::http::Method;
use store::{Snapshot, Tx};

use super::access::Access;
use super::answer::Answer;
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::nouns;
use super::target::{Key, Segment, Target};

type Reads = fn(&Call<'_>, &Snapshot) -> Result<Answer, GraphError>;
type Writes = fn(&Call<'_>, &mut Tx) -> Result<Answer, GraphError>;

/// What a route does. A reader is given nothing that it could write to.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// Looks at the directory.
    Read(Reads),
    /// Changes the directory.
    Write(Writes),
}

/// One verb on one path below a noun; `{}` stands for a key.
pub(super) struct Route {
    verb: Method,
    path: &'static str,
    /// What it does.
    pub(super) run: Run,
}

impl Route {
    /// Reads an object or a collection.
    pub(super) const fn get(path: &'static str, run: Reads) -> Self {
        Self { verb: Method::GET, path, run: Run::Read(run) }
    }

    /// An action that changes nothing and is posted only because its question is long.
    pub(super) const fn ask(path: &'static str, run: Reads) -> Self {
        Self { verb: Method::POST, path, run: Run::Read(run) }
    }

    /// Makes something.
    pub(super) const fn post(path: &'static str, run: Writes) -> Self {
        Self { verb: Method::POST, path, run: Run::Write(run) }
    }

    /// Changes an object.
    pub(super) const fn patch(path: &'static str, run: Writes) -> Self {
        Self { verb: Method::PATCH, path, run: Run::Write(run) }
    }

    /// Takes something away.
    pub(super) const fn delete(path: &'static str, run: Writes) -> Self {
        Self { verb: Method::DELETE, path, run: Run::Write(run) }
    }

    /// What it does to the directory.
    pub(super) fn access(&self) -> Access {
        match self.run {
            Run::Read(_) => Access::Read,
            Run::Write(_) => Access::Write,
        }
    }

    /// The keys in `segments`, when this is the route's path.
    fn keys(&self, segments: &[Segment]) -> Option<Vec<Key>> {
        let pattern: Vec<&str> = self.path.split('/').filter(|piece| !piece.is_empty()).collect();
        if pattern.len() != segments.len() {
            return None;
        }
        let mut keys = Vec::new();
        for (expected, segment) in pattern.into_iter().zip(segments) {
            match (expected, segment) {
                ("{}", Segment::Key(key)) => keys.push(key.clone()),
                ("{}", Segment::Word(word)) if !word.starts_with('$') => {
                    keys.push(Key { property: None, value: word.clone() });
                }
                (name, Segment::Word(word)) if name.eq_ignore_ascii_case(word) => {}
                _ => return None,
            }
        }
        Some(keys)
    }
}

/// The noun, the route and the keys of a request.
///
/// # Errors
/// [`GraphError::UnknownSegment`] without such a path, [`GraphError::MethodNotAllowed`] for a verb it has not.
pub(super) fn find(verb: &Method, target: &Target) -> Result<(Kind, &'static Route, Vec<Key>), GraphError> {
    let (first, rest) = match target.segments.split_first() {
        Some((Segment::Word(first), rest)) => (first.as_str(), rest),
        _ => ("", &[][..]),
    };
    let noun = nouns::ALL.iter().find(|noun| noun.kind.set().eq_ignore_ascii_case(first));
    let Some(noun) = noun else { return Err(GraphError::UnknownSegment(first.to_owned())) };
    let mut known_path = false;
    for route in noun.routes.iter().copied().flatten() {
        if let Some(keys) = route.keys(rest) {
            if route.verb == *verb {
                return Ok((noun.kind, route, keys));
            }
            known_path = true;
        }
    }
    if known_path {
        return Err(GraphError::MethodNotAllowed);
    }
    let last = match rest.last() {
        Some(Segment::Word(last)) => last,
        _ => first,
    };
    Err(GraphError::UnknownSegment(last.to_owned()))
}
