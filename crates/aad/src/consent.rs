//! Consent: what people, or an administrator for all of them, agreed that a client may do in their name.
//!
//! What it is: what a client asks for, held against what it has: by the directory (`oauth2PermissionGrants`), by the resource's
//! own word (`preAuthorizedApplications`), or by being Microsoft's own at both ends. [`agree`] is a person's yes.
//!
//! What it is not: it does not ask anybody; the sign-in page does.

use model::{DirectoryObject, PermissionGrant, ServicePrincipal};
use serde_json::Value;
use store::{Snapshot, Tx};
use tokens::ResourceApp;
use uuid::Uuid;

use crate::error::Aadsts;
use crate::graph::{app_roles, delegated_permissions, first_party_client};
use crate::realm::Realm;
use crate::registration::Registration;
use crate::scope::Scopes;
use crate::target::Target;

/// What Graph lets Microsoft's own programs do, as their tokens say.
const GRAPH_OF_FIRST_PARTIES: &[&str] =
    &["AuditLog.Read.All", "Directory.AccessAsUser.All", "Group.ReadWrite.All", "User.ReadWrite.All"];
/// The permission of the other first parties.
const ON_BEHALF: &str = "user_impersonation";
/// What a client gets of either Graph that registered no wish.
const LEAST_OF_GRAPH: &str = "User.Read";

/// What a client wants to do in a person's name at one resource.
#[derive(Clone, Copy)]
pub(crate) struct Wish<'a, 'r> {
    pub(crate) realm: &'a Realm<'r>,
    pub(crate) client: &'a Registration<'r>,
    pub(crate) target: &'a Target<'a>,
    pub(crate) scopes: &'a Scopes,
}

/// How a wish stands.
pub(crate) struct Consent {
    /// Names of permissions, as the resource spells them.
    wanted: Vec<String>,
    /// Those that nobody agreed to.
    missing: Vec<String>,
    /// Whether one of the missing takes an administrator's consent.
    takes_administrator: bool,
}

/// A delegated permission that a resource offers.
#[derive(Default)]
struct Permission {
    id: Value,
    name: String,
    /// Whether it takes an administrator's consent: `type` is `Admin`.
    is_for_administrators: bool,
}

impl Consent {
    /// How it stands for `user`; before it is known who that is, for anybody.
    ///
    /// # Errors
    /// [`Aadsts::NoSuchPermission`]; [`Aadsts::ResourceNotListed`] where a client asks for all that it registered and that is
    /// nothing.
    pub(crate) fn of(wish: &Wish<'_, '_>, user: Option<Uuid>) -> Result<Self, Aadsts> {
        let Wish { realm, client, target, scopes } = *wish;
        let resource = target.principal(realm.world);
        let mut offered = offered(realm.world, resource, target);
        // Among Microsoft's own, and to an application of itself, nobody is asked.
        let is_microsofts = target.app.is_some() && client.application.is_none();
        let asking = resource.filter(|resource| !is_microsofts && resource.app_id != client.app_id);
        let held = asking.map(|resource| held(realm.world, user, client, resource, target, &offered));
        let mut wanted = Vec::new();
        for asked in &scopes.permissions {
            let known = offered.iter().find(|permission| permission.name.eq_ignore_ascii_case(asked));
            match known {
                _ if asked == ".default" => wanted.extend(match &held {
                    Some(held) => registered(client, target, &offered, held)?,
                    None => all_of(target, &offered),
                }),
                Some(known) => wanted.push(known.name.clone()),
                None => {
                    let unlisted = unlisted(wish, resource, asked)?;
                    wanted.push(unlisted.name.clone());
                    offered.push(unlisted);
                }
            }
        }
        let is_missing = |name: &&String| held.as_ref().is_some_and(|held| !held.contains(name));
        let missing: Vec<String> = wanted.iter().filter(is_missing).cloned().collect();
        let takes_administrator =
            offered.iter().any(|known| known.is_for_administrators && missing.contains(&known.name));
        Ok(Self { wanted, missing, takes_administrator })
    }

