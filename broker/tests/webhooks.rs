//! What services are told unasked: to a real server, over days, by a broker that is stopped and
//! killed in between.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "parts of tests")]

mod parts;

use parts::receiver::{Call, Receiver};
use parts::served::{Served, fails, last_word, must};
use parts::{Approver, Running, Service};
use sayso_broker::store::outbox::Counts;
use sayso_protocol::decision::Verdict;
use sayso_protocol::link::{FromBroker, Open};
use sayso_protocol::outcome;
use sayso_protocol::request::RequestId;
use sayso_protocol::service::{Asked, AskedDigits};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// A broker, and a bank that is told.
struct Home {
    running: Running,
    bank: Service,
    anna: Approver,
    receiver: Receiver,
    key: String,
    store: TempDir,
}

impl Home {
    async fn new() -> Home {
        let store = tempfile::tempdir().unwrap();
        let running = Running::start(store.path(), None).await;
        let (bank, anna) = (running.service("Bank").await, running.approver("anna").await);
        let receiver = Receiver::start().await;
        let key = set(store.path(), "bank", &receiver.url);
        Home { running, bank, anna, receiver, key, store }
    }

    async fn ask(&self) -> Asked {
        self.bank.ask("anna").await
    }

    /// Asks, and calls it off.
    async fn tell_something(&self) -> RequestId {
        let id = self.ask().await.id;
        call_off(&self.bank, id).await;
        id
    }

    /// The next call, whose words are those of a service that looks at the same moment.
    async fn told(&mut self) -> (Call, Value) {
        let call = self.receiver.next().await;
        let told = call.verified(&self.key);
        let looked = self.bank.look(told["data"]["id"].as_str().unwrap().parse().unwrap(), 0).await;
        assert_eq!(told["data"], serde_json::to_value(looked).unwrap());
        (call, told)
    }

    async fn counts(&self) -> Counts {
        self.running.broker.store.read(|db| db.events("bank")).await.unwrap()
    }

    /// Waits until the last call in vain is on the disk; how long it is until the next.
    async fn put_off(&self) -> u64 {
        let now = self.running.now();
        loop {
            let next = self.running.broker.store.read(move |db| db.next_event(now)).await.unwrap();
            match next {
                Some(next) => return now.until(next).as_secs(),
                None => tokio::task::yield_now().await,
            }
        }
    }

    /// Waits until so much is left undone.
    async fn wait_for(&self, waiting: u32, dead: u32) {
        while self.counts().await != (Counts { waiting, dead, lost: 0 }) {
            tokio::task::yield_now().await;
        }
    }

    /// Anna's computer denies or reports the request.
    async fn decide(&self, id: RequestId, verdict: Verdict) {
        let mut link = self.anna.connect(self.running.now()).await;
        let (requests, _) = link.snapshot().await;
        let is_it = |open: &&Open| parts::id_of(&open.jws) == id;
        let open = requests.iter().find(is_it).unwrap();
        let (key, now) = (&self.anna.link_key, self.running.now());
        let decision = self.anna.decision(&open.jws, key, verdict, None, now);
        assert_eq!(self.anna.decide(id, &decision).await.0, 200);
    }

    async fn end(self) {
        let store = self.running.broker.store.clone();
        let key = store.key();
        store.read(move |db| Ok(db.verify_audit(&key))).await.unwrap().unwrap();
        drop(store);
        self.running.stop().await;
        drop(self.store);
    }
}

/// Sets the webhook of a service; its public key, as it is printed.
fn set(store: &Path, service: &str, url: &str) -> String {
    let said = must(store, &["service", "webhook", "set", service, url]);
    last_word(said.lines().find(|line| line.contains("whpk_")).unwrap())
}

