//! What the broker says on an open link: its frames, its messages, and its snapshots.

use futures_util::stream::SplitStream;
use futures_util::{SinkExt, StreamExt};
use sayso_protocol::change::ChangeTold;
use sayso_protocol::link::{self, Ended, FromBroker, Open};
use sayso_protocol::signature::SignatureError;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

use super::super::connection;
use super::super::{Arrived, BrokerClock, Event};
use super::{Broker, Link};
use crate::clock;

/// A pong that takes longer has nobody who reads it.
const PONG_LIMIT: Duration = Duration::from_secs(2);

/// A snapshot of which so many requests are still to come.
pub(super) struct Snapshot {
    requests: Vec<Arrived>,
    ended: Vec<Ended>,
    changes: Vec<ChangeTold>,
    more: u32,
}

impl Broker {
    pub(super) async fn frame(&mut self, frame: Option<Message>) -> bool {
        match frame {
            Some(Message::Text(text)) => match FromBroker::parse(text.as_str()) {
                Ok(message) => self.message(message).await,
                Err(error) => {
                    tracing::warn!(%error, "the broker sent what cannot be read");
                    self.failed().await
                }
            },
            Some(Message::Ping(payload)) => {
                if let Some(pongs) = self.pongs.as_mut() {
                    let sent = pongs.send(Message::Pong(payload));
                    // A broker that does not read must not stop what else is to be sent.
                    if !matches!(tokio::time::timeout(PONG_LIMIT, sent).await, Ok(Ok(()))) {
                        return self.failed().await;
                    }
                }
                self.step(connection::Event::Heard).await
            }
            Some(Message::Pong(_)) => self.step(connection::Event::Heard).await,
            Some(Message::Close(Some(close))) if u16::from(close.code) == link::REPLACED => {
                self.replaced(&close.reason).await
            }
            Some(Message::Binary(_) | Message::Frame(_) | Message::Close(_)) | None => {
                self.failed().await
            }
        }
    }

    pub(super) async fn message(&mut self, message: FromBroker) -> bool {
        let Some(clock) = self.clock else { return self.failed().await };
        let event = match message {
            FromBroker::Snapshot { rotation, requests, more, ended, changes, time, audit_head } => {
                if let Some(Err(error)) = rotation.map(|rotation| self.calls.take(&rotation)) {
                    // Perhaps more than one came at a time: a new link learns them all.
                    tracing::warn!(%error, "the broker names a key that does not count");
                    return self.failed().await;
                }
                let clock = BrokerClock::new(clock::now(), time);
                self.clock = Some(clock);
                self.tell_head(audit_head.as_str().to_owned()).await;
                let requests =
                    requests.into_iter().filter_map(|open| self.arrived(open, clock)).collect();
                self.snapshot = Some(Snapshot { requests, ended, changes, more });
                return self.gathered().await;
            }
            FromBroker::Request(open) => match self.calls.arrived(open, clock) {
                Ok(arrived) if self.snapshot.is_none() => Event::Arrived(arrived),
                Ok(arrived) => return self.gather(Some(arrived)).await,
                Err(error @ (SignatureError::Future | SignatureError::Expired)) => {
                    // Our idea of the broker's clock is off, perhaps after a sleep: begin anew.
                    tracing::warn!(%error, "the clocks differ");
                    return self.failed().await;
                }
                Err(error) => {
                    tracing::warn!(%error, "a request does not verify");
                    return self.gather(None).await;
                }
            },
            FromBroker::RequestChanged { id, state, expires_at } => {
                Event::Changed { id, standing: state, deadline: clock.instant(expires_at) }
            }
            FromBroker::RequestEnded(ended) => Event::Ended(ended),
            FromBroker::Change(change) => Event::Change(Box::new(change)),
            FromBroker::Collected { id } => Event::Collected(id),
        };
        self.tell(event).await;
        self.step(connection::Event::Heard).await
    }

    /// One more request of the snapshot came; one that does not verify is left out.
    async fn gather(&mut self, arrived: Option<Arrived>) -> bool {
        if let Some(snapshot) = self.snapshot.as_mut() {
            snapshot.requests.extend(arrived);
            snapshot.more = snapshot.more.saturating_sub(1);
        }
        self.gathered().await
    }

    /// Tells the snapshot once its last request is there.
    async fn gathered(&mut self) -> bool {
        if let Some(Snapshot { requests, ended, changes, .. }) =
            self.snapshot.take_if(|snapshot| snapshot.more == 0)
        {
            self.tell(Event::Snapshot { requests, ended, changes }).await;
        }
        self.step(connection::Event::Heard).await
    }

    /// Verifies a request. One that does not verify is dropped, and nobody hears it.
    fn arrived(&self, open: Open, clock: BrokerClock) -> Option<Arrived> {
        let arrived = self.calls.arrived(open, clock);
        if let Err(error) = &arrived {
            tracing::warn!(%error, "a request does not verify");
        }
        arrived.ok()
    }
}

pub(super) async fn next_frame(stream: Option<&mut SplitStream<Link>>) -> Option<Message> {
    match stream {
        Some(stream) => match stream.next().await {
            Some(Ok(message)) if message.len() <= link::MAX_MESSAGE => Some(message),
            Some(_) | None => None,
        },
        None => std::future::pending().await,
    }
}
