//! An approver's own calls: enrolment, the link, and messages that do not count.

mod parts;

use parts::begun::Begun;
use parts::{Approver, Running, Site, another, open_link};
use sayso_broker::licence;
use sayso_broker::roster;
use sayso_protocol::binding::Binding;
use sayso_protocol::change::Author;
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::{ActivationCode, Enrolment, EnrolmentCall};
use sayso_protocol::life::{Reason, Standing};
use sayso_protocol::link::{DeviceCall, FromBroker};
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::signature::unverified;
use sayso_protocol::time::UnixTime;
use std::time::Duration;

#[allow(clippy::unwrap_used, reason = "a part of tests")]
async fn refused(answer: reqwest::Response) -> (u16, ProblemType, String) {
    let status = answer.status().as_u16();
    let problem: Problem = answer.json().await.unwrap();
    (status, problem.kind, format!("{} {}", problem.title, problem.detail))
}

#[tokio::test]
async fn a_wrong_code_an_old_code_and_an_unknown_account_are_answered_alike() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let code = running.account("anna").await;
    let other = ActivationCode::draw(&mut rand::rng());
    let now = running.now();
    let approver = Approver::new(&running.origin);
    let wrong = refused(approver.enrol("anna", other.clone(), now).await).await;
    let unknown = refused(approver.enrol("nemo", other, now).await).await;
    running.pass(30 * 60);
    let old = refused(approver.enrol("anna", code, running.now()).await).await;
    assert_eq!((wrong.0, wrong.1), (403, ProblemType::Activation));
    assert_eq!(wrong, unknown);
    assert_eq!(wrong, old);
    running.stop().await;
}

#[tokio::test]
async fn three_wrong_activation_codes_end_it_for_the_right_one() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let code = running.account("anna").await;
    let approver = Approver::new(&running.origin);
    for _ in 0..3 {
        let other = ActivationCode::draw(&mut rand::rng());
        approver.enrol("anna", other, running.now()).await;
    }
    let answer = refused(approver.enrol("anna", code, running.now()).await).await;
    assert_eq!(answer.1, ProblemType::Activation);
    running.stop().await;
}

#[tokio::test]
async fn the_same_enrolment_gets_the_same_answer_and_a_known_key_none() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let code = running.account("anna").await;
    let approver = Approver::new(&running.origin);
    let enrolment = approver.enrolment("anna", code, running.now());
    for _ in 0..2 {
        let call = approver.http.post(format!("{}/v1/approvers", running.origin));
        let enrolment = enrolment.clone();
        let answer = call.json(&EnrolmentCall { enrolment }).send().await.unwrap();
        assert_eq!(answer.status(), 201);
    }
    let none = running.account("bo").await;
    let again = refused(approver.enrol("bo", none.clone(), running.now()).await).await;
    assert_eq!(again.1, ProblemType::KnownKey);
    let bo = Approver::new(&running.origin);
    assert_eq!(bo.enrol("bo", none, running.now()).await.status(), 201);
    running.stop().await;
}

