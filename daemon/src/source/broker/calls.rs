//! The signed HTTP calls of one approver to its broker, and the opening of its link.

use std::sync::Arc;
use std::time::Duration;

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
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use url::Url;

use super::super::{Arrived, BrokerClock, Refusal};
use super::Link;
use super::dial::Dialer;
use super::http::{Call, Line, verify};
use crate::clock;

/// How long a signed call counts, in broker time.
const CALL_LIFE: Duration = Duration::from_secs(60);
/// No address of a broker's is longer, in bytes.
const LONGEST: usize = 512;

/// What every call of one account needs. Cheap to clone.
#[derive(Clone)]
pub struct Calls(Arc<Inner>);

struct Inner {
    dialer: Dialer,
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
    /// When `origin` is not an address.
    pub fn new(
        dialer: Dialer,
        origin: &str,
        keys: Vec<PublicKey>,
        approver: ApproverId,
        link_key: SecretKey,
    ) -> anyhow::Result<Self> {
        let broker = Url::parse(origin)?;
        Ok(Self(Arc::new(Inner {
            dialer,
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
        let stream = self.0.dialer.dial(&self.0.broker).await?;
        let mut address = self.0.broker.clone();
        address.set_path(path);
        let scheme = if address.scheme() == "https" { "wss" } else { "ws" };
        if address.set_scheme(scheme).is_err() {
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
        Ok(self.line().await?.1)
    }

    /// A connection for one errand, and the broker's clock, which is asked on it first: ours stood
    /// still while the computer slept.
    async fn line(&self) -> Result<(Line, BrokerClock), Refusal> {
        let mut line = Line::open(&self.0.dialer, &self.0.broker).await?;
        let clock = line.time(&self.0.origin, &self.0.keys).await?;
        Ok((line, clock))
    }

    /// Gives `binding` to the broker. Answers with the request and the audit's head.
    pub(super) async fn bind(&self, binding: Binding) -> Result<(Arrived, String), Refusal> {
        let (mut line, clock) = self.line().await?;
        let call = BindingCall { binding: self.sign(binding, clock.time(clock::now())) };
        let bound: Bound = line.ask(Call::post("/v1/bindings", &call)?).await?;
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
        let (mut line, clock) = self.line().await?;
        let device = DeviceCall { method: "POST".into(), path: path.into() };
        let proof = self.sign(device, clock.time(clock::now()));
        Ok((line.ask(Call::post(path, body)?.by(proof.as_str())).await?, clock))
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
        let (mut line, clock) = self.line().await?;
        let device = DeviceCall { method: "GET".into(), path: path.into() };
        let proof = self.sign(device, clock.time(clock::now()));
        Ok((line.ask(Call::get(path).by(proof.as_str())).await?, clock))
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
        let mut line = Line::open(&self.0.dialer, &self.0.broker).await?;
        line.ask(Call::post(path, body)?).await
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
