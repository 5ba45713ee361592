//! What an approver should know: how a link begins, and what an inbox holds.

use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::link::{Ended, FromBroker, MAX_MESSAGE, Open};
use sayso_protocol::request::RequestId;
use sayso_protocol::signature::Digest;
use sayso_protocol::time::UnixTime;
use sayso_protocol::trusted::Reading;
use serde::Serialize;

use crate::course;
use crate::server::Broker;
use crate::settling::{self, Moment};
use crate::store::approvers::Approver;
use crate::store::audit::{self, signed_head};
use crate::store::requests::Kept;
use crate::store::{Db, StoreError};

/// What a snapshot lists takes at most so many bytes; more requests follow as messages of their
/// own.
const SNAPSHOT_BYTES: usize = MAX_MESSAGE / 2;
/// What has ended takes at most so many of them: first what a person acted on, the newest first;
/// the rest is not told.
const ENDED_BYTES: usize = SNAPSHOT_BYTES / 4;

/// What an approver should know, and the version of the store it was read at.
pub(super) struct Snapshot {
    first: FromBroker,
    rest: Vec<FromBroker>,
    pub(super) version: u64,
}

impl Snapshot {
    /// Reads what this approver should know; nothing if it may read no more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn read(
        broker: &Broker,
        approver: &ApproverId,
    ) -> Result<Option<Self>, StoreError> {
        let (id, reading) = (approver.clone(), broker.clock.reading());
        let kid = broker.store.key().public().thumbprint();
        let read = broker.store.read(move |db| {
            let approver = db.approver(&id)?.filter(|approver| approver.may_read().is_ok());
            approver.map(|approver| read(db, &approver, reading, &kid)).transpose()
        });
        read.await
    }

    /// Its messages, in order.
    pub(super) fn messages(&self) -> impl Iterator<Item = &FromBroker> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// What it is called: the same for as long as it says the same. The time and the audit's head,
    /// which move by themselves, do not count.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub(super) fn name(&self) -> Result<Digest, StoreError> {
        let mut first = serde_json::to_value(&self.first)?;
        if let Some(fields) = first.as_object_mut() {
            fields.remove("time");
            fields.remove("audit_head");
        }
        Ok(Digest::of(&serde_json::to_vec(&(first, &self.rest))?))
    }
}

fn read(
    db: Db<'_>,
    approver: &Approver,
    reading: Reading,
    kid: &str,
) -> Result<Snapshot, StoreError> {
    let audit_head =
        signed_head(db)?.ok_or_else(|| StoreError::Unreadable("no audit head".into()))?;
    let rotation = db.rotation_to(kid)?;
    let time = reading.time;
    let changes = settling::to_tell(db, approver, Moment::of(db, reading)?)?;
    let (ended, _, bytes) = fit(recently_ended(db, approver, time)?, ENDED_BYTES)?;
    let (requests, rest, _) = fit(still_open(db, approver)?, SNAPSHOT_BYTES - bytes)?;
    let rest: Vec<FromBroker> = rest.into_iter().map(FromBroker::Request).collect();
    let more = u32::try_from(rest.len()).unwrap_or(u32::MAX);
    let first = FromBroker::Snapshot { rotation, requests, more, ended, changes, time, audit_head };
    Ok(Snapshot { first, rest, version: audit::length(db)? })
}

fn still_open(db: Db<'_>, approver: &Approver) -> Result<Vec<Open>, StoreError> {
    let waiting = db.waiting(&approver.account)?;
    let open = waiting.iter().map(|kept| open_request(db, kept, approver));
    open.filter_map(Result::transpose).collect()
}

fn recently_ended(
    db: Db<'_>,
    approver: &Approver,
    now: UnixTime,
) -> Result<Vec<Ended>, StoreError> {
    let mut ended = Vec::new();
    for kept in db.ended(&approver.account, now)? {
        if was_asked(db, kept.id, approver)? {
            ended.push(course::ended(&kept));
        }
    }
    Ok(ended)
}

/// The first of `items` that take at most `room` bytes as JSON, the others, and the bytes taken.
fn fit<T: Serialize>(
    mut items: Vec<T>,
    room: usize,
) -> Result<(Vec<T>, Vec<T>, usize), StoreError> {
    let (mut count, mut taken) = (0, 0);
    for item in &items {
        let bytes = serde_json::to_string(item)?.len() + 1;
        if taken + bytes > room {
            break;
        }
        taken += bytes;
        count += 1;
    }
    let others = items.split_off(count);
    Ok((items, others, taken))
}

fn was_asked(db: Db<'_>, id: RequestId, approver: &Approver) -> Result<bool, StoreError> {
    Ok(db.signed_for(id, &approver.id)?.is_some())
}

fn open_request(db: Db<'_>, kept: &Kept, approver: &Approver) -> Result<Option<Open>, StoreError> {
    let Some(jws) = db.signed_for(kept.id, &approver.id)? else { return Ok(None) };
    let theirs = kept.life.is_bound_by(&approver.id);
    Ok(Some(Open {
        jws,
        state: kept.life.standing(),
        receipt: kept.receipt.clone().filter(|_| theirs),
        expires_at: kept.life.expires_at,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_left_in_its_order() {
        let items = || vec!["aaaa".to_owned(), "bbbb".to_owned(), "c".to_owned()];
        assert_eq!(fit(items(), 100).unwrap(), (items(), vec![], 18));
        let (first, others, taken) = fit(items(), 13).unwrap();
        assert_eq!((first.len(), others, taken), (1, vec!["bbbb".to_owned(), "c".to_owned()], 7));
        assert_eq!(fit(items(), 6).unwrap().2, 0);
    }
}
