//! The approvers of an account. A computer becomes one by the activation code that the
//! administrator gave to the person: the first that the account ever has at once, a further one
//! when it is let in or has waited. An account that is unknown or blocked, a wrong code and an old
//! one are answered alike, in content and in time.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use sayso_protocol::change::{ApproverTold, Approvers, ChangeTold, MOST_APPROVERS};
use sayso_protocol::enrolment::{ApproverId, Enrolled, Enrolment, EnrolmentCall};
use sayso_protocol::problem::ProblemType;
use sayso_protocol::signature::{Envelope, Jws, unverified};
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::Body;
use crate::auth::{self, CallingApprover};
use crate::error::Error;
use crate::server::Broker;
use crate::store::accounts::Activation;
use crate::store::messages::{Message, Seen};
use crate::store::{StoreError, Tx};
use crate::{guard, roster, settling};

/// What an enrolment was answered; kept for the same bytes again.
#[derive(Debug, Serialize, Deserialize)]
struct Taken {
    display: Clean<60>,
    since: UnixTime,
    change: Option<ChangeTold>,
}

/// `GET /v1/approvers`: the active ones, oldest first.
///
/// # Errors
/// `unauthorized`, `signature`, `clock`, `approver-removed`, `approver-waits`, `account-blocked`.
pub async fn list(
    State(broker): State<Broker>,
    CallingApprover(approver): CallingApprover,
) -> Result<Json<Approvers>, Error> {
    let found = broker.store.read(move |db| db.approvers(&approver.account)).await?;
    let approvers = found
        .into_iter()
        .map(|approver| ApproverTold { computer: approver.computer(), since: approver.since });
    Ok(Json(Approvers { approvers: approvers.collect() }))
}

/// `POST /v1/approvers`: 201 and since when.
///
/// # Errors
/// `signature`, `clock`, `activation`, `too-many-approvers`, `known-key`.
pub async fn enrol(
    State(broker): State<Broker>,
    Body(EnrolmentCall { enrolment }): Body<EnrolmentCall>,
) -> Result<(StatusCode, Json<Enrolled>), Error> {
    let envelope = verify(&broker, &enrolment)?;
    let message = Message {
        from: ApproverId(envelope.iss.clone()),
        jti: envelope.jti,
        digest: enrolment.digest(),
        until: envelope.exp,
    };
    let approver = message.from.clone();
    let enrolment = envelope.claims;
    let tried = try_code(&broker, &enrolment).await?;
    let wait = broker.change_wait;
    let take = move |tx: &mut Tx<'_>| take(tx, &enrolment, &message, tried.as_ref(), wait);
    let written = broker.store.write(take).await?;
    broker.deadlines.notify_one();
    let Taken { display, since, change } = written.value?;
    let answer = Enrolled {
        approver,
        display,
        broker: Clean::new(&broker.name),
        since,
        change,
        audit_head: written.head,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The message is signed with the very key it brings, which is the issuer's id.
fn verify(broker: &Broker, jws: &Jws<Enrolment>) -> Result<Envelope<Enrolment>, Error> {
    let key = unverified::<Enrolment>(jws.as_str())?.claims.jwk;
    let envelope = auth::verify_call(broker, &key, &ApproverId(key.thumbprint()), jws)?;
    if envelope.claims.link_jwk == envelope.claims.jwk {
        return Err(Error::of(ProblemType::Malformed));
    }
    Ok(envelope)
}

/// The activation that the code opens, if it opens one. The work is the same if there is none.
async fn try_code(broker: &Broker, enrolment: &Enrolment) -> Result<Option<Activation>, Error> {
    let account = enrolment.account.clone();
    let kept = broker.store.read(move |db| db.activation(&account)).await?;
    let leave = broker.hashing.acquire().await;
    let leave = leave.map_err(|error| Error::Inside(error.to_string()))?;
    let code = enrolment.activation.clone();
    let hashed = tokio::task::spawn_blocking(move || {
        guard::opens(&code, kept.as_ref()).map(|opens| kept.filter(|_| opens))
    });
    let opened = hashed.await.map_err(|error| Error::Inside(error.to_string()))?;
    drop(leave);
    opened.map_err(Error::Inside)
}

fn take(
    tx: &mut Tx<'_>,
    enrolment: &Enrolment,
    message: &Message,
    opened: Option<&Activation>,
    wait: Duration,
) -> Result<Result<Taken, Error>, StoreError> {
    match tx.seen::<Taken>(message)? {
        Seen::Same(taken) => return Ok(Ok(taken)),
        Seen::Forged => return Ok(Err(Error::of(ProblemType::Signature))),
        Seen::Never => {}
    }
    let account = &enrolment.account;
    // Wrong codes that were counted while this one was hashed count here too.
    let kept = tx.db().activation(account)?.filter(|kept| guard::counts(kept, tx.now));
    let opened = kept.filter(|kept| opened.is_some_and(|opened| opened.hash == kept.hash));
    let found = tx.db().account(account)?.filter(|account| !account.blocked).zip(opened);
    let Some((found, activation)) = found else {
        tx.count_wrong_activation(account)?;
        return Ok(Err(Error::of(ProblemType::Activation)));
    };
    for key in [&enrolment.jwk, &enrolment.link_jwk] {
        if tx.db().approver_of_key(&key.thumbprint())?.is_some() {
            return Ok(Err(Error::of(ProblemType::KnownKey)));
        }
    }
    settling::pass(tx)?;
    if tx.db().registered(account)?.len() >= MOST_APPROVERS {
        return Ok(Err(Error::of(ProblemType::TooManyApprovers)));
    }
    let change = roster::enrol(tx, enrolment, activation.admission, message.digest, wait)?;
    let taken = Taken { display: found.display, since: tx.now, change };
    tx.keep_answer(message, &taken)?;
    Ok(Ok(taken))
}
