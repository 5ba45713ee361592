//! Requests that have ended: what is told of them again, and when they are forgotten. What the
//! audit says of them stays, and so does each decision with the bytes that it was about.

use rusqlite::OptionalExtension as _;
use sayso_protocol::enrolment::AccountName;
use sayso_protocol::request::RequestId;
use sayso_protocol::time::UnixTime;
use std::time::Duration;

use super::requests::Kept;
use super::{Db, StoreError, Tx};

/// What has ended so recently is told again.
pub const TOLD_FOR: Duration = Duration::from_secs(15 * 60);
/// A request that somebody acted on is kept for so long after its `exp`: its service can look
/// whether the person has said since that it was not them.
pub const KEPT_FOR: Duration = Duration::from_hours(90 * 24);
/// So many are told at most of each sort.
const TOLD: u32 = 100;

/// Who has to do with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Regard {
    /// Nobody was asked.
    Nobodys = 0,
    /// An approver was asked.
    Asked = 1,
    /// A person brought its code, or answered it.
    Answered = 2,
}

impl Db<'_> {
    /// The requests of an account that ended in the last [`TOLD_FOR`]: first those that a person
    /// acted on, then the others that somebody was asked about; newest first, and a hundred of
    /// each at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn ended(self, account: &AccountName, now: UnixTime) -> Result<Vec<Kept>, StoreError> {
        let since = now.0.saturating_sub(TOLD_FOR.as_secs().cast_signed());
        let of = |regard: Regard| {
            self.some_requests(
                "WHERE account = ?1 AND regard = ?2 AND ended_at IS NOT NULL AND ended_at >= ?3
                 ORDER BY ended_at DESC, requests.rowid DESC LIMIT ?4",
                (account.as_str(), regard as i64, since, TOLD),
            )
        };
        let mut ended = of(Regard::Answered)?;
        ended.extend(of(Regard::Asked)?);
        Ok(ended)
    }

    /// The requests of an account that ended, of which nothing was fetched and something may be.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn uncollected(
        self,
        account: &AccountName,
        now: UnixTime,
    ) -> Result<Vec<Kept>, StoreError> {
        self.some_requests(
            "WHERE account = ?1 AND regard = ?2 AND ended_at IS NOT NULL AND collected_at IS NULL
             AND exp > ?3",
            (account.as_str(), Regard::Answered as i64, now.0),
        )
    }
}

impl Tx<'_> {
    /// Forgets requests whose time to be remembered is over, so many at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_requests(&self, most: u32) -> Result<(), StoreError> {
        let sql = "SELECT id FROM requests WHERE ended_at IS NOT NULL AND forget_at <= ?1
                   ORDER BY forget_at LIMIT ?2";
        let mut over = self.sql().prepare_cached(sql)?;
        let over: Vec<String> =
            over.query_map((self.now.0, most), |row| row.get(0))?.collect::<Result<_, _>>()?;
        for id in over {
            let about = "SELECT 1 FROM decisions WHERE request = ?1 LIMIT 1";
            let decided: Option<i64> =
                self.sql().prepare_cached(about)?.query_row([&id], |row| row.get(0)).optional()?;
            if decided.is_none() {
                self.sql()
                    .prepare_cached("DELETE FROM signed_requests WHERE request = ?1")?
                    .execute([&id])?;
            }
            self.sql().prepare_cached("DELETE FROM requests WHERE id = ?1")?.execute([&id])?;
        }
        Ok(())
    }

    /// Keeps a request until then at least, though nobody acted on it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_request_until(&self, id: RequestId, until: UnixTime) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("UPDATE requests SET forget_at = max(forget_at, ?2) WHERE id = ?1")?
            .execute((id.to_string(), until.0))?;
        Ok(())
    }
}
