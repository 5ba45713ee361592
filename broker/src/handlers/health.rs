//! What anyone may ask.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::rotation::{KeySet, ListedKey};
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
    asking: Result<Query<Asking>, QueryRejection>,
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

/// Who knows a key of the broker already.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knowing {
    /// Its thumbprint (RFC 7638): the answer says how the key in use came after it.
    after: Option<String>,
}

/// `GET /v1/keys?after=KID`: the broker's public keys (RFC 7517), the one in use first.
///
/// # Errors
/// `malformed`; `unavailable` when the store cannot be read.
pub async fn keys(
    State(broker): State<Broker>,
    knowing: Result<Query<Knowing>, QueryRejection>,
) -> Result<Json<KeySet>, Error> {
    let Query(Knowing { after }) = knowing.map_err(|_| Error::of(ProblemType::Malformed))?;
    let (key, now) = (broker.store.key().public().clone(), broker.clock.now());
    let read = broker.store.read(move |db| {
        let kid = key.thumbprint();
        let rotations = after.map(|after| db.rotations(&after, &kid)).transpose()?;
        let former = db.former_keys(&kid, now)?;
        let keys = std::iter::once(key).chain(former).map(ListedKey::from).collect();
        Ok(KeySet { keys, rotations: rotations.unwrap_or_default() })
    });
    Ok(Json(read.await?))
}

/// `GET /healthz`: 204 when the store answers.
///
/// # Errors
/// `unavailable`.
pub async fn healthz(State(broker): State<Broker>) -> Result<StatusCode, Error> {
    broker.store.read(|db| db.next_deadline()).await?;
    Ok(StatusCode::NO_CONTENT)
}
