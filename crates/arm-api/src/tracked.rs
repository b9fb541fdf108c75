//! What every resource has in common: it is read, listed, put, patched and deleted in the same way, whatever its type.

use axum::http::StatusCode;
use model::{Base, JsonMap, ManagementGroup, Resource, Scope};
use serde_json::Value;
use store::{Snapshot, Tx};

use crate::answer::Answer;
use crate::error::ArmError;
use crate::identity::{self, Attachment};
use crate::list;
use crate::managed_identity;
use crate::operation;
use crate::render::{self, plain, without};
use crate::resource_types::{self, Level, Read, ResourceType, Write, canonical_region, region_names};
use crate::route::Route;

/// Members of a body that are not kept beside `properties`: they have a place of their own, or are the server's.
const OWN_PLACE: [&str; 10] =
    ["id", "name", "type", "location", "tags", "identity", "properties", "etag", "systemData", "apiVersion"];

/// A body as strict JSON; no body is `null`.
pub(crate) fn read_body(bytes: &[u8]) -> Result<Value, ArmError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(|e| ArmError::InvalidRequestContent(e.to_string()))
}

/// One resource.
pub(crate) fn get<T: ResourceType + ?Sized>(resource_type: &T, read: &Read<'_>) -> Result<Answer, ArmError> {
    let Some(resource) = read.world.resource(&read.scope()) else {
        return Err(missing(read.world, read.route, "read"));
    };
    let shown = render::resource(resource_type, read.world, resource, read.request, &[]);
    Ok(with_marks(resource_type, Answer::ok(Value::Object(shown))))
}

/// All of a type below a scope.
pub(crate) fn list<T: ResourceType + ?Sized>(resource_type: &T, read: &Read<'_>) -> Result<Answer, ArmError> {
    let below = read.scope();
    check_container(read.world, read.route)?;
    let name = &read.route.type_name;
    let found = read.world.resources_of_type(&below, name);
    let shown =
        found.map(|r| Value::Object(render::resource(resource_type, read.world, r, read.request, &[]))).collect();
    list::page(shown, read.request)
}

/// Makes or replaces a resource.
pub(crate) fn put<T: ResourceType + ?Sized>(resource_type: &T, write: &mut Write<'_>) -> Result<Answer, ArmError> {
    check_container_for(&write.tx, write.route, "write")?;
    check_name(write)?;
    let before = write.tx.resource(&write.scope()).cloned();
    let body = write.object()?.clone();
    let mut draft = Resource {
        id: before.as_ref().map_or_else(|| write.id().to_owned(), |b| b.id.clone()),
        resource_type: write.route.type_name.to_owned(),
        name: before.as_ref().map_or_else(|| write.name().to_owned(), |b| b.name.clone()),
        location: location(&body)?,
        tags: tags(&body)?,
        identity: before.as_ref().map(|b| b.identity.clone()).unwrap_or_default(),
        envelope: plain(&body, &OWN_PLACE),
        spec: plain(&write.properties()?, resource_type.read_only()),
        status: before.as_ref().map(|b| b.status.clone()).unwrap_or_default(),
        runtime: before.as_ref().map(|b| b.runtime.clone()).unwrap_or_default(),
        created_at: before.as_ref().map_or(write.now, |b| b.created_at),
        changed_at: write.now,
        version: before.as_ref().map_or(1, |b| b.version + 1),
    };
    check_location(resource_type, write, &mut draft, before.as_deref())?;
    save(resource_type, write, draft, before.as_deref(), Attachment::Replace)
}

/// Changes a resource: members that are given are laid over those that are there, `null` takes one away (RFC 7396);
/// tags are replaced as a whole.
pub(crate) fn patch<T: ResourceType + ?Sized>(resource_type: &T, write: &mut Write<'_>) -> Result<Answer, ArmError> {
    let Some(before) = write.tx.resource(&write.scope()).cloned() else {
        return Err(missing(&write.tx, write.route, "patch"));
    };
    let body = write.object()?.clone();
    let mut draft = Resource::clone(&before);
    draft.changed_at = write.now;
    draft.version += 1;
    if body.contains_key("tags") {
        draft.tags = tags(&body)?;
    }
    merge_patch(&mut draft.envelope, &without(&body, &OWN_PLACE));
    merge_patch(&mut draft.spec, &without(&write.properties()?, resource_type.read_only()));
    save(resource_type, write, draft, Some(&before), Attachment::Merge)
}

/// Takes a resource away, with everything below it.
pub(crate) fn delete<T: ResourceType + ?Sized>(resource_type: &T, write: &mut Write<'_>) -> Result<Answer, ArmError> {
    let scope = write.scope();
    check_container(&write.tx, write.route)?;
    let Some(resource) = write.tx.resource(&scope).cloned() else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    remove(&mut write.tx, &scope)?;
    let style = resource_type.style();
    let answer = Answer::empty(StatusCode::from_u16(style.deleted).unwrap_or(StatusCode::OK));
    Ok(match style.polling {
        Some(polling) => {
            operation::with_polling(write, answer, polling, resource.location.as_deref(), operation::Finish::Location)
        }
        None => answer,
    })
}

