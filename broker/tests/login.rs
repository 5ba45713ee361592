//! A login, from the service's question to the verified outcome, over real HTTP.

mod parts;

use parts::begun::Begun;
use parts::{Running, Site, another, id_of, login};
use sayso_protocol::change::AccountSettings;
use sayso_protocol::decision::Verdict;
use sayso_protocol::life::{Reason, Standing};
use sayso_protocol::link::FromBroker;
use sayso_protocol::outcome;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::request::{Near, Request};
use sayso_protocol::service::Progress;
use sayso_protocol::signature::Expected;

#[tokio::test]
async fn an_approval_reaches_the_service_by_the_browser_that_began_it() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let (service, anna) = (running.service("Example Bank").await, running.approver("anna").await);
    let mut link = anna.connect(running.now()).await;
    assert_eq!(link.snapshot().await.0, []);

    let asked = service.ask("anna").await;
    let Some(FromBroker::Request(open)) = link.next().await else { panic!() };
    let expected = Expected { iss: &running.origin, aud: &anna.id().0, now: running.now() };
    let key = running.keys().await;
    let request = key.verify::<Request>(open.jws.as_str(), expected).unwrap().claims;
    assert_eq!((request.request, request.near), (asked.id, Near::Same));
    assert_eq!(request.service.as_str(), "Example Bank");

    let mut browser = running.browser();
    let code = browser.code(&asked.login_url).await;
    let bound = anna.bind(&code, running.now()).await.unwrap();
    assert_eq!((&bound.jws, bound.state), (&open.jws, Standing::Bound));
    let changed = link.next().await;
    assert!(matches!(changed, Some(FromBroker::RequestChanged { state: Standing::Bound, .. })));
    let page = browser.get(&asked.login_url).await.text;
    assert!(page.contains("Code correct. Go back to Sayso: one question left."), "{page}");

    let (status, answer) = anna.approve(&bound, running.now()).await;
    assert_eq!((status, answer["state"].as_str()), (200, Some("approved")));
    assert!(matches!(link.next().await, Some(FromBroker::RequestEnded(ended))
        if ended.state == Standing::Approved && !ended.collected));
    assert_eq!(service.look(asked.id, 30).await.progress, Progress::Answered);
    assert!(service.look(asked.id, 0).await.outcome.is_none());

    let ticket = browser.ticket(&asked.login_url).await;
    let collected = service.collect(asked.id, &ticket).await.unwrap();
    let outcome = service.verify(&key, &collected, running.now());
    assert_eq!(outcome.verdict, outcome::Verdict::Approve);
    assert_eq!((outcome.account.as_str(), outcome.request), ("anna", asked.id));
    assert_eq!(link.next().await, Some(FromBroker::Collected { id: asked.id }));
    assert_eq!(service.collect(asked.id, &ticket).await, Ok(collected));
    running.stop().await;
}

#[tokio::test]
async fn a_denial_needs_no_code_and_no_ticket() {
    for (verdict, expected) in
        [(Verdict::Deny, outcome::Verdict::Deny), (Verdict::Report, outcome::Verdict::Report)]
    {
        let Begun { running, service, anna, asked, mut browser, store: _store, .. } =
            Begun::login().await;
        let mut link = anna.connect(running.now()).await;
        let open = link.snapshot().await.0.remove(0);
        let waiting = service.look(asked.id, 30);
        let decision = anna.decision(&open.jws, &anna.link_key, verdict, None, running.now());
        let (looked, (status, _)) = tokio::join!(waiting, anna.decide(asked.id, &decision));
        assert_eq!(status, 200);
        assert_eq!(looked.progress, Progress::Ended);
        let jws = looked.outcome.unwrap();
        let outcome = service.verify(&running.keys().await, &jws, running.now());
        assert_eq!(outcome.verdict, expected);
        let back = browser.get(&format!("{}/return", asked.login_url)).await;
        assert!(back.location.unwrap().ends_with("&error=denied&state=s+%26+t"));
        running.stop().await;
    }
}

#[tokio::test]
async fn an_approval_under_the_link_key_or_without_the_receipt_counts_for_nothing() {
    let Begun { running, service, anna, asked, code, store: _store, .. } = Begun::login().await;
    let open = anna.connect(running.now()).await.snapshot().await.0.remove(0);
    let now = running.now();
    let unbound = anna.decision(&open.jws, &anna.key, Verdict::Approve, None, now);
    let (status, problem) = anna.decide(asked.id, &unbound).await;
    assert_eq!((status, problem["type"].as_str()), (409, Some("/problems/not-bound")));
    let bound = anna.bind(&code, now).await.unwrap();
    let receipt = Some(bound.receipt.clone());
    let by_link = anna.decision(&bound.jws, &anna.link_key, Verdict::Approve, receipt, now);
    let (status, problem) = anna.decide(asked.id, &by_link).await;
    assert_eq!((status, problem["type"].as_str()), (400, Some("/problems/signature")));
    let without = anna.decision(&bound.jws, &anna.key, Verdict::Approve, None, now);
    assert_eq!(anna.decide(asked.id, &without).await.0, 409);
    assert_eq!(service.look(asked.id, 0).await.progress, Progress::Pending);
    running.stop().await;
}

