//! Calls over HTTP to a broker, bounded in time and length, and its clock. Who calls, and what for,
//! is left to `calls` and `enrolling`.

use std::pin::{Pin, pin};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use sayso_protocol::link::{INBOX_WAIT, MAX_INBOX};
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::secret::nonce;
use sayso_protocol::signature::{PublicKey, SignatureError};
use sayso_protocol::time::{BrokerTime, TimeAnswer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::super::{BrokerClock, NotGenuine, Refusal};
use super::dial::{Dialer, Wire};
use crate::clock;

/// No call takes longer: what a person waits for answers within ten seconds.
const CALL_LIMIT: Duration = Duration::from_secs(4);
/// No answer is longer than this, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// A call that has not been made yet.
pub(super) struct Call<'a> {
    method: Method,
    path: &'a str,
    proof: Option<&'a str>,
    body: Bytes,
    waits: Waits,
}

/// Whether the broker answers a call at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    No,
    /// It waits for news, of which there may be much.
    ForNews,
}

impl<'a> Call<'a> {
    /// Reads `path`.
    pub(super) fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, proof: None, body: Bytes::new(), waits: Waits::No }
    }

    /// Calls `path` without a body.
    pub(super) fn post_nothing(path: &'a str) -> Self {
        Self { method: Method::POST, path, proof: None, body: Bytes::new(), waits: Waits::No }
    }

    /// Sends `body` to `path`.
    pub(super) fn post<B: Serialize>(path: &'a str, body: &B) -> Result<Self, Refusal> {
        let body = serde_json::to_vec(body).map_err(|_| Refusal::Strange)?.into();
        Ok(Self { method: Method::POST, path, proof: None, body, waits: Waits::No })
    }

    /// The same, with a proof of who calls.
    pub(super) fn by(self, proof: &'a str) -> Self {
        Self { proof: Some(proof), ..self }
    }

    /// The same, where the broker answers once it has news.
    pub(super) fn waiting(self) -> Self {
        Self { waits: Waits::ForNews, ..self }
    }

    fn request(self, host: &str) -> Result<Request<Full<Bytes>>, Refusal> {
        let mut call = Request::builder().method(self.method).uri(self.path).header(HOST, host);
        if let Some(proof) = self.proof {
            call = call.header(AUTHORIZATION, format!("Bearer {proof}"));
        }
        if !self.body.is_empty() {
            call = call.header(CONTENT_TYPE, "application/json");
        }
        call.body(Full::new(self.body)).map_err(|_| Refusal::Strange)
    }
}

/// A connection for one errand: what is asked on it is asked in turn, and nothing is kept.
pub(super) struct Line {
    host: String,
    sender: SendRequest<Full<Bytes>>,
    connection: Pin<Box<Connection<TokioIo<Wire>, Full<Bytes>>>>,
    /// Until when the first call may take: dialling counts.
    first: Option<Instant>,
}

impl Line {
    /// Dials the broker.
    pub(super) async fn open(dialer: &Dialer, broker: &Url) -> Result<Self, Refusal> {
        let first = clock::now() + CALL_LIMIT;
        let dialled = async {
            let wire = dialer.dial(broker).await?;
            http1::handshake(TokioIo::new(wire)).await.map_err(|_| Refusal::Offline)
        };
        let (sender, connection) = tokio::select! {
            dialled = dialled => dialled?,
            () = clock::until(first) => return Err(Refusal::Offline),
        };
        let name = broker.host_str().unwrap_or_default();
        let host = broker.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        Ok(Self { host, sender, connection: Box::pin(connection), first: Some(first) })
    }

    /// Makes a call and reads its answer, which is capped before it is parsed.
    pub(super) async fn ask<A: DeserializeOwned>(&mut self, call: Call<'_>) -> Result<A, Refusal> {
        let (status, body) = self.bytes(call).await?;
        understood(status, &body)
    }

