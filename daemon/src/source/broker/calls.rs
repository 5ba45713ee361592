//! The signed HTTP calls of one approver to its broker, and the opening of its link.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Response};
use sayso_protocol::binding::{Binding, BindingCall, Bound};
use sayso_protocol::decision::{DecisionAnswer, DecisionCall, DecisionClaims};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::link::{self, DeviceCall, Open};
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::relay::Received;
use sayso_protocol::request::{Request, RequestId};
use sayso_protocol::secret::nonce;
use sayso_protocol::signature::{
    Claims, Envelope, Expected, Jws, PublicKey, SecretKey, SignatureError, claimed_key,
};
use sayso_protocol::time::{BrokerTime, TimeAnswer, UnixTime};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use url::Url;

use super::super::{Arrived, BrokerClock, Refusal};
use super::Link;
use crate::clock;

/// No call takes longer: what a person waits for answers within ten seconds.
const CALL_LIMIT: Duration = Duration::from_secs(4);
/// How long a signed call counts, in broker time.
const CALL_LIFE: Duration = Duration::from_secs(60);
/// No answer is longer than this, in bytes.
const MAX_ANSWER: usize = 64 * 1024;
/// No address of a broker's is longer, in bytes.
const LONGEST: usize = 512;

/// What every call of one account needs. Cheap to clone.
#[derive(Clone)]
pub struct Calls(Arc<Inner>);

struct Inner {
    http: Client,
    broker: Url,
    origin: String,
    keys: Vec<PublicKey>,
    approver: ApproverId,
    link_key: SecretKey,
}

impl Calls {
    /// Calls of `approver`, signed with its link key, to the broker at `origin`, whose `keys` were
    /// learned at registration.
    ///
    /// # Errors
    /// When `origin` is not an address, or no HTTP client can be made.
    pub fn new(
        origin: &str,
        keys: Vec<PublicKey>,
        approver: ApproverId,
        link_key: SecretKey,
    ) -> anyhow::Result<Self> {
        let broker = Url::parse(origin)?;
        Ok(Self(Arc::new(Inner {
            http: client()?,
            broker,
            origin: origin.to_owned(),
            keys,
            approver,
            link_key,
        })))
    }

    /// Which approver calls.
    #[must_use]
    pub fn approver(&self) -> &ApproverId {
        &self.0.approver
    }

