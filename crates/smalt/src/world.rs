//! The first start makes a world: a tenant and its root management group, a subscription, an owner application with its
//! service principal and a secret (Owner at the tenant's root and directory administrator), and a person.

use std::path::Path;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{
    Application, DirectoryObject, DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, Ids, JsonMap, ManagementGroup,
    OWNER_ROLE, PasswordCredential, PrincipalType, RoleAssignment, Scope, ServicePrincipal, ServicePrincipalType,
    Subscription, Tenant, Time, User,
};
use store::{Durability, Store, StoreError, Tx};
use time::Duration;
use tokens::{Authority, RsaKey, SecretHasher, SignerKey, Verifier};
use uuid::Uuid;

use crate::token_keys;

const SECRET_KEY: &str = "secret_hash_key";
const CLIENT_ID: &str = "owner_client_id";
const CLIENT_SECRET: &str = "owner_client_secret";
const USERNAME: &str = "administrator_name";
const PASSWORD: &str = "administrator_password";

/// What the owner of the world needs to sign in.
#[derive(Debug, Clone)]
pub struct Owner {
    /// Application (client) id.
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// The sign-in name of the person who owns the world too.
    pub username: String,
    /// Their password; empty in worlds from before people had any.
    pub password: String,
}

/// Makes the world, unless it is there.
///
/// # Errors
/// [`StoreError`] when the state cannot be written.
pub async fn ensure(store: &Store, ids: &Ids, now: Time) -> Result<(), StoreError> {
    if store.read().tenant().is_some() {
        return Ok(());
    }
    let mut tx = store.begin().await;
    let domain = "smalt.onmicrosoft.com".to_owned();
    let tenant = Tenant { id: ids.guid(), display_name: "Smalt".to_owned(), domain: domain.clone(), created_at: now };
    let root = ManagementGroup::root_of(&tenant);
    tx.put_subscription(Subscription {
        id: ids.guid(),
        display_name: "Smalt Subscription".to_owned(),
        management_group: root.name.clone(),
    });
    tx.put_management_group(root);
    tx.put_tenant(tenant);
    let key = ids.bytes::<32>();
    tx.put_setting(SECRET_KEY, &STANDARD.encode(key));
    let owner = owner(&mut tx, &SecretHasher::new(&key), ids, now);
    let mut person = User {
        id: ids.guid(),
        user_principal_name: format!("admin@{domain}"),
        display_name: "Smalt Administrator".to_owned(),
        password_hash: None,
        manager: None,
        account_enabled: true,
        created_at: now,
        other: JsonMap::new(),
    };
    for principal_id in [owner, person.id] {
        tx.put_directory_role_assignment(DirectoryRoleAssignment { role_id: GLOBAL_ADMINISTRATOR, principal_id });
    }
    assign_owner(&mut tx, ids, now, owner, PrincipalType::ServicePrincipal);
    assign_owner(&mut tx, ids, now, person.id, PrincipalType::User);
    // Drawn from the world's own secret: the identifiers of a seeded world stay those of worlds from before people had passwords.
    let (beginning, _) = key.split_at(8);
    let secrets = Ids::seeded(beginning.iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte)));
    let password = secrets.client_secret();
    person.password_hash = Some(tokens::password_hash(&password, secrets.bytes()));
    tx.put_setting(USERNAME, &person.user_principal_name);
    tx.put_setting(PASSWORD, &password);
    tx.put_object(DirectoryObject::User(person));
    tx.commit().await
}

/// The hasher of client secrets, with the world's own key.
#[must_use]
pub fn secret_hasher(store: &Store) -> SecretHasher {
    let key = store.read().setting(SECRET_KEY).and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default();
    SecretHasher::new(&key)
}

/// The owner's credentials.
#[must_use]
pub fn owner_of(store: &Store) -> Owner {
    let world = store.read();
    let setting = |name: &str| world.setting(name).unwrap_or_default().to_owned();
    Owner {
        client_id: setting(CLIENT_ID),
        client_secret: setting(CLIENT_SECRET),
        username: setting(USERNAME),
        password: setting(PASSWORD),
    }
}

/// Whether the token service of the world in `directory` signed `token`. For a world that nobody serves right now.
///
/// # Errors
/// When the state is in use or cannot be read.
pub async fn signed_here(directory: &Path, token: &str) -> anyhow::Result<bool> {
    let _owner = store::Owner::of(directory)?;
    let store = Store::open(directory, Durability::Full).await?;
    let tenant = store.read().tenant().cloned().context("the world has no tenant")?;
    let keys = store.signing_keys().await?;
    let public = keys
        .iter()
        .map(|k| Ok(SignerKey::new(RsaKey::from_base64(&k.private_key)?, &k.kid, &k.certificate, None)?.jwk));
    let public = public.collect::<anyhow::Result<Vec<_>>>()?;
    let authority = Authority { tenant: tenant.id, domain: tenant.domain.clone() };
    let verifier = Verifier::new(&authority, &public).map_err(token_keys::unreadable)?;
    Ok(verifier.is_signed(token))
}

/// The owner application, its service principal and secret; answers the principal's object id.
fn owner(tx: &mut Tx, hasher: &SecretHasher, ids: &Ids, now: Time) -> Uuid {
    let (app_id, principal, secret) = (ids.guid(), ids.guid(), ids.client_secret());
    tx.put_setting(CLIENT_ID, &app_id.to_string());
    tx.put_setting(CLIENT_SECRET, &secret);
    tx.put_object(DirectoryObject::Application(Application {
        id: ids.guid(),
        app_id,
        display_name: "smalt-owner".to_owned(),
        identifier_uris: Vec::new(),
        key_credentials: Vec::new(),
        password_credentials: vec![PasswordCredential {
            key_id: ids.guid(),
            display_name: Some("smalt env".to_owned()),
            hint: secret.chars().take(3).collect(),
            hash: hasher.hash(&secret),
            start: now,
            // It opens the world for as long as the world lasts, however far its clock is moved.
            end: now + Duration::days(100 * 365),
        }],
        federated_identity_credentials: Vec::new(),
        owners: Vec::new(),
        created_at: now,
        other: JsonMap::new(),
    }));
    tx.put_object(DirectoryObject::ServicePrincipal(ServicePrincipal {
        id: principal,
        app_id,
        display_name: "smalt-owner".to_owned(),
        kind: ServicePrincipalType::Application,
        managed_identity: None,
        account_enabled: true,
        service_principal_names: vec![app_id.to_string()],
        key_credentials: Vec::new(),
        password_credentials: Vec::new(),
        owners: Vec::new(),
        created_at: now,
        other: JsonMap::new(),
    }));
    principal
}

fn assign_owner(tx: &mut Tx, ids: &Ids, now: Time, principal_id: Uuid, principal_type: PrincipalType) {
    tx.put_role_assignment(RoleAssignment {
        name: ids.guid(),
        scope: Scope::new(Scope::ROOT),
        scope_as_written: Scope::ROOT.to_owned(),
        role_definition_id: OWNER_ROLE,
        principal_id,
        principal_type,
        condition: None,
        condition_version: None,
        description: None,
        delegated_managed_identity_resource_id: None,
        created_on: now,
        updated_on: now,
        created_by: None,
        updated_by: None,
    });
}
