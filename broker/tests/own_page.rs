//! A service shows the digits on a page of its own: no page of the broker's, no ticket.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod parts;

use parts::Site;
use sayso_broker::licence;
use sayso_protocol::change::{AccountSettings, ApproveWith, SameDevice};
use sayso_protocol::life::Reason;
use sayso_protocol::link::FromBroker;
use sayso_protocol::outcome::Verdict;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::service::{AskedDigits, Page, Progress};
use serde_json::{Value, json};

impl Site {
    /// Its service may show the digits itself.
    async fn of_a_shop() -> Self {
        let shop = Site::start().await;
        shop.allow(Page::Service).await;
        shop
    }

    async fn allow(&self, page: Page) {
        let store = &self.running.broker.store;
        let written = store.write(move |tx| licence::keep_page(tx, "bank", page)).await;
        assert!(written.unwrap().value);
    }

    /// How many entries the audit has.
    async fn audited(&self) -> u64 {
        let store = &self.running.broker.store;
        let key = store.key().clone();
        store.read(move |db| Ok(db.verify_audit(&key))).await.unwrap().unwrap()
    }

    async fn digits(&self, account: &str) -> AskedDigits {
        let answer = self.service.post("/v1/requests", &ask(account)).await;
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    }

    async fn refused(&self, body: &Value) -> (u16, ProblemType) {
        let answer = self.service.post("/v1/requests", body).await;
        let status = answer.status().as_u16();
        (status, answer.json::<Problem>().await.unwrap().kind)
    }
}

fn ask(account: &str) -> Value {
    json!({
        "account": account,
        "action": {"kind": "login"},
        "origin": {"address": "127.0.0.1"},
        "page": "service",
    })
}

#[tokio::test]
async fn the_service_shows_the_digits_and_fetches_the_approval_by_looking() {
    let shop = Site::of_a_shop().await;
    let (running, anna) = (&shop.running, &shop.anna);
    let mut link = anna.connect(running.now()).await;
    link.snapshot().await;
    let asked = shop.digits("anna").await;
    let Some(FromBroker::Request(_)) = link.next().await else { unreachable!("no request") };
    let looking = shop.service.look(asked.id, 30);
    let answering = async {
        let bound = anna.bind(&asked.code, running.now()).await.unwrap();
        assert_eq!(anna.approve(&bound, running.now()).await.0, 200);
    };
    let (told, ()) = tokio::join!(looking, answering);
    assert_eq!(told.progress, Progress::Ended);
    let key = running.keys().await;
    let outcome = shop.service.verify(&key, &told.outcome.unwrap(), running.now());
    assert_eq!(outcome.verdict, Verdict::Approve);
    loop {
        match link.next().await.unwrap() {
            FromBroker::Collected { id } => break assert_eq!(id, asked.id),
            FromBroker::RequestChanged { .. } | FromBroker::RequestEnded(_) => {}
            other @ (FromBroker::Snapshot { .. }
            | FromBroker::Request(_)
            | FromBroker::Change(_)) => {
                unreachable!("{other:?}")
            }
        }
    }
    assert!(shop.service.look(asked.id, 0).await.outcome.is_some(), "it can look again");
    shop.stop().await;
}

#[tokio::test]
async fn who_may_not_show_digits_or_asks_nonsense_is_refused() {
    let shop = Site::of_a_shop().await;
    for (member, value) in
        [("return_url", json!(parts::RETURN_URL)), ("state", json!("s")), ("page", json!("mine"))]
    {
        let mut body = ask("anna");
        body[member] = value;
        assert_eq!(shop.refused(&body).await, (400, ProblemType::Malformed), "{member}");
    }
    shop.allow(Page::Broker).await;
    assert_eq!(shop.refused(&ask("anna")).await, (403, ProblemType::OwnPage));
    assert_eq!(shop.refused(&ask("nobody")).await, (403, ProblemType::OwnPage));
    shop.stop().await;
}

#[tokio::test]
async fn an_account_that_approves_otherwise_needs_a_page_and_so_does_one_that_is_not_there() {
    let shop = Site::of_a_shop().await;
    for approve_with in [ApproveWith::Qr, ApproveWith::Readout, ApproveWith::Code] {
        let settings = AccountSettings { approve_with, same_device: SameDevice::On };
        let account = format!("{approve_with:?}").to_lowercase();
        shop.running.approver_with(&account, settings).await;
        for account in [account, shop.running.nobody(settings)] {
            let before = shop.audited().await;
            let answer = shop.service.post("/v1/requests", &ask(&account)).await;
            let wanted = if approve_with == ApproveWith::Code { 201 } else { 409 };
            assert_eq!(answer.status(), wanted, "{account}");
            if wanted == 409 {
                let kind = answer.json::<Problem>().await.unwrap().kind;
                assert_eq!(kind, ProblemType::PageNeeded);
                assert_eq!(shop.audited().await, before + 1);
            }
        }
    }
    shop.stop().await;
}

#[tokio::test]
async fn the_same_call_again_gets_the_same_digits_until_the_request_ends() {
    let shop = Site::of_a_shop().await;
    let again = || async {
        let call = shop.service.http.post(format!("{}/v1/requests", shop.service.origin));
        let call = call.bearer_auth(&shop.service.key).header("Idempotency-Key", "once");
        call.json(&ask("anna")).send().await.unwrap()
    };
    let first: AskedDigits = again().await.json().await.unwrap();
    let second: AskedDigits = again().await.json().await.unwrap();
    assert_eq!((first.id, &first.code), (second.id, &second.code));
    let address = format!("{}/v1/requests/{}", shop.service.origin, first.id);
    let gone = shop.service.http.delete(address).bearer_auth(&shop.service.key).send().await;
    assert_eq!(gone.unwrap().status(), 200);
    let ended = again().await;
    assert_eq!(ended.status(), 409);
    assert_eq!(ended.json::<Problem>().await.unwrap().kind, ProblemType::Ended);
    shop.stop().await;
}

#[tokio::test]
async fn an_approval_of_an_account_that_was_blocked_since_is_not_handed_out() {
    let shop = Site::of_a_shop().await;
    let asked = shop.digits("anna").await;
    let bound = shop.anna.bind(&asked.code, shop.running.now()).await.unwrap();
    assert_eq!(shop.anna.approve(&bound, shop.running.now()).await.0, 200);
    let account = sayso_protocol::enrolment::AccountName::parse("anna").unwrap();
    let store = &shop.running.broker.store;
    let blocked = store.write(move |tx| sayso_broker::roster::block(tx, &account)).await;
    assert!(blocked.unwrap().value);
    assert!(shop.service.look(asked.id, 0).await.outcome.is_none());
    shop.stop().await;
}

#[tokio::test]
async fn who_may_show_digits_no_more_has_what_waits_by_them_called_off_and_nothing_else() {
    let shop = Site::of_a_shop().await;
    let by_page = shop.service.ask("anna").await;
    let by_digits = shop.digits("anna").await;
    shop.allow(Page::Service).await;
    assert_eq!(shop.service.look(by_digits.id, 0).await.progress, Progress::Pending);
    shop.allow(Page::Broker).await;
    let told = shop.service.look(by_digits.id, 0).await.outcome.unwrap();
    let outcome = shop.service.verify(&shop.running.keys().await, &told, shop.running.now());
    assert_eq!(outcome.reason, Some(Reason::Service));
    assert_eq!(shop.service.look(by_page.id, 0).await.progress, Progress::Pending);
    shop.stop().await;
}
