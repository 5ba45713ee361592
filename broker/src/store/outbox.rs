//! What services are to be told unasked. Delivered, it goes; given up, it is kept for a while; there
//! are so many of a service at most. Where they are told is left to [`super::webhooks`].

use rusqlite::{OptionalExtension as _, Row};
use sayso_protocol::request::RequestId;
use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

use super::audit::Entry;
use super::webhooks::Endpoint;
use super::{Db, Store, StoreError, Tx};

/// So many events of a service are kept, those that were given up included; one more takes the place
/// of the oldest.
pub const MOST: u32 = 10_000;
/// An event that was given up is kept for so long after it was made.
pub const DEAD_FOR: Duration = Duration::from_hours(30 * 24);
/// Nothing is ever put off for longer: what is, was put off before the clock was set back.
const NEVER_LATER: Duration = Duration::from_hours(24);

/// How many events of a service there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Yet to be delivered.
    pub waiting: u32,
    /// Given up.
    pub dead: u32,
    /// Forgotten undelivered, since there were too many.
    pub lost: u32,
}

/// An event that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The same however often it is sent.
    pub id: Uuid,
    /// Of which request.
    pub request: RequestId,
    /// What is sent, an approval left out.
    pub body: String,
    /// Whether the approval goes with it.
    pub hands_out: bool,
    /// How often it was tried.
    pub tries: u32,
}

/// An event that was given up.
#[derive(Debug, Clone)]
pub struct Dead {
    /// Its id.
    pub id: Uuid,
    /// Of which request.
    pub request: RequestId,
    /// When it was made.
    pub made_at: UnixTime,
    /// Why the last try failed.
    pub why: Failure,
}

/// Why a try failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// Nobody answered there.
    Unreachable,
    /// Nobody vouches for who answered.
    Certificate,
    /// No answer came in time.
    Late,
    /// The receiver wants nothing any more.
    Gone,
    /// It answered with this status.
    Status(u16),
}

impl Store {
    /// Told when there is something to tell a service unasked.
    #[must_use]
    pub fn posted(&self) -> &Notify {
        &self.posted
    }
}

impl Db<'_> {
    /// How many events of a service there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn events(self, service: &str) -> Result<Counts, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM events WHERE service = ?1 AND due_at IS NOT NULL),
                          (SELECT count(*) FROM events WHERE service = ?1 AND due_at IS NULL), lost
                   FROM webhooks WHERE service = ?1";
        let counts = self.0.prepare_cached(sql)?.query_row([service], counts);
        Ok(counts.optional()?.unwrap_or(Counts { waiting: 0, dead: 0, lost: 0 }))
    }

    /// How many events of all services there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn all_events(self) -> Result<Counts, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM events WHERE due_at IS NOT NULL),
                          (SELECT count(*) FROM events WHERE due_at IS NULL),
                          (SELECT coalesce(sum(lost), 0) FROM webhooks)";
        Ok(self.0.prepare_cached(sql)?.query_row([], counts)?)
    }

    /// The events that are due, so many of each service at most, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn due_events(
        self,
        now: UnixTime,
        each: u32,
    ) -> Result<Vec<(Endpoint, Vec<Waiting>)>, StoreError> {
        let sql = "SELECT id, request, body, hands_out, tries FROM events
                   WHERE service = ?1 AND due_at IS NOT NULL AND (due_at <= ?2 OR due_at > ?3)
                   ORDER BY due_at, n LIMIT ?4";
        let mut due = self.0.prepare_cached(sql)?;
        let mut all = Vec::new();
        for endpoint in self.endpoints()? {
            let bounds = (&endpoint.service, now.0, now.plus(NEVER_LATER).0, each);
            let mut rows = due.query(bounds)?;
            let mut events = Vec::new();
            while let Some(row) = rows.next()? {
                events.push(waiting(row)?);
            }
            drop(rows);
            all.push((endpoint, events));
        }
        Ok(all)
    }

    /// When the next event is due after `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_event(self, now: UnixTime) -> Result<Option<UnixTime>, StoreError> {
        let sql = "SELECT min(due_at) FROM events WHERE due_at IS NOT NULL AND due_at > ?1";
        let next: Option<i64> = self.0.prepare_cached(sql)?.query_row([now.0], |row| row.get(0))?;
        Ok(next.map(UnixTime))
    }

    /// The events of a service that were given up, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn dead_events(self, service: &str) -> Result<Vec<Dead>, StoreError> {
        let sql = "SELECT id, request, made_at, why FROM events
                   WHERE service = ?1 AND due_at IS NULL ORDER BY n";
        let mut dead = self.0.prepare_cached(sql)?;
        let mut rows = dead.query([service])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let why: String = row.get(3)?;
            all.push(Dead {
                id: id(row, 0)?,
                request: RequestId(id(row, 1)?),
                made_at: UnixTime(row.get(2)?),
                why: serde_json::from_str(&why)?,
            });
        }
        Ok(all)
    }
}

