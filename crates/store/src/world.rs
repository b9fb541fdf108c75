//! The tenant and its subscriptions.

use std::sync::Arc;

use model::{Subscription, Tenant};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

impl Snapshot {
    /// The tenant; none before the world is made.
    #[must_use]
    pub fn tenant(&self) -> Option<&Arc<Tenant>> {
        self.tenant.as_ref()
    }

    /// Every subscription, oldest first.
    pub fn subscriptions(&self) -> impl Iterator<Item = &Arc<Subscription>> {
        self.subscription_order.iter().filter_map(|id| self.subscriptions.get(id))
    }

    /// The subscription that `id` spells.
    #[must_use]
    pub fn subscription(&self, id: &str) -> Option<&Arc<Subscription>> {
        self.subscriptions.get(&Uuid::parse_str(id).ok()?)
    }

    pub(crate) async fn load_world(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let tenants = sqlx::query("SELECT id, display_name, domain, created_at FROM tenants");
        if let Some(row) = tenants.fetch_optional(&mut *connection).await? {
            self.tenant = Some(Arc::new(Tenant {
                id: text::to_guid(row.try_get("id")?)?,
                display_name: row.try_get("display_name")?,
                domain: row.try_get("domain")?,
                created_at: text::to_time(row.try_get("created_at")?)?,
            }));
        }
        // SQLite answers in the order of their making.
        for row in sqlx::query("SELECT * FROM subscriptions").fetch_all(connection).await? {
            self.insert_subscription(Arc::new(Subscription {
                id: text::to_guid(row.try_get("id")?)?,
                display_name: row.try_get("display_name")?,
                management_group: row.try_get("management_group")?,
            }));
        }
        Ok(())
    }

    fn insert_subscription(&mut self, subscription: Arc<Subscription>) {
        let id = subscription.id;
        if self.subscriptions.insert(id, subscription).is_none() {
            self.subscription_order.push_back(id);
        }
    }
}

impl Tx {
    /// Makes the tenant.
    pub fn put_tenant(&mut self, tenant: Tenant) {
        let tenant = Arc::new(tenant);
        self.world.tenant = Some(tenant.clone());
        self.record(Change::Tenant(tenant));
    }

    /// Makes a subscription, or changes one.
    pub fn put_subscription(&mut self, subscription: Subscription) {
        let subscription = Arc::new(subscription);
        self.world.insert_subscription(subscription.clone());
        self.record(Change::Subscription(subscription));
    }
}

pub(crate) async fn write_tenant(to: &mut SqliteConnection, tenant: &Tenant) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO tenants (id, display_name, domain, created_at) VALUES ($1, $2, $3, $4)")
        .bind(tenant.id.to_string())
        .bind(&tenant.display_name)
        .bind(&tenant.domain)
        .bind(text::from_time(tenant.created_at)?)
        .execute(to)
        .await?;
    Ok(())
}

pub(crate) async fn write_subscription(
    to: &mut SqliteConnection,
    subscription: &Subscription,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO subscriptions (id, display_name, management_group) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name,
         management_group = excluded.management_group",
    )
    .bind(subscription.id.to_string())
    .bind(&subscription.display_name)
    .bind(&subscription.management_group)
    .execute(to)
    .await?;
    Ok(())
}
