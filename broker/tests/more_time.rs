//! More time for a request: asked by an approver or on the page, told to everybody who waits.

#![allow(clippy::unwrap_used, reason = "parts of tests")]

mod parts;

use parts::begun::Begun;
use parts::{Approver, Site, id_of};
use sayso_broker::store::accounts::Admission;
use sayso_protocol::binding::Method;
use sayso_protocol::life::Standing;
use sayso_protocol::link::{DeviceCall, FromBroker};
use sayso_protocol::practice::{PracticeAnswer, PracticeCall};
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::request::{MoreTimeAnswer, RequestId};
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use std::time::Duration;

async fn ask_at(approver: &Approver, path: &str, proof: &str, now: UnixTime) -> reqwest::Response {
    let call = DeviceCall { method: "POST".into(), path: proof.into() };
    let exp = now.plus(Duration::from_secs(60));
    let proof = approver.sign(&approver.link_key, now, exp, call);
    let call = approver.http.post(format!("{}{path}", approver.origin));
    call.bearer_auth(proof.as_str()).send().await.unwrap()
}

async fn ask(
    approver: &Approver,
    id: RequestId,
    now: UnixTime,
) -> Result<MoreTimeAnswer, Box<Problem>> {
    let path = format!("/v1/requests/{id}/more-time");
    let answer = ask_at(approver, &path, &path, now).await;
    if answer.status() == 200 {
        Ok(answer.json().await.unwrap())
    } else {
        Err(answer.json().await.unwrap())
    }
}

#[tokio::test]
async fn more_time_is_given_to_the_signed_end_and_told_to_every_computer_and_the_page() {
    let Site { running, service, anna, store: _store } = Site::start().await;
    let (second, _) = running.further("anna", Admission::AtOnce).await;
    let asked = service.ask("anna").await;
    let mut page = running.browser();
    page.code(&asked.login_url).await;
    let events = page.http.get(format!("{}/events", asked.login_url));
    let mut answer = events.header("cookie", &page.cookie).send().await.unwrap();
    let mut heard = String::new();
    let mut until = async |word: &str| {
        while !heard.contains(word) {
            let bytes = answer.chunk().await.unwrap().expect(word);
            heard.push_str(&String::from_utf8_lossy(&bytes));
        }
    };
    until("Five minutes left.").await;
    let mut link = second.connect(running.now()).await;
    link.snapshot().await;
    running.pass(60);
    let given = ask(&anna, asked.id, running.now()).await.unwrap();
    let end = asked.expires_at.plus(Duration::from_secs(300));
    assert_eq!((given.state, given.expires_at), (Standing::Pending, end));
    let told =
        FromBroker::RequestChanged { id: asked.id, state: Standing::Pending, expires_at: end };
    assert_eq!(link.next().await, Some(told));
    until("You have more time. Nine minutes left.\"").await;
    until("\"more\":false").await;
    let again = ask(&anna, asked.id, running.now()).await.unwrap();
    assert_eq!(again.expires_at, end, "there is no more");
    running.pass(539);
    assert_eq!(service.look(asked.id, 0).await.expires_at, end);
    assert_eq!(ask(&second, asked.id, running.now()).await.unwrap().state, Standing::Pending);
    running.pass(1);
    let late = ask(&anna, asked.id, running.now()).await.unwrap_err();
    assert_eq!((late.kind, late.state), (ProblemType::Ended, Some(Standing::Expired)));
    let audit = running.broker.store.key().clone();
    running.broker.store.read(move |db| Ok(db.verify_audit(&audit))).await.unwrap().unwrap();
    running.stop().await;
}

#[tokio::test]
async fn the_pages_button_works_without_a_script_and_for_its_browser_alone() {
    let Begun { running, service, anna, asked, mut browser, store: _store, .. } =
        Begun::login().await;
    let button = format!("{}/more-time", asked.login_url);
    let mut second = running.browser();
    assert_eq!(second.post(&button).await.status, 403);
    let foreign = browser.http.post(&button).header("sec-fetch-site", "cross-site");
    assert_eq!(browser.go(foreign).await.status, 403);
    assert_eq!(service.look(asked.id, 0).await.expires_at, asked.expires_at);

    let back = browser.post(&button).await;
    assert_eq!(back.status, 303);
    let shown = browser.get(&format!("{}{}", running.origin, back.location.unwrap())).await.text;
    let said = "You have more time. Ten minutes left.";
    assert!(shown.contains(&format!("<title>{said} Log in at Bank with Sayso</title>")), "{shown}");
    assert!(shown.contains(&format!("<p id=\"time\" role=\"status\">{said}</p>")), "{shown}");
    let form = shown.split_once("<form id=\"more\"").unwrap().1.split_once('>').unwrap().0;
    assert!(form.contains("hidden"), "{form}");
    running.pass(450);
    let back = browser.post(&button).await;
    let shown = browser.get(&format!("{}{}", running.origin, back.location.unwrap())).await.text;
    assert!(shown.contains("This is all the time there is. Two minutes left."), "{shown}");
    browser.post(&format!("{}/cancel", asked.login_url)).await;
    let back = browser.post(&button).await.location.unwrap();
    assert!(asked.login_url.ends_with(&back), "{back}");
    let refused = ask(&anna, asked.id, running.now()).await.unwrap_err();
    assert_eq!(refused.state, Some(Standing::Cancelled));
    running.stop().await;
}

#[tokio::test]
async fn only_who_was_asked_gets_more_time_by_a_proof_for_this_very_request() {
    let Begun { running, service, anna, asked, store: _store, .. } = Begun::login().await;
    let other = running.approver("bo").await;
    let refused = ask(&other, asked.id, running.now()).await.unwrap_err();
    assert_eq!(refused.kind, ProblemType::NotFound);
    let path = format!("/v1/requests/{}/more-time", asked.id);
    let another = format!("/v1/requests/{}/more-time", RequestId(uuid::Uuid::nil()));
    for proof in [another.as_str(), "/v1/requests/{id}/more-time", "/v1/practice"] {
        assert_eq!(ask_at(&anna, &path, proof, running.now()).await.status(), 400, "{proof}");
    }
    assert_eq!(service.look(asked.id, 0).await.expires_at, asked.expires_at);
    running.stop().await;
}

#[tokio::test]
async fn a_practice_has_more_time_too() {
    let Site { running, anna, store: _store, .. } = Site::start().await;
    let call = PracticeCall { method: Method::Code, locale: Clean::new("en") };
    let now = running.now();
    let proof = DeviceCall { method: "POST".into(), path: "/v1/practice".into() };
    let exp = now.plus(Duration::from_secs(60));
    let proof = anna.sign(&anna.link_key, now, exp, proof);
    let begun = anna.http.post(format!("{}/v1/practice", anna.origin)).json(&call);
    let begun = begun.bearer_auth(proof.as_str()).send().await.unwrap();
    let begun: PracticeAnswer = begun.json().await.unwrap();
    let given = ask(&anna, id_of(&begun.jws), now).await.unwrap();
    assert_eq!(given.expires_at, now.plus(Duration::from_secs(600)));
    running.stop().await;
}
