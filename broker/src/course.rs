//! What an event does to a request: its life, its outcome, its entry in the audit, and who hears
//! of it once it is committed.

use sayso_protocol::binding::Method;
use sayso_protocol::decision::{self, UserVerification};
use sayso_protocol::life::{Effect, Event, Refusal, Standing, State};
use sayso_protocol::link::{Ended, FromBroker};
use sayso_protocol::outcome::{Outcome, Verdict};
use sayso_protocol::request::LONGEST;
use sayso_protocol::signature::Jws;

use crate::store::audit::Entry;
use crate::store::key::Frame;
use crate::store::requests::Kept;
use crate::store::{StoreError, Tx};
use crate::{confirming, places, progress};

/// So many requests are forgotten at a time.
const FORGOTTEN: u32 = 250;

/// Hands `event` to a request and keeps what comes of it. `verification` is the decision's.
///
/// # Errors
/// [`StoreError`]; a refusal is a result, and what it brought to light (that the time is over) is
/// kept.
pub fn advance(
    tx: &mut Tx<'_>,
    kept: &mut Kept,
    event: Event,
    verification: Option<UserVerification>,
) -> Result<Result<Effect, Refusal>, StoreError> {
    let actor = match &event {
        Event::Bind { by, .. } | Event::Decide { by, .. } => Some(by.clone()),
        Event::Confirm
        | Event::WrongReadout
        | Event::Cancel { .. }
        | Event::MoreTime { .. }
        | Event::Tick => None,
    };
    let longer = matches!(event, Event::MoreTime { .. });
    let entered = matches!(event, Event::WrongReadout);
    let before = kept.life.standing();
    let (life, result) = kept.life.clone().handle(event, tx.now);
    if life == kept.life {
        return Ok(result);
    }
    kept.life = life;
    if let (State::Approved { reported_later: Some(decision), .. }, Some(by)) =
        (&kept.life.state, &actor)
    {
        tx.keep(kept)?;
        places::remember(tx, kept)?;
        tx.audit(&Entry::ReportedLater { request: kept.id, by, decision: *decision })?;
        progress::tell(tx, kept)?;
        tx.tell(kept.id, Vec::new());
        return Ok(result);
    }
    if let State::ApprovedUnconfirmed { method, .. } = kept.life.state {
        if entered {
            // Only the page hears of it.
            tx.keep(kept)?;
            tx.audit(&Entry::WrongReadout { request: kept.id })?;
            tx.tell(kept.id, Vec::new());
            return Ok(result);
        }
        if before != Standing::ApprovedUnconfirmed {
            confirming::prepare(tx, kept, method);
        }
    }
    if kept.life.standing().is_final() {
        end(tx, kept, verification)?;
        places::remember(tx, kept)?;
    }
    tx.keep(kept)?;
    if longer && !kept.life.standing().is_final() {
        tx.audit(&Entry::MoreTime { request: kept.id, expires_at: kept.life.expires_at })?;
    } else {
        audit_change(tx, kept)?;
    }
    progress::tell(tx, kept)?;
    let message = message(kept);
    tell_all(tx, kept, &message)?;
    Ok(result)
}

/// The request's end, as its approvers are told of it.
#[must_use]
pub fn ended(kept: &Kept) -> Ended {
    let reason = match kept.life.state {
        State::Cancelled { reason } => Some(reason),
        State::Pending
        | State::Bound { .. }
        | State::ApprovedUnconfirmed { .. }
        | State::Approved { .. }
        | State::Denied { .. }
        | State::Expired => None,
    };
    let collected = kept.collected_at.is_some();
    Ended { id: kept.id, state: kept.life.standing(), reason, collected }
}

/// Tells every approver that was asked.
///
/// # Errors
/// [`StoreError`].
pub fn tell_all(tx: &mut Tx<'_>, kept: &Kept, message: &FromBroker) -> Result<(), StoreError> {
    let asked = tx.db().asked_of(kept.id)?;
    tx.tell(kept.id, asked.into_iter().map(|approver| (approver, message.clone())).collect());
    Ok(())
}

