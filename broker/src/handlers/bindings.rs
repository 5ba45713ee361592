//! An approver brings the proof that its person sees a login page. A code itself finds the request,
//! and a wrong one is counted on the disk before it is answered. A QR code, the page's button and
//! the person's word to read out name the request.

use axum::Json;
use axum::extract::State;
use sayso_protocol::binding::{Binding, BindingCall, Bound, Method};
use sayso_protocol::change::Author;
use sayso_protocol::life::{Effect, Event, Refusal, Standing};
use sayso_protocol::lockout;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::request::{Request, RequestId};
use sayso_protocol::secret::Receipt;
use sayso_protocol::signature::Jws;
use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};

use super::Body;
use super::practice::is_practice;
use crate::auth::{self, approver_of};
use crate::error::{self, Error};
use crate::offer::Proof;
use crate::server::Broker;
use crate::store::approvers::Approver;
use crate::store::audit::Entry;
use crate::store::messages::{Message, Seen};
use crate::store::requests::Kept;
use crate::store::{StoreError, Tx};
use crate::{course, guard, places, random, roster};

/// What a binding was answered; kept for the same bytes again.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Bound { jws: Jws<Request>, state: Standing, receipt: Receipt, expires_at: UnixTime },
    Refused(Box<Problem>),
}

/// `POST /v1/bindings`: the request and the receipt.
///
/// # Errors
/// `wrong-code`, `code-blocked`; `wrong-secret`, `method`, `not-bound` by another's binding,
/// `ended`; `network-reported`; `approver-removed`; `signature`, `clock`.
pub async fn bind(
    State(broker): State<Broker>,
    Body(BindingCall { binding }): Body<BindingCall>,
) -> Result<Json<Bound>, Error> {
    let approver = approver_of(&broker, binding.as_str()).await?;
    let envelope = auth::verify_call(&broker, &approver.link_jwk.open()?, &approver.id, &binding)?;
    let message = Message {
        from: approver.id,
        jti: envelope.jti,
        digest: binding.digest(),
        until: envelope.exp,
    };
    let binding = envelope.claims;
    let written = broker.store.write(move |tx| answer(tx, &binding, &message)).await?;
    match written.value? {
        Answer::Bound { jws, state, receipt, expires_at } => {
            Ok(Json(Bound { jws, state, receipt, expires_at, audit_head: written.head }))
        }
        Answer::Refused(problem) => Err(Error::Refused(problem)),
    }
}

fn answer(
    tx: &mut Tx<'_>,
    binding: &Binding,
    message: &Message,
) -> Result<Result<Answer, Error>, StoreError> {
    match tx.seen(message)? {
        Seen::Same(answer) => return Ok(Ok(answer)),
        Seen::Forged => return Ok(Err(Error::of(ProblemType::Signature))),
        Seen::Never => {}
    }
    let approver = match auth::acting(tx.db(), &message.from)? {
        Ok(approver) => approver,
        Err(error) => return Ok(Err(error)),
    };
    let answer = match binding {
        Binding::Code { .. } => {
            if let Err(blocked) = approver.lockout.open(tx.now) {
                // Not looked at, and it costs nothing: nothing is kept either.
                return Ok(Err(error::blocked(blocked.until).into()));
            }
            try_code(tx, binding, &approver)?
        }
        Binding::Qr { request, .. }
        | Binding::Link { request, .. }
        | Binding::Readout { request } => try_proof(tx, binding, *request, &approver)?,
    };
    tx.keep_answer(message, &answer)?;
    Ok(Ok(answer))
}