/// Takes away a resource and all that lies below it, the innermost first, with the identities and the role and deny
/// assignments that end with them. Machines go before the networks they stand in: a release may look at what it was joined to.
pub(crate) fn remove(tx: &mut Tx, scope: &Scope) -> Result<(), ArmError> {
    let mut doomed: Vec<_> = tx.resources_below(scope).chain(tx.resource(scope)).cloned().collect();
    doomed.sort_by_key(|r| (std::cmp::Reverse(r.id.matches('/').count()), removal_rank(r)));
    for resource in &doomed {
        if let Some((resource_type, _)) = resource_types::find(&resource.resource_type) {
            resource_type.release(tx, resource)?;
        }
        managed_identity::end_system_assigned(tx, resource);
        tx.delete_resource(&resource.scope());
    }
    let assignments: Vec<_> = tx.access().role_assignments.at_or_below(scope).map(|a| a.name).collect();
    for name in assignments {
        tx.delete_role_assignment(name);
    }
    let denies = tx.access().deny_assignments.iter();
    let denies: Vec<_> = denies.filter(|d| scope.contains(&d.scope)).map(|d| d.name).collect();
    for name in denies {
        tx.delete_deny_assignment(name);
    }
    Ok(())
}

/// What holds others goes last.
fn removal_rank(resource: &Resource) -> u8 {
    match resource.resource_type.split('/').next() {
        Some("Microsoft.Compute") => 0,
        Some("Microsoft.Network") => 2,
        _ => 1,
    }
}

fn save<T: ResourceType + ?Sized>(
    resource_type: &T,
    write: &mut Write<'_>,
    mut draft: Resource,
    before: Option<&Resource>,
    attachment: Attachment,
) -> Result<Answer, ArmError> {
    let fresh = identity::apply(write, &mut draft, attachment)?;
    resource_type.complete(write, &mut draft, before)?;
    let resource = write.tx.put_resource(draft);
    let mut shown = render::resource(resource_type, &write.tx, &resource, write.request, &fresh);
    let style = resource_type.style();
    let is_new = before.is_none();
    if let (Some(_), Some(Value::Object(properties))) = (style.polling, shown.get_mut("properties")) {
        let state = if is_new { "Creating" } else { "Updating" };
        properties.insert("provisioningState".into(), state.into());
    }
    let status = if is_new { style.created } else { 200 };
    let answer = Answer::new(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), Value::Object(shown));
    let answer = with_marks(resource_type, answer);
    Ok(match style.polling {
        Some(polling) => {
            operation::with_polling(write, answer, polling, resource.location.as_deref(), operation::Finish::Resource)
        }
        None => answer,
    })
}

/// Headers that depend on the resource: its etag, and whether nobody modelled its type.
fn with_marks<T: ResourceType + ?Sized>(resource_type: &T, answer: Answer) -> Answer {
    let etag = answer.body.as_ref().and_then(|body| body["etag"].as_str().map(str::to_owned));
    let answer = match etag {
        Some(etag) => answer.with_header("etag", etag),
        None => answer,
    };
    match resource_type.is_generic() {
        true => answer.with_header("x-smalt-not-modelled", "stored and returned as given; nothing else happens"),
        false => answer,
    }
}

/// Where a body says that the resource is.
pub(crate) fn location(body: &JsonMap) -> Result<Option<String>, ArmError> {
    match body.get("location") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(canonical_region(text))),
        Some(_) => {
            Err(ArmError::InvalidRequestContent("Error converting value to type 'string'. Path 'location'".into()))
        }
    }
}

pub(crate) fn tags(body: &JsonMap) -> Result<Option<JsonMap>, ArmError> {
    match body.get("tags") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(tags)) if tags.values().all(Value::is_string) => Ok(Some(tags.clone())),
        Some(_) => Err(ArmError::InvalidRequestContent("Error converting value to type 'string'. Path 'tags'".into())),
    }
}

