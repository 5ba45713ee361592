//! The signed HTTP calls of one approver to its broker.

use std::sync::Arc;
use std::time::Duration;

use sayso_protocol::binding::{Binding, BindingCall, Bound};
use sayso_protocol::decision::{DecisionAnswer, DecisionCall, DecisionClaims};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::link::{DeviceCall, Open};
use sayso_protocol::relay::Received;
use sayso_protocol::request::{Request, RequestId};
use sayso_protocol::rotation::BrokerKeys;
use sayso_protocol::secret::nonce;
use sayso_protocol::signature::{Claims, Envelope, Expected, Jws, SecretKey, SignatureError};
use sayso_protocol::time::UnixTime;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use url::Url;

use super::super::{Arrived, BrokerClock, Refusal};
use super::dial::Dialer;
use super::http::{Call, Line};
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
    keys: watch::Sender<BrokerKeys>,
    approver: ApproverId,
    link_key: SecretKey,
}

impl Calls {
    /// Calls of `approver`, signed with its link key, to the broker at `origin`, whose `keys` are
    /// known from its registration on.
    ///
    /// # Errors
    /// When `origin` is not an address.
    pub fn new(
        dialer: Dialer,
        origin: &str,
        keys: BrokerKeys,
        approver: ApproverId,
        link_key: SecretKey,
    ) -> anyhow::Result<Self> {
        let broker = Url::parse(origin)?;
        Ok(Self(Arc::new(Inner {
            dialer,
            broker,
            origin: origin.to_owned(),
            keys: watch::Sender::new(keys),
            approver,
            link_key,
        })))
    }

    /// Which approver calls.
    #[must_use]
    pub fn approver(&self) -> &ApproverId {
        &self.0.approver
    }

    /// The broker's clock, from its signed answer to a nonce of ours.
    pub(super) async fn time(&self) -> Result<BrokerClock, Refusal> {
        Ok(self.line().await?.1)
    }

    /// A connection for one errand, and the broker's clock, which is asked on it first: ours stood
    /// still while the computer slept.
    pub(super) async fn line(&self) -> Result<(Line, BrokerClock), Refusal> {
        let mut line = self.new_line().await?;
        let clock = self.clock(&mut line).await?;
        Ok((line, clock))
    }

    /// A connection for one errand.
    pub(super) async fn new_line(&self) -> Result<Line, Refusal> {
        Line::open(&self.0.dialer, &self.0.broker).await
    }

    /// What is known of the broker's keys.
    pub(super) fn keys(&self) -> &watch::Sender<BrokerKeys> {
        &self.0.keys
    }

    /// The broker's address, as it stands in what it signs.
    pub(super) fn origin(&self) -> &str {
        &self.0.origin
    }

    /// What reaches the broker.
    pub(super) fn dialer(&self) -> &Dialer {
        &self.0.dialer
    }

    /// Where the broker is.
    pub(super) fn broker(&self) -> &Url {
        &self.0.broker
    }

    /// Who calls `path`, in a proof named `jti`.
    pub(super) fn proof(
        &self,
        method: &str,
        path: &str,
        clock: BrokerClock,
        jti: String,
    ) -> Jws<DeviceCall> {
        let device = DeviceCall { method: method.into(), path: path.into() };
        self.sign(device, clock.time(clock::now()), jti)
    }

    /// Gives `binding` to the broker. Answers with the request and the audit's head.
    pub(super) async fn bind(&self, binding: Binding) -> Result<(Arrived, String), Refusal> {
        let (mut line, clock) = self.line().await?;
        let call =
            BindingCall { binding: self.sign(binding, clock.time(clock::now()), fresh_jti()) };
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
        let now = clock.time(clock::now());
        let expected = Expected { iss: &self.0.origin, aud: &self.0.approver.0, now };
        let key = self.0.keys.borrow().named_by(open.jws.as_str(), now)?.clone();
        let envelope: Envelope<Request> = key.verify(open.jws.as_str(), expected)?;
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
        let proof = self.proof("POST", path, clock, fresh_jti());
        Ok((line.ask(Call::post(path, body)?.by(proof.as_str())).await?, clock))
    }

    /// The same without a body.
    pub(super) async fn post_proof<A: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<(A, BrokerClock), Refusal> {
        let (mut line, clock) = self.line().await?;
        let proof = self.proof("POST", path, clock, fresh_jti());
        Ok((line.ask(Call::post_nothing(path).by(proof.as_str())).await?, clock))
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
        let proof = self.proof("GET", path, clock, fresh_jti());
        Ok((line.ask(Call::get(path).by(proof.as_str())).await?, clock))
    }

    /// Signs a call with the link key; it counts for a minute from `now`.
    fn sign<C: Claims>(&self, claims: C, now: UnixTime, jti: String) -> Jws<C> {
        let Inner { approver, link_key, origin, .. } = &*self.0;
        sign_call(link_key, &approver.0, origin, claims, now, jti)
    }

    pub(super) async fn post<B: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<A, Refusal> {
        let mut line = self.new_line().await?;
        line.ask(Call::post(path, body)?).await
    }
}

/// A name for one signed call.
pub(super) fn fresh_jti() -> String {
    nonce(&mut rand::rng())
}

pub(super) fn sign_call<C: Claims>(
    key: &SecretKey,
    iss: &str,
    aud: &str,
    claims: C,
    now: UnixTime,
    jti: String,
) -> Jws<C> {
    let (iss, aud) = (iss.to_owned(), aud.to_owned());
    key.sign(&Envelope { iss, aud, iat: now, exp: now.plus(CALL_LIFE), jti, claims })
}
