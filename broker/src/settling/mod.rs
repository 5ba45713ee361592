//! What an event does to a change of a security setting: where it is, the setting that follows
//! from it, its entries in the audit, and who hears of it once it is committed.
//!
//! - `telling`: how it is told, and to whom

mod telling;

pub use telling::{Moment, to_tell, told};

use sayso_protocol::change::{
    Author, Change, ChangeId, Effect, Event, Proposal, Refusal, Standing,
};
use sayso_protocol::enrolment::{AccountName, ApproverId};
use sayso_protocol::signature::Digest;
use std::time::Duration;

use crate::store::approvers::Approver;
use crate::store::audit::Entry;
use crate::store::changes::KeptChange;
use crate::store::{StoreError, Tx};
use telling::{ended_by, tell};

/// While a change waits, trusted time is kept this often at least: no more of it can be lost when
/// the machine goes down and its clock is not synchronised afterwards.
const KEEP_EVERY: Duration = Duration::from_hours(1);

/// A change to be queued.
#[derive(Debug)]
pub struct Wanted {
    /// Whose.
    pub account: AccountName,
    /// Of what, to what.
    pub proposal: Proposal,
    /// Who asks for it.
    pub by: Author,
    /// SHA-256 of the signed message that asks for it, if one does.
    pub message: Option<Digest>,
}

/// Hands `event` to a change and keeps what comes of it.
///
/// # Errors
/// [`StoreError`]; a refusal is a result, and what time alone has done by then is kept.
pub fn advance(
    tx: &mut Tx<'_>,
    kept: &mut KeptChange,
    event: Event,
    signed: Option<Digest>,
) -> Result<Result<Effect, Refusal>, StoreError> {
    let now = tx.trusted()?;
    let (change, result) = kept.change.clone().handle(event, now);
    if change != kept.change {
        kept.change = change;
        settle(tx, kept, signed.filter(|_| result.is_ok()))?;
    }
    Ok(result)
}

/// Queues a change; it takes the place of an older one of the same setting. One that protects is
/// applied at once.
///
/// # Errors
/// [`StoreError`].
pub fn queue(tx: &mut Tx<'_>, wanted: Wanted, wait: Duration) -> Result<KeptChange, StoreError> {
    let id = ChangeId(uuid::Uuid::now_v7());
    for mut older in tx.db().open_changes(&wanted.account)? {
        if older.change.proposal.is_replaced_by(&wanted.proposal) {
            // If time has just ended it, there is nothing to replace.
            let _ = advance(tx, &mut older, Event::Replace { by: id }, None)?;
        }
    }
    let (proposal, by) = (wanted.proposal.clone(), wanted.by.clone());
    let change = Change::queue(proposal, by, tx.begin_to_wait()?, wait);
    begin(tx, id, wanted, change)
}

/// Makes a change that `wanted.by` may make without any waiting.
///
/// # Errors
/// [`StoreError`].
pub fn make(tx: &mut Tx<'_>, wanted: Wanted) -> Result<KeptChange, StoreError> {
    let (proposal, by) = (wanted.proposal.clone(), wanted.by.clone());
    let change = Change::at_once(proposal, by, tx.trusted()?);
    begin(tx, ChangeId(uuid::Uuid::now_v7()), wanted, change)
}

fn begin(
    tx: &mut Tx<'_>,
    id: ChangeId,
    wanted: Wanted,
    change: Change,
) -> Result<KeptChange, StoreError> {
    let Wanted { account, proposal, by, message } = wanted;
    // An enrolment is not kept: it holds an activation code.
    let signed = message.filter(|_| !matches!(proposal, Proposal::Approver(_)));
    let entry =
        Entry::ChangeQueued { change: id, account: &account, proposal: &proposal, by: &by, signed };
    tx.audit(&entry)?;
    let hash = message.unwrap_or_else(|| Digest::of(id.to_string().as_bytes()));
    let mut kept = KeptChange { id, account, hash, change, queued_at: tx.now, ended: None };
    settle(tx, &mut kept, None)?;
    Ok(kept)
}