fn try_code(tx: &mut Tx<'_>, binding: &Binding, approver: &Approver) -> Result<Answer, StoreError> {
    let mut waiting = tx.db().waiting(&approver.account)?.into_iter();
    let found = waiting.find(|kept| weigh(kept, binding) == Proof::Right);
    let practised = found.as_ref().is_some_and(is_practice);
    if let Some(until) =
        found.as_ref().map(|kept| unasked(tx, kept, approver)).transpose()?.flatten()
    {
        let reported = error::problem(ProblemType::NetworkReported);
        return Ok(Answer::Refused(Box::new(Problem { retry_at: Some(until), ..reported })));
    }
    if let Some(kept) = found
        && let Some(jws) = tx.db().signed_for(kept.id, &approver.id)?
        && let answer @ Answer::Bound { .. } = bind_to(tx, kept, jws, approver, Method::Code)?
    {
        // Whoever holds the link key can practise at will: a right code there clears no count.
        if !practised {
            let (lockout, _) = approver.lockout.handle(lockout::Event::Right, tx.now);
            tx.keep_lockout(&approver.id, lockout)?;
        }
        return Ok(answer);
    }
    let (lockout, effect) = approver.lockout.handle(lockout::Event::Wrong, tx.now);
    tx.keep_lockout(&approver.id, lockout)?;
    tx.audit(&Entry::WrongCode { approver: &approver.id })?;
    if effect == lockout::Effect::Removed {
        roster::remove(tx, &approver.id, Author::WrongCodes, None)?;
    }
    Ok(Answer::Refused(Box::new(guard::wrong_code(effect))))
}

/// Until when nobody is asked about requests from where this one came, if nobody was asked.
fn unasked(tx: &Tx<'_>, kept: &Kept, approver: &Approver) -> Result<Option<UnixTime>, StoreError> {
    match places::network(&kept.origin) {
        Some(network) if tx.db().signed_for(kept.id, &approver.id)?.is_none() => {
            // Its day may have ended since; the request was refused then.
            tx.db().refused_until(&kept.account, network, kept.created_at)
        }
        Some(_) | None => Ok(None),
    }
}

/// A secret of 128 bits, or none, for a request that is named: it costs no try, and codes being
/// blocked does not block it.
fn try_proof(
    tx: &mut Tx<'_>,
    binding: &Binding,
    request: RequestId,
    approver: &Approver,
) -> Result<Answer, StoreError> {
    let method = binding.method();
    let found = tx.db().request(request)?.zip(tx.db().signed_for(request, &approver.id)?);
    let proof = found.as_ref().map_or(Proof::Wrong, |(kept, _)| weigh(kept, binding));
    match (found, proof) {
        (Some((kept, jws)), Proof::Right) => bind_to(tx, kept, jws, approver, method),
        (Some((kept, _)), _) if kept.life.standing().is_final() => {
            Ok(refused(Refusal::Ended(kept.life.standing())))
        }
        (_, Proof::NotOffered) => {
            Ok(Answer::Refused(Box::new(error::problem(ProblemType::Method))))
        }
        (_, Proof::Right | Proof::Wrong) => {
            tx.audit(&Entry::WrongSecret { approver: &approver.id, method })?;
            Ok(Answer::Refused(Box::new(error::problem(ProblemType::WrongSecret))))
        }
    }
}

fn weigh(kept: &Kept, binding: &Binding) -> Proof {
    kept.offer.as_ref().map_or(Proof::Wrong, |offer| offer.weigh(binding))
}

fn bind_to(
    tx: &mut Tx<'_>,
    mut kept: Kept,
    jws: Jws<Request>,
    approver: &Approver,
    method: Method,
) -> Result<Answer, StoreError> {
    let receipt = kept.receipt.clone().unwrap_or_else(|| Receipt::draw(&mut random()));
    kept.receipt = Some(receipt.clone());
    let event = Event::Bind { by: approver.id.clone(), method };
    match course::advance(tx, &mut kept, event, None)? {
        Ok(Effect::Changed | Effect::Same | Effect::ReportedLater) => Ok(Answer::Bound {
            jws,
            state: kept.life.standing(),
            receipt,
            expires_at: kept.life.expires_at,
        }),
        Err(refusal) => {
            tracing::info!(request = %kept.id, %refusal, "a right proof binds nothing");
            Ok(refused(refusal))
        }
    }
}

fn refused(refusal: Refusal) -> Answer {
    Answer::Refused(Box::new(error::of_refusal(refusal)))
}
