//! A person practises: a request of the broker's own, for one approver, of which nothing comes.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod parts;

use parts::{Approver, Running, Site, another, code_on, id_of};
use sayso_broker::guard::pending;
use sayso_broker::store::DATABASE;
use sayso_protocol::binding::{Binding, Method};
use sayso_protocol::change::ApproveWith;
use sayso_protocol::decision::Verdict;
use sayso_protocol::life::Standing;
use sayso_protocol::link::{DeviceCall, FromBroker};
use sayso_protocol::practice::{PracticeAnswer, PracticeCall};
use sayso_protocol::request::{ActionKind, Request};
use sayso_protocol::signature::unverified;
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use serde_json::json;
use std::time::Duration;

/// What `approver` gets who asks for practice; `path` is what its proof is for.
async fn ask(approver: &Approver, method: Method, path: &str, now: UnixTime) -> reqwest::Response {
    let proof = DeviceCall { method: "POST".into(), path: path.into() };
    let exp = now.plus(Duration::from_secs(60));
    let proof = approver.sign(&approver.link_key, now, exp, proof);
    let call = PracticeCall { method, locale: Clean::new("en") };
    let address = format!("{}/v1/practice", approver.origin);
    let http = approver.http.post(address).bearer_auth(proof.as_str());
    http.json(&call).send().await.unwrap()
}

async fn practise(approver: &Approver, method: Method, now: UnixTime) -> PracticeAnswer {
    let answer = ask(approver, method, "/v1/practice", now).await;
    assert_eq!(answer.status(), 201);
    answer.json().await.unwrap()
}

fn request(answer: &PracticeAnswer) -> Request {
    unverified::<Request>(answer.jws.as_str()).unwrap().claims
}

#[tokio::test]
async fn a_practice_is_an_approval_from_end_to_end_of_which_nothing_comes() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    // The account's settings say otherwise: what was asked for is practised.
    let anna = running.approver_by("anna", ApproveWith::Qr).await;
    let mut link = anna.connect(running.now()).await;
    link.snapshot().await;
    let begun = practise(&anna, Method::Code, running.now()).await;
    let Some(FromBroker::Request(open)) = link.next().await else { panic!() };
    assert_eq!((&open.jws, open.state), (&begun.jws, Standing::Pending));
    let asked = request(&begun);
    assert_eq!((asked.action.kind, &*asked.bindings), (ActionKind::Practice, &[Method::Code][..]));

    let mut browser = running.browser();
    let shown = browser.get(&begun.login_url).await;
    assert!(shown.text.contains("Practice: nothing happens."), "{}", shown.text);
    let bound = anna.bind(&code_on(&shown.text), running.now()).await.unwrap();
    assert_eq!(anna.approve(&bound, running.now()).await.0, 200);
    let onward = browser.get(&format!("{}/return", begun.login_url)).await.location.unwrap();
    assert!(onward.starts_with(&format!("{}/practice/done?ticket=", running.origin)), "{onward}");
    let done = browser.get(&onward).await;
    assert_eq!(done.status, 200);
    assert!(done.text.contains("Done. That was practice: nothing happened."), "{}", done.text);
    let told = [link.next().await, link.next().await, link.next().await];
    assert_eq!(told[2], Some(FromBroker::Collected { id: asked.request }));
    running.stop().await;
}

#[tokio::test]
async fn a_practised_code_clears_no_count_of_wrong_ones() {
    let Site { running, service, anna, store: _store } = Site::start().await;
    let asked = service.ask("anna").await;
    let code = running.offer(asked.id).await.code().unwrap().clone();
    for left in [4, 3, 2, 1] {
        let begun = practise(&anna, Method::Code, running.now()).await;
        let practised = running.offer(id_of(&begun.jws)).await.code().unwrap().clone();
        anna.bind(&practised, running.now()).await.unwrap();
        let refused = anna.bind(&another(&code), running.now()).await.unwrap_err();
        assert_eq!(refused.tries_left, Some(left));
    }
    anna.bind(&code, running.now()).await.unwrap();
    let wrong = anna.bind(&another(&code), running.now()).await.unwrap_err();
    assert_eq!(wrong.tries_left, Some(4), "a login's code does");
    running.stop().await;
}

