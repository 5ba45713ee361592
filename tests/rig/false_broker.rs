//! A false broker: it enrols whoever comes, and then says on the link whatever a story wants,
//! as wrong as it likes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{SinkExt, StreamExt};
use sayso_protocol::enrolment::{AccountName, Enrolment, EnrolmentCall};
use sayso_protocol::link::{AuditHead, SUBPROTOCOL};
use sayso_protocol::request::{Action, ActionKind, Near, Origin, Request, RequestId, Verification};
use sayso_protocol::rotation::ListedKey;
use sayso_protocol::signature::{Claims, Digest, Envelope, SecretKey, unverified};
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::{BrokerTime, UnixTime};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request as Call, Response};

use crate::clock;
use crate::processes::wait_until;
use crate::proxy::wire::Head;

/// How it answers HTTP calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As a broker does.
    Proper,
    /// It sends everybody on to the same address, for ever.
    Redirects,
    /// It answers with a megabyte of nothing.
    Floods,
    /// It takes calls and never answers.
    Silent,
}

struct Shared {
    key: SecretKey,
    origin: String,
    state: Mutex<State>,
}

struct State {
    manner: Manner,
    approver: Option<String>,
    /// How often a link was opened.
    opened: usize,
    /// How often anything was called.
    called: usize,
    link: Option<mpsc::UnboundedSender<Message>>,
}

/// A running false broker.
pub struct FalseBroker {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl std::fmt::Debug for FalseBroker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FalseBroker").field("origin", &self.shared.origin).finish_non_exhaustive()
    }
}

impl FalseBroker {
    /// Listens on a port of its own.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn start() -> FalseBroker {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address: SocketAddr = listener.local_addr().expect("a bound socket");
        let shared = Arc::new(Shared {
            key: SecretKey::generate(&mut rand::rng()),
            origin: format!("http://{address}"),
            state: Mutex::new(State {
                manner: Manner::Proper,
                approver: None,
                opened: 0,
                called: 0,
                link: None,
            }),
        });
        let site = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let site = Arc::clone(&site);
                tokio::spawn(async move { site.serve(stream).await });
            }
        });
        FalseBroker { shared, task }
    }

    /// Its address.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.shared.origin
    }

    /// From now on it answers like this.
    pub fn behave(&self, manner: Manner) {
        self.shared.state().manner = manner;
    }

    /// How often a link was opened so far.
    #[must_use]
    pub fn opened(&self) -> usize {
        self.shared.state().opened
    }

    /// How often anything was called so far.
    #[must_use]
    pub fn called(&self) -> usize {
        self.shared.state().called
    }

    /// Waits until a link has been opened so often, and its snapshot is on the way.
    pub async fn wait_for_link(&self, count: usize) {
        let explain = || format!("opened {} times", self.opened());
        wait_until("the link", explain, || (self.opened() >= count).then_some(())).await;
    }

    /// Waits until something has been called so often.
    pub async fn wait_for_call(&self, count: usize) {
        let explain = || format!("called {} times", self.called());
        wait_until("a call", explain, || (self.called() >= count).then_some(())).await;
    }

    /// Says this on the link.
    ///
    /// # Panics
    /// If there is none.
    pub fn say(&self, message: Message) {
        let state = self.shared.state();
        let link = state.link.as_ref().expect("a link");
        // The daemon may have left already: then the story sees that it opens another one.
        link.send(message).ok();
    }

    /// Says a snapshot with these requests.
    pub fn say_snapshot(&self, requests: &Value) {
        self.say(Message::text(self.shared.snapshot(requests)));
    }

    /// Cuts the link.
    pub fn cut(&self) {
        self.shared.state().link = None;
    }

    /// A request for the approver that enrolled, as a message on the link, not signed yet.
    ///
    /// # Panics
    /// If nobody has enrolled.
    #[must_use]
    pub fn request(&self, service: &str) -> Envelope<Request> {
        let id = format!("018f2d7e-7e3b-7000-8000-{:012x}", rand::random::<u32>());
        let claims = Request {
            request: id.parse::<RequestId>().expect("an id"),
            account: AccountName::parse(crate::story::ACCOUNT).expect("an account"),
            service: Clean::new(service),
            action: Action {
                kind: ActionKind::Login,
                summary: Clean::new(""),
                details: Clean::new(""),
                amount: None,
                payee: None,
            },
            origin: Origin::default(),
            near: Near::Same,
            locale: Clean::new("en"),
            bindings: vec![sayso_protocol::binding::Method::Code],
            min_verification: Verification::Session,
        };
        let approver = self.shared.state().approver.clone().expect("an approver");
        self.shared.envelope(&approver, claims, 600)
    }

    /// Says a request, signed with `key`, or with its own.
    pub fn say_request(&self, request: &Envelope<Request>, key: Option<&SecretKey>) {
        let jws = key.unwrap_or(&self.shared.key).sign(request);
        let open = json!({"type": "request", "jws": jws.as_str(), "state": "pending",
            "expires_at": clock::seconds() + 300});
        self.say(Message::text(open.to_string()));
    }
}

