//! A real broker on a real listener, a service, an approver and a browser that speak HTTP to it.

#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "parts of tests")]

pub(crate) mod begun;
pub(crate) mod changing;
pub(crate) mod proofs;
pub(crate) mod receiver;
pub(crate) mod seen;
pub(crate) mod served;
pub(crate) mod site;
pub(crate) mod slow;

use futures_util::StreamExt as _;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use sayso_broker::admin::{activation_for, add_service, slug};
use sayso_broker::clock::Clock;
use sayso_broker::guard;
use sayso_broker::offer::Offer;
use sayso_broker::server::{Broker, Server};
use sayso_broker::settings::Settings;
use sayso_broker::store::accounts::Admission;
use sayso_protocol::binding::{Binding, BindingCall, Bound, Code};
use sayso_protocol::change::{AccountSettings, ApproveWith, Computer, SameDevice};
use sayso_protocol::decision::{DecisionCall, DecisionClaims, Heard, UserVerification, Verdict};
use sayso_protocol::enrolment::{
    AccountName, ActivationCode, ApproverId, ApproverName, Enrolment, EnrolmentCall,
};
use sayso_protocol::link::{DeviceCall, FromBroker, Open, SUBPROTOCOL};
use sayso_protocol::outcome::Outcome;
use sayso_protocol::problem::Problem;
use sayso_protocol::request::{Request, RequestId, Verification};
use sayso_protocol::rotation::KeySet;
use sayso_protocol::secret::Receipt;
use sayso_protocol::service::{Asked, Collected, RequestAnswer};
use sayso_protocol::signature::{Claims, Envelope, Expected, Jws, PublicKey, SecretKey};
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use sayso_protocol::trusted::{Reading, Wall};
use serde_json::{Value, json};
pub(crate) use site::Site;
use std::path::Path;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::sync::CancellationToken;

/// Where a browser goes when it is done.
pub(crate) const RETURN_URL: &str = "https://bank.example/back?from=sayso";
/// The moment at which the clock of a test begins.
pub(crate) const BEGIN: UnixTime = UnixTime(1_800_000_000);

/// A broker that runs.
pub(crate) struct Running {
    pub(crate) origin: String,
    pub(crate) broker: Broker,
    pub(crate) metrics: std::net::SocketAddr,
    clocks: watch::Sender<Reading>,
    stopping: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// On a store, at its own port or the one of an origin.
    pub(crate) async fn start(store: &Path, at: Option<&str>) -> Running {
        Running::start_at(store, at, BEGIN).await
    }

    /// The same, at another time.
    pub(crate) async fn start_at(store: &Path, at: Option<&str>, now: UnixTime) -> Running {
        Running::start_by(store, at, running_since(now)).await
    }

    /// The same, on a machine whose clocks say this.
    pub(crate) async fn start_by(store: &Path, at: Option<&str>, clocks: Reading) -> Running {
        let address = at.map_or("127.0.0.1:0", |origin| origin.trim_start_matches("http://"));
        Running::start_on(TcpListener::bind(address).await.unwrap(), store, clocks).await
    }

    async fn start_on(listener: TcpListener, store: &Path, clocks: Reading) -> Running {
        let settings = Settings {
            store: Some(store.to_owned()),
            name: Some("Test broker".into()),
            metrics: Some("127.0.0.1:0".parse().unwrap()),
            ..Settings::default()
        };
        let (clocks, told) = watch::channel(clocks);
        let stopping = CancellationToken::new();
        let server =
            Server::open(listener, &settings, Clock::told(told), stopping.clone()).await.unwrap();
        let (origin, broker) = (server.origin().to_owned(), server.broker().clone());
        let metrics = server.metrics().unwrap();
        let task = tokio::spawn(async move { server.run().await.unwrap() });
        Running { origin, broker, metrics, clocks, stopping, task }
    }

    /// Stops it; everything it answered is on the disk.
    pub(crate) async fn stop(self) {
        let Running { broker, stopping, task, .. } = self;
        drop(broker);
        stopping.cancel();
        task.await.unwrap();
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.clocks.borrow().time
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clocks.send_modify(|clocks| {
            clocks.time = clocks.time.plus(Duration::from_secs(seconds));
            clocks.since_boot += seconds;
        });
    }

