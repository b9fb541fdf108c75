//! What a route answers, and how it looks on the wire.

use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use model::JsonMap;
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::expand::{draw_filtered, expand};
use super::odata::Options;
use super::properties::members;
use super::property_names;
use super::relations::is_filtered;

const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
const PLAIN_JSON: &str =
    "application/json;odata.metadata=none;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
const ODATA_VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("odata-version"), HeaderValue::from_static("4.0"));

/// What a route answers.
#[derive(Debug)]
pub(super) enum Answer {
    /// One object.
    Entity(Kind, JsonMap),
    /// An object that was just made.
    Created(Kind, JsonMap),
    /// All objects that the query may choose from.
    Collection(Kind, Vec<JsonMap>),
    /// A page of a round of changes, with the name of the link to what follows, and the link.
    Delta(Kind, (&'static str, String), Vec<JsonMap>),
    /// What an action gives: its type, as the context names it, and its members.
    Action(&'static str, JsonMap),
    /// Nothing more to say.
    Done,
}

/// A body with its content type.
pub(super) fn json_body(content_type: &'static str, body: &Value) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static(content_type))], body.to_string()).into_response()
}

impl Answer {
    /// The response to `call`.
    ///
    /// # Errors
    /// [`GraphError`] when the query asks what cannot be answered of a collection.
    pub(super) fn present(self, call: &Call<'_>, world: &Snapshot) -> Result<Response, GraphError> {
        match self {
            Self::Done => Ok(StatusCode::NO_CONTENT.into_response()),
            Self::Entity(Kind::DirectoryObject, item) if call.referenced => {
                Ok(respond(StatusCode::OK, call, "$ref", reference(call, world, Kind::DirectoryObject, &item), None))
            }
            Self::Entity(..) if call.referenced => Err(GraphError::UnknownSegment("$ref".to_owned())),
            Self::Entity(kind, item) => {
                property_names::check_selected(kind, call.version, &call.options.select)?;
                let context = format!("{}{}/$entity", call.set_of(kind), selected(&call.options));
                let item = expanded(call, world, kind, item, true)?;
                Ok(respond(StatusCode::OK, call, &context, item, None))
            }
            Self::Created(kind, item) => {
                let location = made_at(call, world, kind, &item);
                let item = shown(kind, item, &Options::default(), false);
                Ok(respond(StatusCode::CREATED, call, &format!("{}/$entity", call.set_of(kind)), item, Some(&location)))
            }
            Self::Action(context, members) => {
                let mut members = members;
                if let Some(Value::Array(items)) = members.get_mut("value") {
                    for item in items.iter_mut().filter_map(Value::as_object_mut) {
                        *item = shown(Kind::DirectoryObject, std::mem::take(item), &call.options, false);
                    }
                }
                Ok(respond(StatusCode::OK, call, context, members, Some(&call.origin)))
            }
            Self::Collection(kind, items) => collection(call, world, kind, items),
            Self::Delta(kind, (name, link), items) => {
                let body = members(json!({name: link, "value": items}));
                let context = format!("{}{}", kind.set(), selected(&call.options));
                Ok(respond(StatusCode::OK, call, &context, body, None))
            }
        }
    }
}

fn collection(call: &Call<'_>, world: &Snapshot, kind: Kind, mut items: Vec<JsonMap>) -> Result<Response, GraphError> {
    let in_directory = kind.is_directory_object();
    if in_directory {
        call.options.refuse_unless_advanced(call.counted)?;
    }
    let kind = match call.cast {
        None => kind,
        Some(cast) => {
            items.retain(|item| type_of(item).unwrap_or(kind.type_name()) == cast);
            // The context says it of all of them.
            items.iter_mut().for_each(|item| drop(item.remove("@odata.type")));
            Kind::named(cast).unwrap_or(kind)
        }
    };
    property_names::check_selected(kind, call.version, &call.options.select)?;
    draw_filtered(call, world, kind, &mut items);
    let has = |name: &str| property_names::has(kind, name) || is_filtered(kind, name);
    let mut page = call.options.page(items, has, kind.type_name())?;
    page.items.iter_mut().for_each(|item| item.retain(|name, _| !is_filtered(kind, name)));
    if call.counted {
        let text = ([(CONTENT_TYPE, "text/plain")], page.total.to_string()).into_response();
        return Ok(text);
    }
    let mut body = JsonMap::new();
    // Without the header for advanced queries the directory does not count, and does not say so.
    if call.options.count && (call.options.advanced || !in_directory) {
        body.insert("@odata.count".to_owned(), json!(page.total));
    }
    if let Some(token) = page.next {
        let (origin, path) = (&call.origin, &call.path);
        let query = Options::continued(&call.query, &token);
        body.insert("@odata.nextLink".to_owned(), json!(format!("{origin}{path}?{query}")));
    }
    if call.referenced {
        if !in_directory {
            return Err(GraphError::UnknownSegment("$ref".to_owned()));
        }
        let references = page.items.iter().map(|item| reference(call, world, kind, item)).collect::<Vec<_>>();
        body.insert("value".to_owned(), json!(references));
        return Ok(respond(StatusCode::OK, call, "Collection($ref)", body, None));
    }
    let items = page.items.into_iter().map(|item| expanded(call, world, kind, item, false));
    let items = items.collect::<Result<Vec<JsonMap>, _>>()?;
    body.insert("value".to_owned(), json!(items));
    let context = format!("{}{}", call.set_of(kind), selected(&call.options));
    Ok(respond(StatusCode::OK, call, &context, body, None))
}

/// The part of a context that names the selected properties.
fn selected(options: &Options) -> String {
    if options.select.is_empty() { String::new() } else { format!("({})", options.select.join(",")) }
}

/// The type that an object among others says it is.
fn type_of(item: &JsonMap) -> Option<&str> {
    item.get("@odata.type")?.as_str()?.strip_prefix("#microsoft.graph.")
}

/// The address of an object, in place of the object.
fn reference(call: &Call<'_>, world: &Snapshot, kind: Kind, item: &JsonMap) -> JsonMap {
    let kind = type_of(item).and_then(Kind::named).unwrap_or(kind);
    let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
    members(json!({"@odata.id": call.reference(world, kind, id)}))
}

/// `item` as [`shown`], with what the query expands.
fn expanded(call: &Call<'_>, world: &Snapshot, kind: Kind, item: JsonMap, alone: bool) -> Result<JsonMap, GraphError> {
    let id = item.get("id").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
    let mut item = shown(kind, item, &call.options, alone);
    expand(call, world, kind, &mut item, id)?;
    Ok(item)
}

/// `item` with the properties that were selected, or those that are shown unasked.
pub(super) fn shown(kind: Kind, mut item: JsonMap, options: &Options, alone: bool) -> JsonMap {
    let kind = type_of(&item).and_then(Kind::named).unwrap_or(kind);
    let names = |wanted: &str, name: &str| {
        // One inside a property brings the property.
        wanted == "*" || wanted.split('/').next().is_some_and(|wanted| wanted.eq_ignore_ascii_case(name))
    };
    let chosen = |name: &str| options.select.iter().any(|wanted| names(wanted, name));
    // The certificate itself is shown only to who asks for it of one object (IDENTITY-WIRE 6).
    if !(alone && chosen("keyCredentials"))
        && let Some(Value::Array(keys)) = item.get_mut("keyCredentials")
    {
        for key in keys.iter_mut().filter_map(Value::as_object_mut) {
            key.insert("key".to_owned(), Value::Null);
        }
    }
    item.retain(|name, _| {
        name.starts_with('@') || if options.select.is_empty() { !kind.hides(name) } else { chosen(name) }
    });
    item
}

fn made_at(call: &Call<'_>, world: &Snapshot, kind: Kind, item: &JsonMap) -> String {
    let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
    let made = call.reference(world, kind, id);
    match made.split_once("/directoryObjects/") {
        Some((tenant, _)) if !kind.is_directory_object() => format!("{tenant}/{}/{id}", kind.set()),
        _ => made,
    }
}

/// Takes out what OData says about the answer, but for what leads on: counts and links.
fn without_control(value: &mut Value) {
    const KEPT: [&str; 4] = ["@odata.count", "@odata.nextLink", "@odata.deltaLink", "@odata.id"];
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !name.starts_with("@odata.") || KEPT.contains(&name.as_str()));
            members.values_mut().for_each(without_control);
        }
        Value::Array(items) => items.iter_mut().for_each(without_control),
        _ => {}
    }
}

fn respond(status: StatusCode, call: &Call<'_>, context: &str, members: JsonMap, location: Option<&str>) -> Response {
    let context = format!("{}/{}/$metadata#{context}", call.origin, call.version);
    let mut body = JsonMap::from_iter([("@odata.context".to_owned(), json!(context))]);
    body.extend(members);
    let mut headers = HeaderMap::from_iter([ODATA_VERSION]);
    if let Some(Ok(location)) = location.map(HeaderValue::from_str) {
        headers.insert(LOCATION, location);
    }
    let mut body = Value::Object(body);
    if call.plain {
        without_control(&mut body);
    }
    (status, headers, json_body(if call.plain { PLAIN_JSON } else { JSON }, &body)).into_response()
}
