//! An approver is connected: the snapshot first, then what changes, in the order it was committed.

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use sayso_protocol::link::{
    Ended, FromBroker, MAX_MESSAGE, Open, PING_EVERY, SILENCE, SUBPROTOCOL,
};
use sayso_protocol::problem::ProblemType;
use sayso_protocol::request::RequestId;
use sayso_protocol::time::UnixTime;
use sayso_protocol::trusted::Reading;
use serde::Serialize;
use std::time::Duration;

use crate::auth::CallingComputer;
use crate::clock::pause;
use crate::course;
use crate::error::Error;
use crate::forwarding::Caller;
use crate::relay::{Connected, Out};
use crate::server::Broker;
use crate::settling::{self, Moment};
use crate::store::approvers::Approver;
use crate::store::audit::signed_head;
use crate::store::requests::Kept;
use crate::store::{Db, StoreError};

/// Buffers of a link that is idle nearly always.
const READ_BUFFER: usize = 512;
/// What has ended so recently is told again.
const ENDED_SINCE: Duration = Duration::from_secs(15 * 60);
/// What a snapshot lists takes at most so many bytes; more requests follow as messages of their
/// own.
const SNAPSHOT_BYTES: usize = MAX_MESSAGE / 2;
/// What has ended takes at most so many of them: the newest first, and the rest is not told.
const ENDED_BYTES: usize = SNAPSHOT_BYTES / 4;
/// A write that takes longer means that nobody reads.
const SEND_WITHIN: Duration = Duration::from_secs(20);
/// The same once the broker is to stop.
const GOODBYE_WITHIN: Duration = Duration::from_secs(3);

/// Close codes (RFC 6455, section 7.4.1; 4000 and up are ours).
mod close {
    pub(super) const STOPPING: u16 = 1001;
    pub(super) const POLICY: u16 = 1008;
    pub(super) const FAULT: u16 = 1011;
    /// Another link of the same approver is newer, or the approver is gone.
    pub(super) const OVER: u16 = 4000;
}

/// `GET /v1/approver/link`: a WebSocket of subprotocol `sayso.v1`.
///
/// # Errors
/// `unauthorized`, `signature`, `clock`, `approver-removed`, `account-blocked`; `malformed` without
/// the subprotocol.
pub async fn open(
    State(broker): State<Broker>,
    Extension(caller): Extension<Caller>,
    CallingComputer(approver): CallingComputer,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Error> {
    let upgrade = upgrade.map_err(|_| Error::of(ProblemType::Malformed))?.protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return Err(Error::of(ProblemType::Malformed));
    }
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(move |socket| serve(broker, socket, approver, caller)))
}

async fn serve(broker: Broker, mut socket: WebSocket, approver: Approver, caller: Caller) {
    let Ok(mut connected) = broker.relay.connect(approver.id.clone(), caller).await else {
        return;
    };
    tracing::info!(approver = %approver.id, "connected");
    let code = converse(&broker, &mut socket, &approver, &mut connected).await;
    if let Some(code) = code {
        let frame = CloseFrame { code, reason: "".into() };
        // A peer that is gone needs no goodbye.
        let _ = send(&broker, &mut socket, Message::Close(Some(frame))).await;
    }
    broker.relay.leave(approver.id.clone(), connected).await;
    tracing::info!(approver = %approver.id, "disconnected");
}

/// Until the link is over; with the code to close it with, if it is ours to close.
async fn converse(
    broker: &Broker,
    socket: &mut WebSocket,
    approver: &Approver,
    connected: &mut Connected,
) -> Option<u16> {
    let mut version = match send_snapshot(broker, socket, approver).await {
        Ok(version) => version,
        Err(code) => return code,
    };
    let mut silent = Duration::ZERO;
    loop {
        tokio::select! {
            out = connected.out.recv() => match out {
                None => return Some(close::OVER),
                Some(Out::Message { version: at, .. }) if at <= version => {}
                Some(Out::Message { message, .. }) => tell(broker, socket, &message).await.ok()?,
                Some(Out::ReadAgain) => match send_snapshot(broker, socket, approver).await {
                    Ok(newer) => version = newer,
                    Err(code) => return code,
                },
            },
            received = socket.recv() => match received {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => silent = Duration::ZERO,
                Some(Ok(Message::Text(_) | Message::Binary(_))) => return Some(close::POLICY),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            },
            () = pause(PING_EVERY) => {
                if silent >= SILENCE {
                    return Some(close::OVER);
                }
                silent += PING_EVERY;
                send(broker, socket, Message::Ping(Vec::new().into())).await.ok()?;
            }
            () = broker.stopping.cancelled() => return Some(close::STOPPING),
        }
    }
}

struct Gone;

async fn send(broker: &Broker, socket: &mut WebSocket, message: Message) -> Result<(), Gone> {
    let stopped = async {
        broker.stopping.cancelled().await;
        pause(GOODBYE_WITHIN).await;
    };
    tokio::select! {
        sent = socket.send(message) => sent.map_err(|_| Gone),
        () = pause(SEND_WITHIN) => Err(Gone),
        () = stopped => Err(Gone),
    }
}