fn check_location<T: ResourceType + ?Sized>(
    resource_type: &T,
    write: &Write<'_>,
    draft: &mut Resource,
    before: Option<&Resource>,
) -> Result<(), ArmError> {
    let is_top_level = draft.resource_type.matches('/').count() == 1 && resource_type.level() == Level::ResourceGroup;
    let Some(before) = before else {
        // Of a type that nobody modelled it is not known where it may be; `global` is a place too.
        let is_checked = is_top_level && !resource_type.is_generic();
        return match &draft.location {
            None if is_checked => {
                Err(ArmError::bad("LocationRequired", "The location property is required for this definition."))
            }
            Some(location) if is_checked && !region_names().any(|known| known == location) => {
                Err(ArmError::LocationNotAvailableForResourceType {
                    location: location.clone(),
                    resource_type: draft.resource_type.clone(),
                })
            }
            _ => Ok(()),
        };
    };
    match (&draft.location, &before.location) {
        (None, _) => draft.location.clone_from(&before.location),
        (Some(wanted), Some(existing)) if wanted != existing => {
            return Err(ArmError::conflict(
                "InvalidResourceLocation",
                format!(
                    "The resource '{}' already exists in location '{existing}' in resource group '{}'. A resource with the same name cannot be \
                     created in location '{wanted}'. Please select a new resource name.",
                    before.name,
                    write.route.path.resource_group().unwrap_or_default()
                ),
            ));
        }
        _ => {}
    }
    Ok(())
}

/// Characters that no resource's name may have, and a length that none exceeds.
fn check_name(write: &Write<'_>) -> Result<(), ArmError> {
    let name = write.name();
    match name.len() <= 260
        && !name.contains(['<', '>', '%', '&', ':', '?', '#', '/', '\\'])
        && !name.ends_with(['.', ' '])
    {
        true => Ok(()),
        false => Err(ArmError::bad(
            "InvalidResourceName",
            format!(
                "Resource name {name} is invalid. The name can be up to 260 characters long and must not contain <>%&:?#/\\ or end with a period or a space."
            ),
        )),
    }
}

/// The group that the path names must exist.
pub(crate) fn check_container(world: &Snapshot, route: &Route) -> Result<(), ArmError> {
    match &route.path.base {
        Base::ResourceGroup { name, .. } if world.resource(&Scope::new(&route.path.base_id())).is_none() => {
            Err(ArmError::ResourceGroupNotFound(name.clone()))
        }
        _ => Ok(()),
    }
}

/// The group must exist, and so must what the resource is a child or an extension of.
fn check_container_for(world: &Snapshot, route: &Route, verb: &'static str) -> Result<(), ArmError> {
    check_container(world, route)?;
    let Some(part) = route.path.last() else { return Ok(()) };
    let own = Scope::new(route.id());
    if part.names.len() > 1 {
        let parent = own.ancestors().nth(1).unwrap_or_default();
        if world.resource(&Scope::new(parent)).is_none() {
            let (parent_id, _) = split_last(route.id());
            let child_type = route.type_name.split_once('/').map_or("", |(_, t)| t).to_owned();
            return Err(ArmError::ParentNotFound { verb, child_type, parent: parent_id.to_owned() });
        }
    } else if route.path.providers.len() > 1 {
        let extended = route.path.extended();
        // A management group is no resource; that it exists was the road's to see.
        if ManagementGroup::name_in(&extended).is_none() && world.resource(&Scope::new(&extended)).is_none() {
            return Err(not_found(&extended));
        }
    }
    Ok(())
}

/// `{parent}` and `{type}/{name}` of an id.
fn split_last(id: &str) -> (&str, &str) {
    let end = id.rfind('/').and_then(|at| id[..at].rfind('/')).unwrap_or(0);
    (&id[..end], &id[end..])
}

/// The refusal of a read, or of a change, of what is not there: the group is named when it is missing, then the parent,
/// then the resource.
pub(crate) fn missing(world: &Snapshot, route: &Route, verb: &'static str) -> ArmError {
    match check_container_for(world, route, verb) {
        Err(ArmError::ParentNotFound { parent, .. }) => not_found(&parent),
        Err(error) => error,
        // The gateway knows the parent; that it has no such child is its provider's to say (RECORDED-FACTS 2).
        Ok(()) if route.path.last().is_some_and(|part| part.names.len() > 1) => {
            let id = route.id();
            ArmError::NotFound(match route.type_name.starts_with("Microsoft.Network/") {
                true => format!("Resource {id} not found."),
                false => format!("Resource '{id}' was not found."),
            })
        }
        Ok(()) => not_found(route.id()),
    }
}

/// `ResourceNotFound`, in the words that fit the id.
pub(crate) fn not_found(id: &str) -> ArmError {
    match model::ArmPath::parse(id) {
        Ok(path) => {
            let group = path.resource_group().map(str::to_owned);
            let (resource_type, name) = path.last().map(|p| (p.resource_type(), p.names.join("/"))).unwrap_or_default();
            ArmError::ResourceNotFound { resource_type, name, group }
        }
        Err(_) => ArmError::ResourceNotFound { resource_type: String::new(), name: id.to_owned(), group: None },
    }
}

fn merge_patch(base: &mut JsonMap, over: &JsonMap) {
    for (name, value) in over {
        match (base.get_mut(name), value) {
            (_, Value::Null) => drop(base.shift_remove(name)),
            (Some(Value::Object(below)), Value::Object(above)) => merge_patch(below, above),
            _ => drop(base.insert(name.clone(), value.clone())),
        }
    }
}
