//! Services: who may ask, with which key, and where their browsers go afterwards.

use rusqlite::OptionalExtension as _;
use sayso_protocol::request::ServiceName;
use sayso_protocol::service::Page;
use sayso_protocol::signature::Digest;

use super::audit::Entry;
use super::{Db, StoreError, Tx};

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its id: the `aud` of its outcomes.
    pub id: String,
    /// Its name as the person hears it.
    pub name: ServiceName,
}

/// A service with its addresses.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The service.
    pub service: Service,
    /// Where its browsers may go afterwards.
    pub return_urls: Vec<String>,
    /// Whose pages it uses.
    pub page: Page,
}

impl Db<'_> {
    /// The service whose API key has this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn service_of_key(self, key: Digest) -> Result<Option<Service>, StoreError> {
        let found = self
            .0
            .prepare_cached(
                "SELECT id, name FROM services WHERE key_hash = ?1 AND removed_at IS NULL",
            )?
            .query_row([key.to_string()], service)
            .optional()?;
        Ok(found)
    }

    /// Whether `url` is registered for `service`, byte for byte.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn may_return(self, service: &str, url: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM return_urls WHERE service = ?1 AND url = ?2";
        Ok(self.0.prepare_cached(sql)?.exists([service, url])?)
    }

    /// Whether `service` may show the digits on a page of its own.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn may_show_digits(self, service: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM services WHERE id = ?1 AND own_page";
        Ok(self.0.prepare_cached(sql)?.exists([service])?)
    }

    /// All services.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn services(self) -> Result<Vec<Listed>, StoreError> {
        let sql = "SELECT id, name FROM services WHERE removed_at IS NULL ORDER BY id";
        let services: Vec<Service> =
            self.0.prepare_cached(sql)?.query_map([], service)?.collect::<Result<_, _>>()?;
        let mut urls =
            self.0.prepare_cached("SELECT url FROM return_urls WHERE service = ?1 ORDER BY url")?;
        services
            .into_iter()
            .map(|service| {
                let return_urls =
                    urls.query_map([&service.id], |row| row.get(0))?.collect::<Result<_, _>>()?;
                let own = self.may_show_digits(&service.id)?;
                let page = if own { Page::Service } else { Page::Broker };
                Ok(Listed { service, return_urls, page })
            })
            .collect()
    }
}

impl Tx<'_> {
    /// Adds a service. `false` if there is one with this id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_service(
        &mut self,
        service: &Service,
        key: Digest,
        return_urls: &[String],
    ) -> Result<bool, StoreError> {
        let added = self.sql().execute(
            "INSERT INTO services (id, name, key_hash, added_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET name = ?2, key_hash = ?3, added_at = ?4,
                 removed_at = NULL, own_page = 0 WHERE removed_at IS NOT NULL",
            (&service.id, service.name.as_str(), key.to_string(), self.now.0),
        )?;
        if added == 0 {
            return Ok(false);
        }
        self.sql().execute("DELETE FROM return_urls WHERE service = ?1", [&service.id])?;
        for url in return_urls {
            self.sql().execute(
                "INSERT OR IGNORE INTO return_urls (service, url) VALUES (?1, ?2)",
                [&service.id, url],
            )?;
        }
        self.audit(&Entry::ServiceAdded { service: &service.id })?;
        Ok(true)
    }

    /// Keeps whose pages a service may use. `false` if there is no such service. What waits is for
    /// [`crate::licence::keep_page`] to end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn mark_page(&mut self, id: &str, page: Page) -> Result<bool, StoreError> {
        let kept = self.sql().execute(
            "UPDATE services SET own_page = ?2 WHERE id = ?1 AND removed_at IS NULL",
            (id, page == Page::Service),
        )?;
        if kept > 0 {
            self.audit(&Entry::ServicePage { service: id, page })?;
        }
        Ok(kept > 0)
    }

    /// Marks a service as removed: its key counts no more. `false` if there is none. What it asked
    /// is for [`crate::licence::remove`] to end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn mark_service_removed(&mut self, id: &str) -> Result<bool, StoreError> {
        let removed = self.sql().execute(
            "UPDATE services SET removed_at = ?2 WHERE id = ?1 AND removed_at IS NULL",
            (id, self.now.0),
        )?;
        if removed > 0 {
            self.forget_given_to(id)?;
            self.forget_endpoint(id)?;
            self.audit(&Entry::ServiceRemoved { service: id })?;
        }
        Ok(removed > 0)
    }
}

fn service(row: &rusqlite::Row<'_>) -> rusqlite::Result<Service> {
    let name: String = row.get(1)?;
    Ok(Service { id: row.get(0)?, name: ServiceName::new(&name) })
}