    /// Whether there is nothing left to ask.
    pub(crate) fn is_given(&self) -> bool {
        self.missing.is_empty()
    }

    /// What nobody agreed to.
    pub(crate) fn missing(self) -> Vec<String> {
        self.missing
    }

    /// The permissions that a token may say.
    ///
    /// # Errors
    /// [`Aadsts::NoConsent`].
    pub(crate) fn granted(self, client: &Registration<'_>) -> Result<Vec<String>, Aadsts> {
        match self.is_given() {
            true => Ok(self.wanted),
            false => Err(Aadsts::NoConsent { client_id: client.app_id, name: client.name.to_owned() }),
        }
    }
}

/// A person's yes to everything that the client asks for; an administrator may say it for everybody. What is granted already
/// is left as it is.
///
/// # Errors
/// As [`Consent::of`]; [`Aadsts::AdministratorNeeded`] for what the person cannot agree to.
pub(crate) async fn agree(wish: &Wish<'_, '_>, user: Uuid, for_everybody: bool) -> Result<(), Aadsts> {
    let Wish { realm, client, target, .. } = *wish;
    let consent = Consent::of(wish, Some(user))?;
    let is_administrator = realm.world.is_directory_administrator(user);
    if (for_everybody || consent.takes_administrator) && !is_administrator {
        return Err(Aadsts::AdministratorNeeded);
    }
    if consent.is_given() && !for_everybody {
        return Ok(());
    }
    let mut tx = realm.aad.store.begin().await;
    let Some(resource_id) = target.principal(&tx).map(|found| found.id) else {
        // Among Microsoft's own nothing is recorded.
        return Ok(());
    };
    let client_id = principal_of(&mut tx, realm, client);
    let principal_id = if for_everybody { None } else { Some(user) };
    let new = if for_everybody { &consent.wanted } else { &consent.missing };
    tx.widen_permission_grant(client_id, resource_id, principal_id, new.iter().map(String::as_str));
    tx.commit().await.map_err(|_| Aadsts::Internal)
}

/// The client's service principal, to which grants belong. One of Microsoft's programs gets its own when somebody first agrees
/// to something.
fn principal_of(tx: &mut Tx, realm: &Realm<'_>, client: &Registration<'_>) -> Uuid {
    if let Some(known) = tx.service_principal_by_app_id(client.app_id) {
        return known.id;
    }
    let principal = first_party_client(client.app_id, client.name, realm.aad.ids.guid(), realm.call.now);
    let id = principal.id;
    tx.put_object(DirectoryObject::ServicePrincipal(principal));
    id
}

/// What `.default` stands for where nobody is asked.
fn all_of(target: &Target<'_>, offered: &[Permission]) -> Vec<String> {
    match target.app {
        Some(ResourceApp::Graph) => GRAPH_OF_FIRST_PARTIES.iter().map(|name| (*name).to_owned()).collect(),
        _ => offered.iter().map(|known| known.name.clone()).collect(),
    }
}

fn offered(world: &Snapshot, resource: Option<&ServicePrincipal>, target: &Target<'_>) -> Vec<Permission> {
    let Some(resource) = resource else {
        let names: &[&str] = match target.app {
            Some(ResourceApp::Graph) | None => &[],
            Some(ResourceApp::DirectoryGraph) => &[LEAST_OF_GRAPH],
            Some(ResourceApp::LogAnalytics) => &[ON_BEHALF, "Data.Read"],
            Some(_) => &[ON_BEHALF],
        };
        let of_people = |name: &&str| Permission { name: (*name).to_owned(), ..Permission::default() };
        return names.iter().map(of_people).collect();
    };
    let enabled = delegated_permissions(world, resource).into_iter().filter(|scope| scope["isEnabled"] != false);
    enabled
        .filter_map(|scope| {
            Some(Permission {
                id: scope["id"].clone(),
                name: scope["value"].as_str()?.to_owned(),
                is_for_administrators: scope["type"] == "Admin",
            })
        })
        .collect()
}

