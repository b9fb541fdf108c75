//! `/groups` and their members (RECORDED-FACTS 9, AZ-WIRE 12).

use model::{DirectoryObject, Group, JsonMap, merge};
use serde_json::{Value, json};
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::access::Area;
use super::answer::Answer;
use super::call::Call;
use super::deleted_items::put_away;
use super::delta;
use super::entity::{Kind, draw_all};
use super::error::GraphError;
use super::properties::{is_nickname, keep_others, members, required_text, seconds, switch, text};
use super::references::{add, bound, referred, remove};
use super::route::Route;
use super::{owners, role_groups, unique_names};

/// What can be done.
pub(super) const ROUTES: &[Route] = &[
    Route::get("", list),
    Route::post("", create),
    Route::get("delta", delta::groups),
    Route::get("{}", show),
    Route::patch("{}", update),
    Route::delete("{}", delete),
    Route::post("{}/members/$ref", add_member).about(Area::Members),
    Route::delete("{}/members/{}/$ref", remove_member).about(Area::Members),
];

/// Set by the service.
pub(super) const READ_ONLY: &[&str] =
    &["securityIdentifier", "renewedDateTime", "creationOptions", "mail", "proxyAddresses", "uniqueName"];
/// Properties with a field of their own.
const FIELDS: &[&str] = &["displayName", "members@odata.bind", "owners@odata.bind"];

/// What Graph says of distribution lists and mail-enabled security groups, which only Exchange makes.
const NO_MAIL: &str = "The service does not currently support writes of mail-enabled groups. Please ensure that the \
                       mail-enablement property is unset and the security-enablement property is set.";

/// Every property at its default, in the order of recorded answers.
pub(super) fn defaults() -> JsonMap {
    members(json!({
        "id": null,
        "deletedDateTime": null,
        "classification": null,
        "createdDateTime": null,
        "creationOptions": [],
        "description": null,
        "displayName": null,
        "expirationDateTime": null,
        "groupTypes": [],
        "isAssignableToRole": null,
        "mail": null,
        "mailEnabled": false,
        "mailNickname": null,
        "membershipRule": null,
        "membershipRuleProcessingState": null,
        "onPremisesDomainName": null,
        "onPremisesLastSyncDateTime": null,
        "onPremisesNetBiosName": null,
        "onPremisesSamAccountName": null,
        "onPremisesSecurityIdentifier": null,
        "onPremisesSyncEnabled": null,
        "preferredDataLocation": null,
        "preferredLanguage": null,
        "proxyAddresses": [],
        "renewedDateTime": null,
        "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": [],
        "securityEnabled": true,
        "securityIdentifier": null,
        "theme": null,
        "visibility": null,
        "onPremisesProvisioningErrors": [],
    }))
}

/// A group with all its properties.
pub(super) fn draw(group: &Group) -> JsonMap {
    let mut drawn = defaults();
    merge(&mut drawn, &group.other);
    let own = json!({
        "id": group.id,
        "createdDateTime": seconds(group.created_at),
        "displayName": group.display_name,
        "renewedDateTime": seconds(group.created_at),
        "securityIdentifier": security_identifier(group.id),
    });
    merge(&mut drawn, &members(own));
    drawn
}

/// The object id as a Windows security identifier: its bytes, in the order of a GUID's fields, as four numbers
/// (AZ-WIRE 12).
fn security_identifier(id: Uuid) -> String {
    let bytes = id.to_bytes_le();
    let numbers = bytes.as_chunks::<4>().0.iter().map(|part| format!("-{}", u32::from_le_bytes(*part)));
    format!("S-1-12-1{}", numbers.collect::<String>())
}

fn list(_: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Collection(Kind::Group, draw_all(world, Kind::Group)))
}

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Entity(Kind::Group, draw(found(call, world)?)))
}

fn found<'w>(call: &Call<'_>, world: &'w Snapshot) -> Result<&'w Group, GraphError> {
    let id = call.object(world)?.id();
    world.group(id).ok_or_else(|| GraphError::NotFound(id.to_string()))
}

fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    make(call, tx, None)
}

