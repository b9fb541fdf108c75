//! What `checkAccess` is asked. Names of members ignore case, as clients write them either way.

use model::JsonMap;
use rbac::{AttributeValue, Attributes, Plane, Source};
use serde_json::Value;
use uuid::Uuid;

use crate::caller::Caller;
use crate::error::ArmError;
use crate::render::moment;
use crate::resource_types::{Write, principal};

/// Actions in one request; Azure's own clients send more in several (RBAC A11).
const MOST: usize = 200;

/// Whether somebody may do some things at one place.
pub(super) struct Question {
    /// Whom it is about, with the groups that hold it.
    pub(super) principals: Vec<Uuid>,
    /// Whether it is about nobody but the caller.
    pub(super) is_own: bool,
    /// Where, as written.
    pub(super) scope: String,
    pub(super) actions: Vec<Asked>,
}

/// One thing to do.
pub(super) struct Asked {
    pub(super) id: String,
    pub(super) plane: Plane,
    pub(super) sub_operation: Option<String>,
    pub(super) attributes: Attributes,
}

impl Question {
    /// Reads the body. Without a subject it is about the caller, without a resource about the path's scope.
    pub(super) fn read(write: &Write<'_>) -> Result<Self, ArmError> {
        let body = Value::Object(write.object()?.clone());
        let subject = member(member(&body, "Subject"), "Attributes");
        let caller = write.authorized.caller();
        let own = caller.principals(&write.tx);
        let (subject_id, mut principals) = match text(subject, "Subject.Attributes.ObjectId")? {
            None => (caller.object_id, own.clone()),
            Some(id) => {
                let id = principal::id(&id)?;
                (id, Caller::known_by_id(id).principals(&write.tx))
            }
        };
        // What a token says of groups counts as well as what the directory knows.
        for group in array(subject, "Subject.Attributes.Groups")? {
            principals.push(principal::id(group.as_str().unwrap_or_default())?);
        }
        let is_own = subject_id == caller.object_id && principals.iter().all(|id| own.contains(id));
        let resource = member(&body, "Resource");
        let mut shared = Attributes::default();
        shared.set(Source::Environment, "UtcNow", moment(write.now));
        for (source, given, path) in [
            (Source::Principal, subject, "Subject.Attributes"),
            (Source::Resource, member(resource, "Attributes"), "Resource.Attributes"),
            (Source::Environment, member(member(&body, "Environment"), "Attributes"), "Environment.Attributes"),
        ] {
            add(&mut shared, source, given, path)?;
        }
        let scope = text(resource, "Resource.Id")?.unwrap_or_else(|| write.route.path.extended());
        let actions = array(&body, "Actions")?;
        match actions.len() {
            0 => Err(unreadable("Required property 'Actions' not found in JSON. Path ''.")),
            1..=MOST => Ok(()),
            found => Err(ArmError::bad(
                "TooManyActions",
                format!("A request can check at most {MOST} actions. It has {found}."),
            )),
        }?;
        let actions = actions.iter().map(|action| Asked::read(action, &shared)).collect::<Result<_, _>>()?;
        Ok(Self { principals, is_own, scope, actions })
    }
}

impl Asked {
    fn read(action: &Value, shared: &Attributes) -> Result<Self, ArmError> {
        let id = text(action, "Actions.Id")?;
        let id = id.ok_or_else(|| unreadable("Required property 'Id' not found in JSON. Path 'Actions'."))?;
        let plane = match member(action, "IsDataAction") {
            Value::Null | Value::Bool(false) => Plane::Control,
            Value::Bool(true) => Plane::Data,
            _ => return Err(unreadable("Error converting value to type 'boolean'. Path 'Actions.IsDataAction'")),
        };
        let given = member(action, "Attributes");
        let mut attributes = shared.clone();
        add(&mut attributes, Source::Request, given, "Actions.Attributes")?;
        Ok(Self { id, plane, sub_operation: text(given, "Actions.Attributes.SubOperation")?, attributes })
    }
}

/// The member of that name, whatever its case; null where there is none.
fn member<'a>(of: &'a Value, name: &str) -> &'a Value {
    let members = of.as_object().into_iter().flat_map(JsonMap::iter);
    members.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or(&Value::Null, |(_, value)| value)
}

/// The text that the last word of `path` names.
fn text(of: &Value, path: &str) -> Result<Option<String>, ArmError> {
    match member(of, last(path)) {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(unreadable(&format!("Error converting value to type 'string'. Path '{path}'"))),
    }
}

/// The array that the last word of `path` names; empty where there is none.
fn array<'a>(of: &'a Value, path: &str) -> Result<&'a [Value], ArmError> {
    match member(of, last(path)) {
        Value::Null => Ok(&[]),
        Value::Array(items) => Ok(items),
        _ => Err(unreadable(&format!("Error converting value to type 'array'. Path '{path}'"))),
    }
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// Lays attributes that were given over those that are there.
fn add(attributes: &mut Attributes, source: Source, given: &Value, path: &str) -> Result<(), ArmError> {
    let given = match given {
        Value::Null => return Ok(()),
        Value::Object(given) => given,
        _ => return Err(unreadable(&format!("Error converting value to type 'object'. Path '{path}'"))),
    };
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let value: AttributeValue =
            serde_json::from_value(value.clone()).map_err(|e| unreadable(&format!("{e}. Path '{path}.{name}'")))?;
        attributes.set(source, name, value);
    }
    Ok(())
}

fn unreadable(why: &str) -> ArmError {
    ArmError::InvalidRequestContent(why.to_owned())
}
