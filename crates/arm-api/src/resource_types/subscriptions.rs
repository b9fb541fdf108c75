//! `/subscriptions`: everybody may ask, and sees those in which some right of theirs lies.

use model::{Scope, Subscription};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Access, Read, ResourceType};
use crate::answer::Answer;
use crate::error::ArmError;

pub(crate) struct Subscriptions;

impl ResourceType for Subscriptions {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/subscriptions"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2022-12-01"]
    }

    fn access(&self) -> Access {
        Access::ListFiltered
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let name = read.route.name();
        let found = read.world.subscription(name).ok_or_else(|| ArmError::SubscriptionNotFound(name.to_owned()))?;
        Ok(Answer::ok(shown(found, read.tenant())))
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let visible = |s: &Subscription| read.authorized.reaches(&Scope::new(&format!("/subscriptions/{}", s.id)));
        let items: Vec<Value> =
            read.world.subscriptions().filter(|s| visible(s)).map(|s| shown(s, read.tenant())).collect();
        let count = items.len();
        Ok(Answer::ok(json!({"value": items, "count": {"type": "Total", "value": count}})))
    }
}

fn shown(subscription: &Subscription, tenant: Uuid) -> Value {
    json!({
        "id": format!("/subscriptions/{}", subscription.id),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription.id,
        "tenantId": tenant,
        "displayName": subscription.display_name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    })
}