/// Keeps a change that has just come to where it is, does what follows from it, and tells it.
fn settle(
    tx: &mut Tx<'_>,
    kept: &mut KeptChange,
    signed: Option<Digest>,
) -> Result<(), StoreError> {
    let standing = kept.change.standing();
    if kept.change.due().is_none() {
        kept.ended = Some(tx.trusted()?);
    }
    tx.keep_change(kept)?;
    let by = ended_by(&kept.change);
    if standing != Standing::Waiting {
        tx.audit(&Entry::ChangeMoved { change: kept.id, state: standing, by, signed })?;
    }
    match (&kept.change.proposal, standing) {
        (Proposal::ApproveWith(_) | Proposal::SameDevice(_), Standing::Applied) => {
            apply(tx, kept)?;
            tell(tx, kept)
        }
        (Proposal::Approver(computer), Standing::Waiting) => {
            tx.keep_out(&computer.id, kept.id)?;
            tell(tx, kept)
        }
        (Proposal::Approver(computer), Standing::Applied) => {
            tx.let_in(&computer.id)?;
            tell(tx, kept)?;
            tx.tell_anew(computer.id.clone());
            Ok(())
        }
        (Proposal::Approver(computer), Standing::Cancelled) => {
            tell(tx, kept)?;
            turn_away(tx, &computer.id, by)
        }
        (
            Proposal::ApproveWith(_)
            | Proposal::SameDevice(_)
            | Proposal::Approver(_)
            | Proposal::RemoveApprover(_),
            _,
        ) => tell(tx, kept),
    }
}

/// A computer that waited does not become an approver.
fn turn_away(tx: &mut Tx<'_>, id: &ApproverId, by: Option<&Author>) -> Result<(), StoreError> {
    if let Some(by) = by
        && tx.mark_removed(id, by)?
    {
        tx.tell_removed(id.clone());
    }
    Ok(())
}

fn apply(tx: &Tx<'_>, kept: &KeptChange) -> Result<(), StoreError> {
    let account = tx.db().account(&kept.account)?;
    let settings = account.and_then(|account| account.settings).unwrap_or_default();
    tx.keep_settings(&kept.account, settings.with(&kept.change.proposal))
}

/// Lets time do to the changes what it does; cheap while nothing is due.
///
/// # Errors
/// [`StoreError`].
pub fn pass(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let Some(due) = tx.db().next_due()? else { return Ok(()) };
    let clock = tx.db().trusted_clock()?;
    let lags = clock.lags(&tx.reading, KEEP_EVERY);
    if !lags && clock.read(tx.reading.clone()).now() < due {
        return Ok(());
    }
    let now = tx.trusted()?;
    for mut kept in tx.db().due_changes(now)? {
        // Time is never refused.
        let _ = advance(tx, &mut kept, Event::Tick, None)?;
    }
    Ok(())
}

/// Keeps trusted time, if anything waits by it: the broker is about to stop.
///
/// # Errors
/// [`StoreError`].
pub fn keep_time(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    if tx.db().next_due()?.is_some() {
        tx.trusted()?;
    }
    Ok(())
}

/// Calls off what this approver queued and has not ended.
///
/// # Errors
/// [`StoreError`].
pub fn call_off(tx: &mut Tx<'_>, approver: &Approver, by: &Author) -> Result<(), StoreError> {
    let queued_by = |kept: &KeptChange, id: &ApproverId| match &kept.change.by {
        Author::Approver(computer) => computer.id == *id,
        Author::Administrator | Author::WrongCodes => false,
    };
    for mut kept in tx.db().open_changes(&approver.account)? {
        if queued_by(&kept, &approver.id) {
            // If time has just ended it, there is nothing to call off.
            let _ = advance(tx, &mut kept, Event::Cancel { by: by.clone() }, None)?;
        }
    }
    Ok(())
}