#[tokio::test]
async fn messages_of_another_time_place_or_signer_do_not_count() {
    let Begun { running, anna, code, store: _store, .. } = Begun::login().await;
    for seconds in [-600, 600] {
        let off = UnixTime(running.now().0 + seconds);
        assert_eq!(anna.bind(&code, off).await.unwrap_err().kind, ProblemType::Clock);
    }
    let stranger = Approver::new(&running.origin);
    let problem = stranger.bind(&code, running.now()).await.unwrap_err();
    assert_eq!(problem.kind, ProblemType::Unauthorized);
    let mut foreign = Approver::new("http://127.0.0.1:1");
    (foreign.key, foreign.link_key) = (anna.key.clone(), anna.link_key.clone());
    let elsewhere = foreign.binding(&code, running.now());
    assert_eq!(anna.send_binding(&elsewhere).await.unwrap_err().kind, ProblemType::Signature);
    let mut text = anna.binding(&code, running.now()).as_str().to_owned();
    text.replace_range(60..61, if &text[60..61] == "A" { "B" } else { "A" });
    let altered = sayso_protocol::signature::Jws::received(text).unwrap();
    let problem = anna.send_binding(&altered).await.unwrap_err();
    assert!(matches!(problem.kind, ProblemType::Signature | ProblemType::Malformed), "{problem:?}");
    assert_eq!(anna.bind(&another(&code), running.now()).await.unwrap_err().tries_left, Some(4));
    anna.bind(&code, running.now()).await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn a_decision_about_other_bytes_than_were_sent_does_not_count() {
    let Site { running, service, anna, store: _store } = Site::start().await;
    let bo = running.approver("bo").await;
    let (hers, his) = (service.ask("anna").await, service.ask("bo").await);
    let open = bo.connect(running.now()).await.snapshot().await.0.remove(0);
    let now = running.now();
    let foreign = anna.decision(&open.jws, &anna.link_key, Verdict::Deny, None, now);
    assert_eq!(anna.decide(his.id, &foreign).await.0, 404);
    assert_eq!(anna.decide(hers.id, &foreign).await.0, 400);
    running.stop().await;
}

#[tokio::test]
async fn a_newer_link_closes_the_older_and_gets_the_snapshot() {
    let Site { running, service, anna, store: _store } = Site::start().await;
    let mut older = anna.connect(running.now()).await;
    older.snapshot().await;
    let asked = service.ask("anna").await;
    let mut newer = anna.connect(running.now()).await;
    assert_eq!(newer.snapshot().await.0.len(), 1);
    while older.next().await.is_some() {}
    let mut browser = running.browser();
    browser.code(&asked.login_url).await;
    browser.post(&format!("{}/cancel", asked.login_url)).await;
    assert!(matches!(newer.next().await, Some(FromBroker::RequestEnded(_))));
    let (waiting, ended) = anna.connect(running.now()).await.snapshot().await;
    assert_eq!((waiting.len(), ended[0].state), (0, Standing::Cancelled));
    running.pass(15 * 60 + 1);
    assert_eq!(anna.connect(running.now()).await.snapshot().await.1, []);
    running.stop().await;
}

#[tokio::test]
async fn the_proof_that_opens_a_link_opens_one() {
    let Site { running, anna, store: _store, .. } = Site::start().await;
    let now = running.now();
    let until = now.plus(Duration::from_secs(60));
    let here = DeviceCall { method: "GET".into(), path: "/v1/approver/link".into() };
    let proof = anna.sign(&anna.link_key, now, until, here.clone());
    open_link(&running.origin, proof.as_str()).await.unwrap();
    assert!(open_link(&running.origin, proof.as_str()).await.is_err(), "replayed");
    let other_path = DeviceCall { path: "/v1/approvers".into(), ..here.clone() };
    let other_path = anna.sign(&anna.link_key, now, until, other_path);
    assert!(open_link(&running.origin, other_path.as_str()).await.is_err());
    let other_key = anna.sign(&anna.key, now, until, here);
    assert!(open_link(&running.origin, other_key.as_str()).await.is_err());
    running.stop().await;
}

#[tokio::test]
async fn nothing_that_is_signed_for_more_than_a_minute_counts() {
    let Begun { running, anna, code, store: _store, .. } = Begun::login().await;
    let now = running.now();
    let long = now.plus(Duration::from_secs(61));
    let read = DeviceCall { method: "GET".into(), path: "/v1/approvers".into() };
    let read = anna.sign(&anna.link_key, now, long, read);
    let call = anna.http.get(format!("{}/v1/approvers", running.origin));
    let call = call.bearer_auth(read.as_str()).send().await.unwrap();
    assert_eq!(refused(call).await.1, ProblemType::Clock);

    let binding = Binding::Code { value: code.clone() };
    let binding = anna.sign(&anna.link_key, now, long, binding);
    assert_eq!(anna.send_binding(&binding).await.unwrap_err().kind, ProblemType::Clock);
    anna.bind(&code, now).await.unwrap();

    let laptop = Approver::new(&running.origin);
    let enrolment = laptop.enrolment("bo", running.account("bo").await, now);
    let claims = unverified::<Enrolment>(enrolment.as_str()).unwrap().claims;
    let ahead = EnrolmentCall { enrolment: laptop.sign(&laptop.key, now, long, claims) };
    let call = laptop.http.post(format!("{}/v1/approvers", running.origin)).json(&ahead);
    assert_eq!(refused(call.send().await.unwrap()).await.1, ProblemType::Clock);
    let call = laptop.http.post(format!("{}/v1/approvers", running.origin));
    let call = call.json(&EnrolmentCall { enrolment }).send().await.unwrap();
    assert_eq!(call.status(), 201, "the code was not used up");
    running.stop().await;
}

#[tokio::test]
async fn removing_an_approver_closes_its_link_and_cancels_what_it_bound() {
    let Begun { running, anna, code, store: _store, .. } = Begun::login().await;
    let mut link = anna.connect(running.now()).await;
    link.snapshot().await;
    let bound = anna.bind(&code, running.now()).await.unwrap();
    let id = anna.id();
    let removal = move |tx: &mut sayso_broker::store::Tx<'_>| {
        roster::remove(tx, &id, Author::Administrator, None)
    };
    assert!(running.broker.store.write(removal).await.unwrap().value.is_some());
    let mut reason = None;
    while let Some(message) = link.next().await {
        if let FromBroker::RequestEnded(ended) = message {
            reason = ended.reason;
        }
    }
    assert_eq!(reason, Some(Reason::ApproverRemoved));
    assert_eq!(anna.approve(&bound, running.now()).await.0, 403);
    assert!(anna.try_connect(running.now()).await.is_err());
    running.stop().await;
}