impl Drop for FalseBroker {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn envelope<C: Claims>(&self, aud: &str, claims: C, life: i64) -> Envelope<C> {
        Envelope {
            iss: self.origin.clone(),
            aud: aud.to_owned(),
            iat: UnixTime(clock::seconds()),
            exp: UnixTime(clock::seconds() + life),
            jti: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()),
            claims,
        }
    }

    fn audit_head(&self) -> String {
        let head = AuditHead { length: 1, hash: Digest::of(b"an audit") };
        self.key.sign(&self.envelope(&self.origin, head, 60)).as_str().to_owned()
    }

    fn snapshot(&self, requests: &Value) -> String {
        let head = self.audit_head();
        json!({"type": "snapshot", "requests": requests, "ended": [], "time": clock::seconds(),
            "audit_head": head})
        .to_string()
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut start = [0; 32];
        let peeked = stream.peek(&mut start).await.unwrap_or(0);
        self.state().called += 1;
        let manner = self.state().manner;
        if manner != Manner::Proper {
            misbehave(&mut stream, manner).await;
        } else if start[..peeked].starts_with(b"GET /v1/approver/link") {
            self.link(stream).await;
        } else {
            self.answer(stream).await;
        }
    }

    async fn answer(&self, stream: TcpStream) {
        let mut stream = tokio::io::BufReader::new(stream);
        let Ok(Some(head)) = Head::read(&mut stream).await else { return };
        let Ok(body) = head.body(&mut stream).await else { return };
        let (_, target) = head.first_line();
        let (status, answer) = match target.split('?').next().unwrap_or_default() {
            "/v1/keys" => (200, json!({"keys": [ListedKey::from(self.key.public())]})),
            "/v1/time" => {
                let nonce = target.split_once("nonce=").map(|(_, nonce)| nonce).unwrap_or_default();
                let time = self.key.sign(&self.envelope(nonce, BrokerTime {}, 60));
                (200, json!({"time": time.as_str()}))
            }
            "/v1/approvers" => (201, self.enrol(&body)),
            _ => (404, json!({})),
        };
        let text = answer.to_string();
        let answer = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{text}",
            text.len()
        );
        stream.get_mut().write_all(answer.as_bytes()).await.ok();
    }

    fn enrol(&self, body: &[u8]) -> Value {
        let call: EnrolmentCall = serde_json::from_slice(body).expect("an enrolment");
        let approver = unverified::<Enrolment>(call.enrolment.as_str()).expect("an enrolment").iss;
        self.state().approver = Some(approver.clone());
        json!({"approver": approver, "display": "Anna", "broker": "False", "since": clock::seconds(),
            "audit_head": self.audit_head()})
    }

    async fn link(&self, stream: TcpStream) {
        #[allow(clippy::result_large_err, reason = "the callback's type is tungstenite's")]
        let choose = |_: &Call, mut answer: Response| {
            let protocol = SUBPROTOCOL.parse().expect("a header's value");
            answer.headers_mut().insert("sec-websocket-protocol", protocol);
            Ok(answer)
        };
        let Ok(mut link) = tokio_tungstenite::accept_hdr_async(stream, choose).await else {
            return;
        };
        if link.send(Message::text(self.snapshot(&json!([])))).await.is_err() {
            return;
        }
        let (say, mut said) = mpsc::unbounded_channel();
        {
            let mut state = self.state();
            state.link = Some(say);
            state.opened += 1;
        }
        loop {
            tokio::select! {
                message = said.recv() => match message {
                    Some(message) => if link.send(message).await.is_err() { return },
                    None => return,
                },
                heard = link.next() => match heard {
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return,
                },
            }
        }
    }
}

async fn misbehave(stream: &mut TcpStream, manner: Manner) {
    let answer = match manner {
        Manner::Proper => return,
        Manner::Redirects => "HTTP/1.1 302 Found\r\nlocation: /v1/time\r\ncontent-length: 0\r\n\
             connection: close\r\n\r\n"
            .to_owned(),
        Manner::Floods => {
            let body = " ".repeat(1024 * 1024);
            let length = body.len();
            format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
        }
        Manner::Silent => String::new(),
    };
    let mut seen = [0; 4096];
    while stream.read(&mut seen).await.is_ok_and(|length| length > 0) {
        if manner == Manner::Silent {
            continue;
        }
        stream.write_all(answer.as_bytes()).await.ok();
        return;
    }
}