    /// The kernel calls the clock synchronised.
    pub(crate) fn synchronise(&self) {
        self.clocks.send_modify(|clocks| clocks.wall = Wall::Synchronised);
    }

    /// Somebody sets the clock, ahead or back. No time passes.
    pub(crate) fn set_clock(&self, seconds: i64) {
        self.clocks.send_modify(|clocks| clocks.time.0 += seconds);
    }

    pub(crate) async fn keys(&self) -> PublicKey {
        let answer = reqwest::get(format!("{}/v1/keys", self.origin)).await.unwrap();
        answer.json::<KeySet>().await.unwrap().keys.remove(0).jwk().clone()
    }

    /// A service of this name.
    pub(crate) async fn service(&self, name: &str) -> Service {
        let urls = [RETURN_URL.to_owned()];
        let key = add_service(&self.broker.store, &Clean::new(name), &urls).await.unwrap();
        Service {
            id: slug(name),
            key: key.to_string(),
            origin: self.origin.clone(),
            http: client(),
        }
    }

    /// An account and an activation code for it.
    pub(crate) async fn account(&self, name: &str) -> ActivationCode {
        let name = AccountName::parse(name).unwrap();
        let (added, display) = (name.clone(), Clean::new("Anna"));
        self.broker.store.write(move |tx| tx.add_account(&added, &display)).await.unwrap();
        self.activation(name.as_str(), Admission::Waits).await
    }

    /// An activation code for an account that is there.
    pub(crate) async fn activation(&self, account: &str, admission: Admission) -> ActivationCode {
        let name = AccountName::parse(account).unwrap();
        activation_for(&self.broker.store, &name, admission, self.now()).await.unwrap().0
    }

    /// An account with an approver, and the settings of who chooses none.
    pub(crate) async fn approver(&self, account: &str) -> Approver {
        self.approver_by(account, ApproveWith::Code).await
    }

    /// An account whose first approver chose this.
    pub(crate) async fn approver_by(&self, account: &str, approve_with: ApproveWith) -> Approver {
        let same_device = SameDevice::On;
        self.approver_with(account, AccountSettings { approve_with, same_device }).await
    }

    /// An account whose first approver chose these settings.
    pub(crate) async fn approver_with(&self, account: &str, settings: AccountSettings) -> Approver {
        let activation = self.account(account).await;
        let approver = Approver { settings, ..Approver::new(&self.origin) };
        let answer = approver.enrol(account, activation, self.now()).await;
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
        approver
    }

    /// What the page of a request offers, as it is on the disk.
    pub(crate) async fn offer(&self, id: RequestId) -> Offer {
        let kept = self.broker.store.read(move |db| db.request(id)).await.unwrap();
        kept.unwrap().offer.unwrap()
    }

    /// The name of an account that is unknown and seems to have these settings.
    pub(crate) fn nobody(&self, settings: AccountSettings) -> String {
        let key = self.broker.store.key();
        let seems = |name: &String| guard::settings_of_nobody(key.keyed_hash(name)) == settings;
        (0..1000).map(|n| format!("nemo{n}")).find(seems).unwrap()
    }

    /// A browser with its own cookies.
    pub(crate) fn browser(&self) -> Browser {
        assert!(!self.stopping.is_cancelled());
        Browser {
            http: Client::builder()
                .pool_max_idle_per_host(0)
                .redirect(Policy::none())
                .build()
                .unwrap(),
            cookie: String::new(),
            language: "en",
        }
    }
}

/// The clocks of a machine that has run since `BEGIN`, and whose wall clock nobody vouches for.
fn running_since(now: UnixTime) -> Reading {
    let since_boot = BEGIN.until(now).as_secs();
    Reading { boot: "boot".into(), since_boot, time: now, wall: Wall::Free }
}

/// A service.
pub(crate) struct Service {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) origin: String,
    pub(crate) http: Client,
}