    async fn bytes(&mut self, call: Call<'_>) -> Result<(StatusCode, Bytes), Refusal> {
        let (within, most) = match call.waits {
            Waits::No => (CALL_LIMIT, MAX_ANSWER),
            Waits::ForNews => (INBOX_WAIT + CALL_LIMIT, MAX_INBOX),
        };
        let first = self.first.take().filter(|_| call.waits == Waits::No);
        let limit = first.unwrap_or_else(|| clock::now() + within);
        let request = call.request(&self.host)?;
        let Self { sender, connection, .. } = self;
        let mut answered = pin!(async {
            sender.ready().await.map_err(|error| offline(&error))?;
            let answer = sender.send_request(request).await.map_err(|error| offline(&error))?;
            let status = answer.status();
            match Limited::new(answer.into_body(), most).collect().await {
                Ok(body) => Ok((status, body.to_bytes())),
                Err(error) if error.is::<LengthLimitError>() => Err(Refusal::Strange),
                Err(_) => Err(Refusal::Offline),
            }
        });
        let over = clock::until(limit);
        tokio::pin!(over);
        tokio::select! {
            biased;
            answered = &mut answered => answered,
            () = &mut over => Err(Refusal::Offline),
            // It ends after the last answer too.
            _ = connection.as_mut() => tokio::select! {
                biased;
                answered = answered => answered,
                () = over => Err(Refusal::Offline),
            },
        }
    }

    /// The broker's clock, from its answer to a nonce of ours, which `key` must have signed.
    pub(super) async fn time(
        &mut self,
        origin: &str,
        key: &PublicKey,
    ) -> Result<BrokerClock, Refusal> {
        let asked = nonce(&mut rand::rng());
        let TimeAnswer { time } = self.ask(Call::get(&format!("/v1/time?nonce={asked}"))).await?;
        let envelope =
            key.verify_at_any_time::<BrokerTime>(time.as_str()).map_err(|error| match error {
                SignatureError::Key => Refusal::NotGenuine(NotGenuine::Key),
                SignatureError::TooLarge
                | SignatureError::Malformed(_)
                | SignatureError::Algorithm
                | SignatureError::Typ
                | SignatureError::Signature
                | SignatureError::Issuer
                | SignatureError::Audience
                | SignatureError::Expired
                | SignatureError::Future => Refusal::Strange,
            })?;
        if envelope.iss != origin || envelope.aud != asked {
            return Err(Refusal::Strange);
        }
        Ok(BrokerClock::new(clock::now(), envelope.iat))
    }
}

fn offline(error: &hyper::Error) -> Refusal {
    tracing::debug!(%error, "a call to the broker failed");
    Refusal::Offline
}

/// What an answer means, whole as it is.
pub(crate) fn understood<A: DeserializeOwned>(
    status: StatusCode,
    body: &[u8],
) -> Result<A, Refusal> {
    if status.is_success() {
        return serde_json::from_slice(body).map_err(|_| Refusal::Strange);
    }
    match serde_json::from_slice::<Problem>(body) {
        // A broker that cannot write now is one to ask again.
        Ok(problem) if problem.kind == ProblemType::Unavailable => Err(Refusal::Offline),
        Ok(problem) => Err(Refusal::Problem(Box::new(problem))),
        Err(_) if status.is_server_error() => Err(Refusal::Offline),
        Err(_) => Err(Refusal::Strange),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// What is made of an answer to one call.
    async fn answered(answer: &'static [u8]) -> Result<serde_json::Value, Refusal> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let broker = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let answering = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_exact(&mut [0; 16]).await.unwrap();
            stream.write_all(answer).await.unwrap();
            stream.shutdown().await.unwrap();
            // Who closes with something unread takes back what was sent.
            stream.read_to_end(&mut Vec::new()).await.ok();
        };
        let asking = async {
            let mut line = Line::open(&Dialer::default(), &broker).await?;
            let answered = line.ask(Call::get("/v1/keys")).await;
            drop(line);
            answered
        };
        tokio::join!(answering, asking).1
    }

    #[tokio::test]
    async fn an_answer_counts_also_when_the_connection_ends_with_it() {
        let whole = answered(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        assert!(whole.is_ok(), "{whole:?}");
        let to_the_end = answered(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}").await;
        assert!(to_the_end.is_ok(), "{to_the_end:?}");
    }

    #[tokio::test]
    async fn half_an_answer_and_none_are_no_answer() {
        for half in [&b""[..], b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}"] {
            let told = answered(half).await;
            assert!(matches!(told, Err(Refusal::Offline)), "{told:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_too_long_or_leads_elsewhere_is_strange() {
        let long = format!("HTTP/1.1 200 OK\r\n\r\n\"{}\"", "a".repeat(MAX_ANSWER));
        for strange in [
            long.leak().as_bytes(),
            b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
        ] {
            assert!(matches!(answered(strange).await, Err(Refusal::Strange)));
        }
    }
}
