//! Single values of the world: the clock, the owner's secret, the key of secret hashes.

use std::sync::Arc;

use model::ClockState;
use sqlx::{Row, SqliteConnection};

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

const CLOCK: &str = "clock";
const THROTTLING: &str = "throttling";

impl Snapshot {
    /// Where the clock stands.
    #[must_use]
    pub fn clock(&self) -> ClockState {
        self.clock
    }

    /// The setting `name`.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(AsRef::as_ref)
    }

    /// Whether services limit how often they may be asked, as Azure's do. Only where it is switched on.
    #[must_use]
    pub fn is_throttling(&self) -> bool {
        self.setting(THROTTLING) == Some("on")
    }

    pub(crate) async fn load_settings(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT name, value FROM settings").fetch_all(connection).await? {
            let (name, value): (String, String) = (row.try_get("name")?, row.try_get("value")?);
            if name == CLOCK {
                self.clock = text::to_document(&value)?;
            }
            self.settings.insert(name, value.into());
        }
        Ok(())
    }
}

impl Tx {
    /// Sets `name` to `value`.
    pub fn put_setting(&mut self, name: &str, value: &str) {
        let value: Arc<str> = value.into();
        self.world.settings.insert(name.to_owned(), value.clone());
        self.record(Change::Setting(name.to_owned(), value));
    }

    /// Switches the limits on or off.
    pub fn put_throttling(&mut self, is_on: bool) {
        self.put_setting(THROTTLING, if is_on { "on" } else { "off" });
    }

    /// Remembers where the clock stands.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the state cannot be written as JSON.
    pub fn put_clock(&mut self, clock: ClockState) -> Result<(), StoreError> {
        self.world.clock = clock;
        self.put_setting(CLOCK, &text::from_document(&clock)?);
        Ok(())
    }
}

pub(crate) async fn write(to: &mut SqliteConnection, name: &str, value: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(to)
    .await?;
    Ok(())
}
