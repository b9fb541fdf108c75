//! The tables, brought up to date at every start.

use std::borrow::Cow;

use sqlx::SqliteConnection;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::StoreError;

/// Every migration, oldest first; one that has been released never changes.
const MIGRATIONS: [(i64, &str, &str); 9] = [
    (1, "world", include_str!("../../../migrations/0001_world.sql")),
    (2, "management groups", include_str!("../../../migrations/0002_management_groups.sql")),
    (3, "deny assignments", include_str!("../../../migrations/0003_deny_assignments.sql")),
    (4, "sign-in", include_str!("../../../migrations/0004_sign_in.sql")),
    (5, "federation", include_str!("../../../migrations/0005_federation.sql")),
    (6, "directory", include_str!("../../../migrations/0006_directory.sql")),
    (7, "imds", include_str!("../../../migrations/0007_imds.sql")),
    (8, "key vault", include_str!("../../../migrations/0008_key_vault.sql")),
    (9, "one key per identity", include_str!("../../../migrations/0009_one_key_per_identity.sql")),
];

pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    run(connection, &MIGRATIONS).await
}

async fn run(
    connection: &mut SqliteConnection,
    migrations: &[(i64, &'static str, &'static str)],
) -> Result<(), StoreError> {
    let migrations = migrations
        .iter()
        .map(|(version, name, sql)| {
            let sql = sqlx::SqlStr::from_static(sql);
            Migration::new(*version, Cow::Borrowed(name), MigrationType::Simple, sql, false)
        })
        .collect();
    Ok(Migrator::with_migrations(migrations).run(connection).await?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use model::Scope;
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions, Connection};

    use super::*;
    use crate::{Durability, Store};

    const TENANT: &str = "11111111-1111-4111-8111-111111111111";
    const SUBSCRIPTION: &str = "22222222-2222-4222-8222-222222222222";

    /// A world that lacks the migration `version` and those after it.
    async fn from_before(version: i64, directory: &Path) -> SqliteConnection {
        let path = directory.join("smalt.sqlite");
        let mut old = SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap();
        let known = MIGRATIONS.iter().position(|(number, ..)| *number == version).unwrap();
        run(&mut old, &MIGRATIONS[..known]).await.unwrap();
        old
    }

    #[tokio::test]
    async fn a_world_without_management_groups_gets_its_root_group() {
        let directory = tempfile::tempdir().unwrap();
        let mut old = from_before(2, directory.path()).await;
        let made_at = "2027-01-15T08:00:00.000000000Z";
        let tenant = "INSERT INTO tenants (id, display_name, domain, created_at) VALUES ($1, 'T', 'd', $2)";
        sqlx::query(tenant).bind(TENANT).bind(made_at).execute(&mut old).await.unwrap();
        let subscription = "INSERT INTO subscriptions (id, display_name) VALUES ($1, 'S')";
        sqlx::query(subscription).bind(SUBSCRIPTION).execute(&mut old).await.unwrap();
        old.close().await.unwrap();

        let world = Store::open(directory.path(), Durability::Full).await.unwrap().read();
        let root = world.root_management_group().unwrap();
        assert_eq!(**root, model::ManagementGroup::root_of(world.tenant().unwrap()));
        let above =
            world.management_groups_above(&Scope::new(&format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/g")));
        assert_eq!(above, [root.scope()]);
    }

    #[tokio::test]
    async fn directory_administrators_become_global_administrators() {
        let directory = tempfile::tempdir().unwrap();
        let mut old = from_before(6, directory.path()).await;
        let setting = "INSERT INTO settings (name, value) VALUES ('directory_administrators', $1)";
        sqlx::query(setting).bind(format!("{TENANT} {SUBSCRIPTION}")).execute(&mut old).await.unwrap();
        for id in [TENANT, SUBSCRIPTION] {
            let document = format!(
                r#"{{"objectType":"user","id":"{id}","userPrincipalName":"u@d","displayName":"U","passwordHash":null,
                "accountEnabled":true,"createdAt":"2027-01-15T08:00:00Z","other":{{}}}}"#
            );
            let object =
                "INSERT INTO directory_objects (id, object_type, display_name, document) VALUES ($1, 'user', 'U', $2)";
            sqlx::query(object).bind(id).bind(document).execute(&mut old).await.unwrap();
        }
        old.close().await.unwrap();

        let world = Store::open(directory.path(), Durability::Full).await.unwrap().read();
        for id in [TENANT, SUBSCRIPTION] {
            assert!(world.is_directory_administrator(id.parse().unwrap()), "{id}");
        }
        assert_eq!(world.setting("directory_administrators"), None);
    }
    #[tokio::test]
    async fn identities_keep_their_newest_key() {
        let directory = tempfile::tempdir().unwrap();
        let mut old = from_before(9, directory.path()).await;
        let made = [
            ("a", TENANT, "2027-03-02"),
            ("b", TENANT, "2027-01-15"),
            ("c", TENANT, "2027-03-02"),
            ("d", SUBSCRIPTION, "2027-01-15"),
        ];
        for (key, principal, day) in made {
            let insert = "INSERT INTO managed_identity_keys VALUES ($1, $2, $3, $3, $3, $4, '')";
            let at = format!("{day}T08:00:00.000000000Z");
            let key_id = uuid::Uuid::from_u128(key.as_bytes()[0].into());
            sqlx::query(insert)
                .bind(key_id.to_string())
                .bind(principal)
                .bind(at)
                .bind(key)
                .execute(&mut old)
                .await
                .unwrap();
        }
        old.close().await.unwrap();

        let store = Store::open(directory.path(), Durability::Full).await.unwrap();
        for (principal, newest) in [(TENANT, "c"), (SUBSCRIPTION, "d")] {
            let key = store.managed_identity_key(principal.parse().unwrap()).await.unwrap().unwrap();
            assert_eq!(key.private_key, newest);
        }
    }
}
