//! A change in the words of the protocol, at one moment, to whoever may hear of it.

use sayso_protocol::change::{Author, Change, ChangeTold, State};
use sayso_protocol::link::FromBroker;
use sayso_protocol::time::UnixTime;
use sayso_protocol::trusted::{Reading, Trusted};
use std::time::Duration;

use crate::store::approvers::Approver;
use crate::store::changes::KeptChange;
use crate::store::{Db, StoreError, Tx};

/// What ended within this time is told again to who was away. A computer remembers a little longer
/// what it has told, so that nothing is told twice.
const TOLD_AGAIN: Duration = Duration::from_hours(28 * 24);
/// So many of them, the newest: with what waits they take a quarter of a snapshot at most.
const TOLD_AGAIN_MOST: u32 = 10;
/// The broker's clock may be so far from what it said when a change was queued before the change's
/// times are told by the new one.
const CLOCK_SET: u64 = 60;

/// One moment on the broker's clock and in trusted time.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    now: UnixTime,
    trusted: Trusted,
}

impl Moment {
    /// The moment of `reading`. Nothing is kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn of(db: Db<'_>, reading: Reading) -> Result<Self, StoreError> {
        let now = reading.time;
        Ok(Self { now, trusted: db.trusted_clock()?.read(reading).now() })
    }

    /// How long it is until then.
    #[must_use]
    pub fn until(self, due: Trusted) -> Duration {
        self.trusted.until(due)
    }
}

/// Tells every approver of the account, and the computer that waits for this very change.
pub(super) fn tell(tx: &mut Tx<'_>, kept: &KeptChange) -> Result<(), StoreError> {
    let moment = Moment { now: tx.now, trusted: tx.trusted()? };
    let told = told(tx.db(), kept, moment)?;
    let hears = |approver: &Approver| approver.waits.is_none_or(|change| change == kept.id);
    let registered = tx.db().registered(&kept.account)?.into_iter().filter(hears);
    let message = |approver: Approver| (approver.id, FromBroker::Change(told.clone()));
    let messages = registered.map(message).collect();
    tx.tell_change(messages);
    Ok(())
}

/// A change, as it is told at `moment`.
///
/// # Errors
/// [`StoreError`].
pub fn told(db: Db<'_>, kept: &KeptChange, moment: Moment) -> Result<ChangeTold, StoreError> {
    let account = db.account(&kept.account)?;
    let settings = account.and_then(|account| account.settings);
    let queued_at = queued_at(kept, moment);
    Ok(ChangeTold {
        id: kept.id,
        hash: kept.hash,
        now: settings.and_then(|settings| settings.now(&kept.change.proposal)),
        proposal: kept.change.proposal.clone(),
        by: kept.change.by.clone(),
        standing: kept.change.standing(),
        queued_at,
        ready_at: queued_at.plus(kept.change.queued.until(kept.change.ready())),
        ended_by: ended_by(&kept.change).cloned(),
    })
}

/// When a change was queued, by the clock as it is now: it may have been set since.
fn queued_at(kept: &KeptChange, moment: Moment) -> UnixTime {
    let ago = i64::try_from(kept.change.queued.until(moment.trusted).as_secs());
    let queued_at = UnixTime(moment.now.0.saturating_sub(ago.unwrap_or(i64::MAX)));
    let set = queued_at.0.abs_diff(kept.queued_at.0) > CLOCK_SET;
    if set { queued_at } else { kept.queued_at }
}

pub(super) fn ended_by(change: &Change) -> Option<&Author> {
    match &change.state {
        State::Applied { by } => by.as_ref(),
        State::Cancelled { by } => Some(by),
        State::Waiting | State::Ready { .. } | State::Lapsed | State::Replaced { .. } => None,
    }
}

/// What an approver should know of its account's changes, oldest first: what has not ended, and
/// what ended in the last four weeks. A computer that waits is told of the one that it waits for.
///
/// # Errors
/// [`StoreError`].
pub fn to_tell(
    db: Db<'_>,
    approver: &Approver,
    moment: Moment,
) -> Result<Vec<ChangeTold>, StoreError> {
    let mut changes = match approver.waits {
        Some(waits) => db.change(waits)?.into_iter().collect(),
        None => db.open_changes(&approver.account)?,
    };
    if approver.waits.is_none() {
        let since = Trusted(moment.trusted.0.saturating_sub(TOLD_AGAIN.as_secs()));
        changes.extend(db.ended_changes(&approver.account, since, TOLD_AGAIN_MOST)?);
    }
    changes.sort_by_key(|kept| kept.id);
    changes.iter().map(|kept| told(db, kept, moment)).collect()
}
