//! The networks of an account: from which it approved, and which it reported.

use rusqlite::OptionalExtension as _;
use sayso_protocol::enrolment::AccountName;
use sayso_protocol::request::LONGEST;
use sayso_protocol::time::UnixTime;
use std::collections::HashSet;

use super::{Db, StoreError, Tx};
use crate::guard::pending::{KNOWN_FOR, Network, REFUSED_FOR};

impl Db<'_> {
    /// The networks from which the account approved and that still count.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn approved_networks(
        self,
        account: &AccountName,
        now: UnixTime,
    ) -> Result<HashSet<String>, StoreError> {
        let sql = "SELECT network FROM networks WHERE account = ?1 AND approved_at > ?2";
        let mut statement = self.0.prepare_cached(sql)?;
        let networks =
            statement.query_map((account.as_str(), known_since(now)), |row| row.get(0))?;
        Ok(networks.collect::<Result<_, _>>()?)
    }

    /// Whether the account approved from this network, and that still counts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn is_approved_network(
        self,
        account: &AccountName,
        network: Network,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM networks WHERE account = ?1 AND network = ?2 AND approved_at > ?3";
        let key = (account.as_str(), network.to_string(), known_since(now));
        Ok(self.0.prepare_cached(sql)?.exists(key)?)
    }

    /// Until when the account refuses this network, if it does or did `at` this time, which is as
    /// long ago as a request can live at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn refused_until(
        self,
        account: &AccountName,
        network: Network,
        at: UnixTime,
    ) -> Result<Option<UnixTime>, StoreError> {
        let sql = "SELECT refused_until FROM networks
                   WHERE account = ?1 AND network = ?2 AND refused_until > ?3";
        let mut statement = self.0.prepare_cached(sql)?;
        let key = (account.as_str(), network.to_string(), at.0);
        Ok(statement.query_row(key, |row| row.get(0).map(UnixTime)).optional()?)
    }
}

impl Tx<'_> {
    /// The account has approved from this network.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_approved_network(
        &self,
        account: &AccountName,
        network: Network,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO networks (account, network, approved_at, until)
                 VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (account, network)
                 DO UPDATE SET approved_at = ?3, until = max(until, ?4)",
            )?
            .execute((
                account.as_str(),
                network.to_string(),
                self.now.0,
                self.now.plus(KNOWN_FOR).0,
            ))?;
        Ok(())
    }

    /// The account has reported this network: it is refused for a day, and is theirs no more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_refused_network(
        &self,
        account: &AccountName,
        network: Network,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO networks (account, network, refused_until, until)
                 VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (account, network)
                 DO UPDATE SET approved_at = NULL, refused_until = ?3, until = ?4",
            )?
            .execute((
                account.as_str(),
                network.to_string(),
                self.now.plus(REFUSED_FOR).0,
                self.now.plus(REFUSED_FOR + LONGEST).0,
            ))?;
        Ok(())
    }

    /// Forgets networks of which nothing counts any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_networks(&self) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM networks WHERE until <= ?1")?
            .execute([self.now.0])?;
        Ok(())
    }
}

/// What was approved later than this still counts.
fn known_since(now: UnixTime) -> i64 {
    now.0.saturating_sub(KNOWN_FOR.as_secs().cast_signed())
}
