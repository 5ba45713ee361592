//! An approver that can have no link: what it should know, by calls that wait.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "parts of tests")]

mod parts;

use parts::site::SEEN_WITHIN;
use parts::{Approver, Running, Site};
use sayso_protocol::link::{DeviceCall, FromBroker, Inbox};
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::request::{Near, Request};
use sayso_protocol::signature::{Digest, unverified};
use sayso_protocol::time::UnixTime;
use std::time::Duration;

/// What is watched of a broker where one call waits.
const WAITS: &str = "\nsayso_broker_inboxes 1\n";

/// What `approver` gets who looks after `after` for `wait` seconds.
async fn look(
    approver: &Approver,
    after: Option<Digest>,
    wait: u64,
    now: UnixTime,
) -> reqwest::Response {
    let path = "/v1/approver/inbox";
    let proof = DeviceCall { method: "GET".into(), path: path.into() };
    let exp = now.plus(Duration::from_secs(60));
    let proof = approver.sign(&approver.link_key, now, exp, proof);
    let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
    let address = format!("{}{path}?wait={wait}{after}", approver.origin);
    approver.http.get(address).bearer_auth(proof.as_str()).send().await.unwrap()
}

/// A site, and what its approver gets who looks for the first time.
async fn looked_once() -> (Site, Inbox) {
    let site = Site::start().await;
    let first = look(&site.anna, None, 0, site.running.now()).await;
    let first = first.json().await.unwrap();
    (site, first)
}

/// Until a call waits.
async fn wait_for_call(running: &Running) {
    let address = format!("http://{}/metrics", running.metrics);
    let waits = async {
        while !reqwest::get(&address).await.unwrap().text().await.unwrap().contains(WAITS) {}
    };
    tokio::time::timeout(SEEN_WITHIN, waits).await.expect("a call that waits");
}

/// How near this says that the first request is.
fn near(inbox: &Inbox) -> Near {
    let [FromBroker::Snapshot { requests, .. }] = &inbox.messages[..] else { panic!("{inbox:?}") };
    unverified::<Request>(requests[0].jws.as_str()).expect("a request").claims.near
}

#[tokio::test]
async fn what_is_known_keeps_its_name_and_what_is_new_is_answered_at_once() {
    let (Site { running, service, anna, store: _store }, first) = looked_once().await;
    let [FromBroker::Snapshot { requests, .. }] = &first.messages[..] else { panic!("{first:?}") };
    assert!(requests.is_empty());
    // The audit has grown meanwhile, and the time has passed.
    running.pass(5);
    let known = look(&anna, Some(first.version), 0, running.now()).await;
    assert_eq!(known.json::<Inbox>().await.unwrap().version, first.version);

    let waiting = look(&anna, Some(first.version), 50, running.now());
    let asking = async {
        wait_for_call(&running).await;
        service.ask("anna").await
    };
    let (answer, _asked) = tokio::join!(waiting, asking);
    let inbox: Inbox = answer.json().await.unwrap();
    assert_ne!(inbox.version, first.version);
    assert_ne!(near(&inbox), Near::Unknown, "who waits is connected");
    running.stop().await;
}

#[tokio::test]
async fn who_was_answered_stays_connected_until_the_next_call() {
    let (Site { running, service, anna, store: _store }, first) = looked_once().await;
    service.ask("anna").await;
    let inbox = look(&anna, Some(first.version), 0, running.now()).await.json().await.unwrap();
    assert_ne!(near(&inbox), Near::Unknown);
    running.stop().await;
}

#[tokio::test]
async fn a_newer_link_ends_the_call_that_waits_and_says_so() {
    let (Site { running, anna, store: _store, .. }, first) = looked_once().await;
    let waiting = look(&anna, Some(first.version), 50, running.now());
    let linking = async {
        wait_for_call(&running).await;
        let mut link = anna.connect(running.now()).await;
        link.snapshot().await;
        link
    };
    let (answer, _link) = tokio::join!(waiting, linking);
    assert_eq!(answer.status(), 409);
    let problem = answer.json::<Problem>().await.unwrap();
    assert_eq!(problem.kind, ProblemType::Replaced);
    assert!(problem.by.is_some(), "it says by whom");
    running.stop().await;
}

#[tokio::test]
async fn a_call_that_waits_ends_when_the_broker_stops_and_nonsense_is_refused() {
    let (Site { running, anna, store: _store, .. }, first) = looked_once().await;
    let now = running.now();
    let nonsense = look(&anna, None, 0, now.plus(Duration::from_secs(600))).await;
    assert_eq!(nonsense.json::<Problem>().await.unwrap().kind, ProblemType::Clock);
    let waiting = look(&anna, Some(first.version), 50, now);
    let stopping = async {
        wait_for_call(&running).await;
        running.stop().await;
    };
    let (answer, ()) = tokio::join!(waiting, stopping);
    assert_eq!(answer.status(), 503);
}

#[tokio::test]
async fn news_wait_a_quarter_of_a_second_for_more_where_something_is_known_already() {
    let (Site { running, service, anna, store: _store }, first) = looked_once().await;
    service.ask("anna").await;
    let sooner = look(&anna, Some(first.version), 50, running.now());
    assert!(tokio::time::timeout(Duration::from_millis(200), sooner).await.is_err());
    let answer = look(&anna, Some(first.version), 50, running.now()).await;
    assert_ne!(answer.json::<Inbox>().await.unwrap().version, first.version);
    running.stop().await;
}
