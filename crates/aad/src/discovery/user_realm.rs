//! Who signs a user in (IDENTITY-WIRE 3.4).

use model::Tenant;
use serde_json::{Value, json};

use crate::error::Aadsts;
use crate::form::Form;

/// The realm of a sign-in name: the tenant's own domain is managed here, of any other nothing is known. The name stands in the
/// path or, as newer clients have it, in the query.
///
/// # Errors
/// [`Aadsts::Missing`] when it stands nowhere.
pub(super) fn document(in_path: Option<&str>, tenant: &Tenant, query: &Form<'_>) -> Result<Value, Aadsts> {
    // Only what separates name and domain is ever encoded in a way that matters here.
    let name = in_path.map(|name| name.replace("%40", "@"));
    let name = match &name {
        Some(name) => name.as_str(),
        None => query.get("user").or(query.get("login")).ok_or(Aadsts::Missing("user"))?,
    };
    let domain = name.rsplit_once('@').map_or("", |(_, domain)| domain);
    let is_own = domain.eq_ignore_ascii_case(&tenant.domain);
    // Versions after the first speak of name spaces.
    if query.get("api-version").is_some_and(|version| version != "1.0") {
        let mut realm = json!({"Login": name, "NameSpaceType": if is_own { "Managed" } else { "Unknown" }});
        if is_own {
            realm["DomainName"] = json!(domain);
            realm["FederationBrandName"] = json!(tenant.display_name);
            realm["CloudInstanceName"] = json!("microsoftonline.com");
            realm["CloudInstanceIssuerUri"] = json!("urn:federation:MicrosoftOnline");
        }
        return Ok(realm);
    }
    let mut realm = json!({"ver": "1.0"});
    realm["account_type"] = json!(if is_own { "Managed" } else { "Unknown" });
    if is_own {
        realm["domain_name"] = json!(domain);
    }
    realm["cloud_instance_name"] = json!("microsoftonline.com");
    realm["cloud_audience_urn"] = json!("urn:federation:MicrosoftOnline");
    Ok(realm)
}