#[tokio::test]
async fn the_same_decision_gets_the_same_answer_and_a_signed_again_one_is_refused() {
    let Begun { running, anna, asked, code, store: _store, .. } = Begun::login().await;
    let now = running.now();
    let binding = anna.binding(&code, now);
    let bound = anna.send_binding(&binding).await.unwrap();
    assert_eq!(anna.send_binding(&binding).await.unwrap().receipt, bound.receipt);
    let sign = |verdict| {
        let receipt = Some(bound.receipt.clone());
        anna.decision(&bound.jws, &anna.key, verdict, receipt, now)
    };
    let first = sign(Verdict::Approve);
    assert_eq!(anna.decide(asked.id, &first).await.0, 200);
    assert_eq!(anna.decide(asked.id, &first).await.0, 200);
    for other in [sign(Verdict::Approve), sign(Verdict::Deny)] {
        let (status, problem) = anna.decide(asked.id, &other).await;
        assert_eq!((status, problem["state"].as_str()), (409, Some("approved")));
    }
    running.pass(700);
    assert_eq!(anna.decide(asked.id, &first).await.0, 200, "also when its time is over");
    running.stop().await;
}

#[tokio::test]
async fn a_report_after_the_approval_reaches_the_service() {
    let Begun { running, service, anna, asked, code, store: _store, .. } = Begun::login().await;
    let bound = anna.bind(&code, running.now()).await.unwrap();
    anna.approve(&bound, running.now()).await;
    let report = anna.decision(&bound.jws, &anna.link_key, Verdict::Report, None, running.now());
    let (status, answer) = anna.decide(asked.id, &report).await;
    assert_eq!((status, answer["state"].as_str()), (200, Some("approved")));
    assert!(service.look(asked.id, 0).await.reported_later);
    running.stop().await;
}

#[tokio::test]
async fn an_approval_that_was_reported_is_handed_out_no_more() {
    for with_ticket in [true, false] {
        let Begun { running, service, anna, asked, mut browser, code, store: _store } =
            Begun::login().await;
        let bound = anna.bind(&code, running.now()).await.unwrap();
        anna.approve(&bound, running.now()).await;
        let ticket = if with_ticket { Some(browser.ticket(&asked.login_url).await) } else { None };
        let now = running.now();
        let report = anna.decision(&bound.jws, &anna.link_key, Verdict::Report, None, now);
        assert_eq!(anna.decide(asked.id, &report).await.0, 200);
        if let Some(ticket) = ticket {
            let refused = service.collect(asked.id, &ticket).await.unwrap_err();
            assert_eq!(refused.kind, ProblemType::Ticket);
        }
        let page = browser.get(&asked.login_url).await;
        assert!(page.status == 200 && page.text.contains("Denied"), "{}", page.text);
        assert!(!page.text.contains("Approved"), "{}", page.text);
        let back = browser.get(&format!("{}/return", asked.login_url)).await;
        assert!(back.location.unwrap().ends_with("&error=denied&state=s+%26+t"));
        let looked = service.look(asked.id, 0).await;
        assert_eq!((looked.progress, looked.outcome), (Progress::Ended, None));
        assert!(looked.reported_later);
        running.stop().await;
    }
}

#[tokio::test]
async fn the_right_code_finds_the_second_of_two_requests() {
    let Site { running, service, anna, store: _store } = Site::start().await;
    let (first, second) = (service.ask("anna").await, service.ask("anna").await);
    running.browser().code(&first.login_url).await;
    let code = running.browser().code(&second.login_url).await;
    let bound = anna.bind(&code, running.now()).await.unwrap();
    assert_eq!(id_of(&bound.jws), second.id);
    running.stop().await;
}