impl Service {
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        let call = self.http.post(format!("{}{path}", self.origin));
        call.bearer_auth(&self.key).json(body).send().await.unwrap()
    }

    pub(crate) async fn ask(&self, account: &str) -> Asked {
        let answer = self.post("/v1/requests", &login(account)).await;
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    }

    /// Asks for a login of a browser at this address.
    pub(crate) async fn ask_from(&self, account: &str, address: &str) -> Response {
        let mut ask = login(account);
        ask["origin"]["address"] = json!(address);
        self.post("/v1/requests", &ask).await
    }

    /// The same; it is taken.
    pub(crate) async fn asked_from(&self, account: &str, address: &str) -> Asked {
        let answer = self.ask_from(account, address).await;
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    }

    pub(crate) async fn look(&self, id: RequestId, wait: u64) -> RequestAnswer {
        let call = self.http.get(format!("{}/v1/requests/{id}?wait={wait}", self.origin));
        call.bearer_auth(&self.key).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn collect(
        &self,
        id: RequestId,
        ticket: &str,
    ) -> Result<Jws<Outcome>, Problem> {
        let path = format!("/v1/requests/{id}/outcome");
        let answer = self.post(&path, &json!({ "ticket": ticket })).await;
        if answer.status() == 200 {
            Ok(answer.json::<Collected>().await.unwrap().outcome)
        } else {
            Err(answer.json().await.unwrap())
        }
    }

    pub(crate) fn verify(&self, key: &PublicKey, jws: &Jws<Outcome>, now: UnixTime) -> Outcome {
        let expected = Expected { iss: &self.origin, aud: &self.id, now };
        key.verify::<Outcome>(jws.as_str(), expected).unwrap().claims
    }
}

/// Body of a call that asks for a login.
pub(crate) fn login(account: &str) -> Value {
    json!({
        "account": account,
        "action": { "kind": "login" },
        "origin": { "address": "127.0.0.1", "place": "Aarhus" },
        "return_url": RETURN_URL,
        "state": "s & t",
    })
}

/// An approver device.
pub(crate) struct Approver {
    pub(crate) key: SecretKey,
    pub(crate) link_key: SecretKey,
    pub(crate) settings: AccountSettings,
    pub(crate) origin: String,
    pub(crate) http: Client,
}

impl Approver {
    pub(crate) fn new(origin: &str) -> Approver {
        Approver {
            key: SecretKey::generate(&mut rand::rng()),
            link_key: SecretKey::generate(&mut rand::rng()),
            settings: AccountSettings::default(),
            origin: origin.to_owned(),
            http: client(),
        }
    }

    pub(crate) fn id(&self) -> ApproverId {
        ApproverId(self.key.public().thumbprint())
    }

    pub(crate) fn computer(&self) -> Computer {
        Computer { id: self.id(), name: ApproverName::new("laptop") }
    }

    pub(crate) fn sign<C: Claims>(
        &self,
        key: &SecretKey,
        now: UnixTime,
        exp: UnixTime,
        claims: C,
    ) -> Jws<C> {
        key.sign(&Envelope {
            iss: self.id().0,
            aud: self.origin.clone(),
            iat: now,
            exp,
            jti: uuid::Uuid::now_v7().to_string(),
            claims,
        })
    }

    pub(crate) fn enrolment(
        &self,
        account: &str,
        code: ActivationCode,
        now: UnixTime,
    ) -> Jws<Enrolment> {
        let claims = Enrolment {
            account: AccountName::parse(account).unwrap(),
            activation: code,
            name: ApproverName::new("laptop"),
            jwk: self.key.public(),
            link_jwk: self.link_key.public(),
            settings: self.settings,
        };
        self.sign(&self.key, now, now.plus(Duration::from_secs(60)), claims)
    }

    pub(crate) async fn enrol(
        &self,
        account: &str,
        code: ActivationCode,
        now: UnixTime,
    ) -> Response {
        let enrolment = self.enrolment(account, code, now);
        let call = self.http.post(format!("{}/v1/approvers", self.origin));
        call.json(&EnrolmentCall { enrolment }).send().await.unwrap()
    }

    pub(crate) fn binding(&self, code: &Code, now: UnixTime) -> Jws<Binding> {
        self.sign_binding(Binding::Code { value: code.clone() }, now)
    }

