//! One call to a webhook: bounded in time and length, and it follows no redirect. Nothing but the
//! head of the answer is read.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use sayso_protocol::time::UnixTime;
use sayso_protocol::webhook::{ID, SIGNATURE, TIMESTAMP};
use std::pin::pin;
use std::time::Duration;
use url::{Position, Url};
use uuid::Uuid;

use super::dial::Dialer;
use super::schedule;
use crate::store::outbox::Failure;

/// No call takes longer: Standard Webhooks recommends 15 to 30 s.
pub(super) const LIMIT: Duration = Duration::from_secs(15);
/// No head of an answer is longer, in bytes.
const MAX_HEAD: usize = 32 * 1024;
/// Who calls.
const AGENT: &str = concat!("sayso-broker/", env!("CARGO_PKG_VERSION"));

/// What is sent.
pub(super) struct Letter {
    pub(super) url: String,
    pub(super) id: Uuid,
    pub(super) at: UnixTime,
    pub(super) signature: String,
    pub(super) body: String,
}

/// A call in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InVain {
    pub(super) why: Failure,
    /// How long the receiver asks to be left alone.
    pub(super) asked: Option<Duration>,
}

impl From<Failure> for InVain {
    fn from(why: Failure) -> Self {
        Self { why, asked: None }
    }
}

/// Sends it, until `late`. It is delivered if it is answered with a status from 200 to 299.
pub(super) async fn send(
    dialer: &Dialer,
    letter: Letter,
    late: impl Future<Output = ()>,
) -> Result<(), InVain> {
    let at = letter.at;
    let answer = tokio::select! {
        answer = call(dialer, letter) => answer?,
        () = late => return Err(Failure::Late.into()),
    };
    match answer.status() {
        status if status.is_success() => Ok(()),
        StatusCode::GONE => Err(Failure::Gone.into()),
        status => {
            Err(InVain { why: Failure::Status(status.as_u16()), asked: patience(&answer, at) })
        }
    }
}

async fn call(dialer: &Dialer, letter: Letter) -> Result<Response<Incoming>, Failure> {
    let url = Url::parse(&letter.url).map_err(|_| Failure::Unreachable)?;
    let request = Request::post(&url[Position::BeforePath..])
        .header(HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(USER_AGENT, AGENT)
        .header(CONNECTION, "close")
        .header(CONTENT_TYPE, "application/json")
        .header(ID, letter.id.to_string())
        .header(TIMESTAMP, letter.at.0)
        .header(SIGNATURE, letter.signature)
        .body(Full::new(Bytes::from(letter.body)))
        .map_err(|_| Failure::Unreachable)?;
    let unreachable = |error: hyper::Error| {
        tracing::debug!(%error, "a call to a webhook failed");
        Failure::Unreachable
    };
    let wire = TokioIo::new(dialer.dial(&url).await?);
    let handshake = http1::Builder::new().max_buf_size(MAX_HEAD).handshake(wire).await;
    let (mut sender, connection) = handshake.map_err(unreachable)?;
    let mut answered = pin!(sender.send_request(request));
    tokio::select! {
        biased;
        answer = &mut answered => answer,
        _ = connection => answered.await,
    }
    .map_err(unreachable)
}

/// How long the receiver asks to be left alone.
fn patience(answer: &Response<Incoming>, now: UnixTime) -> Option<Duration> {
    let text = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    schedule::patience(text, now)
}
