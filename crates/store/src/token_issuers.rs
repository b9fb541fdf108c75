//! Issuers that smalt plays for federated credentials.

use std::sync::Arc;

use model::Time;
use sqlx::{Row, SqliteConnection};

use crate::change::Change;
use crate::{Snapshot, Store, StoreError, Tx, text};

/// An issuer of tokens that is not Entra: what is publicly known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenIssuer {
    /// Its name within smalt.
    pub name: String,
    /// The `iss` of its tokens, which never changes.
    pub url: String,
    /// What its documents call its key.
    pub kid: String,
    /// The public half, SubjectPublicKeyInfo DER in base64.
    pub public_key: String,
    /// When it was made.
    pub created_at: Time,
}

impl Snapshot {
    /// The issuer with this name.
    #[must_use]
    pub fn token_issuer(&self, name: &str) -> Option<&Arc<TokenIssuer>> {
        self.token_issuers.get(name)
    }

    /// Every issuer, by name.
    pub fn token_issuers(&self) -> impl Iterator<Item = &Arc<TokenIssuer>> {
        self.token_issuers.values()
    }

    pub(crate) async fn load_token_issuers(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let issuers = sqlx::query("SELECT name, url, kid, public_key, created_at FROM token_issuers");
        for row in issuers.fetch_all(connection).await? {
            let issuer = TokenIssuer {
                name: row.try_get("name")?,
                url: row.try_get("url")?,
                kid: row.try_get("kid")?,
                public_key: row.try_get("public_key")?,
                created_at: text::to_time(row.try_get("created_at")?)?,
            };
            self.token_issuers.insert(issuer.name.clone(), Arc::new(issuer));
        }
        Ok(())
    }
}

impl Store {
    /// The private key of the issuer with this name, PKCS#8 DER in base64.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn token_issuer_key(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT private_key FROM token_issuers WHERE name = $1")
            .bind(name)
            .fetch_optional(self.readers())
            .await?;
        Ok(row.map(|row| row.try_get("private_key")).transpose()?)
    }
}

impl Tx {
    /// Makes an issuer, whose name and URL no other has.
    pub fn put_token_issuer(&mut self, issuer: TokenIssuer, private_key: String) {
        let issuer = Arc::new(issuer);
        self.world.token_issuers.insert(issuer.name.clone(), issuer.clone());
        self.record(Change::TokenIssuer(issuer, private_key));
    }
}

pub(crate) async fn write(
    to: &mut SqliteConnection,
    issuer: &TokenIssuer,
    private_key: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO token_issuers (name, url, kid, public_key, private_key, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&issuer.name)
    .bind(&issuer.url)
    .bind(&issuer.kid)
    .bind(&issuer.public_key)
    .bind(private_key)
    .bind(text::from_time(issuer.created_at)?)
    .execute(to)
    .await?;
    Ok(())
}
