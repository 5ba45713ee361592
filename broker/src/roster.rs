//! Which computers are approvers of an account: who enrols, who is removed, what follows, and how
//! a whole account is stopped.

use sayso_protocol::change::{self, Author, ChangeTold, Computer, Proposal};
use sayso_protocol::enrolment::{AccountName, ApproverId, Enrolment};
use sayso_protocol::life::{Event, Life, Reason};
use sayso_protocol::signature::Digest;
use std::time::Duration;

use crate::settling::{self, Moment, Wanted};
use crate::store::accounts::Admission;
use crate::store::changes::KeptChange;
use crate::store::{StoreError, Tx};
use crate::{collecting, course};

/// Enrols a computer whose activation code is right, and uses the code up. The first that the
/// account ever has is an approver at once, with its choice of settings; so is one that the
/// administrator lets in. Any other waits, and this is the change that it waits for.
///
/// # Errors
/// [`StoreError`].
pub fn enrol(
    tx: &mut Tx<'_>,
    enrolment: &Enrolment,
    admission: Admission,
    message: Digest,
    wait: Duration,
) -> Result<Option<ChangeTold>, StoreError> {
    let account = enrolment.account.clone();
    tx.use_activation(&account)?;
    if tx.db().account(&account)?.is_none_or(|account| account.settings.is_none()) {
        tx.keep_settings(&account, enrolment.settings)?;
        tx.keep_enrolled(enrolment)?;
        return Ok(None);
    }
    let id = ApproverId(enrolment.jwk.thumbprint());
    let computer = Computer { id: id.clone(), name: enrolment.name.clone() };
    tx.keep_enrolled(enrolment)?;
    let proposal = Proposal::Approver(computer.clone());
    let by = match admission {
        Admission::AtOnce => Author::Administrator,
        Admission::Waits => Author::Approver(computer),
    };
    let wanted = Wanted { account, proposal, by, message: Some(message) };
    match admission {
        Admission::AtOnce => settling::make(tx, wanted).map(|_| None),
        Admission::Waits => {
            let kept = settling::queue(tx, wanted, wait)?;
            let moment = Moment::of(tx.db(), tx.reading.clone())?;
            settling::told(tx.db(), &kept, moment).map(Some)
        }
    }
}

/// Removes an approver: what it bound or queued is cancelled, its link closes, and the others hear
/// of it. One that waits is turned away. `None` if it was not there.
///
/// # Errors
/// [`StoreError`].
pub fn remove(
    tx: &mut Tx<'_>,
    id: &ApproverId,
    by: Author,
    message: Option<Digest>,
) -> Result<Option<KeptChange>, StoreError> {
    settling::pass(tx)?;
    let Some(approver) = tx.db().approver(id)?.filter(|approver| !approver.removed) else {
        return Ok(None);
    };
    if let Some(waits) = approver.waits {
        let Some(mut kept) = tx.db().change(waits)? else { return Ok(None) };
        // It has not ended, or the computer would not wait.
        let _ = settling::advance(tx, &mut kept, change::Event::Cancel { by }, message)?;
        return Ok(Some(kept));
    }
    tx.mark_removed(id, &by)?;
    call_off_requests(tx, &approver.account, |life| life.is_bound_by(id))?;
    settling::call_off(tx, &approver, &by)?;
    let proposal = Proposal::RemoveApprover(approver.computer());
    let wanted = Wanted { account: approver.account, proposal, by, message };
    let removal = settling::make(tx, wanted)?;
    tx.tell_removed(id.clone());
    Ok(Some(removal))
}

/// Stops an account: to services and browsers it is one that nobody answers for, its computers are
/// shut out, its activation code is used up, and every request and every change that waits is
/// called off. An approval that was not fetched is not handed out any more, not even when the
/// account answers again. `false` if it was stopped before, or is unknown.
///
/// # Errors
/// [`StoreError`].
pub fn block(tx: &mut Tx<'_>, account: &AccountName) -> Result<bool, StoreError> {
    settling::pass(tx)?;
    if !tx.mark_blocked(account)? {
        return Ok(false);
    }
    tx.use_activation(account)?;
    call_off_requests(tx, account, |_| true)?;
    for mut kept in tx.db().uncollected(account, tx.now)? {
        if collecting::can_be_collected(&kept, tx.now) {
            collecting::withhold(tx, &mut kept)?;
        }
    }
    for approver in tx.db().registered(account)? {
        tx.tell_removed(approver.id);
    }
    for mut kept in tx.db().open_changes(account)? {
        let by = Author::Administrator;
        // It was open a line above, and time has done what it does.
        let _ = settling::advance(tx, &mut kept, change::Event::Cancel { by }, None)?;
    }
    Ok(true)
}

/// Calls off those of an account's requests that have not ended and are meant.
fn call_off_requests(
    tx: &mut Tx<'_>,
    account: &AccountName,
    is_meant: impl Fn(&Life) -> bool,
) -> Result<(), StoreError> {
    for mut kept in tx.db().waiting(account)? {
        if is_meant(&kept.life) {
            let reason = Reason::ApproverRemoved;
            // It waited a line above. If its time is over by now, it has expired instead.
            let _ = course::advance(tx, &mut kept, Event::Cancel { reason }, None)?;
        }
    }
    Ok(())
}
