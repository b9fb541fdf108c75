//! `/users/delta` and `/groups/delta`: everything once, and from then on what changed.
//!
//! A token names the changes that a round is about, and on later pages where the page before ended; so a round that is
//! read slowly misses nothing that happens meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{DirectoryChange, DirectoryObject, JsonMap, Removal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::answer::{Answer, shown};
use super::call::Call;
use super::entity::{Kind, draw};
use super::error::GraphError;

/// How many objects a page has when nothing is asked.
const PAGE: usize = 100;

/// Where a client is.
#[derive(Serialize, Deserialize)]
struct Token {
    /// The last change that it knows; none on the first round, which tells everything.
    since: Option<u64>,
    /// The last change of this round.
    until: u64,
    /// The object that ended the page before.
    after: Option<Uuid>,
}

impl Token {
    fn parse(text: &str) -> Result<Self, GraphError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        let token = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        token.ok_or_else(|| GraphError::Malformed("The delta token is malformed.".to_owned()))
    }

    fn link(&self, call: &Call<'_>, name: &str) -> Result<String, GraphError> {
        let text = serde_json::to_string(self).map_err(|_| GraphError::SyncStateNotFound)?;
        let kept =
            call.query.split('&').filter(|pair| !pair.is_empty() && !pair.to_ascii_lowercase().contains("token="));
        let own = format!("{name}={}", URL_SAFE_NO_PAD.encode(text));
        let query = kept.chain([own.as_str()]).collect::<Vec<_>>().join("&");
        Ok(format!("{}{}?{query}", call.origin, call.path))
    }
}

/// Of people.
pub(super) fn users(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    delta(call, world, Kind::User)
}

/// Of groups, with their members.
pub(super) fn groups(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    delta(call, world, Kind::Group)
}

fn delta(call: &Call<'_>, world: &Snapshot, kind: Kind) -> Result<Answer, GraphError> {
    let last = world.last_change();
    let token = match call.options.token.as_deref() {
        None => Token { since: None, until: last, after: None },
        Some("latest") => Token { since: Some(last), until: last, after: None },
        Some(text) => Token::parse(text)?,
    };
    // A token that ended a round begins the next.
    let token = if call.options.continues { token } else { Token { until: last, ..token } };
    let changes = match token.since {
        None => BTreeMap::new(),
        Some(since) => changed(world, kind, since, token.until)?,
    };
    let ids: BTreeSet<Uuid> = match token.since {
        None => world.objects().filter(|object| Kind::of(object) == kind).map(|object| object.id()).collect(),
        Some(_) => changes.keys().copied().collect(),
    };
    call.options.refuse_beyond_ids()?;
    let wanted = |id: &Uuid| call.options.accepts(&JsonMap::from_iter([("id".to_owned(), json!(id))]));
    let mut rest = ids.into_iter().filter(|id| token.after.is_none_or(|after| *id > after) && wanted(id));
    let page: Vec<Uuid> = rest.by_ref().take(call.options.top.unwrap_or(PAGE)).collect();
    let (name, link) = match rest.next() {
        Some(_) => {
            let next = Token { after: page.last().copied(), ..token };
            ("@odata.nextLink", next.link(call, "$skiptoken")?)
        }
        None => {
            let next = Token { since: Some(token.until), until: token.until, after: None };
            ("@odata.deltaLink", next.link(call, "$deltatoken")?)
        }
    };
    let items: Vec<JsonMap> = page.into_iter().filter_map(|id| item(call, world, kind, id, changes.get(&id))).collect();
    Ok(Answer::Delta(kind, (name, link), items))
}

/// What happened to each object between two changes.
fn changed(
    world: &Snapshot,
    kind: Kind,
    since: u64,
    until: u64,
) -> Result<BTreeMap<Uuid, Vec<DirectoryChange>>, GraphError> {
    let changes = world.changes_after(since).ok_or(GraphError::SyncStateNotFound)?;
    let mut found: BTreeMap<Uuid, Vec<DirectoryChange>> = BTreeMap::new();
    for change in changes.iter().filter(|c| c.number <= until && c.is_group == (kind == Kind::Group)) {
        found.entry(change.object_id).or_default().push(change.as_ref().clone());
    }
    Ok(found)
}

/// An object as a round shows it; one that came and went before the client knew it is not shown.
fn item(
    call: &Call<'_>,
    world: &Snapshot,
    kind: Kind,
    id: Uuid,
    changes: Option<&Vec<DirectoryChange>>,
) -> Option<JsonMap> {
    let Some(object) = world.object(id) else {
        let reason = match changes?.iter().rev().find_map(|change| change.removal)? {
            Removal::Changed => "changed",
            Removal::Deleted => "deleted",
        };
        return Some(JsonMap::from_iter([
            ("id".to_owned(), json!(id)),
            ("@removed".to_owned(), json!({"reason": reason})),
        ]));
    };
    let mut drawn = shown(kind, draw(world, object), &call.options, false);
    drawn.insert("id".to_owned(), json!(id));
    let wants_members = call.options.select.is_empty() || call.options.select.iter().any(|name| name == "members");
    if let (DirectoryObject::Group(group), true) = (object.as_ref(), wants_members) {
        let members = match changes {
            None => group.members.iter().map(|id| member(world, *id, false)).collect(),
            Some(changes) => moves(world, changes),
        };
        if !members.is_empty() {
            drawn.insert("members@delta".to_owned(), json!(members));
        }
    }
    Some(drawn)
}

/// Who came and who went, each by what happened last.
fn moves(world: &Snapshot, changes: &[DirectoryChange]) -> Vec<Value> {
    let mut went: BTreeMap<Uuid, bool> = BTreeMap::new();
    for change in changes {
        went.extend(change.joined.iter().map(|id| (*id, false)));
        went.extend(change.left.iter().map(|id| (*id, true)));
    }
    went.into_iter().map(|(id, went)| member(world, id, went)).collect()
}

fn member(world: &Snapshot, id: Uuid, went: bool) -> Value {
    let kind = world.object(id).map_or(Kind::DirectoryObject, |object| Kind::of(object));
    let mut drawn = json!({"@odata.type": format!("#microsoft.graph.{}", kind.type_name()), "id": id});
    if went {
        drawn["@removed"] = json!({"reason": "deleted"});
    }
    drawn
}
