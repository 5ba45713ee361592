//! Where services are told unasked what became of their requests. What they are to be told is left
//! to [`super::outbox`].

use rusqlite::{OptionalExtension as _, Row};
use sayso_protocol::time::UnixTime;

use super::audit::Entry;
use super::outbox::Failure;
use super::{Db, StoreError, Tx};

/// Where a service is told.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The service's id.
    pub service: String,
    /// Where.
    pub url: String,
    /// What its key is made of, beside the store's secret.
    pub salt: Vec<u8>,
    /// Since when the receiver wants nothing any more.
    pub gone_at: Option<UnixTime>,
}

impl Db<'_> {
    /// Where a service is told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn endpoint(self, service: &str) -> Result<Option<Endpoint>, StoreError> {
        let sql = "SELECT service, url, salt, gone_at FROM webhooks WHERE service = ?1";
        Ok(self.0.prepare_cached(sql)?.query_row([service], endpoint).optional()?)
    }

    /// Whether a service is told anything.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn is_told(self, service: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM webhooks WHERE service = ?1 AND gone_at IS NULL";
        Ok(self.0.prepare_cached(sql)?.exists([service])?)
    }

    /// Where all services are told that are.
    pub(super) fn endpoints(self) -> Result<Vec<Endpoint>, StoreError> {
        let sql = "SELECT service, url, salt, gone_at FROM webhooks WHERE gone_at IS NULL";
        Ok(self.0.prepare_cached(sql)?.query_map([], endpoint)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps where a service is told from now on; `salt` counts where it was not told before.
    /// `false` if there is no such service.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_endpoint(
        &mut self,
        service: &str,
        url: &str,
        salt: &[u8],
    ) -> Result<bool, StoreError> {
        let kept = self.sql().execute(
            "INSERT INTO webhooks (service, url, salt)
             SELECT id, ?2, ?3 FROM services WHERE id = ?1 AND removed_at IS NULL
             ON CONFLICT (service) DO UPDATE SET url = ?2, gone_at = NULL",
            (service, url, salt),
        )?;
        if kept > 0 {
            self.audit(&Entry::WebhookSet { service, url })?;
        }
        Ok(kept > 0)
    }

    /// Tells a service nothing any more, and forgets what waited. `false` if it was not told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_endpoint(&mut self, service: &str) -> Result<bool, StoreError> {
        let removed = self.sql().execute("DELETE FROM webhooks WHERE service = ?1", [service])?;
        self.sql().execute("DELETE FROM events WHERE service = ?1", [service])?;
        if removed > 0 {
            self.audit(&Entry::WebhookRemoved { service })?;
        }
        Ok(removed > 0)
    }

    /// The receiver at `endpoint` wants nothing any more: all that waits for it is given up. Another
    /// one that the administrator has set since is left alone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn mark_gone(&mut self, endpoint: &Endpoint) -> Result<(), StoreError> {
        let service = endpoint.service.as_str();
        let sql = "UPDATE webhooks SET gone_at = ?3
                   WHERE service = ?1 AND url = ?2 AND gone_at IS NULL";
        if self.sql().execute(sql, (service, &endpoint.url, self.now.0))? > 0 {
            let sql = "UPDATE events SET due_at = NULL, why = ?2
                       WHERE service = ?1 AND due_at IS NOT NULL";
            self.sql().execute(sql, (service, serde_json::to_string(&Failure::Gone)?))?;
            self.audit(&Entry::WebhookGone { service })?;
        }
        Ok(())
    }
}

fn endpoint(row: &Row<'_>) -> rusqlite::Result<Endpoint> {
    let gone_at: Option<i64> = row.get(3)?;
    Ok(Endpoint {
        service: row.get(0)?,
        url: row.get(1)?,
        salt: row.get(2)?,
        gone_at: gone_at.map(UnixTime),
    })
}
