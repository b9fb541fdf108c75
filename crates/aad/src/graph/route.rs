//! Routes of the nouns, and finding the one a request takes.

use axum::http::Method;
use store::{Snapshot, Tx};

use super::access::Area;
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
    /// What part of the directory it is about, when that is another than its noun's.
    area: Option<Area>,
}

impl Route {
    /// Reads an object or a collection.
    pub(super) const fn get(path: &'static str, run: Reads) -> Self {
        Self { verb: Method::GET, path, run: Run::Read(run), area: None }
    }

    /// An action that changes nothing and is posted only because its question is long.
    pub(super) const fn ask(path: &'static str, run: Reads) -> Self {
        Self { verb: Method::POST, path, run: Run::Read(run), area: None }
    }

    /// Makes something.
    pub(super) const fn post(path: &'static str, run: Writes) -> Self {
        Self { verb: Method::POST, path, run: Run::Write(run), area: None }
    }

    /// Puts something in the place of what was there.
    pub(super) const fn put(path: &'static str, run: Writes) -> Self {
        Self { verb: Method::PUT, path, run: Run::Write(run), area: None }
    }

    /// Changes an object.
    pub(super) const fn patch(path: &'static str, run: Writes) -> Self {
        Self { verb: Method::PATCH, path, run: Run::Write(run), area: None }
    }

    /// Takes something away.
    pub(super) const fn delete(path: &'static str, run: Writes) -> Self {
        Self { verb: Method::DELETE, path, run: Run::Write(run), area: None }
    }

    /// The same route, about another part of the directory than its noun.
    pub(super) const fn about(mut self, area: Area) -> Self {
        self.area = Some(area);
        self
    }

    /// Its last word that is no key: the relation that it follows, where it follows one.
    pub(super) fn last(&self) -> &'static str {
        self.path.rsplit('/').find(|piece| *piece != "{}").unwrap_or_default()
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

/// A route that a request takes.
pub(super) struct Taken {
    /// What its noun's objects are.
    pub(super) noun: Kind,
    /// What part of the directory it is about.
    pub(super) area: Area,
    /// The route.
    pub(super) route: &'static Route,
    /// The keys in the path.
    pub(super) keys: Vec<Key>,
}

/// The route of a request.
///
/// # Errors
/// [`GraphError::UnknownSegment`] without such a path, [`GraphError::MethodNotAllowed`] for a verb it has not.
pub(super) fn find(verb: &Method, target: &Target) -> Result<Taken, GraphError> {
    let segments = target.segments.as_slice();
    let found = nouns::ALL.iter().find_map(|noun| Some((noun, noun.below(segments)?)));
    let Some((noun, rest)) = found else {
        let first = segments.first().and_then(Segment::word).unwrap_or_default();
        return Err(GraphError::UnknownSegment(first.to_owned()));
    };
    let mut known_path = false;
    for route in noun.routes.iter().copied().flatten() {
        if let Some(keys) = route.keys(rest) {
            if route.verb == *verb {
                let area = route.area.unwrap_or(noun.area);
                return Ok(Taken { noun: noun.kind, area, route, keys });
            }
            known_path = true;
        }
    }
    if known_path {
        return Err(GraphError::MethodNotAllowed);
    }
    let last = rest.last().and_then(Segment::word).unwrap_or(noun.path);
    Err(GraphError::UnknownSegment(last.to_owned()))
}
