//! `/users`: people (RECORDED-FACTS 9).

use model::{DirectoryObject, JsonMap, User, merge};
use serde_json::{Value, json};
use store::{Snapshot, Tx};

use super::access::Area;
use super::answer::Answer;
use super::call::Call;
use super::deleted_items::put_away;
use super::delta;
use super::entity::{Kind, draw_all};
use super::error::GraphError;
use super::properties::{is_nickname, keep_others, members, required_text, seconds, switch, text};
use super::route::Route;
use super::{managers, passwords, person_changes};
use crate::people::known_as;

/// What can be done.
pub(super) const ROUTES: &[Route] = &[
    Route::get("", list),
    Route::post("", create),
    Route::get("delta", delta::users),
    Route::get("{}", show),
    Route::patch("{}", update).about(Area::ByBody),
    Route::delete("{}", delete),
    Route::post("{}/revokeSignInSessions", revoke_sessions),
];

/// Shown unasked; everything else only when it is selected.
pub(super) const SHOWN: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];
/// Properties with a field of their own. A password is never shown again.
const FIELDS: &[&str] =
    &["userPrincipalName", "displayName", "accountEnabled", "passwordProfile", "manager@odata.bind"];

/// Kept or shown as null until somebody sets them.
const UNSET: &[&str] = &[
    "ageGroup",
    "city",
    "companyName",
    "consentProvidedForMinor",
    "country",
    "createdDateTime",
    "creationType",
    "deletedDateTime",
    "department",
    "employeeId",
    "employeeType",
    "externalUserState",
    "faxNumber",
    "mailNickname",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesImmutableId",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
    "passwordPolicies",
    "passwordProfile",
    "postalCode",
    "showInAddressList",
    "state",
    "streetAddress",
    "usageLocation",
];

/// Every property at its default; those shown unasked come first, in the order of recorded answers.
pub(super) fn defaults() -> JsonMap {
    let names = SHOWN.iter().chain(UNSET).map(|name| ((*name).to_owned(), Value::Null));
    let mut all = JsonMap::from_iter(names);
    let set = json!({
        "businessPhones": [],
        "accountEnabled": true,
        "assignedLicenses": [],
        "assignedPlans": [],
        "imAddresses": [],
        "otherMails": [],
        "proxyAddresses": [],
        "userType": "Member",
    });
    merge(&mut all, &members(set));
    all
}

/// A person with all their properties.
pub(super) fn draw(user: &User) -> JsonMap {
    let mut drawn = defaults();
    merge(&mut drawn, &user.other);
    let own = json!({
        "displayName": user.display_name,
        "userPrincipalName": user.user_principal_name,
        "id": user.id,
        "accountEnabled": user.account_enabled,
        "createdDateTime": seconds(user.created_at),
    });
    merge(&mut drawn, &members(own));
    drawn
}

fn list(_: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Collection(Kind::User, draw_all(world, Kind::User)))
}

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    Ok(Answer::Entity(Kind::User, draw(found(call, world)?)))
}

fn found<'w>(call: &Call<'_>, world: &'w Snapshot) -> Result<&'w User, GraphError> {
    let id = call.object(world)?.id();
    world.user(id).ok_or_else(|| GraphError::NotFound(id.to_string()))
}

fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    required_text(&call.body, "mailNickname", Kind::User)?;
    for name in ["accountEnabled", "passwordProfile"] {
        if !call.body.contains_key(name) {
            return Err(GraphError::required(name, Kind::User.class()));
        }
    }
    let mut user = User {
        id: call.aad.ids.guid(),
        user_principal_name: required_text(&call.body, "userPrincipalName", Kind::User)?.to_owned(),
        display_name: required_text(&call.body, "displayName", Kind::User)?.to_owned(),
        password_hash: None,
        manager: None,
        account_enabled: true,
        created_at: call.now,
        other: JsonMap::new(),
    };
    lay(call, tx, &mut user, &defaults())?;
    let drawn = draw(&user);
    tx.put_object(DirectoryObject::User(user));
    Ok(Answer::Created(Kind::User, drawn))
}

fn update(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let before = found(call, tx)?.clone();
    person_changes::check_update(call, tx, &before)?;
    let mut user = before.clone();
    lay(call, tx, &mut user, &draw(&before))?;
    // Whoever signed in as them did so by what does not count any more (Entra, "Continuous access evaluation": critical
    // events).
    if user.password_hash != before.password_hash || (before.account_enabled && !user.account_enabled) {
        tx.revoke_tokens(user.id, call.now);
    }
    tx.put_object(DirectoryObject::User(user));
    Ok(Answer::Done)
}

/// Takes a person away.
pub(super) fn delete(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let user = found(call, tx)?;
    person_changes::check_delete(call, tx, user)?;
    let id = user.id;
    put_away(call, tx, id);
    Ok(Answer::Done)
}

/// Whatever they signed in to asks them again; tokens from before do not count (IDENTITY-WIRE 4.6).
fn revoke_sessions(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let id = found(call, tx)?.id;
    tx.revoke_tokens(id, call.now);
    Ok(Answer::Action("Edm.Boolean", members(json!({"value": true}))))
}

/// Lays what was sent onto a person.
fn lay(call: &Call<'_>, world: &Snapshot, user: &mut User, current: &JsonMap) -> Result<(), GraphError> {
    const KIND: Kind = Kind::User;
    if let Some(name) = text(&call.body, "userPrincipalName", KIND)? {
        if !name.contains('@') {
            return Err(GraphError::invalid_value("userPrincipalName", KIND.class()));
        }
        if known_as(world, name).is_some_and(|other| other.id != user.id) {
            return Err(GraphError::same_value("userPrincipalName"));
        }
        name.clone_into(&mut user.user_principal_name);
    }
    if text(&call.body, "mailNickname", KIND)?.is_some_and(|name| !is_nickname(name)) {
        return Err(GraphError::invalid_value("mailNickname", KIND.class()));
    }
    if let Some(name) = text(&call.body, "displayName", KIND)? {
        name.clone_into(&mut user.display_name);
    }
    if let Some(enabled) = switch(&call.body, "accountEnabled", KIND)? {
        user.account_enabled = enabled;
    }
    passwords::lay(call, user)?;
    managers::lay(call, world, user)?;
    keep_others(&mut user.other, call, current, KIND, FIELDS)
}