fn make(call: &Call<'_>, tx: &mut Tx, unique_name: Option<&str>) -> Result<Answer, GraphError> {
    const KIND: Kind = Kind::Group;
    let nickname = required_text(&call.body, "mailNickname", KIND)?;
    let given = |name: &str| switch(&call.body, name, KIND)?.ok_or_else(|| GraphError::required(name, KIND.class()));
    let (has_mail, is_secure) = (given("mailEnabled")?, given("securityEnabled")?);
    let has_mailbox =
        call.body.get("groupTypes").and_then(Value::as_array).is_some_and(|of| of.contains(&json!("Unified")));
    if has_mail != has_mailbox || !(has_mailbox || is_secure) {
        return Err(GraphError::Invalid(NO_MAIL.to_owned()));
    }
    let mut group = Group {
        id: call.aad.ids.guid(),
        display_name: required_text(&call.body, "displayName", KIND)?.to_owned(),
        members: Vec::new(),
        owners: owners::makers(call, Area::Groups),
        created_at: call.now,
        other: JsonMap::new(),
    };
    role_groups::check_new(call)?;
    lay(call, tx, &mut group, &defaults())?;
    unique_names::give(&mut group.other, unique_name);
    if has_mailbox {
        let domain = tx.tenant().map(|tenant| tenant.domain.clone()).unwrap_or_default();
        open_mailbox(&mut group, &format!("{nickname}@{domain}"));
    }
    let drawn = draw(&group);
    tx.put_object(DirectoryObject::Group(group));
    Ok(Answer::Created(KIND, drawn))
}

/// A Microsoft 365 group has an address, and everybody sees it unless it says otherwise.
fn open_mailbox(group: &mut Group, address: &str) {
    group.other.insert("mail".to_owned(), json!(address));
    group.other.insert("proxyAddresses".to_owned(), json!([format!("SMTP:{address}")]));
    group.other.entry("visibility").or_insert_with(|| json!("Public"));
}

fn update(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    if let Some(name) = unique_names::to_make(call, tx) {
        return make(call, tx, Some(name));
    }
    let mut group = found(call, tx)?.clone();
    role_groups::check_kept(call, &group)?;
    let current = draw(&group);
    lay(call, tx, &mut group, &current)?;
    tx.put_object(DirectoryObject::Group(group));
    Ok(Answer::Done)
}

/// Takes a group away.
pub(super) fn delete(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let id = found(call, tx)?.id;
    put_away(call, tx, id);
    Ok(Answer::Done)
}

/// Lays what was sent onto a group.
fn lay(call: &Call<'_>, world: &Snapshot, group: &mut Group, current: &JsonMap) -> Result<(), GraphError> {
    if let Some(name) = text(&call.body, "displayName", Kind::Group)? {
        name.clone_into(&mut group.display_name);
    }
    if text(&call.body, "mailNickname", Kind::Group)?.is_some_and(|name| !is_nickname(name)) {
        return Err(GraphError::invalid_value("mailNickname", Kind::Group.class()));
    }
    for member in bound(&call.body, "members", world)? {
        may_be_member(world, group, member)?;
        add(&mut group.members, member, "members")?;
    }
    owners::lay(call, world, &mut group.owners)?;
    keep_others(&mut group.other, call, current, Kind::Group, FIELDS)
}

/// Principals can be members, but for the group itself; an application is none, only its service principal is.
fn may_be_member(world: &Snapshot, group: &Group, id: Uuid) -> Result<(), GraphError> {
    let object = world.object(id).ok_or_else(|| GraphError::NotFound(id.to_string()))?;
    match object.principal_type() {
        Some(_) if id != group.id => Ok(()),
        _ => Err(GraphError::invalid_value("members", Kind::Group.class())),
    }
}

fn add_member(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let mut group = found(call, tx)?.clone();
    let given = call.body.get("@odata.id").and_then(Value::as_str).unwrap_or_default();
    let member = referred(given, tx)?;
    may_be_member(tx, &group, member)?;
    add(&mut group.members, member, "members")?;
    tx.put_object(DirectoryObject::Group(group));
    Ok(Answer::Done)
}

fn remove_member(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let mut group = found(call, tx)?.clone();
    remove(&mut group.members, &call.key(1)?.value)?;
    tx.put_object(DirectoryObject::Group(group));
    Ok(Answer::Done)
}