async fn tell(broker: &Broker, socket: &mut WebSocket, message: &FromBroker) -> Result<(), Gone> {
    let text = serde_json::to_string(message).map_err(|_| Gone)?;
    send(broker, socket, Message::Text(text.into())).await
}

/// What an approver should know, and the version of the store it was read at.
struct Snapshot {
    first: FromBroker,
    rest: Vec<FromBroker>,
    version: u64,
}

async fn send_snapshot(
    broker: &Broker,
    socket: &mut WebSocket,
    approver: &Approver,
) -> Result<u64, Option<u16>> {
    let (id, reading) = (approver.id.clone(), broker.clock.reading());
    let key = broker.store.key().clone();
    let read = broker.store.read(move |db| {
        let approver = db.approver(&id)?.filter(|approver| approver.may_read().is_ok());
        approver.map(|approver| snapshot(db, &approver, reading, &key)).transpose()
    });
    let snapshot = match read.await {
        Ok(Some(snapshot)) => snapshot,
        Ok(None) => return Err(Some(close::OVER)),
        Err(error) => {
            tracing::error!(%error, "no snapshot");
            return Err(Some(close::FAULT));
        }
    };
    for message in std::iter::once(&snapshot.first).chain(&snapshot.rest) {
        tell(broker, socket, message).await.map_err(|Gone| None)?;
    }
    Ok(snapshot.version)
}

fn snapshot(
    db: Db<'_>,
    approver: &Approver,
    reading: Reading,
    key: &crate::store::key::BrokerKey,
) -> Result<Snapshot, StoreError> {
    let audit_head =
        signed_head(db)?.ok_or_else(|| StoreError::Unreadable("no audit head".into()))?;
    let head = key
        .public()
        .verify_at_any_time::<sayso_protocol::link::AuditHead>(audit_head.as_str())
        .map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let time = reading.time;
    let changes = settling::to_tell(db, approver, Moment::of(db, reading)?)?;
    let (ended, _, bytes) = fit(recently_ended(db, approver, time)?, ENDED_BYTES)?;
    let (requests, rest, _) = fit(still_open(db, approver)?, SNAPSHOT_BYTES - bytes)?;
    let rest: Vec<FromBroker> = rest.into_iter().map(FromBroker::Request).collect();
    let more = u32::try_from(rest.len()).unwrap_or(u32::MAX);
    let first = FromBroker::Snapshot { requests, more, ended, changes, time, audit_head };
    Ok(Snapshot { first, rest, version: head.claims.length })
}

fn still_open(db: Db<'_>, approver: &Approver) -> Result<Vec<Open>, StoreError> {
    let waiting = db.waiting(&approver.account)?;
    let open = waiting.iter().map(|kept| open_request(db, kept, approver));
    open.filter_map(Result::transpose).collect()
}

fn recently_ended(
    db: Db<'_>,
    approver: &Approver,
    now: UnixTime,
) -> Result<Vec<Ended>, StoreError> {
    let since = UnixTime(now.0 - ENDED_SINCE.as_secs().cast_signed());
    let mut ended = Vec::new();
    for kept in db.ended(&approver.account, since)? {
        if was_asked(db, kept.id, approver)? {
            ended.push(course::ended(&kept));
        }
    }
    Ok(ended)
}

/// The first of `items` that take at most `room` bytes as JSON, the others, and the bytes taken.
fn fit<T: Serialize>(
    mut items: Vec<T>,
    room: usize,
) -> Result<(Vec<T>, Vec<T>, usize), StoreError> {
    let (mut count, mut taken) = (0, 0);
    for item in &items {
        let bytes = serde_json::to_string(item)?.len() + 1;
        if taken + bytes > room {
            break;
        }
        taken += bytes;
        count += 1;
    }
    let others = items.split_off(count);
    Ok((items, others, taken))
}

fn was_asked(db: Db<'_>, id: RequestId, approver: &Approver) -> Result<bool, StoreError> {
    Ok(db.signed_for(id, &approver.id)?.is_some())
}

fn open_request(db: Db<'_>, kept: &Kept, approver: &Approver) -> Result<Option<Open>, StoreError> {
    let Some(jws) = db.signed_for(kept.id, &approver.id)? else { return Ok(None) };
    let theirs = kept.life.is_bound_by(&approver.id);
    Ok(Some(Open {
        jws,
        state: kept.life.standing(),
        receipt: kept.receipt.clone().filter(|_| theirs),
        expires_at: kept.life.expires_at,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_left_in_its_order() {
        let items = || vec!["aaaa".to_owned(), "bbbb".to_owned(), "c".to_owned()];
        assert_eq!(fit(items(), 100).unwrap(), (items(), vec![], 18));
        let (first, others, taken) = fit(items(), 13).unwrap();
        assert_eq!((first.len(), others, taken), (1, vec!["bbbb".to_owned(), "c".to_owned()], 7));
        assert_eq!(fit(items(), 6).unwrap().2, 0);
    }
}
