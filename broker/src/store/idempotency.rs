//! What was answered to calls that have an `Idempotency-Key`: the same call again gets the same.

use rusqlite::OptionalExtension as _;
use sayso_protocol::request::RequestId;
use sayso_protocol::signature::Digest;
use sayso_protocol::time::UnixTime;
use std::time::Duration;

use super::{Db, StoreError, Tx};

/// How long an answer is kept.
pub const KEPT_FOR: Duration = Duration::from_hours(24);

/// What was answered.
#[derive(Debug, Clone)]
pub struct Given {
    /// SHA-256 of the body that was answered.
    pub body: String,
    /// With the key it makes the login page's address.
    pub salt: [u8; 32],
    /// The request that was made.
    pub request: RequestId,
    /// Its deadline then.
    pub expires_at: UnixTime,
}

impl Db<'_> {
    /// What this service was answered to the key with this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn given(
        self,
        service: &str,
        key: Digest,
        now: UnixTime,
    ) -> Result<Option<Given>, StoreError> {
        let sql = "SELECT body, salt, request, expires_at FROM idempotency
                   WHERE service = ?1 AND key_hash = ?2 AND until > ?3";
        let found: Option<(String, [u8; 32], String, i64)> = self
            .0
            .prepare_cached(sql)?
            .query_row((service, key.to_string(), now.0), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        let unreadable = |_| StoreError::Unreadable("an answer to a key".into());
        found
            .map(|(body, salt, request, expires_at)| {
                Ok(Given {
                    body,
                    salt,
                    request: request.parse().map_err(unreadable)?,
                    expires_at: UnixTime(expires_at),
                })
            })
            .transpose()
    }
}

impl Tx<'_> {
    /// Keeps what this service is answered to the key with this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_given(&self, service: &str, key: Digest, given: &Given) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR REPLACE INTO idempotency
                     (service, key_hash, body, salt, request, expires_at, until)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                service,
                key.to_string(),
                &given.body,
                given.salt,
                given.request.to_string(),
                given.expires_at.0,
                self.now.plus(KEPT_FOR).0,
            ))?;
        self.keep_request_until(given.request, self.now.plus(KEPT_FOR))
    }

    /// Forgets answers whose time is over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_given(&self) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM idempotency WHERE until <= ?1")?
            .execute([self.now.0])?;
        Ok(())
    }

    /// Forgets what a service was answered under an API key that counts no more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_given_to(&self, service: &str) -> Result<(), StoreError> {
        self.sql().execute("DELETE FROM idempotency WHERE service = ?1", [service])?;
        Ok(())
    }
}
