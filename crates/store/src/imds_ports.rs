//! Which port a VM's IMDS has: given once, kept over stops and restarts, free again when the VM is deleted.

use model::Scope;
use sqlx::{Row, SqliteConnection};

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx};

impl Snapshot {
    /// The port of the VM at `scope`, counted from the first IMDS port.
    #[must_use]
    pub fn imds_port(&self, scope: &Scope) -> Option<u16> {
        self.imds_ports.get(scope.as_str()).copied()
    }

    /// Every VM that has a port, with its port.
    pub fn imds_ports(&self) -> impl Iterator<Item = (Scope, u16)> {
        self.imds_ports.iter().map(|(scope, offset)| (Scope::new(scope), *offset))
    }

    pub(crate) async fn load_imds_ports(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT scope, port_offset FROM imds_ports").fetch_all(connection).await? {
            let offset: i64 = row.try_get("port_offset")?;
            let offset = u16::try_from(offset).map_err(|e| StoreError::Corrupt(format!("port {offset}: {e}")))?;
            self.imds_ports.insert(row.try_get("scope")?, offset);
        }
        Ok(())
    }
}

impl Tx {
    /// Gives the VM at `scope` the lowest free port, unless it has one.
    pub fn claim_imds_port(&mut self, scope: &Scope) {
        if self.world.imds_ports.contains_key(scope.as_str()) {
            return;
        }
        let mut taken: Vec<u16> = self.world.imds_ports.values().copied().collect();
        taken.sort_unstable();
        let free = (0..u16::MAX).zip(taken.iter().map(Some).chain(std::iter::repeat(None)));
        let Some((offset, _)) = free.into_iter().find(|(offset, taken)| *taken != Some(offset)) else { return };
        self.world.imds_ports.insert(scope.as_str().to_owned(), offset);
        self.record(Change::ImdsPort(scope.clone(), offset));
    }

    /// Frees the port of the VM at `scope`.
    pub fn release_imds_port(&mut self, scope: &Scope) {
        if self.world.imds_ports.remove(scope.as_str()).is_some() {
            self.record(Change::ImdsPortGone(scope.clone()));
        }
    }
}

pub(crate) async fn write(to: &mut SqliteConnection, scope: &Scope, offset: u16) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO imds_ports (scope, port_offset) VALUES ($1, $2)")
        .bind(scope.as_str())
        .bind(i64::from(offset))
        .execute(to)
        .await?;
    Ok(())
}

pub(crate) async fn erase(to: &mut SqliteConnection, scope: &Scope) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM imds_ports WHERE scope = $1").bind(scope.as_str()).execute(to).await?;
    Ok(())
}
