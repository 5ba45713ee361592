//! An approver is connected: the snapshot first, then what changes, in the order it was committed.

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::link::{FromBroker, MAX_MESSAGE, PING_EVERY, REPLACED, SILENCE, SUBPROTOCOL};
use sayso_protocol::problem::ProblemType;
use std::time::Duration;

use super::snapshot::Snapshot;
use crate::auth::CallingComputer;
use crate::clock::pause;
use crate::error::Error;
use crate::forwarding::Caller;
use crate::relay::{Connected, Mail, Out};
use crate::server::Broker;

/// An approver says little more on its link than that it is there.
const READ_BUFFER: usize = 128;
/// In a flood the snapshot is told at most this often.
pub(super) const CATCH_UP: Duration = Duration::from_millis(250);
/// A write that takes longer means that nobody reads.
const SEND_WITHIN: Duration = Duration::from_secs(20);
/// So long may the goodbye take of a broker that is to stop. What else was to be told, the next
/// link tells.
const GOODBYE_WITHIN: Duration = Duration::from_secs(3);

/// Close codes (RFC 6455, section 7.4.1; 4000 and up are ours).
mod close {
    pub(super) const STOPPING: u16 = 1001;
    pub(super) const POLICY: u16 = 1008;
    pub(super) const FAULT: u16 = 1011;
    /// The approver was removed, or is silent.
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
    CallingComputer { approver, proof }: CallingComputer,
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
        .on_upgrade(move |mut socket| {
            // A task of its own: this one holds all that opening took, and ends. And `serve`
            // borrows: the future of an async function holds twice what it is given.
            tokio::spawn(async move {
                serve(&broker, &mut socket, &approver.id, caller, proof).await;
            });
            std::future::ready(())
        }))
}

/// What it does now and then is boxed: an idle link should cost little more than its socket.
async fn serve(
    broker: &Broker,
    socket: &mut WebSocket,
    approver: &ApproverId,
    caller: Caller,
    proof: String,
) {
    let Ok(mut connected) = broker.relay.connect(approver.clone(), caller, proof).await else {
        return;
    };
    let _open = broker.metrics.link();
    tracing::info!(%approver, "connected");
    let frame = tokio::select! {
        biased;
        () = broker.stopping.cancelled() => Some(goodbye(close::STOPPING)),
        frame = converse(broker, socket, approver, &mut connected) => frame,
    };
    if let Some(frame) = frame {
        Box::pin(say_goodbye(broker, socket, frame)).await;
    }
    broker.relay.leave(approver.clone(), connected).await;
    tracing::info!(%approver, "disconnected");
}

/// Until the link is over; with what to close it with, if it is ours to close.
async fn converse(
    broker: &Broker,
    socket: &mut WebSocket,
    approver: &ApproverId,
    connected: &mut Connected,
) -> Option<CloseFrame> {
    let mut version = match Box::pin(send_snapshot(broker, socket, approver)).await {
        Ok(version) => version,
        Err(frame) => return frame,
    };
    let mut silent = Duration::ZERO;
    loop {
        tokio::select! {
            mail = connected.mailbox.next() => match mail {
                Mail::Over => return Some(over(connected)),
                Mail::Next(Out::Message { version: at, .. }) if at <= version => {}
                Mail::Next(Out::Message { message, .. }) => {
                    Box::pin(tell(socket, &message)).await.ok()?;
                }
                Mail::Next(Out::ReadAgain) => {
                    match Box::pin(send_snapshot(broker, socket, approver)).await {
                        Ok(newer) => version = newer,
                        Err(frame) => return frame,
                    }
                }
                Mail::Lost => {
                    match Box::pin(catch_up(broker, socket, approver, connected)).await {
                        Ok(newer) => version = newer,
                        Err(frame) => return frame,
                    }
                }
            },
            received = socket.recv() => match received {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => silent = Duration::ZERO,
                Some(Ok(Message::Text(_) | Message::Binary(_))) => return Some(goodbye(close::POLICY)),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            },
            () = pause(PING_EVERY) => {
                if silent >= SILENCE {
                    return Some(goodbye(close::OVER));
                }
                silent += PING_EVERY;
                Box::pin(send(socket, Message::Ping(Vec::new().into()))).await.ok()?;
            }
        }
    }
}

/// More came than a link takes: a moment later, a snapshot tells all of it at once. A link that was
/// replaced meanwhile is over.
async fn catch_up(
    broker: &Broker,
    socket: &mut WebSocket,
    approver: &ApproverId,
    connected: &mut Connected,
) -> Result<u64, Option<CloseFrame>> {
    pause(CATCH_UP).await;
    connected.mailbox.clear();
    if connected.mailbox.replaced_by().is_some() {
        return Err(Some(over(connected)));
    }
    send_snapshot(broker, socket, approver).await
}

fn goodbye(code: u16) -> CloseFrame {
    CloseFrame { code, reason: "".into() }
}

fn over(connected: &Connected) -> CloseFrame {
    match connected.mailbox.replaced_by() {
        Some(by) => CloseFrame { code: REPLACED, reason: by.into() },
        None => goodbye(close::OVER),
    }
}

struct Gone;

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Gone> {
    tokio::select! {
        sent = socket.send(message) => sent.map_err(|_| Gone),
        () = pause(SEND_WITHIN) => Err(Gone),
    }
}

/// A peer that is gone needs none, and a broker that is to stop waits for no other.
async fn say_goodbye(broker: &Broker, socket: &mut WebSocket, frame: CloseFrame) {
    let stopped = async {
        broker.stopping.cancelled().await;
        pause(GOODBYE_WITHIN).await;
    };
    tokio::select! {
        _ = send(socket, Message::Close(Some(frame))) => {}
        () = stopped => {}
    }
}

async fn tell(socket: &mut WebSocket, message: &FromBroker) -> Result<(), Gone> {
    let text = serde_json::to_string(message).map_err(|_| Gone)?;
    send(socket, Message::Text(text.into())).await
}

/// Sends what this approver should know; the version of the store that it was read at, or what
/// to close with.
async fn send_snapshot(
    broker: &Broker,
    socket: &mut WebSocket,
    approver: &ApproverId,
) -> Result<u64, Option<CloseFrame>> {
    let snapshot = match Snapshot::read(broker, approver).await {
        Ok(Some(snapshot)) => snapshot,
        Ok(None) => return Err(Some(goodbye(close::OVER))),
        Err(error) => {
            tracing::error!(%error, "no snapshot");
            return Err(Some(goodbye(close::FAULT)));
        }
    };
    for message in snapshot.messages() {
        tell(socket, message).await.map_err(|Gone| None)?;
    }
    Ok(snapshot.version)
}