    /// Asks the broker's clock and opens the link.
    pub(super) async fn open(&self) -> Result<(Box<Link>, BrokerClock), Refusal> {
        let clock = self.time().await?;
        let path = "/v1/approver/link";
        let device = DeviceCall { method: "GET".into(), path: path.into() };
        let bearer = format!("Bearer {}", self.sign(device, clock.time(clock::now())).as_str());
        let mut address = self.0.broker.clone();
        address.set_path(path);
        let (host, port) = (address.host_str(), address.port_or_known_default());
        let (Some(host), Some(port)) = (host, port) else { return Err(Refusal::Strange) };
        let stream = TcpStream::connect((host, port)).await.map_err(|_| Refusal::Offline)?;
        if address.set_scheme("ws").is_err() {
            return Err(Refusal::Strange);
        }
        let mut request = address.as_str().into_client_request().map_err(|_| Refusal::Strange)?;
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", HeaderValue::from_static(link::SUBPROTOCOL));
        headers
            .insert("authorization", HeaderValue::from_str(&bearer).map_err(|_| Refusal::Strange)?);
        let config = WebSocketConfig::default()
            .read_buffer_size(4096)
            .write_buffer_size(0)
            .max_message_size(Some(link::MAX_MESSAGE))
            .max_frame_size(Some(link::MAX_MESSAGE));
        match client_async_with_config(request, stream, Some(config)).await {
            Ok((link, _)) => Ok((Box::new(link), clock)),
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                let body = answer.body().as_deref().unwrap_or_default();
                Err(serde_json::from_slice::<Problem>(body)
                    .map_or(Refusal::Offline, |problem| Refusal::Problem(Box::new(problem))))
            }
            Err(_) => Err(Refusal::Offline),
        }
    }

    /// The broker's clock, from its signed answer to a nonce of ours.
    pub(super) async fn time(&self) -> Result<BrokerClock, Refusal> {
        broker_time(&self.0.http, &self.0.broker, &self.0.origin, &self.0.keys).await
    }

    /// Gives `binding` to the broker. Answers with the request and the audit's head. The broker's
    /// clock is asked first: ours stood still while the computer slept.
    pub(super) async fn bind(&self, binding: Binding) -> Result<(Arrived, String), Refusal> {
        let clock = self.time().await?;
        let call = BindingCall { binding: self.sign(binding, clock.time(clock::now())) };
        let bound: Bound = self.post("/v1/bindings", &call).await?;
        let open = Open {
            jws: bound.jws,
            state: bound.state,
            receipt: Some(bound.receipt),
            expires_at: bound.expires_at,
        };
        let arrived = self.arrived(open, clock).map_err(|_| Refusal::Strange)?;
        Ok((arrived, bound.audit_head.as_str().to_owned()))
    }

    /// Sends a decision.
    pub(super) async fn decide(
        &self,
        request: RequestId,
        decision: Jws<DecisionClaims>,
    ) -> Result<DecisionAnswer, Refusal> {
        let path = format!("/v1/requests/{request}/decision");
        self.post(&path, &DecisionCall { decision }).await
    }

    /// Verifies a request for this approver, by the key that it names among the broker's.
    pub(super) fn arrived(
        &self,
        open: Open,
        clock: BrokerClock,
    ) -> Result<Arrived, SignatureError> {
        let expected = Expected {
            iss: &self.0.origin,
            aud: &self.0.approver.0,
            now: clock.time(clock::now()),
        };
        let envelope: Envelope<Request> =
            verify(&self.0.keys, open.jws.as_str(), |key| key.verify(open.jws.as_str(), expected))?;
        let exp = envelope.exp;
        Ok(Arrived {
            received: Received::new(open.jws, envelope),
            standing: open.state,
            receipt: open.receipt,
            deadline: clock.instant(open.expires_at.min(exp)),
            exp: clock.instant(exp),
        })
    }

    /// Calls `path` with a proof of its own. The broker's clock is asked first, and comes along.
    pub(super) async fn post_proved<B: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<(A, BrokerClock), Refusal> {
        let clock = self.time().await?;
        let device = DeviceCall { method: "POST".into(), path: path.into() };
        let proof = self.sign(device, clock.time(clock::now()));
        let mut address = self.0.broker.clone();
        address.set_path(path);
        let call = self.0.http.post(address).bearer_auth(proof.as_str()).json(body);
        Ok((answer(call).await?, clock))
    }

    /// Whether an address is one of this broker's.
    pub(super) fn is_own(&self, address: &str) -> bool {
        let named = |url: &Url| !url.username().is_empty() || url.password().is_some();
        let own = |url: Url| url.origin() == self.0.broker.origin() && !named(&url);
        address.len() <= LONGEST && Url::parse(address).is_ok_and(own)
    }

    /// Reads `path`. The broker's clock is asked first, and comes along.
    pub(super) async fn get<A: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<(A, BrokerClock), Refusal> {
        let clock = self.time().await?;
        let device = DeviceCall { method: "GET".into(), path: path.into() };
        let proof = self.sign(device, clock.time(clock::now()));
        let mut address = self.0.broker.clone();
        address.set_path(path);
        let call = self.0.http.get(address).bearer_auth(proof.as_str());
        Ok((answer(call).await?, clock))
    }

    /// Signs a call with the link key; it counts for a minute from `now`.
    fn sign<C: Claims>(&self, claims: C, now: UnixTime) -> Jws<C> {
        let Inner { approver, link_key, origin, .. } = &*self.0;
        sign_call(link_key, &approver.0, origin, claims, now)
    }

    pub(super) async fn post<B: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<A, Refusal> {
        post(&self.0.http, &self.0.broker, path, body).await
    }
}

