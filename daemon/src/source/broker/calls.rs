//! The signed HTTP calls of one approver to its broker, and the opening of its link.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use sayso_protocol::binding::{Binding, BindingCall, Bound};
use sayso_protocol::decision::{DecisionAnswer, DecisionCall, DecisionClaims};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::link::{self, DeviceCall, Open};
use sayso_protocol::problem::Problem;
use sayso_protocol::relay::Received;
use sayso_protocol::request::{Request, RequestId};
use sayso_protocol::secret::nonce;
use sayso_protocol::signature::{
    Claims, Envelope, Expected, Jws, PublicKey, SecretKey, SignatureError,
};
use sayso_protocol::time::UnixTime;
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
use super::http::{answer, broker_time, client, post, verify};
use crate::clock;

/// How long a signed call counts, in broker time.
const CALL_LIFE: Duration = Duration::from_secs(60);
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