    pub(crate) fn sign_binding(&self, claims: Binding, now: UnixTime) -> Jws<Binding> {
        self.sign(&self.link_key, now, now.plus(Duration::from_secs(60)), claims)
    }

    pub(crate) async fn send_binding(&self, binding: &Jws<Binding>) -> Result<Bound, Problem> {
        let call = self.http.post(format!("{}/v1/bindings", self.origin));
        let binding = binding.clone();
        let answer = call.json(&BindingCall { binding }).send().await.unwrap();
        if answer.status() == 200 {
            Ok(answer.json().await.unwrap())
        } else {
            Err(answer.json().await.unwrap())
        }
    }

    pub(crate) async fn bind(&self, code: &Code, now: UnixTime) -> Result<Bound, Problem> {
        self.send_binding(&self.binding(code, now)).await
    }

    /// Any binding.
    pub(crate) async fn prove(&self, binding: Binding, now: UnixTime) -> Result<Bound, Problem> {
        self.send_binding(&self.sign_binding(binding, now)).await
    }

    pub(crate) fn decision(
        &self,
        jws: &Jws<Request>,
        key: &SecretKey,
        verdict: Verdict,
        receipt: Option<Receipt>,
        now: UnixTime,
    ) -> Jws<DecisionClaims> {
        let request = sayso_protocol::signature::unverified::<Request>(jws.as_str()).unwrap();
        let claims = DecisionClaims {
            request: request.claims.request,
            request_hash: jws.digest(),
            verdict,
            receipt,
            heard: Heard { lang: "en".into(), text: "Log in at Bank as anna?".into() },
            verification: UserVerification { method: Verification::Session, at: now },
        };
        self.sign(key, now, request.exp, claims)
    }

    pub(crate) async fn decide(
        &self,
        id: RequestId,
        decision: &Jws<DecisionClaims>,
    ) -> (u16, Value) {
        let call = self.http.post(format!("{}/v1/requests/{id}/decision", self.origin));
        let decision = decision.clone();
        let answer = call.json(&DecisionCall { decision }).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub(crate) async fn approve(&self, bound: &Bound, now: UnixTime) -> (u16, Value) {
        let receipt = Some(bound.receipt.clone());
        let decision = self.decision(&bound.jws, &self.key, Verdict::Approve, receipt, now);
        self.decide(id_of(&bound.jws), &decision).await
    }

    pub(crate) async fn connect(&self, now: UnixTime) -> Link {
        self.try_connect(now).await.unwrap()
    }

    pub(crate) async fn try_connect(&self, now: UnixTime) -> Result<Link, WsError> {
        open_link(&self.origin, self.link_proof(now).as_str()).await
    }

    fn link_proof(&self, now: UnixTime) -> Jws<DeviceCall> {
        let call = DeviceCall { method: "GET".into(), path: "/v1/approver/link".into() };
        self.sign(&self.link_key, now, now.plus(Duration::from_secs(60)), call)
    }
}

pub(crate) async fn open_link(origin: &str, bearer: &str) -> Result<Link, WsError> {
    let host = origin.trim_start_matches("http://");
    open_link_over(TcpStream::connect(host).await.unwrap(), origin, bearer).await
}

async fn open_link_over(stream: TcpStream, origin: &str, bearer: &str) -> Result<Link, WsError> {
    let address = format!("{}/v1/approver/link", origin.replacen("http", "ws", 1));
    let mut request = address.into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("authorization", format!("Bearer {bearer}").parse().unwrap());
    headers.insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
    let (socket, answer) = client_async(request, stream).await?;
    assert_eq!(answer.headers()["sec-websocket-protocol"], SUBPROTOCOL);
    Ok(Link(socket))
}

/// A connected approver.
pub(crate) struct Link(WebSocketStream<TcpStream>);

impl Link {
    /// The next message; `None` once the link is over.
    pub(crate) async fn next(&mut self) -> Option<FromBroker> {
        loop {
            match self.0.next().await? {
                Ok(Message::Text(text)) => return Some(FromBroker::parse(&text).unwrap()),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(_) | Err(_) => return None,
            }
        }
    }

