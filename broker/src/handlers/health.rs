//! What anyone may ask.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use sayso_protocol::enrolment::KeySet;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::time::{BrokerTime, TimeAnswer};
use serde::Deserialize;
use std::time::Duration;

use crate::error::Error;
use crate::server::Broker;
use crate::store::key::Frame;

/// How long the signed time counts.
const TIME_LIFE: Duration = Duration::from_secs(60);

/// Who asks for the time says which answer is theirs.
#[derive(Deserialize)]
pub struct Asking {
    /// 1 to 64 printable characters of ASCII; the answer's `aud`.
    nonce: String,
}

/// `GET /v1/time?nonce=N`: the signed time.
///
/// # Errors
/// `malformed` for a nonce that is not 1 to 64 printable characters.
pub async fn time(
    State(broker): State<Broker>,
    asking: Result<Query<Asking>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<TimeAnswer>, Error> {
    let Query(Asking { nonce }) = asking.map_err(|_| Error::of(ProblemType::Malformed))?;
    if !(1..=64).contains(&nonce.len()) || !nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::of(ProblemType::Malformed));
    }
    let now = broker.clock.now();
    let frame = Frame { iss: broker.store.origin(), aud: &nonce, iat: now, exp: now };
    let time = broker.store.key().sign(frame.lasting(TIME_LIFE), BrokerTime {});
    Ok(Json(TimeAnswer { time }))
}

/// `GET /v1/keys`: the broker's public keys (RFC 7517), the one in use first.
pub async fn keys(State(broker): State<Broker>) -> Json<KeySet> {
    Json(KeySet { keys: vec![broker.store.key().public().clone()] })
}

/// `GET /healthz`: 204 when the store answers.
///
/// # Errors
/// `unavailable`.
pub async fn healthz(State(broker): State<Broker>) -> Result<StatusCode, Error> {
    broker.store.read(|db| db.next_deadline()).await?;
    Ok(StatusCode::NO_CONTENT)
}
