//! Changes of security settings, the messages that moved them, and the trusted time that they
//! wait by.

use rusqlite::{OptionalExtension as _, Row};
use sayso_protocol::change::{Change, ChangeAct, ChangeId};
use sayso_protocol::enrolment::{AccountName, ApproverId};
use sayso_protocol::signature::{Digest, Jws};
use sayso_protocol::time::UnixTime;
use sayso_protocol::trusted::{Trusted, TrustedClock};

use super::accounts::account_name;
use super::{Db, StoreError, Tx};

/// A change as it is kept.
#[derive(Debug, Clone)]
pub struct KeptChange {
    /// Its id.
    pub id: ChangeId,
    /// Whose settings it changes.
    pub account: AccountName,
    /// SHA-256 of the message that asked for it, or of its id where no message did.
    pub hash: Digest,
    /// What it sets, and where it is.
    pub change: Change,
    /// What the broker's clock said when it was queued.
    pub queued_at: UnixTime,
    /// When it ended.
    pub ended: Option<Trusted>,
}

const COLUMNS: &str = "SELECT id, account, hash, change, queued_at, ended FROM changes ";

impl Db<'_> {
    /// The change with this id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn change(self, id: ChangeId) -> Result<Option<KeptChange>, StoreError> {
        self.some_changes("WHERE id = ?1", [id.to_string()]).map(|mut found| found.pop())
    }

    /// The changes of an account that have not ended, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_changes(self, account: &AccountName) -> Result<Vec<KeptChange>, StoreError> {
        self.some_changes("WHERE account = ?1 AND ended IS NULL ORDER BY id", [account.as_str()])
    }

    /// The changes of an account that ended since then, at most `most`: those of computers before
    /// those of settings, which one computer can change as often as it likes; the newest of each
    /// first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn ended_changes(
        self,
        account: &AccountName,
        since: Trusted,
        most: u32,
    ) -> Result<Vec<KeptChange>, StoreError> {
        self.some_changes(
            "WHERE account = ?1 AND ended >= ?2
             ORDER BY change ->> '$.proposal.setting' IN ('approver', 'remove_approver') DESC,
                      ended DESC, id DESC LIMIT ?3",
            (account.as_str(), since.0.cast_signed(), most),
        )
    }

    /// The changes to which time has something to do.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn due_changes(self, now: Trusted) -> Result<Vec<KeptChange>, StoreError> {
        self.some_changes("WHERE due <= ?1 ORDER BY due, id", [now.0.cast_signed()])
    }

    /// When time changes one next.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_due(self) -> Result<Option<Trusted>, StoreError> {
        let sql = "SELECT min(due) FROM changes WHERE due IS NOT NULL";
        let due: Option<i64> = self.0.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(due.map(|due| Trusted(due.cast_unsigned())))
    }

    /// Trusted time as it was last kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn trusted_clock(self) -> Result<TrustedClock, StoreError> {
        let kept: Option<String> = self
            .0
            .prepare_cached("SELECT clock FROM trusted_clock")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(kept.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
    }

    fn some_changes(
        self,
        which: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<KeptChange>, StoreError> {
        let mut statement = self.0.prepare_cached(&format!("{COLUMNS}{which}"))?;
        let mut rows = statement.query(values)?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next()? {
            changes.push(kept(row)?);
        }
        Ok(changes)
    }
}

impl Tx<'_> {
    /// Trusted time now, kept with what rests on it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn trusted(&self) -> Result<Trusted, StoreError> {
        self.keep_clock(&self.db().trusted_clock()?.read(self.reading.clone()))
    }

    /// The same, for something that begins to wait now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn begin_to_wait(&self) -> Result<Trusted, StoreError> {
        self.keep_clock(&self.db().trusted_clock()?.read(self.reading.clone()).begin())
    }

    fn keep_clock(&self, clock: &TrustedClock) -> Result<Trusted, StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO trusted_clock (one, clock) VALUES (1, ?1)
                 ON CONFLICT (one) DO UPDATE SET clock = ?1",
            )?
            .execute([serde_json::to_string(clock)?])?;
        Ok(clock.now())
    }

    /// Keeps a change, new or moved.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_change(&self, kept: &KeptChange) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO changes (id, account, hash, change, queued_at, due, ended)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (id) DO UPDATE SET change = ?4, due = ?6, ended = ?7",
            )?
            .execute((
                kept.id.to_string(),
                kept.account.as_str(),
                kept.hash.to_string(),
                serde_json::to_string(&kept.change)?,
                kept.queued_at.0,
                kept.change.due().map(|due| due.0.cast_signed()),
                kept.ended.map(|ended| ended.0.cast_signed()),
            ))?;
        Ok(())
    }

    /// Keeps the signed message that moved a change.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_act(
        &self,
        change: ChangeId,
        approver: &ApproverId,
        act: &Jws<ChangeAct>,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO change_acts (hash, change, approver, jws, at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                act.digest().to_string(),
                change.to_string(),
                &approver.0,
                act.as_str(),
                self.now.0,
            ))?;
        Ok(())
    }
}

fn kept(row: &Row<'_>) -> Result<KeptChange, StoreError> {
    let unreadable = |what: &str| StoreError::Unreadable(what.to_owned());
    let (id, hash): (String, String) = (row.get(0)?, row.get(2)?);
    Ok(KeptChange {
        id: id.parse().map_err(|_| unreadable("change id"))?,
        account: account_name(&row.get::<_, String>(1)?)?,
        hash: Digest::parse(&hash).ok_or_else(|| unreadable("hash of a change"))?,
        change: serde_json::from_str(&row.get::<_, String>(3)?)?,
        queued_at: UnixTime(row.get(4)?),
        ended: row.get::<_, Option<i64>>(5)?.map(|ended| Trusted(ended.cast_unsigned())),
    })
}