fn message(kept: &Kept) -> FromBroker {
    let state = kept.life.standing();
    if state.is_final() {
        FromBroker::RequestEnded(ended(kept))
    } else {
        FromBroker::RequestChanged { id: kept.id, state, expires_at: kept.life.expires_at }
    }
}

fn end(
    tx: &Tx<'_>,
    kept: &mut Kept,
    verification: Option<UserVerification>,
) -> Result<(), StoreError> {
    kept.ended_at = Some(tx.now);
    kept.offer = None;
    kept.confirmation = None;
    kept.outcome = Some(sign_outcome(tx, kept, verification)?);
    Ok(())
}

fn sign_outcome(
    tx: &Tx<'_>,
    kept: &Kept,
    verification: Option<UserVerification>,
) -> Result<Jws<Outcome>, StoreError> {
    let not_ended = || StoreError::Unreadable("an outcome of a request that goes on".into());
    let (verdict, decision, reason) = match &kept.life.state {
        State::Approved { decision, .. } => (Verdict::Approve, Some(*decision), None),
        State::Denied { decision, verdict, .. } => {
            let verdict = match verdict {
                decision::Verdict::Report => Verdict::Report,
                decision::Verdict::Deny | decision::Verdict::Approve => Verdict::Deny,
            };
            (verdict, Some(*decision), None)
        }
        State::Expired => (Verdict::Expired, None, None),
        State::Cancelled { reason } => (Verdict::Cancelled, None, Some(*reason)),
        State::Pending | State::Bound { .. } | State::ApprovedUnconfirmed { .. } => {
            return Err(not_ended());
        }
    };
    let approved = verdict == Verdict::Approve;
    let frame = Frame { iss: tx.origin, aud: &kept.service.id, iat: tx.now, exp: kept.exp };
    // An approval counts until the request's `exp`; any other end may be fetched a while later.
    let frame = if approved { frame } else { frame.lasting(LONGEST) };
    let outcome = Outcome {
        request: kept.id,
        account: kept.account.clone(),
        verdict,
        binding: bound_by(&kept.life.state),
        verification,
        time: tx.now,
        decision,
        reason,
    };
    Ok(tx.key.sign(frame, outcome))
}

/// How an approval was bound.
fn bound_by(state: &State) -> Option<Method> {
    match state {
        State::Approved { method, .. } => Some(*method),
        State::Pending
        | State::Bound { .. }
        | State::ApprovedUnconfirmed { .. }
        | State::Denied { .. }
        | State::Expired
        | State::Cancelled { .. } => None,
    }
}

fn audit_change(tx: &mut Tx<'_>, kept: &Kept) -> Result<(), StoreError> {
    let (by, method, decision, reason) = match &kept.life.state {
        State::Bound { by, method } => (Some(by), Some(*method), None, None),
        State::ApprovedUnconfirmed { by, method, decision, .. }
        | State::Approved { by, method, decision, .. } => {
            (Some(by), Some(*method), Some(*decision), None)
        }
        State::Denied { by, decision, .. } => (Some(by), None, Some(*decision), None),
        State::Cancelled { reason } => (None, None, None, Some(*reason)),
        State::Pending | State::Expired => (None, None, None, None),
    };
    let state = kept.life.standing();
    tx.audit(&Entry::Changed { request: kept.id, state, by, method, reason, decision })
}

/// Ends every request whose time is over.
///
/// # Errors
/// [`StoreError`].
pub fn expire(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for mut kept in tx.db().due(tx.now)? {
        // Its deadline has passed: the event is the clock's, and nothing refuses it.
        let _ = advance(tx, &mut kept, Event::Tick, None)?;
    }
    tx.forget_requests(FORGOTTEN)?;
    tx.forget_networks()?;
    tx.forget_given()?;
    tx.forget_dead_events()?;
    tx.forget_expired_messages()
}