#[tokio::test]
async fn each_way_is_practised_alone() {
    let Site { running, anna, store: _store, .. } = Site::start().await;
    for method in [Method::Code, Method::Qr, Method::Link, Method::Readout] {
        let begun = practise(&anna, method, running.now()).await;
        assert_eq!(request(&begun).bindings, [method]);
        let shown = running.browser().get(&begun.login_url).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        assert_eq!(shown.text.contains("data-copy"), method == Method::Code, "{}", shown.text);
    }
    let begun = practise(&anna, Method::Readout, running.now()).await;
    let taken = Binding::Readout { request: request(&begun).request };
    assert_eq!(anna.prove(taken, running.now()).await.unwrap().state, Standing::Bound);
    running.stop().await;
}

#[tokio::test]
async fn a_newer_practice_cancels_the_older_and_a_denied_one_says_so() {
    let Site { running, anna, store, .. } = Site::start().await;
    let first = practise(&anna, Method::Code, running.now()).await;
    let second = practise(&anna, Method::Code, running.now()).await;
    let (open, ended) = anna.connect(running.now()).await.snapshot().await;
    assert_eq!(open.iter().map(|open| id_of(&open.jws)).collect::<Vec<_>>(), [id_of(&second.jws)]);
    assert_eq!((ended[0].id, ended[0].state), (id_of(&first.jws), Standing::Cancelled));

    let mut browser = running.browser();
    browser.get(&second.login_url).await;
    let now = running.now();
    let no = anna.decision(&second.jws, &anna.link_key, Verdict::Deny, None, now);
    assert_eq!(anna.decide(id_of(&second.jws), &no).await.0, 200);
    let onward = browser.get(&format!("{}/return", second.login_url)).await.location.unwrap();
    let writer_waits = rusqlite::Connection::open(store.path().join(DATABASE)).unwrap();
    writer_waits.execute_batch("BEGIN IMMEDIATE").unwrap();
    let done = browser.get(&onward).await;
    assert!(done.text.contains("Denied. That was practice: nothing happened."), "{}", done.text);
    writer_waits.execute_batch("ROLLBACK").unwrap();
    running.stop().await;
}

#[tokio::test]
async fn a_practice_takes_no_place_of_a_request() {
    let Site { running, service, anna, store: _store } = Site::start().await;
    let begun = practise(&anna, Method::Code, running.now()).await;
    for n in 0..=pending::ALL {
        service.asked_from("anna", &format!("192.0.2.{n}")).await;
    }
    let (open, _) = anna.connect(running.now()).await.snapshot().await;
    assert_eq!(open.len(), pending::ALL + 1);
    assert!(open.iter().any(|open| open.jws == begun.jws), "the oldest one stands");
    running.stop().await;
}

#[tokio::test]
async fn nobody_else_can_begin_or_end_a_practice() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let (service, anna) = (running.service("Practice").await, running.approver("anna").await);
    let other = ask(&anna, Method::Code, "/v1/approver/link", running.now()).await;
    assert_eq!(other.status(), 400, "a proof for another call");
    let stranger = Approver::new(&running.origin);
    let unknown = ask(&stranger, Method::Code, "/v1/practice", running.now()).await;
    assert_eq!(unknown.status(), 401);
    let call = json!({"method": "code", "locale": "en"});
    assert_eq!(service.post("/v1/practice", &call).await.status(), 400);
    let mut login = parts::login("anna");
    login["action"] = json!({"kind": "practice"});
    assert_eq!(service.post("/v1/requests", &login).await.status(), 400, "a service that pretends");

    let begun = practise(&anna, Method::Code, running.now()).await;
    let path = format!("/v1/requests/{}", id_of(&begun.jws));
    let theirs = service.http.get(format!("{}{path}", running.origin));
    assert_eq!(theirs.bearer_auth(&service.key).send().await.unwrap().status(), 404);
    let real = service.ask("anna").await;
    let done = format!("{}/practice/done?error=denied&state={}", running.origin, real.id);
    assert_eq!(running.browser().get(&done).await.status, 404, "another service's request");
    running.stop().await;
}
