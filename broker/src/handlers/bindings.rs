//! An approver brings a code. The code itself finds the request; a wrong one is counted on the
//! disk before it is answered.

use axum::Json;
use axum::extract::State;
use sayso_protocol::binding::{Binding, BindingCall, Bound, Method};
use sayso_protocol::life::{Effect, Event, Standing};
use sayso_protocol::lockout;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::request::Request;
use sayso_protocol::secret::Receipt;
use sayso_protocol::signature::{Expected, Jws};
use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};

use super::Body;
use crate::auth::approver_of;
use crate::error::{self, Error};
use crate::server::Broker;
use crate::store::accounts::Approver;
use crate::store::audit::{Entry, RemovedBy};
use crate::store::messages::{Message, Seen};
use crate::store::requests::Kept;
use crate::store::{StoreError, Tx};
use crate::{course, guard, random};

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
/// `wrong-code`, `code-blocked`, `approver-removed`; `signature`, `clock`.
pub async fn bind(
    State(broker): State<Broker>,
    Body(BindingCall { binding }): Body<BindingCall>,
) -> Result<Json<Bound>, Error> {
    let approver = approver_of(&broker, binding.as_str()).await?;
    let expected =
        Expected { iss: &approver.id.0, aud: broker.store.origin(), now: broker.clock.now() };
    let envelope = approver.link_jwk.verify::<Binding>(binding.as_str(), expected)?;
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
    let Some(approver) = tx.db().approver(&message.from)?.filter(|approver| !approver.removed)
    else {
        return Ok(Err(Error::of(ProblemType::ApproverRemoved)));
    };
    if let Err(blocked) = approver.lockout.open(tx.now) {
        // Not looked at, and it costs nothing: nothing is kept either.
        return Ok(Err(error::blocked(blocked.until).into()));
    }
    let answer = try_code(tx, binding, &approver)?;
    tx.keep_answer(message, &answer)?;
    Ok(Ok(answer))
}

fn try_code(tx: &mut Tx<'_>, binding: &Binding, approver: &Approver) -> Result<Answer, StoreError> {
    let Binding::Code { value } = binding else {
        return Ok(Answer::Refused(Box::new(error::problem(ProblemType::Method))));
    };
    let mut waiting = tx.db().waiting(&approver.account)?.into_iter();
    let found = waiting.find(|kept| kept.code.as_ref() == Some(value));
    if let Some(kept) = found
        && let Some(answer) = bind_to(tx, kept, approver)?
    {
        let (lockout, _) = approver.lockout.handle(lockout::Event::Right, tx.now);
        tx.keep_lockout(&approver.id, lockout)?;
        return Ok(answer);
    }
    let (lockout, effect) = approver.lockout.handle(lockout::Event::Wrong, tx.now);
    tx.keep_lockout(&approver.id, lockout)?;
    tx.audit(&Entry::WrongCode { approver: &approver.id })?;
    if effect == lockout::Effect::Removed {
        course::remove_approver(tx, &approver.id, RemovedBy::WrongCodes)?;
    }
    Ok(Answer::Refused(Box::new(guard::wrong_code(effect))))
}

/// `None` when the request cannot be bound by this approver: it has just expired, or another one
/// was faster.
fn bind_to(
    tx: &mut Tx<'_>,
    mut kept: Kept,
    approver: &Approver,
) -> Result<Option<Answer>, StoreError> {
    let Some(jws) = tx.db().signed_for(kept.id, &approver.id)? else { return Ok(None) };
    let receipt = kept.receipt.clone().unwrap_or_else(|| Receipt::draw(&mut random()));
    kept.receipt = Some(receipt.clone());
    let event = Event::Bind { by: approver.id.clone(), method: Method::Code };
    match course::advance(tx, &mut kept, event, None)? {
        Ok(Effect::Changed | Effect::Same | Effect::ReportedLater) => Ok(Some(Answer::Bound {
            jws,
            state: kept.life.standing(),
            receipt,
            expires_at: kept.life.expires_at,
        })),
        Err(refusal) => {
            tracing::info!(request = %kept.id, %refusal, "a right code binds nothing");
            Ok(None)
        }
    }
}
