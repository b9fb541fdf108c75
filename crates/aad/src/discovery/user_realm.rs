//! Who signs a user in (IDENTITY-WIRE 3.4).

use model::Tenant;
use serde_json::{Value, json};

/// The realm of a sign-in name: the tenant's own domain is managed here, of any other nothing is known.
pub(super) fn document(sign_in_name: &str, tenant: &Tenant) -> Value {
    // Only what separates name and domain is ever encoded in a way that matters here.
    let name = sign_in_name.replace("%40", "@");
    let domain = name.rsplit_once('@').map_or("", |(_, domain)| domain);
    let mut realm = json!({"ver": "1.0"});
    if domain.eq_ignore_ascii_case(&tenant.domain) {
        realm["account_type"] = json!("Managed");
        realm["domain_name"] = json!(domain);
    } else {
        realm["account_type"] = json!("Unknown");
    }
    realm["cloud_instance_name"] = json!("microsoftonline.com");
    realm["cloud_audience_urn"] = json!("urn:federation:MicrosoftOnline");
    realm
}