#[tokio::test]
async fn a_hundred_wrong_codes_remove_the_approver_and_ninety_warn() {
    let Site { running, service, anna, store: _store } = Site::start().await;
    let asked = service.ask("anna").await;
    let wrong = another(&running.browser().code(&asked.login_url).await);
    for count in 1..=100u32 {
        let problem = anna.bind(&wrong, running.now()).await.unwrap_err();
        match count {
            100 => assert_eq!(problem.kind, ProblemType::ApproverRemoved),
            90 => assert_eq!(problem.before_removal, Some(10)),
            _ => assert_eq!(problem.kind, ProblemType::WrongCode, "{count}"),
        }
        if count >= 5 {
            running.pass(3600);
        }
    }
    let problem = anna.bind(&wrong, running.now()).await.unwrap_err();
    assert_eq!(problem.kind, ProblemType::ApproverRemoved);
    running.stop().await;
}

/// What a service asks at its longest, of browsers on one network each.
fn wordy(account: &str, n: usize) -> serde_json::Value {
    let mut ask = parts::login(account);
    ask["origin"]["address"] = format!("192.0.2.{n}").into();
    ask["action"] = serde_json::json!({ "kind": "other", "summary": "æ".repeat(10_000) });
    ask["origin"]["place"] = "ø".repeat(10_000).into();
    ask
}

#[tokio::test]
async fn a_snapshot_fits_and_says_how_many_requests_follow_it() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let name = "å".repeat(10_000);
    let (service, anna) = (running.service(&name).await, running.approver("anna").await);
    for _ in 0..100 {
        let asked = service.ask("anna").await;
        let call = service.http.delete(format!("{}/v1/requests/{}", running.origin, asked.id));
        assert_eq!(call.bearer_auth(&service.key).send().await.unwrap().status(), 200);
    }
    for n in 0..20 {
        assert_eq!(service.post("/v1/requests", &wordy("anna", n)).await.status(), 201);
    }
    let mut link = anna.connect(running.now()).await;
    let first = link.next().await.unwrap();
    let bytes = serde_json::to_string(&first).unwrap().len();
    let FromBroker::Snapshot { requests, more, ended, .. } = first else { panic!() };
    assert!(bytes <= 33 * 1024, "{bytes}");
    assert!((50..100).contains(&ended.len()), "{}", ended.len());
    assert!(more > 0, "{} requests fit", requests.len());
    assert_eq!(requests.len() + usize::try_from(more).unwrap(), 20);
    for _ in 0..more {
        assert!(matches!(link.next().await, Some(FromBroker::Request(_))));
    }
    running.stop().await;
}

#[tokio::test]
async fn removing_a_service_ends_what_it_asked_and_nothing_of_another() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let (bank, shop) = (running.service("Bank").await, running.service("Shop").await);
    let anna = running.approver("anna").await;
    let (pending, bound) = (bank.ask("anna").await, bank.ask("anna").await);
    let other = shop.ask("anna").await;
    let mut browser = running.browser();
    let code = browser.code(&bound.login_url).await;
    anna.bind(&code, running.now()).await.unwrap();
    let mut link = anna.connect(running.now()).await;
    assert_eq!(link.snapshot().await.0.len(), 3);
    let removed = running.broker.store.write(|tx| licence::remove(tx, "bank")).await.unwrap();
    assert!(removed.value);
    let mut ended = std::collections::HashSet::new();
    for _ in 0..2 {
        let Some(FromBroker::RequestEnded(end)) = link.next().await else { panic!() };
        assert_eq!((end.state, end.reason), (Standing::Cancelled, Some(Reason::Service)));
        ended.insert(end.id);
    }
    assert_eq!(ended, [pending.id, bound.id].into());
    let onward = browser.get(&format!("{}/return", bound.login_url)).await.location.unwrap();
    assert!(onward.contains("error=cancelled"), "{onward}");
    let (waiting, _) = anna.connect(running.now()).await.snapshot().await;
    assert_eq!(waiting.iter().map(|open| parts::id_of(&open.jws)).collect::<Vec<_>>(), [other.id]);
    let again = running.broker.store.write(|tx| licence::remove(tx, "bank")).await.unwrap();
    assert!(!again.value);
    running.stop().await;
}
