//! How a URL names the tenant.

use model::Tenant;
use uuid::Uuid;

use crate::error::Aadsts;

/// The one tenant of all personal accounts, which Entra's documents for `consumers` name.
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// What stands in the tenant's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TenantName {
    /// The tenant, by GUID or domain.
    Own,
    /// Whatever tenant the user is of.
    Common,
    /// The same, without personal accounts.
    Organizations,
    /// Personal accounts.
    Consumers,
}

impl TenantName {
    /// What `text` names. Documents and tokens refuse an unknown tenant differently.
    ///
    /// # Errors
    /// [`Aadsts::TenantNotFound`], or [`Aadsts::TenantNotAName`] for what cannot be a GUID or a domain.
    pub(crate) fn read(text: &str, tenant: &Tenant, for_document: bool) -> Result<Self, Aadsts> {
        let is = |name: &str| text.eq_ignore_ascii_case(name);
        let guid = Uuid::parse_str(text);
        if guid == Ok(tenant.id) || is(&tenant.domain) {
            return Ok(Self::Own);
        }
        let placeholders =
            [("common", Self::Common), ("organizations", Self::Organizations), ("consumers", Self::Consumers)];
        if let Some((_, found)) = placeholders.into_iter().find(|(name, _)| is(name)) {
            return Ok(found);
        }
        let letters = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let is_domain = text.contains('.') && text.split('.').all(letters);
        let tenant = text.to_owned();
        Err(match guid.is_ok() || is_domain {
            true => Aadsts::TenantNotFound { tenant, for_document },
            false => Aadsts::TenantNotAName { tenant },
        })
    }

    /// How URLs in answers name it: a domain becomes the GUID.
    pub(crate) fn in_urls(self, tenant: &Tenant) -> String {
        match self {
            Self::Own => tenant.id.to_string(),
            Self::Common => "common".to_owned(),
            Self::Organizations => "organizations".to_owned(),
            Self::Consumers => "consumers".to_owned(),
        }
    }

    /// How issuers name it: clients fill the placeholder with the tenant that they find in a token (IDENTITY-WIRE 3.2).
    pub(crate) fn in_issuers(self, tenant: &Tenant) -> String {
        match self {
            Self::Own => tenant.id.to_string(),
            Self::Common | Self::Organizations => "{tenantid}".to_owned(),
            Self::Consumers => PERSONAL.to_owned(),
        }
    }
}
