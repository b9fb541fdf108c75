//! A client's account in the directory.

use model::{Application, KeyCredential, PasswordCredential, ServicePrincipal};
use uuid::Uuid;

use crate::error::Aadsts;
use crate::realm::Realm;
use crate::registration::check_enabled;

/// A service principal, with the application behind it; managed identities have none.
pub(crate) struct Account<'r> {
    pub(crate) principal: &'r ServicePrincipal,
    application: Option<&'r Application>,
}

impl<'r> Account<'r> {
    /// The account of `client_id`.
    ///
    /// # Errors
    /// [`Aadsts::ApplicationNotFound`], [`Aadsts::NoServicePrincipal`], [`Aadsts::ApplicationDisabled`].
    pub(crate) fn find(realm: &Realm<'r>, client_id: &str) -> Result<Self, Aadsts> {
        let world = realm.world;
        let unknown = || Aadsts::ApplicationNotFound {
            client_id: client_id.to_owned(),
            directory: realm.tenant.display_name.clone(),
        };
        let app_id = Uuid::parse_str(client_id).map_err(|_| unknown())?;
        let application = world.application_by_app_id(app_id);
        let principal = world.service_principal_by_app_id(app_id).ok_or_else(|| match application {
            Some(_) => Aadsts::NoServicePrincipal { client_id: app_id, tenant: realm.tenant.id },
            None => unknown(),
        })?;
        check_enabled(principal, application)?;
        Ok(Self { principal, application })
    }

    /// Its certificates, wherever they were added.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'r KeyCredential> {
        let of_application = self.application.iter().flat_map(|application| &application.key_credentials);
        of_application.chain(&self.principal.key_credentials)
    }

    /// Its secrets, wherever they were added.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &'r PasswordCredential> {
        let of_application = self.application.iter().flat_map(|application| &application.password_credentials);
        of_application.chain(&self.principal.password_credentials)
    }
}
