//! How an approval gets to its service: against the ticket, or without one where the service shows the
//! page itself; and when it is withheld.

use sayso_protocol::life::State;
use sayso_protocol::link::FromBroker;
use sayso_protocol::outcome::Outcome;
use sayso_protocol::signature::Jws;
use sayso_protocol::time::UnixTime;

use crate::course::tell_all;
use crate::progress;
use crate::store::audit::Entry;
use crate::store::requests::{Hashed, Kept};
use crate::store::{Db, StoreError, Tx};

/// Whether an approval of this request can still be handed out: never one that the person has
/// reported since, and none that was withheld.
#[must_use]
pub fn can_be_collected(kept: &Kept, now: UnixTime) -> bool {
    let approved = matches!(kept.life.state, State::Approved { reported_later: None, .. });
    approved && !is_withheld(kept) && now < kept.exp
}

/// Whether this is an approval that was withheld.
#[must_use]
pub fn is_withheld(kept: &Kept) -> bool {
    matches!(kept.life.state, State::Approved { .. }) && kept.outcome.is_none()
}

/// Withholds an approval that nobody has fetched: from now on there is nothing to hand out.
///
/// # Errors
/// [`StoreError`].
pub fn withhold(tx: &mut Tx<'_>, kept: &mut Kept) -> Result<(), StoreError> {
    kept.outcome = None;
    tx.keep(kept)?;
    tx.audit(&Entry::Withheld { request: kept.id })?;
    progress::tell(tx, kept)?;
    tx.tell(kept.id, Vec::new());
    Ok(())
}

/// Hands the approval out against the ticket that the browser brought. `None` where it is not this
/// request's, too old, the account is blocked, or there is nothing to collect. The same ticket again gets the same.
///
/// # Errors
/// [`StoreError`].
pub fn collect(
    tx: &mut Tx<'_>,
    kept: &mut Kept,
    brought: &Hashed,
) -> Result<Option<Jws<Outcome>>, StoreError> {
    let Some((_, until)) = kept.ticket.as_ref().filter(|(given, _)| given == brought) else {
        return Ok(None);
    };
    let fresh = tx.now < *until || kept.collected_at.is_some();
    if fresh { fetch(tx, kept) } else { Ok(None) }
}

/// Hands the approval out to its service. `None` where the account is blocked, or there is nothing
/// to collect.
///
/// # Errors
/// [`StoreError`].
pub fn fetch(tx: &mut Tx<'_>, kept: &mut Kept) -> Result<Option<Jws<Outcome>>, StoreError> {
    if !may_be_fetched(tx.db(), kept, tx.now)? {
        return Ok(None);
    }
    note_fetched(tx, kept)?;
    Ok(kept.outcome.clone())
}

/// Whether the approval may be handed out: the account is not blocked, and there is something to
/// collect.
///
/// # Errors
/// [`StoreError`].
pub fn may_be_fetched(db: Db<'_>, kept: &Kept, now: UnixTime) -> Result<bool, StoreError> {
    let blocked = db.account(&kept.account)?.is_some_and(|account| account.blocked);
    Ok(!blocked && can_be_collected(kept, now))
}

/// The service has the approval: the person hears of it.
///
/// # Errors
/// [`StoreError`].
pub fn note_fetched(tx: &mut Tx<'_>, kept: &mut Kept) -> Result<(), StoreError> {
    if kept.collected_at.is_none() {
        kept.collected_at = Some(tx.now);
        tx.keep(kept)?;
        tx.audit(&Entry::Collected { request: kept.id })?;
        tell_all(tx, kept, &FromBroker::Collected { id: kept.id })?;
    }
    Ok(())
}

/// Whether the person has said of their own approval that it was not them.
#[must_use]
pub fn reported_later(kept: &Kept) -> bool {
    matches!(kept.life.state, State::Approved { reported_later: Some(_), .. })
}
