//! `/domains`: the tenant's verified domain.

use model::{JsonMap, Tenant};
use serde_json::json;
use store::Snapshot;

use super::answer::Answer;
use super::call::Call;
use super::entity::Kind;
use super::error::GraphError;
use super::properties::members;
use super::route::Route;

/// What can be done.
pub(super) const ROUTES: &[Route] = &[Route::get("", list), Route::get("{}", show)];

/// Every property at its default.
pub(super) fn defaults() -> JsonMap {
    members(json!({
        "authenticationType": "Managed",
        "availabilityStatus": null,
        "id": null,
        "isAdminManaged": true,
        "isDefault": true,
        "isInitial": true,
        "isRoot": true,
        "isVerified": true,
        "supportedServices": ["Email", "OfficeCommunicationsOnline"],
        "passwordValidityPeriodInDays": null,
        "passwordNotificationWindowInDays": null,
        "state": null,
    }))
}

/// A domain's id is its name.
fn draw(tenant: &Tenant) -> JsonMap {
    let mut drawn = defaults();
    drawn.insert("id".to_owned(), json!(tenant.domain));
    drawn
}

fn list(_: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let drawn = world.tenant().map(|tenant| draw(tenant)).into_iter().collect();
    Ok(Answer::Collection(Kind::Domain, drawn))
}

fn show(call: &Call<'_>, world: &Snapshot) -> Result<Answer, GraphError> {
    let name = &call.key(0)?.value;
    let tenant = world.tenant().filter(|tenant| tenant.domain.eq_ignore_ascii_case(name));
    let tenant = tenant.ok_or_else(|| GraphError::NotFound(name.clone()))?;
    Ok(Answer::Entity(Kind::Domain, draw(tenant)))
}
