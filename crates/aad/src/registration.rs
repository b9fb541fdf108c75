//! What the token service knows of a client before it has proved anything: the tenant's own applications, and Microsoft's
//! programs, which every tenant knows.

use model::{Application, JsonMap, ServicePrincipal};
use serde_json::Value;
use uuid::{Uuid, uuid};

use crate::error::Aadsts;
use crate::realm::Realm;
use crate::redirect_uri::{Platform, RedirectUri};

/// Microsoft's own programs that people sign in to. All are public clients; MSAL and the SDKs for Azure use the first
/// where nobody names a client.
const FIRST_PARTY: [(Uuid, &str); 7] = [
    (uuid!("04b07795-8ddb-461a-bbee-02f9e1bf7b46"), "Microsoft Azure CLI"),
    (uuid!("1950a258-227b-4e31-a9cf-717495945fc2"), "Microsoft Azure PowerShell"),
    (uuid!("14d82eec-204b-4c2f-b7e8-296a70dab67e"), "Microsoft Graph Command Line Tools"),
    (uuid!("872cd9fa-d31f-45e0-9eab-6e460a02d1f1"), "Visual Studio"),
    (uuid!("aebc6443-996d-45c2-90f0-388ff96faa56"), "Visual Studio Code"),
    (uuid!("1b730954-1685-4b74-9bfd-dac224a7b894"), "Azure Active Directory PowerShell"),
    (uuid!("de8bc8b5-d9f9-48b1-a8ad-b748da725064"), "Graph Explorer"),
];

/// Those of [`FIRST_PARTY`] that redeem each other's refresh tokens, as public lists of the family have them.
const FAMILY: [Uuid; 4] = [
    uuid!("04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
    uuid!("1950a258-227b-4e31-a9cf-717495945fc2"),
    uuid!("872cd9fa-d31f-45e0-9eab-6e460a02d1f1"),
    uuid!("aebc6443-996d-45c2-90f0-388ff96faa56"),
];

/// Lets a client pass whose account is switched on, and its application too, where it has one (IDENTITY-WIRE 3.8).
///
/// # Errors
/// [`Aadsts::ApplicationDisabled`].
pub(crate) fn check_enabled(account: &ServicePrincipal, application: Option<&Application>) -> Result<(), Aadsts> {
    let is_off = |properties: &JsonMap| properties.get("isDisabled") == Some(&Value::Bool(true));
    let is_disabled = is_off(&account.other) || application.is_some_and(|application| is_off(&application.other));
    match account.account_enabled && !is_disabled {
        true => Ok(()),
        false => Err(Aadsts::ApplicationDisabled { client_id: account.app_id, name: account.display_name.clone() }),
    }
}

/// A client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Registration<'r> {
    /// The application (client) id.
    pub(crate) app_id: Uuid,
    /// The name people see.
    pub(crate) name: &'r str,
    /// Its registration; none for Microsoft's programs.
    pub(crate) application: Option<&'r Application>,
}

impl<'r> Registration<'r> {
    /// The client that `client_id` names, if people may sign in to it here.
    ///
    /// # Errors
    /// [`Aadsts::ApplicationNotFound`], [`Aadsts::NoServicePrincipal`], [`Aadsts::ApplicationDisabled`].
    pub(crate) fn find(realm: &Realm<'r>, client_id: &str) -> Result<Self, Aadsts> {
        let unknown = || Aadsts::ApplicationNotFound {
            client_id: client_id.to_owned(),
            directory: realm.tenant.display_name.clone(),
        };
        let app_id = Uuid::parse_str(client_id).map_err(|_| unknown())?;
        let account = realm.world.service_principal_by_app_id(app_id);
        let application = realm.world.application_by_app_id(app_id);
        if let Some(account) = account {
            check_enabled(account, application)?;
        }
        if let Some((_, name)) = FIRST_PARTY.iter().find(|(known, _)| *known == app_id) {
            return Ok(Self { app_id, name, application: None });
        }
        let application = application.ok_or_else(unknown)?;
        if account.is_none() {
            return Err(Aadsts::NoServicePrincipal { client_id: app_id, tenant: realm.tenant.id });
        }
        Ok(Self { app_id, name: &application.display_name, application: Some(application) })
    }

    /// Whether it may ask without a proof where no redirect URI tells what it is: device codes and passwords.
    pub(crate) fn is_public(&self) -> bool {
        let says =
            |application: &Application| application.other.get("isFallbackPublicClient") == Some(&Value::Bool(true));
        self.application.is_none_or(says)
    }

    /// Whether it shares its refresh tokens with the rest of its family: answers to it say `foci` (IDENTITY-WIRE 3.6).
    pub(crate) fn is_of_family(&self) -> bool {
        Self::is_family(self.app_id)
    }

    /// The same of a client that is known by its id alone.
    pub(crate) fn is_family(app_id: Uuid) -> bool {
        FAMILY.contains(&app_id)
    }

    /// The registered address that `uri` is, and the platform it belongs to.
    ///
    /// # Errors
    /// [`Aadsts::RedirectUriMismatch`], also for what is no address at all.
    pub(crate) fn redirect_uri(&self, uri: &str) -> Result<Platform, Aadsts> {
        let asked = RedirectUri::parse(uri);
        let fits = |(platform, registered): &(Platform, &str)| {
            asked.as_ref().is_some_and(|asked| asked.is(registered, *platform))
        };
        let found = self.registered_addresses().into_iter().find(fits);
        found
            .map(|(platform, _)| platform)
            .ok_or_else(|| Aadsts::RedirectUriMismatch { uri: uri.to_owned(), client_id: self.app_id })
    }

    /// The address to use when the client names none: the only one that it has.
    ///
    /// # Errors
    /// [`Aadsts::NoReplyAddress`].
    pub(crate) fn only_redirect_uri(&self) -> Result<&'r str, Aadsts> {
        match (self.application, self.registered_addresses().as_slice()) {
            (Some(_), [(_, only)]) => Ok(only),
            _ => Err(Aadsts::NoReplyAddress { client_id: self.app_id }),
        }
    }

    /// Every registered address.
    pub(crate) fn registered_addresses(&self) -> Vec<(Platform, &'r str)> {
        let Some(application) = self.application else {
            return RedirectUri::OF_FIRST_PARTIES.map(|uri| (Platform::Public, uri)).to_vec();
        };
        let platforms = [("web", Platform::Web), ("spa", Platform::SinglePage), ("publicClient", Platform::Public)];
        let listed = platforms.into_iter().flat_map(|(member, platform)| {
            let uris = application.other.get(member).and_then(|of| of["redirectUris"].as_array());
            uris.into_iter().flatten().filter_map(Value::as_str).map(move |uri| (platform, uri))
        });
        listed.collect()
    }

    /// Whether the registration names `address` as the one to go to after signing out.
    pub(crate) fn is_logout_uri(&self, address: &str) -> bool {
        let web = self.application.and_then(|application| application.other.get("web"));
        web.is_some_and(|web| web["logoutUrl"] == address)
    }

    /// Whether the registration switches `member` of its implicit grant settings on.
    pub(crate) fn is_implicit_allowed(&self, member: &str) -> bool {
        let web = self.application.and_then(|application| application.other.get("web"));
        web.is_some_and(|web| web["implicitGrantSettings"][member] == true)
    }
}
