//! An approver reads its account's changes, and queues, confirms and cancels them, or removes an
//! approver.

use axum::Json;
use axum::extract::State;
use sayso_protocol::change::{
    self, ChangeAct, ChangeAnswer, ChangeCall, ChangeId, ChangeTold, Changes, Event, Proposal,
    Refusal,
};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::signature::{Digest, Jws, SignatureError, claimed_key};
use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::Body;
use crate::auth::{self, CallingComputer, approver_of};
use crate::error::{Error, problem};
use crate::roster;
use crate::server::Broker;
use crate::settling::{self, Moment, Wanted};
use crate::store::approvers::Approver;
use crate::store::changes::KeptChange;
use crate::store::messages::{Message, Seen};
use crate::store::{StoreError, Tx};

/// What an act was answered; kept for the same bytes again.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Done(Box<ChangeTold>),
    Refused(Box<Problem>),
}

/// `GET /v1/changes`: what holds, what waits, and what ended in the last four weeks.
///
/// # Errors
/// `unauthorized`, `signature`, `clock`, `approver-removed`, `account-blocked`.
pub async fn list(
    State(broker): State<Broker>,
    CallingComputer { approver, .. }: CallingComputer,
) -> Result<Json<Changes>, Error> {
    let (reading, wait) = (broker.clock.reading(), broker.change_wait.as_secs());
    let changes = broker.store.read(move |db| {
        let moment = Moment::of(db, reading)?;
        let account = db.account(&approver.account)?.filter(|_| approver.waits.is_none());
        let settings = account.and_then(|account| account.settings);
        Ok(Changes { settings, wait, changes: settling::to_tell(db, &approver, moment)? })
    });
    Ok(Json(changes.await?))
}

/// `POST /v1/changes`: what stands, durably.
///
/// # Errors
/// `no-change`, `not-ready`, `change-ended`, `not-found`; `approver-waits`, `approver-removed`,
/// `account-blocked`; `signature`, `clock`.
pub async fn act(
    State(broker): State<Broker>,
    Body(ChangeCall { change }): Body<ChangeCall>,
) -> Result<Json<ChangeAnswer>, Error> {
    let approver = approver_of(&broker, change.as_str()).await?;
    let (act, message) = verify(&broker, &approver, &change)?;
    let wait = broker.change_wait;
    let written = broker.store.write(move |tx| answer(tx, act, &message, &change, wait)).await?;
    broker.deadlines.notify_one();
    match written.value? {
        Answer::Done(change) => {
            Ok(Json(ChangeAnswer { change: *change, audit_head: written.head }))
        }
        Answer::Refused(problem) => Err(Error::Refused(problem)),
    }
}

/// A cancellation counts under either key, anything else under the approver key alone.
fn verify(
    broker: &Broker,
    approver: &Approver,
    jws: &Jws<ChangeAct>,
) -> Result<(ChangeAct, Message), Error> {
    let by_link_key = claimed_key(jws.as_str())? == approver.link_jwk.kid;
    let key = if by_link_key { &approver.link_jwk } else { &approver.jwk }.open()?;
    let envelope = auth::verify_call(broker, &key, &approver.id, jws)?;
    if by_link_key && !matches!(envelope.claims, ChangeAct::Cancel { .. }) {
        return Err(SignatureError::Key.into());
    }
    let (from, jti, until) = (approver.id.clone(), envelope.jti, envelope.exp);
    Ok((envelope.claims, Message { from, jti, digest: jws.digest(), until }))
}

