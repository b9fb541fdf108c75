//! The tables, brought up to date at every start.

use std::borrow::Cow;

use sqlx::SqliteConnection;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::StoreError;

/// Every migration, oldest first; one that has been released never changes.
const MIGRATIONS: [(i64, &str, &str); 1] = [(1, "world", include_str!("../../../migrations/0001_world.sql"))];

pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let migrations = MIGRATIONS
        .into_iter()
        .map(|(version, name, sql)| {
            let sql = sqlx::SqlStr::from_static(sql);
            Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql, false)
        })
        .collect();
    Ok(Migrator::with_migrations(migrations).run(connection).await?)
}