impl Tx<'_> {
    /// Keeps an event for its service, which is told. It is due at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn post(&mut self, service: &str, event: &Waiting) -> Result<(), StoreError> {
        let (id, request) = (event.id.to_string(), event.request.to_string());
        self.sql()
            .prepare_cached(
                "INSERT INTO events (id, service, request, body, hands_out, made_at, due_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
            )?
            .execute((id, service, request, &event.body, event.hands_out, self.now.0))?;
        self.make_room(service)?;
        self.posted();
        Ok(())
    }

    /// The oldest event gives way where there are too many: first one that was given up.
    fn make_room(&self, service: &str) -> Result<(), StoreError> {
        let sql = "SELECT 1 FROM webhooks WHERE service = ?1 AND events > ?2";
        if !self.sql().prepare_cached(sql)?.exists((service, MOST))? {
            return Ok(());
        }
        let dead = "DELETE FROM events WHERE n = (SELECT n FROM events
                    WHERE service = ?1 AND due_at IS NULL ORDER BY n LIMIT 1)";
        let oldest = "DELETE FROM events WHERE n = (SELECT n FROM events
                      WHERE service = ?1 ORDER BY n LIMIT 1)";
        if self.sql().prepare_cached(dead)?.execute([service])? == 0 {
            self.sql().prepare_cached(oldest)?.execute([service])?;
        }
        let sql = "UPDATE webhooks SET lost = lost + 1 WHERE service = ?1";
        self.sql().prepare_cached(sql)?.execute([service])?;
        Ok(())
    }

    /// An event was delivered.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_event(&self, id: Uuid) -> Result<(), StoreError> {
        let sql = "DELETE FROM events WHERE id = ?1";
        self.sql().prepare_cached(sql)?.execute([id.to_string()])?;
        Ok(())
    }

    /// An event was tried once more, in vain: it is due again then, or given up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn put_off(
        &self,
        id: Uuid,
        due_at: Option<UnixTime>,
        why: Failure,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE events SET tries = tries + 1, due_at = ?2, why = ?3 WHERE id = ?1";
        let why = serde_json::to_string(&why)?;
        self.sql().prepare_cached(sql)?.execute((id.to_string(), due_at.map(|at| at.0), why))?;
        Ok(())
    }

    /// Sends what was given up once more, this one or all; how many that are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn resend(&mut self, service: &str, one: Option<&str>) -> Result<usize, StoreError> {
        let sql = "UPDATE events SET due_at = ?2, tries = 0
                   WHERE service = ?1 AND due_at IS NULL AND (?3 IS NULL OR id = ?3)";
        let count = self.sql().execute(sql, (service, self.now.0, one))?;
        if count > 0 {
            self.audit(&Entry::WebhookResent { service, count })?;
        }
        Ok(count)
    }

    /// Forgets what was given up long ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_dead_events(&self) -> Result<(), StoreError> {
        let sql = "DELETE FROM events WHERE due_at IS NULL AND made_at <= ?1";
        let before = self.now.0.saturating_sub(DEAD_FOR.as_secs().cast_signed());
        self.sql().prepare_cached(sql)?.execute([before])?;
        Ok(())
    }
}

fn counts(row: &Row<'_>) -> rusqlite::Result<Counts> {
    Ok(Counts { waiting: row.get(0)?, dead: row.get(1)?, lost: row.get(2)? })
}

fn waiting(row: &Row<'_>) -> Result<Waiting, StoreError> {
    Ok(Waiting {
        id: id(row, 0)?,
        request: RequestId(id(row, 1)?),
        body: row.get(2)?,
        hands_out: row.get(3)?,
        tries: row.get(4)?,
    })
}

fn id(row: &Row<'_>, column: usize) -> Result<Uuid, StoreError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| StoreError::Unreadable("the id of an event".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::store::Opening;

    #[tokio::test]
    async fn a_service_that_never_takes_anything_keeps_so_many_events_and_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let opening = Opening {
            folder: folder.path().to_owned(),
            origin: Some("http://127.0.0.1:1".into()),
            news: None,
            clock: Clock::machine(),
        };
        let (store, _) = Store::open(opening).unwrap();
        let event = |number: u64| Waiting {
            id: Uuid::from_u64_pair(0, number),
            request: RequestId(Uuid::nil()),
            body: String::new(),
            hands_out: false,
            tries: 0,
        };
        let kept = store.write(move |tx| {
            tx.sql().execute_batch(
                "INSERT INTO services (id, name, key_hash, added_at) VALUES ('bank', '', '', 0)",
            )?;
            assert!(tx.keep_endpoint("bank", "https://bank.example/", &[0; 32])?);
            for number in 0..u64::from(MOST) {
                tx.post("bank", &event(number))?;
            }
            // One that was given up gives way before those that wait.
            tx.put_off(event(7).id, None, Failure::Late)?;
            tx.post("bank", &event(u64::from(MOST)))?;
            let counts = tx.db().events("bank")?;
            assert_eq!(counts, Counts { waiting: MOST, dead: 0, lost: 1 });
            tx.post("bank", &event(u64::from(MOST) + 1))?;
            let oldest = tx.db().due_events(tx.now, 1)?.remove(0).1.remove(0);
            assert_eq!(oldest.id, event(1).id);
            assert!(tx.forget_endpoint("bank")?);
            tx.db().events("bank")
        });
        let none = Counts { waiting: 0, dead: 0, lost: 0 };
        assert_eq!(kept.await.unwrap().value, none);
    }
}
