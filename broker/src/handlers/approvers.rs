//! A computer becomes an approver: it brings the activation code that the administrator gave to
//! the person. An unknown account, a wrong code and an old one are answered alike, in content and
//! in time.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use sayso_protocol::enrolment::{Enrolled, Enrolment, EnrolmentCall};
use sayso_protocol::problem::ProblemType;
use sayso_protocol::signature::{Envelope, Expected, unverified};
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};

use super::Body;
use crate::error::Error;
use crate::guard;
use crate::server::Broker;
use crate::store::accounts::Activation;
use crate::store::messages::{Message, Seen};
use crate::store::{StoreError, Tx};

/// What an enrolment was answered; kept for the same bytes again.
#[derive(Debug, Serialize, Deserialize)]
struct Taken {
    display: Clean<60>,
    since: UnixTime,
}

/// `POST /v1/approvers`: 201 and since when.
///
/// # Errors
/// `signature`, `clock`, `activation`, `second-approver`, `known-key`.
pub async fn enrol(
    State(broker): State<Broker>,
    Body(EnrolmentCall { enrolment }): Body<EnrolmentCall>,
) -> Result<(StatusCode, Json<Enrolled>), Error> {
    let envelope = verify(&broker, enrolment.as_str())?;
    let message = Message {
        from: sayso_protocol::enrolment::ApproverId(envelope.iss.clone()),
        jti: envelope.jti,
        digest: enrolment.digest(),
        until: envelope.exp,
    };
    let approver = message.from.clone();
    let enrolment = envelope.claims;
    let tried = try_code(&broker, &enrolment).await?;
    let written =
        broker.store.write(move |tx| take(tx, &enrolment, &message, tried.as_ref())).await?;
    let Taken { display, since } = written.value?;
    let answer = Enrolled {
        approver,
        display,
        broker: Clean::new(&broker.name),
        since,
        change: None,
        audit_head: written.head,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The message is signed with the very key it brings, which is the issuer's id.
fn verify(broker: &Broker, jws: &str) -> Result<Envelope<Enrolment>, Error> {
    let key = unverified::<Enrolment>(jws)?.claims.jwk;
    let id = key.thumbprint();
    let expected = Expected { iss: &id, aud: broker.store.origin(), now: broker.clock.now() };
    let envelope = key.verify::<Enrolment>(jws, expected)?;
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
) -> Result<Result<Taken, Error>, StoreError> {
    match tx.seen::<Taken>(message)? {
        Seen::Same(taken) => return Ok(Ok(taken)),
        Seen::Forged => return Ok(Err(Error::of(ProblemType::Signature))),
        Seen::Never => {}
    }
    let account = &enrolment.account;
    // Wrong codes that were counted while this one was hashed count here too.
    let kept = tx.db().activation(account)?.filter(|kept| guard::counts(kept, tx.now));
    let same = |kept: &Activation| opened.is_some_and(|opened| opened.hash == kept.hash);
    if !kept.as_ref().is_some_and(same) {
        tx.count_wrong_activation(account)?;
        return Ok(Err(Error::of(ProblemType::Activation)));
    }
    if !tx.db().approvers_ever(account)?.is_empty() {
        return Ok(Err(Error::of(ProblemType::SecondApprover)));
    }
    for key in [&enrolment.jwk, &enrolment.link_jwk] {
        if tx.db().approver_of_key(&key.thumbprint())?.is_some() {
            return Ok(Err(Error::of(ProblemType::KnownKey)));
        }
    }
    tx.enrol(enrolment)?;
    let display = tx.db().account(account)?.map(|account| account.display).unwrap_or_default();
    let taken = Taken { display, since: tx.now };
    tx.keep_answer(message, &taken)?;
    Ok(Ok(taken))
}