async fn call_off(service: &Service, id: RequestId) {
    let call = service.http.delete(format!("{}/v1/requests/{id}", service.origin));
    assert_eq!(call.bearer_auth(&service.key).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn each_end_is_told_once_and_an_approval_only_as_answered() {
    let mut home = Home::new().await;
    let id = home.tell_something().await;
    let (call, told) = home.told().await;
    assert_eq!(
        (&told["type"], &told["timestamp"]),
        (&json!("request.ended"), &json!("2027-01-15T08:00:00Z"))
    );
    assert_eq!((&told["data"]["id"], &told["data"]["progress"]), (&json!(id), &json!("ended")));
    assert_eq!(call.at(), home.running.now().0);
    call.take().await;

    let denied = home.ask().await;
    home.decide(denied.id, Verdict::Deny).await;
    let (call, told) = home.told().await;
    let jws = serde_json::from_value(told["data"]["outcome"].clone()).unwrap();
    let outcome = home.bank.verify(&home.running.keys().await, &jws, home.running.now());
    assert_eq!((outcome.verdict, outcome.request), (outcome::Verdict::Deny, denied.id));
    call.take().await;

    let approved = home.ask().await;
    let mut browser = home.running.browser();
    let code = browser.code(&approved.login_url).await;
    let bound = home.anna.bind(&code, home.running.now()).await.unwrap();
    assert_eq!(home.anna.approve(&bound, home.running.now()).await.0, 200);
    let (call, told) = home.told().await;
    assert_eq!(told["type"], "request.answered");
    assert!(told["data"].get("outcome").is_none(), "an approval needs its ticket: {told}");
    call.take().await;
    let ticket = browser.ticket(&approved.login_url).await;
    home.bank.collect(approved.id, &ticket).await.unwrap();
    let now = home.running.now();
    let report = home.anna.decision(&bound.jws, &home.anna.link_key, Verdict::Report, None, now);
    assert_eq!(home.anna.decide(approved.id, &report).await.0, 200);
    let (call, told) = home.told().await;
    assert_eq!(told["type"], "request.reported_later");
    assert_eq!(told["data"]["reported_later"], true);
    call.take().await;
    home.wait_for(0, 0).await;
    assert!(home.receiver.is_untouched(), "each is told once");
    home.end().await;
}

#[tokio::test]
async fn an_approval_goes_along_where_the_service_shows_the_page_and_counts_as_fetched_then() {
    let mut home = Home::new().await;
    must(home.store.path(), &["service", "page", "bank", "service"]);
    let mut link = home.anna.connect(home.running.now()).await;
    link.snapshot().await;
    let id = approve_own_page(&home).await;
    let call = home.receiver.next().await;
    let told = call.verified(&home.key);
    assert_eq!(
        (&told["type"], &told["data"]["progress"]),
        (&json!("request.ended"), &json!("ended"))
    );
    let jws = serde_json::from_value(told["data"]["outcome"].clone()).unwrap();
    let outcome = home.bank.verify(&home.running.keys().await, &jws, home.running.now());
    assert_eq!((outcome.verdict, outcome.request), (outcome::Verdict::Approve, id));
    call.take().await;
    loop {
        match link.next().await.unwrap() {
            FromBroker::Collected { id: collected } => break assert_eq!(collected, id),
            // What the administrator did may be told all at once.
            FromBroker::Snapshot { .. }
            | FromBroker::Request(_)
            | FromBroker::RequestChanged { .. }
            | FromBroker::RequestEnded(_) => {}
            other @ FromBroker::Change(_) => unreachable!("{other:?}"),
        }
    }
    home.wait_for(0, 0).await;

    // One whose receiver is down, until the account is blocked.
    approve_own_page(&home).await;
    home.receiver.next().await.answer("500 Oh no").await;
    let wait = home.put_off().await;
    must(home.store.path(), &["account", "block", "anna"]);
    home.running.pass(wait);
    for _ in 0..2 {
        let (call, told) = home.told().await;
        assert_eq!(told["type"], "request.ended");
        assert!(told["data"].get("outcome").is_none(), "it is withheld: {told}");
        call.take().await;
    }
    home.wait_for(0, 0).await;
    home.end().await;
}

async fn approve_own_page(home: &Home) -> RequestId {
    let ask = json!({
        "account": "anna",
        "action": {"kind": "login"},
        "origin": {"address": "127.0.0.1"},
        "page": "service",
    });
    let answer = home.bank.post("/v1/requests", &ask).await;
    assert_eq!(answer.status(), 201);
    let AskedDigits { id, code, .. } = answer.json().await.unwrap();
    let bound = home.anna.bind(&code, home.running.now()).await.unwrap();
    assert_eq!(home.anna.approve(&bound, home.running.now()).await.0, 200);
    id
}

#[tokio::test]
async fn a_receiver_that_fails_for_a_day_and_a_half_is_given_up_and_told_again_by_hand() {
    let mut home = Home::new().await;
    let id = home.tell_something().await;
    let mut waits = Vec::new();
    let (first, _) = home.told().await;
    let (event, body) = (first.id().to_owned(), first.body.clone());
    let mut call = first;
    for _ in 0..7 {
        call.answer("500 Oh no").await;
        let wait = home.put_off().await;
        home.running.pass(wait);
        waits.push(wait);
        call = home.receiver.next().await;
        call.verified(&home.key);
        assert_eq!((call.id(), call.at()), (event.as_str(), home.running.now().0));
        assert_eq!(call.body, body);
    }
    let delays = [5, 300, HOUR / 2, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR];
    for (wait, delay) in waits.iter().zip(delays) {
        assert!((delay..=delay + delay / 10).contains(wait), "{waits:?}");
    }
    assert!(waits.iter().sum::<u64>() > DAY);
    call.answer("500 Oh no").await;
    home.wait_for(0, 1).await;

    let dead = must(home.store.path(), &["service", "webhook", "dead", "Bank"]);
    assert!(dead.contains(&event) && dead.contains(&id.to_string()), "{dead}");
    assert!(dead.contains("status 500"), "{dead}");
    let unknown = fails(home.store.path(), &["service", "webhook", "resend", "Bank", "x"]);
    assert!(unknown.contains("No event x"), "{unknown}");
    let resent = must(home.store.path(), &["service", "webhook", "resend", "Bank", &event]);
    assert!(resent.contains("One event"), "{resent}");
    let call = home.receiver.next().await;
    call.verified(&home.key);
    assert_eq!((call.id(), &call.body), (event.as_str(), &body));
    call.take().await;
    home.wait_for(0, 0).await;
    home.end().await;
}

#[tokio::test]
async fn what_was_given_up_is_forgotten_after_thirty_days() {
    let mut home = Home::new().await;
    home.tell_something().await;
    home.receiver.next().await.answer("410 Gone").await;
    home.wait_for(0, 1).await;
    home.running.pass(30 * DAY);
    // What is forgotten is looked for when a request ends by its time.
    home.ask().await;
    home.running.pass(HOUR);
    home.wait_for(0, 0).await;
    home.end().await;
}

#[tokio::test]
async fn a_receiver_that_hangs_holds_up_no_other_and_not_the_end_and_is_told_again_by_the_same_id()
{
    let mut home = Home::new().await;
    let shop = home.running.service("Shop").await;
    let mut of_shop = Receiver::start().await;
    let key_of_shop = set(home.store.path(), "shop", &of_shop.url);
    assert_ne!(home.key, key_of_shop, "each service has a key of its own");
    for _ in 0..6 {
        home.tell_something().await;
    }
    let mut hung = Vec::new();
    for _ in 0..4 {
        hung.push(home.receiver.next().await);
    }
    call_off(&shop, shop.ask("anna").await.id).await;
    let call = of_shop.next().await;
    call.verified(&key_of_shop);
    call.take().await;
    assert!(home.receiver.is_untouched(), "four are under way at most");
    home.running.pass(15);
    for _ in 0..2 {
        hung.push(home.receiver.next().await);
    }
    assert!((5..=6).contains(&home.put_off().await), "the four were not waited for any longer");

    let Home { running, store, key, mut receiver, .. } = home;
    let (origin, later) = (running.origin.clone(), running.now().plus(Duration::from_secs(60)));
    running.stop().await;
    let running = Running::start_at(store.path(), Some(&origin), later).await;
    let mut again = Vec::new();
    for _ in 0..6 {
        let call = receiver.next().await;
        call.verified(&key);
        again.push(call.id().to_owned());
        call.take().await;
    }
    for call in hung {
        assert!(again.contains(&call.id().to_owned()));
    }
    let ids: std::collections::BTreeSet<_> = again.iter().collect();
    assert_eq!(ids.len(), 6);
    running.stop().await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_patience_is_given_where_it_is_asked_for() {
    let mut home = Home::new().await;
    let mut elsewhere = Receiver::start().await;
    home.tell_something().await;
    let redirect = format!("307 Temporary Redirect\r\nlocation: {}", elsewhere.url);
    home.receiver.next().await.answer(&redirect).await;
    let wait = home.put_off().await;
    assert!(wait < 10, "{wait}");
    assert!(elsewhere.is_untouched());
    home.running.pass(wait);
    home.receiver.next().await.answer("503 Later\r\nretry-after: 7200").await;
    assert!((2 * HOUR..=2 * HOUR + 720).contains(&home.put_off().await));
    home.end().await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_called_no_more_until_the_address_is_set_anew() {
    let mut home = Home::new().await;
    home.tell_something().await;
    let call = home.receiver.next().await;
    let event = call.id().to_owned();
    call.answer("410 Gone").await;
    home.wait_for(0, 1).await;
    home.tell_something().await;
    assert_eq!(home.counts().await, Counts { waiting: 0, dead: 1, lost: 0 });
    let store = home.store.path().to_owned();
    let said = must(&store, &["service", "list"]);
    assert!(said.contains("is told nothing any more"), "{said}");
    let refused = fails(&store, &["service", "webhook", "resend", "Bank"]);
    assert!(refused.contains("Set the address anew"), "{refused}");
    assert_eq!(set(&store, "bank", &home.receiver.url), home.key, "the key stays");
    must(&store, &["service", "webhook", "resend", "Bank"]);
    let call = home.receiver.next().await;
    assert_eq!(call.id(), event);
    call.take().await;
    home.wait_for(0, 0).await;

    must(&store, &["service", "webhook", "remove", "Bank"]);
    let none = fails(&store, &["service", "webhook", "show", "Bank"]);
    assert!(none.contains("has no webhook"), "{none}");
    assert_ne!(
        set(&store, "bank", &home.receiver.url),
        home.key,
        "another key after it was removed"
    );
    home.end().await;
}

#[tokio::test]
async fn an_address_that_is_none_and_a_service_that_is_not_there_are_refused() {
    let home = Home::new().await;
    for address in ["http://bank.example/hook", "https://me:secret@bank.example/"] {
        let refused = fails(home.store.path(), &["service", "webhook", "set", "bank", address]);
        assert!(refused.contains("cannot be a webhook"), "{refused}");
    }
    let unknown =
        fails(home.store.path(), &["service", "webhook", "set", "shop", "https://x.example/"]);
    assert!(unknown.contains("There is no service shop"), "{unknown}");
    home.end().await;
}

/// The program as a process, and a service in it.
fn serve(store: &Path, environment: &[(String, String)]) -> (Served, Service) {
    let served = Served::start_in(store, "127.0.0.1:0", &[], environment);
    let added = must(store, &["service", "add", "Bank", "--return-url", parts::RETURN_URL]);
    let service = Service {
        id: "bank".into(),
        key: last_word(&added),
        origin: served.origin.clone(),
        http: parts::client(),
    };
    (served, service)
}

#[tokio::test]
async fn a_broker_that_is_killed_under_way_tells_it_again_by_the_same_id_and_then_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut receiver = Receiver::start().await;
    let (served, bank) = serve(&store, &[]);
    let key = set(&store, "bank", &receiver.url);
    call_off(&bank, bank.ask("anna").await.id).await;
    let under_way = receiver.next().await;
    let listen = served.origin.trim_start_matches("http://").to_owned();
    served.kill();
    let served = Served::start(&store, &listen);
    let again = receiver.next().await;
    again.verified(&key);
    assert_eq!((again.id(), &again.body), (under_way.id(), &under_way.body));
    let first = again.id().to_owned();
    again.take().await;
    // Four are under way at most, so by the fifth the first has been told of as delivered.
    for _ in 0..5 {
        call_off(&bank, bank.ask("anna").await.id).await;
        let call = receiver.next().await;
        assert_ne!(call.id(), first);
        call.take().await;
    }
    served.stop();
    assert!(must(&store, &["audit", "verify"]).contains("whole"));
}

#[tokio::test]
async fn who_receives_by_https_is_told_if_somebody_vouches_for_it_and_nothing_otherwise() {
    for vouched in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        let (mut receiver, root) = Receiver::start_secure().await;
        let (_, other) = Receiver::start_secure().await;
        let file = folder.path().join("root.pem");
        std::fs::write(&file, if vouched { root } else { other }).unwrap();
        let roots = [("SSL_CERT_FILE".to_owned(), file.to_str().unwrap().to_owned())];
        let (served, bank) = serve(&store, &roots);
        let key = set(&store, "bank", &receiver.url);
        let id = bank.ask("anna").await.id;
        call_off(&bank, id).await;
        if vouched {
            let call = receiver.next().await;
            assert_eq!(call.verified(&key)["data"]["id"], json!(id));
            call.take().await;
        } else {
            receiver.next_refuses().await;
        }
        served.stop();
    }
}

/// The receiver of the documents, in Python.
struct Told {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Told {
    async fn start(key: &str) -> Told {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/services/told.py");
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .args([key, "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = last_word(&lines.next_line().await.unwrap().unwrap());
        Told { child, lines, url: format!("http://127.0.0.1:{port}/hook") }
    }
}

#[tokio::test]
async fn the_receiver_of_the_documents_believes_the_broker_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let (served, bank) = serve(&store, &[]);
    // The key is known once an address is set, and stays when it is set again.
    let key = set(&store, "bank", "http://127.0.0.1:9/");
    let mut told = Told::start(&key).await;
    set(&store, "bank", &told.url);
    let forged = json!({"type": "request.ended", "data": {"id": "forged"}}).to_string();
    let forging = parts::client().post(&told.url).body(forged);
    let forging = forging.header("webhook-id", "1").header("webhook-timestamp", "1");
    let forging = forging.header("webhook-signature", format!("v1a,{}", "A".repeat(86) + "=="));
    assert_eq!(forging.send().await.unwrap().status(), 400);
    let id = bank.ask("anna").await.id;
    call_off(&bank, id).await;
    let line = told.lines.next_line().await.unwrap().unwrap();
    assert_eq!(line, format!("request.ended {id}"));
    served.stop();
    told.child.kill().await.unwrap();
}