#[tokio::test]
async fn five_wrong_codes_block_entry_over_a_restart_and_the_right_one_is_taken_afterwards() {
    let Begun { running, anna, code, store, .. } = Begun::login().await;
    let wrong = another(&code);
    let replayed = anna.binding(&wrong, running.now());
    for left in [4, 4] {
        let problem = anna.send_binding(&replayed).await.unwrap_err();
        assert_eq!((problem.kind, problem.tries_left), (ProblemType::WrongCode, Some(left)));
    }
    for left in [3, 2, 1] {
        let problem = anna.bind(&wrong, running.now()).await.unwrap_err();
        assert_eq!(problem.tries_left, Some(left));
    }
    let problem = anna.bind(&wrong, running.now()).await.unwrap_err();
    let until = running.now().plus(std::time::Duration::from_secs(30));
    assert_eq!((problem.kind, problem.retry_at), (ProblemType::WrongCode, Some(until)));
    let origin = running.origin.clone();
    running.stop().await;
    let running = Running::start(store.path(), Some(&origin)).await;
    let problem = anna.bind(&code, running.now()).await.unwrap_err();
    assert_eq!((problem.kind, problem.retry_at), (ProblemType::CodeBlocked, Some(until)));
    running.pass(30);
    anna.bind(&code, running.now()).await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn a_request_that_nobody_answers_ends_for_everybody() {
    let Begun { running, service, anna, asked, mut browser, code, store: _store } =
        Begun::login().await;
    let mut link = anna.connect(running.now()).await;
    link.snapshot().await;
    running.pass(300);
    assert!(matches!(link.next().await, Some(FromBroker::RequestEnded(ended))
        if ended.state == Standing::Expired));
    let jws = service.look(asked.id, 0).await.outcome.unwrap();
    let outcome = service.verify(&running.keys().await, &jws, running.now());
    assert_eq!(outcome.verdict, outcome::Verdict::Expired);
    let problem = anna.bind(&code, running.now()).await.unwrap_err();
    assert_eq!(problem.kind, ProblemType::WrongCode);
    assert!(browser.get(&asked.login_url).await.text.contains("Too late."));
    running.stop().await;
}

#[tokio::test]
async fn the_person_or_the_service_calls_it_off() {
    let Site { running, service, anna, store: _store } = Site::start().await;
    let mut link = anna.connect(running.now()).await;
    link.snapshot().await;
    let (first, second) = (service.ask("anna").await, service.ask("anna").await);
    let mut browser = running.browser();
    browser.code(&first.login_url).await;
    let cancelled = browser.post(&format!("{}/cancel", first.login_url)).await;
    assert_eq!(cancelled.status, 303);
    assert!(browser.get(&first.login_url).await.text.contains("nobody was logged in"));
    let call = service.http.delete(format!("{}/v1/requests/{}", running.origin, second.id));
    assert_eq!(call.bearer_auth(&service.key).send().await.unwrap().status(), 200);
    let mut reasons = Vec::new();
    while reasons.len() < 2 {
        if let Some(FromBroker::RequestEnded(ended)) = link.next().await {
            reasons.push(ended.reason.unwrap());
        }
    }
    assert_eq!(reasons, [Reason::Page, Reason::Service]);
    running.stop().await;
}

#[tokio::test]
async fn a_restart_between_code_and_approval_keeps_everything() {
    let Begun { running, service, anna, asked, mut browser, code, store } = Begun::login().await;
    let bound = anna.bind(&code, running.now()).await.unwrap();
    let origin = running.origin.clone();
    running.stop().await;
    let running = Running::start(store.path(), Some(&origin)).await;
    let open = anna.connect(running.now()).await.snapshot().await.0.remove(0);
    assert_eq!((open.jws.clone(), open.receipt), (bound.jws.clone(), Some(bound.receipt.clone())));
    assert_eq!(anna.approve(&bound, running.now()).await.0, 200);
    let ticket = browser.ticket(&asked.login_url).await;
    service.collect(asked.id, &ticket).await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn an_unknown_account_is_one_that_does_not_answer() {
    let Site { running, service, store: _store, .. } = Site::start().await;
    let mut seen = Vec::new();
    let nobody = running.nobody(AccountSettings::default());
    for account in ["anna", &nobody] {
        let answer = service.post("/v1/requests", &login(account)).await;
        let status = answer.status().as_u16();
        let asked: serde_json::Value = answer.json().await.unwrap();
        let address = asked["login_url"].as_str().unwrap();
        let shown = running.browser().get(address).await;
        let code = parts::code_on(&shown.text);
        let page = shown.text.replace(account, "ACCOUNT").replace(address, "PAGE");
        let page = page.replace(address.trim_start_matches(&running.origin), "PAGE");
        let words = sayso_words::Words::new(sayso_words::Language::English);
        let page = page.replace(&parts::button_on(&page).unwrap(), "BUTTON");
        let page = page.replace(&code.for_clipboard(), "CODE");
        let page = page.replace(&words.code_spoken(code.reveal()), "CODE");
        let page = page.replace(&words.code_shown(code.reveal()), "CODE");
        let names: Vec<String> = asked.as_object().unwrap().keys().cloned().collect();
        seen.push((status, names, asked["expires_at"].clone(), page));
    }
    assert_eq!(seen[0], seen[1]);
    running.stop().await;
}