/// A permission that the resource does not list. Graph has many more than are listed here; what has the look of one
/// (`Chat.Read`) is believed to be one. A name that Graph lists for applications alone counts there, so that it takes an
/// administrator.
///
/// # Errors
/// [`Aadsts::NoSuchPermission`].
fn unlisted(wish: &Wish<'_, '_>, resource: Option<&ServicePrincipal>, asked: &str) -> Result<Permission, Aadsts> {
    let Wish { realm, client, target, .. } = *wish;
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if target.app != Some(ResourceApp::Graph) || !asked.contains('.') || !asked.split('.').all(is_word) {
        return Err(Aadsts::NoSuchPermission {
            name: client.name.to_owned(),
            scope: asked.to_owned(),
            resource: target.app_id().to_string(),
        });
    }
    let roles = resource.map(|resource| app_roles(realm.world, resource)).unwrap_or_default();
    let is_for_administrators = roles.iter().any(|role| role["value"] == asked);
    Ok(Permission { name: asked.to_owned(), is_for_administrators, ..Permission::default() })
}

/// What the client may do for `user`, or for anybody, at the resource.
fn held(
    world: &Snapshot,
    user: Option<Uuid>,
    client: &Registration<'_>,
    resource: &ServicePrincipal,
    target: &Target<'_>,
    offered: &[Permission],
) -> Vec<String> {
    let principal = world.service_principal_by_app_id(client.app_id);
    let grants = principal.into_iter().flat_map(|principal| world.permission_grants_of(principal.id));
    let counts = |grant: &PermissionGrant| {
        grant.resource_id == resource.id && (grant.principal_id.is_none() || grant.principal_id == user)
    };
    let granted = grants.filter(|grant| counts(grant)).flat_map(|grant| grant.scope.split_whitespace());
    let mut held: Vec<String> = granted.map(str::to_owned).collect();
    // The resource may trust the client without asking anybody.
    let trusted = target.application.and_then(|app| app.other.get("api")?["preAuthorizedApplications"].as_array());
    let trusted = trusted.into_iter().flatten().filter(|known| known["appId"] == client.app_id.to_string());
    for ids in trusted.filter_map(|known| known["delegatedPermissionIds"].as_array()) {
        held.extend(offered.iter().filter(|known| ids.contains(&known.id)).map(|known| known.name.clone()));
    }
    held
}

/// What `.default` stands for: all that the client's registration wants of the resource, and all that it was granted.
fn registered(
    client: &Registration<'_>,
    target: &Target<'_>,
    offered: &[Permission],
    held: &[String],
) -> Result<Vec<String>, Aadsts> {
    let resource = target.app_id();
    let names: Vec<String> = match client.application {
        // Microsoft's programs have no registration here to read.
        None => offered.iter().filter(|known| !known.is_for_administrators).map(|known| known.name.clone()).collect(),
        Some(application) => {
            let wishes = application.other.get("requiredResourceAccess").and_then(Value::as_array);
            let of_resource = wishes.into_iter().flatten().filter(|of| of["resourceAppId"] == resource.to_string());
            let wanted: Vec<&Value> = of_resource.filter_map(|of| of["resourceAccess"].as_array()).flatten().collect();
            let is_wanted = |known: &&Permission| wanted.iter().any(|wish| wish["id"] == known.id);
            offered.iter().filter(is_wanted).map(|known| known.name.clone()).collect()
        }
    };
    let mut all = held.to_vec();
    all.extend(names.into_iter().filter(|name| !held.contains(name)));
    if all.is_empty() && target.app == Some(ResourceApp::Graph) {
        all.push(LEAST_OF_GRAPH.to_owned());
    }
    match all.is_empty() {
        true => Err(Aadsts::ResourceNotListed {
            client_id: client.app_id,
            name: client.name.to_owned(),
            asked: target.resource.to_owned(),
            resource,
        }),
        false => Ok(all),
    }
}