    pub(crate) async fn snapshot(&mut self) -> (Vec<Open>, Vec<sayso_protocol::link::Ended>) {
        match self.next().await {
            Some(FromBroker::Snapshot { requests, ended, .. }) => (requests, ended),
            other => panic!("a snapshot comes first, not {other:?}"),
        }
    }

    /// The next message, which is a request.
    pub(crate) async fn request(&mut self) -> Open {
        match self.next().await {
            Some(FromBroker::Request(open)) => open,
            other => panic!("a request comes next, not {other:?}"),
        }
    }
}

/// What the request's signed bytes say its id is.
pub(crate) fn id_of(jws: &Jws<Request>) -> RequestId {
    sayso_protocol::signature::unverified::<Request>(jws.as_str()).unwrap().claims.request
}

/// A browser that keeps its cookies.
pub(crate) struct Browser {
    pub(crate) http: Client,
    pub(crate) cookie: String,
    pub(crate) language: &'static str,
}

/// What a browser was given.
pub(crate) struct Shown {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) location: Option<String>,
    pub(crate) headers: reqwest::header::HeaderMap,
}

impl Browser {
    pub(crate) async fn get(&mut self, address: &str) -> Shown {
        let call = self.http.get(address);
        self.go(call).await
    }

    pub(crate) async fn post(&mut self, address: &str) -> Shown {
        let call = self.http.post(address);
        self.go(call).await
    }

    /// Sends the form with the digits that were read out.
    pub(crate) async fn enter(&mut self, login_url: &str, text: &str) -> Shown {
        let field =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("code", text).finish();
        let call = self.http.post(format!("{login_url}/code")).body(field);
        self.go(call.header("content-type", "application/x-www-form-urlencoded")).await
    }

    /// Gets a page with a header that browsers add.
    pub(crate) async fn get_with(&mut self, address: &str, name: &str, value: &str) -> Shown {
        let call = self.http.get(address).header(name, value);
        self.go(call).await
    }

    pub(crate) async fn go(&mut self, call: reqwest::RequestBuilder) -> Shown {
        let call = call.header("accept-language", self.language).header("cookie", &self.cookie);
        let answer = call.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            self.keep(cookie.split(';').next().unwrap());
        }
        let headers = answer.headers().clone();
        let location = headers.get("location").map(|to| to.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        Shown { status, location, headers, text: answer.text().await.unwrap() }
    }

    fn keep(&mut self, cookie: &str) {
        let name = cookie.split('=').next();
        let others = self.cookie.split("; ").filter(|kept| kept.split('=').next() != name);
        let kept: Vec<&str> = others.filter(|kept| !kept.is_empty()).chain([cookie]).collect();
        self.cookie = kept.join("; ");
    }

    /// Opens a login page and reads its code.
    pub(crate) async fn code(&mut self, login_url: &str) -> Code {
        let shown = self.get(login_url).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        code_on(&shown.text)
    }

    /// Leaves an approved login page; the ticket.
    pub(crate) async fn ticket(&mut self, login_url: &str) -> String {
        let shown = self.get(&format!("{login_url}/return")).await;
        assert_eq!(shown.status, 303, "{}", shown.text);
        let location = shown.location.unwrap();
        let rest = location.strip_prefix(&format!("{RETURN_URL}&ticket=")).expect(&location);
        let (ticket, state) = rest.split_once('&').unwrap();
        assert_eq!(state, "state=s+%26+t");
        ticket.to_owned()
    }
}

pub(crate) fn code_on(page: &str) -> Code {
    let (_, rest) = page.split_once("data-copy=\"Sayso ").expect(page);
    Code::parse(rest.split_once('"').unwrap().0).unwrap()
}

/// The address behind the page's button, as it stands there.
pub(crate) fn button_on(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("id=\"open\" class=\"button\" href=\"")?;
    Some(rest.split_once('"').unwrap().0.to_owned())
}

/// A code that no page shows.
pub(crate) fn another(code: &Code) -> Code {
    let number: u32 = code.reveal().parse().unwrap();
    Code::parse(&format!("{:06}", (number + 1) % 1_000_000)).unwrap()
}

/// A client that opens each connection anew: brokers come and go under it.
pub(crate) fn client() -> Client {
    Client::builder().pool_max_idle_per_host(0).build().unwrap()
}
