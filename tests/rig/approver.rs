//! An approver without a daemon: it signs what a story wants to have signed, right or wrong, and
//! brings it to the broker over HTTP.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sayso_protocol::binding::{Binding, Code};
use sayso_protocol::change::AccountSettings;
use sayso_protocol::decision::{DecisionClaims, Heard, UserVerification, Verdict};
use sayso_protocol::enrolment::{AccountName, ActivationCode, ApproverName, Enrolment};
use sayso_protocol::link::{DeviceCall, SUBPROTOCOL};
use sayso_protocol::request::{Request, RequestId, Verification};
use sayso_protocol::secret::Receipt;
use sayso_protocol::signature::{Claims, Envelope, Jws, SecretKey};
use sayso_protocol::time::UnixTime;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::broker::Broker;
use crate::clock::{self, FakeClock};
use crate::http;

/// How long its messages live, in seconds.
const LIFE: i64 = 60;

/// A registered approver.
#[derive(Debug)]
pub struct Approver {
    /// Signs approvals.
    pub approver_key: SecretKey,
    /// Signs everything else.
    pub link_key: SecretKey,
    broker: String,
    /// Where it calls it.
    api: String,
    /// The broker's, if the story moves it: what is signed is signed in broker time.
    clock: Option<FakeClock>,
    http: reqwest::Client,
}

/// What the broker answered to a code.
#[derive(Debug, Clone)]
pub struct BoundRequest {
    /// The request as it was signed for this approver.
    pub request: Jws<Request>,
    /// Which.
    pub id: RequestId,
    /// When its decision is too late.
    pub exp: UnixTime,
    /// The receipt.
    pub receipt: Receipt,
}

impl Approver {
    /// Registers an approver with fresh keys.
    ///
    /// # Panics
    /// If the broker refuses.
    pub async fn register(broker: &Broker, account: &str) -> Approver {
        Approver::register_with(broker, account, AccountSettings::default()).await
    }

    /// The same; the account's settings are these.
    ///
    /// # Panics
    /// If the broker refuses.
    pub async fn register_with(
        broker: &Broker,
        account: &str,
        settings: AccountSettings,
    ) -> Approver {
        let mut rng = rand::rng();
        let approver = Approver {
            approver_key: SecretKey::generate(&mut rng),
            link_key: SecretKey::generate(&mut rng),
            broker: broker.origin(),
            api: broker.api(),
            clock: broker.clock().cloned(),
            http: http::client(),
        };
        let activation = broker.activation(account).await;
        let enrolment = approver.envelope(Enrolment {
            account: AccountName::parse(account).expect("an account's name"),
            activation: ActivationCode::parse(&activation).expect("an activation code"),
            name: ApproverName::new("by hand"),
            jwk: approver.approver_key.public(),
            link_jwk: approver.link_key.public(),
            settings,
        });
        let enrolment = approver.approver_key.sign(&enrolment);
        let body = json!({"enrolment": enrolment.as_str()});
        let (status, answer) = approver.post("/v1/approvers", &body).await;
        assert_eq!(status, 201, "{answer}");
        approver
    }

    /// Claims in an envelope that counts now.
    #[must_use]
    pub fn envelope<C: Claims>(&self, claims: C) -> Envelope<C> {
        let now = self.now();
        Envelope {
            iss: self.approver_key.public().thumbprint(),
            aud: self.broker.clone(),
            iat: UnixTime(now),
            exp: UnixTime(now + LIFE),
            jti: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()),
            claims,
        }
    }

    /// A binding by this code.
    ///
    /// # Panics
    /// If it is not a code.
    #[must_use]
    pub fn binding(&self, code: &str) -> Envelope<Binding> {
        let value = Code::parse(code).expect("a code");
        self.envelope(Binding::Code { value })
    }

    /// A decision about a bound request.
    #[must_use]
    pub fn decision(&self, bound: &BoundRequest, verdict: Verdict) -> Envelope<DecisionClaims> {
        let mut envelope = self.envelope(DecisionClaims {
            request: bound.id,
            request_hash: bound.request.digest(),
            verdict,
            receipt: (verdict == Verdict::Approve).then(|| bound.receipt.clone()),
            heard: Heard { lang: "en".into(), text: "Approve or deny?".into() },
            verification: UserVerification {
                method: Verification::Session,
                at: UnixTime(self.now()),
            },
        });
        envelope.exp = bound.exp;
        envelope
    }

    /// Brings a binding; what is brought need not be one.
    pub async fn bind(&self, jws: &str) -> (u16, Value) {
        self.post("/v1/bindings", &json!({"binding": jws})).await
    }

    /// Brings a decision; what is brought need not be one.
    pub async fn decide(&self, bound: &BoundRequest, jws: &str) -> (u16, Value) {
        let path = format!("/v1/requests/{}/decision", bound.id);
        self.post(&path, &json!({"decision": jws})).await
    }

    /// Opens its link over a connection to the broker, with these fields of its call beside those
    /// that must be.
    ///
    /// # Panics
    /// If the broker refuses.
    pub async fn link<Io>(&self, stream: Io, fields: &[(&'static str, &str)]) -> WebSocketStream<Io>
    where
        Io: AsyncRead + AsyncWrite + Unpin,
    {
        let path = "/v1/approver/link";
        let call = DeviceCall { method: "GET".into(), path: path.into() };
        let proof = format!("Bearer {}", self.link_key.sign(&self.envelope(call)).as_str());
        let address = format!("{}{path}", self.broker.replacen("http", "ws", 1));
        let mut request = address.into_client_request().expect("an address");
        let own = [("authorization", &*proof), ("sec-websocket-protocol", SUBPROTOCOL)];
        for (name, value) in own.iter().chain(fields) {
            request.headers_mut().insert(*name, value.parse().expect("a field"));
        }
        tokio_tungstenite::client_async(request, stream).await.expect("a link").0
    }

    fn now(&self) -> i64 {
        clock::seconds_by(self.clock.as_ref())
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let address = format!("{}{path}", self.api);
        let answer = self.http.post(address).json(body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }
}

impl BoundRequest {
    /// Reads the broker's answer to a code.
    ///
    /// # Panics
    /// If it is not one.
    #[must_use]
    pub fn read(answer: &Value) -> BoundRequest {
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let claims = crate::story::claims(&text("jws")).expect("a signed request");
        BoundRequest {
            request: Jws::received(text("jws")).expect("a signed request"),
            id: claims["request"].as_str().and_then(|id| id.parse().ok()).expect("an id"),
            exp: UnixTime(claims["exp"].as_i64().expect("exp")),
            receipt: Receipt::parse(&text("receipt")).expect("a receipt"),
        }
    }
}

/// The same payload and signature under another header.
///
/// # Panics
/// If it is not a signed message.
#[must_use]
pub fn with_header(jws: &str, header: &Value) -> String {
    let (_, rest) = jws.split_once('.').expect("three parts");
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
}
