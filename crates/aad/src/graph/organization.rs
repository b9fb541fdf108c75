//! `/organization`: the tenant.

use model::{JsonMap, Tenant, merge};
use serde_json::json;
use store::Snapshot;

use super::answer::Answer;
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::properties::{members, seconds};
use super::route::Route;

/// What can be done.
pub(super) const ROUTES: &[Route] = &[Route::get("", list), Route::get("{}", show)];

/// Every property at its default.
pub(super) fn defaults() -> JsonMap {
    members(json!({
        "id": null,
        "deletedDateTime": null,
        "businessPhones": [],
        "city": null,
        "country": null,
        "countryLetterCode": null,
        "createdDateTime": null,
        "defaultUsageLocation": null,
        "displayName": null,
        "marketingNotificationEmails": [],
        "onPremisesLastSyncDateTime": null,
        "onPremisesSyncEnabled": null,
        "partnerTenantType": null,
        "postalCode": null,
        "preferredLanguage": null,
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "state": null,
        "street": null,
        "technicalNotificationMails": [],
        "tenantType": "AAD",
        "assignedPlans": [],
        "provisionedPlans": [],
        "verifiedDomains": [],
    }))
}

fn draw(tenant: &Tenant) -> JsonMap {
    let mut drawn = defaults();
    let own = json!({
        "id": tenant.id,
        "createdDateTime": seconds(tenant.created_at),
        "displayName": tenant.display_name,
        "verifiedDomains": [{
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": true,
            "isInitial": true,
            "name": tenant.domain,
            "type": "Managed",
        }],
    });
    merge(&mut drawn, &members(own));
    drawn
}

fn list(_: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let drawn = world.tenant().map(|tenant| draw(tenant)).into_iter().collect();
    Ok(Answer::Collection(Kind::Organization, drawn))
}

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let id = &call.key(0)?.value;
    let tenant = world.tenant().filter(|tenant| tenant.id.to_string().eq_ignore_ascii_case(id));
    let tenant = tenant.ok_or_else(|| GraphError::NotFound(id.clone()))?;
    Ok(Answer::Entity(Kind::Organization, draw(tenant)))
}
