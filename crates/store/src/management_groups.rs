//! Management groups, and what lies above a scope by their tree.

use std::sync::Arc;

use model::{ManagementGroup, Scope};
use sqlx::{Row, SqliteConnection};

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

impl Snapshot {
    /// The management group with this name, whatever its case.
    #[must_use]
    pub fn management_group(&self, name: &str) -> Option<&Arc<ManagementGroup>> {
        self.management_groups.get(&name.to_ascii_lowercase())
    }

    /// Every management group, in the order of their names.
    pub fn management_groups(&self) -> impl Iterator<Item = &Arc<ManagementGroup>> {
        self.management_groups.values()
    }

    /// The tenant's root group; none before the world is made.
    #[must_use]
    pub fn root_management_group(&self) -> Option<&Arc<ManagementGroup>> {
        self.management_group(&self.tenant.as_ref()?.id.to_string())
    }

    /// The group directly above; none for the root group.
    #[must_use]
    pub fn parent_management_group(&self, group: &ManagementGroup) -> Option<&Arc<ManagementGroup>> {
        self.management_group(group.parent.as_deref()?)
    }

    /// The groups above `group`, nearest first, the tenant's root group last.
    pub fn management_group_ancestors(&self, group: &ManagementGroup) -> impl Iterator<Item = &Arc<ManagementGroup>> {
        std::iter::successors(self.parent_management_group(group), |below| self.parent_management_group(below))
    }

    /// The management groups above a scope by the tree, nearest first, the tenant's root group last: of anything in a
    /// subscription those above the subscription; of a group, and of what lies below the group by its path, the group's
    /// ancestors, for the path itself tells the group. None for the tenant's root, and none for what does not exist.
    ///
    /// Asked on every request: a look at one map for each step up.
    #[must_use]
    pub fn management_groups_above(&self, scope: &Scope) -> Vec<Scope> {
        let subscription = scope.as_str().strip_prefix("/subscriptions/").and_then(|rest| rest.split('/').next());
        let nearest = match subscription {
            Some(id) => self.subscription(id).and_then(|s| self.management_group(&s.management_group)),
            None => scope
                .management_group()
                .and_then(|name| self.management_group(name))
                .and_then(|group| self.parent_management_group(group)),
        };
        std::iter::successors(nearest, |below| self.parent_management_group(below)).map(|g| g.scope()).collect()
    }

    pub(crate) async fn load_management_groups(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT * FROM management_groups").fetch_all(connection).await? {
            let updated_by: Option<&str> = row.try_get("updated_by")?;
            self.insert_management_group(Arc::new(ManagementGroup {
                name: row.try_get("name")?,
                display_name: row.try_get("display_name")?,
                parent: row.try_get("parent")?,
                created_at: text::to_time(row.try_get("created_at")?)?,
                updated_at: text::to_time(row.try_get("updated_at")?)?,
                updated_by: updated_by.map(text::to_guid).transpose()?,
                version: row.try_get("version")?,
            }));
        }
        Ok(())
    }

    fn insert_management_group(&mut self, group: Arc<ManagementGroup>) {
        self.management_groups.insert(group.name.to_ascii_lowercase(), group);
    }
}

impl Tx {
    /// Makes or replaces a management group. The parent must be there: the tree is walked without a second look.
    pub fn put_management_group(&mut self, group: ManagementGroup) -> Arc<ManagementGroup> {
        let group = Arc::new(group);
        self.world.insert_management_group(group.clone());
        self.record(Change::ManagementGroup(group.clone()));
        group
    }

    /// Takes a management group away, in which nothing may hang any more.
    pub fn delete_management_group(&mut self, name: &str) {
        if let Some(gone) = self.world.management_groups.remove(&name.to_ascii_lowercase()) {
            self.record(Change::ManagementGroupGone(gone));
        }
    }
}

