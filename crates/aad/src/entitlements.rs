//! What a token says of its subject's rights: groups, directory roles, app roles, permissions, and what the client can do.

use std::collections::BTreeSet;

use model::{Application, User};
use serde_json::Value;
use tokens::{Entitlements, ResourceApp};
use uuid::{Uuid, uuid};

use crate::app_roles;
use crate::claims_request::ClaimsRequest;
use crate::consent::{Consent, Wish};
use crate::error::Aadsts;
use crate::realm::Realm;
use crate::registration::Registration;
use crate::scope::Scopes;
use crate::target::Target;

/// The template of what every member of the tenant may do.
const MEMBER: Uuid = uuid!("b79fbf4d-3ef9-4689-8143-76b194e85509");

/// What the person's token for `target` says, when the client asks for `scopes`.
///
/// # Errors
/// [`Aadsts::UserNotAssigned`]; as [`Consent::of`] and [`Consent::granted`].
pub(crate) fn of_person(
    realm: &Realm<'_>,
    user: &User,
    client: &Registration<'_>,
    target: &Target<'_>,
    scopes: &Scopes,
    asked: &ClaimsRequest,
) -> Result<Entitlements, Aadsts> {
    app_roles::check_person(realm, user, client.app_id, target)?;
    let says_rights = target.app.is_some();
    let roles = directory_roles(realm, user.id).into_iter().chain([MEMBER]);
    Ok(Entitlements {
        scopes: permissions(realm, user, client, target, scopes)?,
        roles: app_roles::granted(realm.world, user.id, target.principal(realm.world)),
        groups: groups(realm, target, user.id),
        directory_roles: if says_rights { roles.collect() } else { Vec::new() },
        capabilities: asked.capabilities.clone(),
    })
}

/// What an id token tells the client of the person: their roles on the client's own principal, and their groups where its
/// registration wants them (DOC-ENTRA, id token claims; app roles and groups).
pub(crate) fn at_client(realm: &Realm<'_>, user: &User, client: &Registration<'_>) -> Entitlements {
    let wants_groups = client.application.is_some_and(wants_groups);
    let account = realm.world.service_principal_by_app_id(client.app_id);
    Entitlements {
        roles: app_roles::granted(realm.world, user.id, account),
        groups: wants_groups.then(|| security_groups(realm, user.id)),
        ..Entitlements::default()
    }
}

/// What an application's own token for `target` says.
pub(crate) fn of_application(
    realm: &Realm<'_>,
    principal: Uuid,
    target: &Target<'_>,
    asked: &ClaimsRequest,
) -> Entitlements {
    // Groups of applications are for those alone who ask for them in their registration (IDENTITY-WIRE 4.2).
    let groups = target.application.and_then(|_| groups(realm, target, principal));
    let roles = app_roles::granted(realm.world, principal, target.principal(realm.world));
    let is_graph = target.app == Some(ResourceApp::Graph);
    let directory_roles = if is_graph { directory_roles(realm, principal) } else { Vec::new() };
    Entitlements { roles, groups, directory_roles, capabilities: asked.capabilities.clone(), ..Entitlements::default() }
}

/// The directory roles of a principal by their templates, each once.
fn directory_roles(realm: &Realm<'_>, principal: Uuid) -> Vec<Uuid> {
    realm.world.directory_roles_of(principal).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The subject's groups, where the resource wants them: Resource Manager does, the tenant's own applications say so.
fn groups(realm: &Realm<'_>, target: &Target<'_>, subject: Uuid) -> Option<Vec<Uuid>> {
    let wanted = match (target.app, target.application) {
        (Some(app), _) => matches!(app, ResourceApp::Arm | ResourceApp::KeyVault),
        (None, Some(app)) => wants_groups(app),
        (None, None) => false,
    };
    wanted.then(|| security_groups(realm, subject))
}

fn security_groups(realm: &Realm<'_>, subject: Uuid) -> Vec<Uuid> {
    let mut groups = realm.world.security_groups_of(subject);
    groups.sort_unstable();
    groups
}

fn wants_groups(app: &Application) -> bool {
    let wish = app.other.get("groupMembershipClaims").and_then(Value::as_str).unwrap_or_default();
    wish.split(',').any(|wish| matches!(wish.trim(), "SecurityGroup" | "All" | "ApplicationGroup"))
}

/// The names in `scp`.
fn permissions(
    realm: &Realm<'_>,
    user: &User,
    client: &Registration<'_>,
    target: &Target<'_>,
    scopes: &Scopes,
) -> Result<Vec<String>, Aadsts> {
    let mut granted = Consent::of(&Wish { realm, client, target, scopes }, Some(user.id))?.granted(client)?;
    if target.app == Some(ResourceApp::Graph) {
        granted.extend(scopes.about_the_user().map(str::to_owned));
    }
    Ok(granted)
}
