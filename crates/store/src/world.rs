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
        self.subscriptions.iter()
    }

    /// The subscription that `id` spells.
    #[must_use]
    pub fn subscription(&self, id: &str) -> Option<&Arc<Subscription>> {
        let id = Uuid::parse_str(id).ok()?;
        self.subscriptions.iter().find(|s| s.id == id)
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
        for row in sqlx::query("SELECT id, display_name FROM subscriptions").fetch_all(connection).await? {
            self.subscriptions.push_back(Arc::new(Subscription {
                id: text::to_guid(row.try_get("id")?)?,
                display_name: row.try_get("display_name")?,
            }));
        }
        Ok(())
    }
}

impl Tx {
    /// Makes the tenant.
    pub fn put_tenant(&mut self, tenant: Tenant) {
        let tenant = Arc::new(tenant);
        self.world.tenant = Some(tenant.clone());
        self.record(Change::Tenant(tenant));
    }

    /// Makes a subscription.
    pub fn put_subscription(&mut self, subscription: Subscription) {
        let subscription = Arc::new(subscription);
        self.world.subscriptions.push_back(subscription.clone());
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
    sqlx::query("INSERT INTO subscriptions (id, display_name) VALUES ($1, $2)")
        .bind(subscription.id.to_string())
        .bind(&subscription.display_name)
        .execute(to)
        .await?;
    Ok(())
}