fn answer(
    tx: &mut Tx<'_>,
    act: ChangeAct,
    message: &Message,
    jws: &Jws<ChangeAct>,
    wait: Duration,
) -> Result<Result<Answer, Error>, StoreError> {
    match tx.seen(message)? {
        Seen::Same(answer) => return Ok(Ok(answer)),
        Seen::Forged => return Ok(Err(Error::of(ProblemType::Signature))),
        Seen::Never => {}
    }
    settling::pass(tx)?;
    let approver = match auth::acting(tx.db(), &message.from)? {
        Ok(approver) => approver,
        Err(error) => return Ok(Err(error)),
    };
    let done = match act {
        ChangeAct::Queue { proposal, .. } => queue(tx, &approver, proposal, message.digest, wait)?,
        ChangeAct::Confirm { change, hash, .. } => {
            let by = approver.author();
            end(tx, &approver, change, hash, Event::Confirm { by }, message.digest)?
        }
        ChangeAct::Cancel { change, hash } => {
            let by = approver.author();
            end(tx, &approver, change, hash, Event::Cancel { by }, message.digest)?
        }
        ChangeAct::RemoveApprover { approver: id, .. } => {
            remove(tx, &approver, &id, message.digest)?
        }
    };
    let answer = match done {
        Ok(kept) => {
            tx.keep_act(kept.id, &approver.id, jws)?;
            let moment = Moment::of(tx.db(), tx.reading.clone())?;
            Answer::Done(Box::new(settling::told(tx.db(), &kept, moment)?))
        }
        Err(refused) => Answer::Refused(refused),
    };
    tx.keep_answer(message, &answer)?;
    Ok(Ok(answer))
}

type Done = Result<KeptChange, Box<Problem>>;

fn refused(kind: ProblemType) -> Done {
    Err(Box::new(problem(kind)))
}

fn queue(
    tx: &mut Tx<'_>,
    approver: &Approver,
    proposal: Proposal,
    message: Digest,
    wait: Duration,
) -> Result<Done, StoreError> {
    if !matches!(proposal, Proposal::ApproveWith(_) | Proposal::SameDevice(_)) {
        return Ok(refused(ProblemType::Malformed));
    }
    let account = tx.db().account(&approver.account)?;
    let settings = account.and_then(|account| account.settings).unwrap_or_default();
    let open = tx.db().open_changes(&approver.account)?;
    let waits = open.iter().any(|older| older.change.proposal == proposal);
    // Where the stricter value holds already, it still calls off what would weaken it.
    let calls_off = proposal.wait() == change::Wait::None
        && open.iter().any(|older| older.change.proposal.is_replaced_by(&proposal));
    if waits || (settings.is_already(&proposal) && !calls_off) {
        return Ok(refused(ProblemType::NoChange));
    }
    let (account, by) = (approver.account.clone(), approver.author());
    let wanted = Wanted { account, proposal, by, message: Some(message) };
    settling::queue(tx, wanted, wait).map(Ok)
}

/// Confirms or cancels, as `event` says.
fn end(
    tx: &mut Tx<'_>,
    approver: &Approver,
    id: ChangeId,
    hash: Digest,
    event: Event,
    message: Digest,
) -> Result<Done, StoreError> {
    let found = tx.db().change(id)?.filter(|kept| kept.account == approver.account);
    let Some(mut kept) = found else { return Ok(refused(ProblemType::NotFound)) };
    if kept.hash != hash {
        return Ok(refused(ProblemType::Signature));
    }
    let result = settling::advance(tx, &mut kept, event, Some(message))?;
    let problem = match result {
        Ok(_) => return Ok(Ok(kept)),
        Err(Refusal::NotReady) => {
            let moment = Moment::of(tx.db(), tx.reading.clone())?;
            let ready_at = settling::told(tx.db(), &kept, moment)?.ready_at;
            Problem { retry_at: Some(ready_at), ..problem(ProblemType::NotReady) }
        }
        Err(Refusal::Ended(_)) => problem(ProblemType::ChangeEnded),
    };
    Ok(Err(Box::new(Problem { change: Some(kept.change.standing()), ..problem })))
}

fn remove(
    tx: &mut Tx<'_>,
    approver: &Approver,
    id: &ApproverId,
    message: Digest,
) -> Result<Done, StoreError> {
    let theirs = tx.db().approver(id)?.filter(|other| other.account == approver.account);
    if theirs.is_none() {
        return Ok(refused(ProblemType::NotFound));
    }
    let removed = roster::remove(tx, id, approver.author(), Some(message))?;
    Ok(removed.ok_or_else(|| Box::new(problem(ProblemType::NotFound))))
}
