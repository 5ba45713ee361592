//! An approver brings what the person decided. The first valid decision wins; the same bytes again
//! get the same answer.

use axum::Json;
use axum::extract::{Path, State};
use sayso_protocol::decision::{DecisionAnswer, DecisionCall, DecisionClaims, Verdict};
use sayso_protocol::life::{Effect, Event};
use sayso_protocol::problem::ProblemType;
use sayso_protocol::request::RequestId;
use sayso_protocol::signature::{Envelope, Jws, LEEWAY, SignatureError, claimed_key};

use super::Body;
use super::requests::request_id;
use crate::auth::{self, approver_of};
use crate::course;
use crate::error::Error;
use crate::server::Broker;
use crate::store::approvers::Approver;
use crate::store::requests::Kept;
use crate::store::{StoreError, Tx};

/// `POST /v1/requests/{id}/decision`: what stands, and what an approval still waits for.
///
/// # Errors
/// `signature`, `clock`, `not-found`, `not-bound`; `ended` with what stands.
pub async fn decide(
    State(broker): State<Broker>,
    Path(id): Path<String>,
    Body(DecisionCall { decision }): Body<DecisionCall>,
) -> Result<Json<DecisionAnswer>, Error> {
    let id = request_id(&id)?;
    let approver = approver_of(&broker, decision.as_str()).await?;
    let envelope = verify(&broker, &approver, &decision)?;
    if envelope.claims.request != id {
        return Err(Error::of(ProblemType::Malformed));
    }
    let written = broker.store.write(move |tx| take(tx, id, &approver, &envelope, &decision));
    let written = written.await?;
    let Kept { life, confirmation, .. } = written.value?;
    Ok(Json(DecisionAnswer {
        state: life.standing(),
        confirm: confirmation,
        expires_at: life.expires_at,
        audit_head: written.head,
    }))
}

/// An approval counts under the approver key alone, anything else under either key. Whether its
/// time is over is for the request's life to say, which knows what stands.
fn verify(
    broker: &Broker,
    approver: &Approver,
    decision: &Jws<DecisionClaims>,
) -> Result<Envelope<DecisionClaims>, Error> {
    let by_link_key = claimed_key(decision.as_str())? == approver.link_jwk.kid;
    let key = if by_link_key { &approver.link_jwk } else { &approver.jwk }.open()?;
    let envelope = key.verify_at_any_time::<DecisionClaims>(decision.as_str())?;
    if envelope.iss != approver.id.0 {
        return Err(SignatureError::Issuer.into());
    }
    if envelope.aud != broker.store.origin() {
        return Err(SignatureError::Audience.into());
    }
    if envelope.iat > broker.clock.now().plus(LEEWAY) {
        return Err(SignatureError::Future.into());
    }
    if by_link_key && envelope.claims.verdict == Verdict::Approve {
        return Err(SignatureError::Key.into());
    }
    Ok(envelope)
}

/// The request as it then stands. Only who approved it gets this far while it is unconfirmed: a
/// denial ends it, and any other decision is refused.
fn take(
    tx: &mut Tx<'_>,
    id: RequestId,
    approver: &Approver,
    envelope: &Envelope<DecisionClaims>,
    decision: &Jws<DecisionClaims>,
) -> Result<Result<Kept, Error>, StoreError> {
    let found = tx.db().request(id)?.zip(tx.db().signed_for(id, &approver.id)?);
    let Some((mut kept, signed)) = found else {
        return Ok(Err(Error::of(ProblemType::NotFound)));
    };
    let claims = &envelope.claims;
    if claims.request_hash != signed.digest() || envelope.exp != kept.exp {
        return Ok(Err(Error::of(ProblemType::Signature)));
    }
    if let Err(error) = auth::acting(tx.db(), &approver.id)? {
        return Ok(Err(error));
    }
    if claims.verdict == Verdict::Approve && !receipt_fits(&kept, claims) {
        let standing = kept.life.standing();
        let kind = if standing.is_final() { ProblemType::Ended } else { ProblemType::NotBound };
        return Ok(Err(Error::standing(kind, standing)));
    }
    let event = Event::Decide {
        by: approver.id.clone(),
        verdict: claims.verdict,
        decision: decision.digest(),
        exp: envelope.exp,
    };
    match course::advance(tx, &mut kept, event, Some(claims.verification))? {
        Ok(Effect::Changed | Effect::ReportedLater) => {
            tx.keep_decision(id, &approver.id, decision)?;
            Ok(Ok(kept))
        }
        Ok(Effect::Same) => Ok(Ok(kept)),
        Err(refusal) => Ok(Err(refusal.into())),
    }
}

/// The receipt is compared in constant time.
fn receipt_fits(kept: &Kept, claims: &DecisionClaims) -> bool {
    kept.receipt.is_some() && kept.receipt == claims.receipt
}