pub(crate) async fn write(to: &mut SqliteConnection, group: &ManagementGroup) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO management_groups (name, display_name, parent, created_at, updated_at, updated_by, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (name) DO UPDATE SET display_name = excluded.display_name, parent = excluded.parent,
         updated_at = excluded.updated_at, updated_by = excluded.updated_by, version = excluded.version",
    )
    .bind(&group.name)
    .bind(&group.display_name)
    .bind(&group.parent)
    .bind(text::from_time(group.created_at)?)
    .bind(text::from_time(group.updated_at)?)
    .bind(group.updated_by.map(|id| id.to_string()))
    .bind(group.version)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase(to: &mut SqliteConnection, group: &ManagementGroup) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM management_groups WHERE name = $1").bind(&group.name).execute(to).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use model::{Subscription, Tenant, Time};
    use uuid::Uuid;

    use super::*;
    use crate::{Durability, Store};

    const TENANT: Uuid = Uuid::from_u128(1);
    const SUBSCRIPTION: Uuid = Uuid::from_u128(2);

    fn tenant() -> Tenant {
        Tenant { id: TENANT, display_name: "T".to_owned(), domain: "d".to_owned(), created_at: Time::UNIX_EPOCH }
    }

    fn group(name: &str, parent: &str) -> ManagementGroup {
        ManagementGroup {
            name: name.to_owned(),
            parent: Some(parent.to_owned()),
            ..ManagementGroup::root_of(&tenant())
        }
    }

    fn subscription(management_group: &str) -> Subscription {
        Subscription { id: SUBSCRIPTION, display_name: "S".to_owned(), management_group: management_group.to_owned() }
    }

    /// `root > Corp > Prod`, with the subscription in `Prod`.
    async fn store() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), Durability::Ephemeral).await.unwrap();
        let mut tx = store.begin().await;
        let root = ManagementGroup::root_of(&tenant());
        tx.put_management_group(group("Corp", &root.name));
        tx.put_management_group(group("Prod", "Corp"));
        tx.put_management_group(root);
        tx.put_tenant(tenant());
        tx.put_subscription(subscription("Prod"));
        tx.commit().await.unwrap();
        (directory, store)
    }

    /// The names of the groups above a scope.
    fn above(world: &Snapshot, scope: &str) -> Vec<String> {
        let above = world.management_groups_above(&Scope::new(scope));
        above.iter().filter_map(|s| s.management_group()).map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn what_lies_above_is_told_by_the_tree() {
        let (_directory, store) = store().await;
        let world = store.read();
        let root = TENANT.to_string();
        let mine = format!("/subscriptions/{SUBSCRIPTION}");
        let group = |name: &str| ManagementGroup::id_of(name);
        for (scope, expected) in [
            (mine.clone(), vec!["prod", "corp", &root]),
            (format!("{mine}/resourceGroups/g/providers/A.B/c/d"), vec!["prod", "corp", &root]),
            (mine.to_uppercase(), vec!["prod", "corp", &root]),
            (group("PROD"), vec!["corp", &root]),
            (format!("{}/providers/Microsoft.Authorization/locks/l", group("Prod")), vec!["corp", &root]),
            (group("Corp"), vec![&*root]),
            (group(&root), vec![]),
            (group("none"), vec![]),
            ("/subscriptions/unknown".to_owned(), vec![]),
            (format!("/subscriptions/{}", Uuid::from_u128(3)), vec![]),
            ("/providers/Microsoft.Authorization/roleDefinitions/r".to_owned(), vec![]),
            ("/".to_owned(), vec![]),
        ] {
            assert_eq!(above(&world, &scope), expected, "{scope}");
        }
    }

    #[tokio::test]
    async fn moves_renames_and_deletions_are_felt_and_last() {
        let (directory, store) = store().await;
        let root = TENANT.to_string();
        let mine = format!("/subscriptions/{SUBSCRIPTION}");
        let mut tx = store.begin().await;
        tx.put_management_group(group("Prod", &root));
        tx.put_management_group(ManagementGroup { display_name: "Renamed".to_owned(), ..group("Corp", &root) });
        assert_eq!(above(&tx, &mine), ["prod", &root]);
        tx.put_subscription(subscription("Corp"));
        tx.delete_management_group("PROD");
        assert_eq!(above(&tx, &mine), ["corp", &root]);
        tx.commit().await.unwrap();
        drop(store);
        let world = Store::open(directory.path(), Durability::Full).await.unwrap().read();
        assert_eq!(above(&world, &mine), ["corp", &root]);
        assert_eq!(world.subscriptions().count(), 1, "it was moved, not made again");
        let groups: Vec<_> = world.management_groups().map(|g| g.display_name.as_str()).collect();
        assert_eq!(groups, ["Tenant Root Group", "Renamed"]);
    }
}