pub(super) fn sign_call<C: Claims>(
    key: &SecretKey,
    iss: &str,
    aud: &str,
    claims: C,
    now: UnixTime,
) -> Jws<C> {
    let jti = nonce(&mut rand::rng());
    let (iss, aud) = (iss.to_owned(), aud.to_owned());
    key.sign(&Envelope { iss, aud, iat: now, exp: now.plus(CALL_LIFE), jti, claims })
}

/// Verifies with the key that the message names, if it is one of the broker's.
fn verify<T>(
    keys: &[PublicKey],
    jws: &str,
    with: impl Fn(&PublicKey) -> Result<T, SignatureError>,
) -> Result<T, SignatureError> {
    let kid = claimed_key(jws)?;
    let key = keys.iter().find(|key| key.thumbprint() == kid).ok_or(SignatureError::Key)?;
    with(key)
}

pub(super) async fn broker_time(
    http: &Client,
    broker: &Url,
    origin: &str,
    keys: &[PublicKey],
) -> Result<BrokerClock, Refusal> {
    let asked = nonce(&mut rand::rng());
    let mut address = broker.clone();
    address.set_path("/v1/time");
    address.query_pairs_mut().append_pair("nonce", &asked);
    let call = || http.get(address.clone());
    let sent = match call().send().await {
        // The first call for a while: the broker may have closed the connection that was kept.
        Err(error) if !error.is_timeout() => call().send().await,
        sent => sent,
    };
    let TimeAnswer { time } = read(sent).await?;
    let envelope =
        verify(keys, time.as_str(), |key| key.verify_at_any_time::<BrokerTime>(time.as_str()))
            .map_err(|_| Refusal::Strange)?;
    if envelope.iss != origin || envelope.aud != asked {
        return Err(Refusal::Strange);
    }
    Ok(BrokerClock::new(clock::now(), envelope.iat))
}

pub(super) fn client() -> anyhow::Result<Client> {
    Ok(Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(CALL_LIMIT)
        .connect_timeout(CALL_LIMIT)
        .no_proxy()
        .build()?)
}

pub(super) async fn post<B: Serialize, A: DeserializeOwned>(
    http: &Client,
    broker: &Url,
    path: &str,
    body: &B,
) -> Result<A, Refusal> {
    let mut address = broker.clone();
    address.set_path(path);
    answer(http.post(address).json(body)).await
}

/// Sends a call and reads its answer.
pub(super) async fn answer<A: DeserializeOwned>(
    call: reqwest::RequestBuilder,
) -> Result<A, Refusal> {
    read(call.send().await).await
}

/// Reads an answer, which is capped before it is parsed.
async fn read<A: DeserializeOwned>(sent: reqwest::Result<Response>) -> Result<A, Refusal> {
    let mut response = sent.map_err(|error| {
        tracing::debug!(timeout = error.is_timeout(), "a call to the broker failed");
        Refusal::Offline
    })?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Refusal::Offline)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Refusal::Strange);
        }
        body.extend_from_slice(&chunk);
    }
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|_| Refusal::Strange);
    }
    match serde_json::from_slice::<Problem>(&body) {
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

    #[tokio::test]
    async fn a_connection_that_the_broker_has_closed_is_not_the_end_of_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let broker = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let answering = tokio::spawn(async move {
            let (mut first, _) = listener.accept().await.unwrap();
            first.read_exact(&mut [0; 16]).await.unwrap();
            drop(first);
            let (mut second, _) = listener.accept().await.unwrap();
            second.read_exact(&mut [0; 16]).await.unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
            second.write_all(answer).await.unwrap();
            second.read_to_end(&mut Vec::new()).await.ok();
        });
        let told = broker_time(&client().unwrap(), &broker, broker.as_str(), &[]).await;
        assert!(matches!(told, Err(Refusal::Strange)), "it was asked again, and said nothing");
        answering.abort();
    }
}
