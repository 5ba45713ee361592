//! How a link is opened: by a WebSocket, or, where none can be had, by calls that wait.

use std::time::Duration;

use futures_util::StreamExt;
use sayso_protocol::link::{self, FromBroker, Inbox};
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::signature::Digest;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::super::{BrokerClock, Refusal};
use super::Link;
use super::calls::Calls;
use super::http::Call;
use crate::clock;

/// A broker that has just told the time answers by a WebSocket within this, if it can be had.
const SOCKET_WITHIN: Duration = Duration::from_secs(5);

/// A link that is open, with what it begins with.
pub(super) enum Opened {
    /// A WebSocket.
    Socket { link: Box<Link>, clock: BrokerClock, first: Box<FromBroker> },
    /// The first call has been answered.
    Calls { clock: BrokerClock, inbox: Inbox },
}

/// Why no link is open.
pub(super) enum NotOpened {
    /// The broker answers, but not by a WebSocket.
    NoSocket,
    /// The connection ended in the middle of it.
    CutOff,
    /// It cannot be reached, or refuses.
    Refused(Refusal),
}

impl From<Refusal> for NotOpened {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Calls {
    /// Asks the broker's clock and opens a WebSocket, up to its snapshot, by a proof named `jti`.
    pub(super) async fn open_socket(&self, jti: String) -> Result<Opened, NotOpened> {
        let clock = self.time().await?;
        let opened = async {
            let mut link = self.shake_hands(clock, jti).await?;
            let first = Box::new(first(&mut link).await?);
            Ok(Opened::Socket { link, clock, first })
        };
        let within = clock::now() + SOCKET_WITHIN;
        tokio::select! {
            opened = opened => opened,
            () = clock::until(within) => Err(NotOpened::NoSocket),
        }
    }

    async fn shake_hands(&self, clock: BrokerClock, jti: String) -> Result<Box<Link>, NotOpened> {
        let path = "/v1/approver/link";
        let strange = || NotOpened::Refused(Refusal::Strange);
        let bearer = format!("Bearer {}", self.proof("GET", path, clock, jti).as_str());
        let mut address = self.broker().clone();
        address.set_path(path);
        let scheme = if address.scheme() == "https" { "wss" } else { "ws" };
        address.set_scheme(scheme).map_err(|()| strange())?;
        let mut request = address.as_str().into_client_request().map_err(|_| strange())?;
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", HeaderValue::from_static(link::SUBPROTOCOL));
        headers.insert("authorization", HeaderValue::from_str(&bearer).map_err(|_| strange())?);
        let config = WebSocketConfig::default()
            .read_buffer_size(4096)
            .write_buffer_size(0)
            .max_message_size(Some(link::MAX_MESSAGE))
            .max_frame_size(Some(link::MAX_MESSAGE));
        let stream = self.dialer().dial(self.broker()).await?;
        match client_async_with_config(request, stream, Some(config)).await {
            Ok((link, _)) => Ok(Box::new(link)),
            Err(Error::Http(answer)) => Err(refused(&answer)),
            Err(Error::Protocol(ProtocolError::HandshakeIncomplete)) => Err(NotOpened::CutOff),
            // Something that answers, and knows no WebSocket.
            Err(Error::Protocol(_)) => Err(NotOpened::NoSocket),
            Err(_) => Err(NotOpened::Refused(Refusal::Offline)),
        }
    }

    /// Asks the broker's clock and for all that there is to know, by a proof named `jti`.
    pub(super) async fn open_calls(&self, jti: String) -> Result<Opened, NotOpened> {
        let (mut line, clock) = self.line().await?;
        let path = "/v1/approver/inbox";
        let proof = self.proof("GET", path, clock, jti);
        let inbox = line.ask(Call::get(path).by(proof.as_str()).waiting()).await?;
        Ok(Opened::Calls { clock, inbox })
    }

    /// Waits until there is more to know than `after`, and gives up after a while: then that is
    /// what it has again.
    pub(super) async fn look(
        &self,
        after: Digest,
        clock: BrokerClock,
        jti: String,
    ) -> Result<Inbox, Refusal> {
        let path = "/v1/approver/inbox";
        let query = format!("{path}?after={after}&wait={}", link::INBOX_WAIT.as_secs());
        let proof = self.proof("GET", path, clock, jti);
        self.new_line().await?.ask(Call::get(&query).by(proof.as_str()).waiting()).await
    }
}

/// The first message, which is the snapshot.
async fn first(link: &mut Link) -> Result<FromBroker, NotOpened> {
    loop {
        match link.next().await {
            Some(Ok(Message::Text(text))) => {
                let message = FromBroker::parse(text.as_str()).ok();
                let snapshot = message.filter(|first| matches!(first, FromBroker::Snapshot { .. }));
                return snapshot.ok_or_else(|| {
                    tracing::warn!("the broker's first message is no snapshot");
                    Refusal::Strange.into()
                });
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Binary(_) | Message::Frame(_) | Message::Close(_)) | Err(_))
            | None => {
                return Err(Refusal::Offline.into());
            }
        }
    }
}

/// What an answer means that is not a WebSocket.
fn refused(answer: &Response<Option<Vec<u8>>>) -> NotOpened {
    let body = answer.body().as_deref().unwrap_or_default();
    match serde_json::from_slice::<Problem>(body) {
        // It did not get what asks for one: something between has kept it.
        Ok(problem) if problem.kind == ProblemType::Malformed => NotOpened::NoSocket,
        Ok(problem) if problem.kind == ProblemType::Unavailable => Refusal::Offline.into(),
        Ok(problem) => Refusal::Problem(Box::new(problem)).into(),
        Err(_) => NotOpened::NoSocket,
    }
}
