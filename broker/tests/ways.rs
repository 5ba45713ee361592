//! Every way to bind a request: its secrets, who takes them, and what an approval waits for.

mod parts;

use parts::proofs::{approve, in_link, in_qr, proof};
use parts::{Running, Site, login};
use sayso_broker::offer::Chosen;
use sayso_protocol::binding::{Binding, Method};
use sayso_protocol::change::{AccountSettings, ApproveWith, SameDevice};
use sayso_protocol::decision::{Confirmation, DecisionAnswer, Verdict};
use sayso_protocol::life::{Reason, Standing};
use sayso_protocol::link::FromBroker;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::request::{Request, RequestId};
use sayso_protocol::secret::PageSecret;
use sayso_protocol::service::{Asked, Progress};
use sayso_protocol::signature::{Jws, unverified};
use serde_json::json;

#[allow(clippy::unwrap_used, reason = "a part of tests")]
fn bindings(jws: &Jws<Request>) -> Vec<Method> {
    unverified::<Request>(jws.as_str()).unwrap().claims.bindings
}

#[tokio::test]
async fn the_account_and_the_service_decide_which_ways_a_page_offers() {
    use ApproveWith::{Code, Qr, Readout};
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let cases = [
        ("anna", Code, SameDevice::On, SameDevice::On, vec![Method::Code, Method::Link]),
        ("bo", Qr, SameDevice::On, SameDevice::On, vec![Method::Qr, Method::Link]),
        ("cy", Readout, SameDevice::On, SameDevice::On, vec![Method::Readout, Method::Link]),
        ("di", Qr, SameDevice::Off, SameDevice::On, vec![Method::Qr]),
        ("ed", Readout, SameDevice::On, SameDevice::Off, vec![Method::Readout]),
    ];
    for (account, approve_with, same_device, asked_same_device, expected) in cases {
        let settings = AccountSettings { approve_with, same_device };
        let approver = running.approver_with(account, settings).await;
        let mut ask = login(account);
        ask["same_device"] = json!(asked_same_device);
        let asked: Asked = service.post("/v1/requests", &ask).await.json().await.unwrap();
        let open = approver.connect(running.now()).await.snapshot().await.0.remove(0);
        assert_eq!(bindings(&open.jws), expected, "{account}");
        assert_eq!(running.offer(asked.id).await.methods(), expected, "{account}");
    }
    running.stop().await;
}

#[tokio::test]
async fn an_unknown_account_seems_to_have_settings_and_keeps_them_over_a_restart() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let mut seen = Vec::new();
    for approve_with in [ApproveWith::Code, ApproveWith::Qr, ApproveWith::Readout] {
        let settings = AccountSettings { approve_with, same_device: SameDevice::On };
        let name = running.nobody(settings);
        let asked = service.ask(&name).await;
        seen.push((name, running.offer(asked.id).await.methods()));
    }
    let methods: Vec<Method> = seen.iter().map(|(_, methods)| methods[0]).collect();
    assert_eq!(methods, [Method::Code, Method::Qr, Method::Readout]);
    let origin = running.origin.clone();
    running.stop().await;
    let running = Running::start(store.path(), Some(&origin)).await;
    for (name, methods) in seen {
        let asked = service.ask(&name).await;
        assert_eq!(running.offer(asked.id).await.methods(), methods);
    }
    running.stop().await;
}

#[tokio::test]
async fn a_qr_code_binds_its_request_and_the_approval_counts_at_once() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let anna = running.approver_by("anna", ApproveWith::Qr).await;
    let asked = service.ask("anna").await;
    let binding = anna.sign_binding(proof(&running, &asked, Method::Qr).await, running.now());
    let bound = anna.send_binding(&binding).await.unwrap();
    assert_eq!(anna.send_binding(&binding).await.unwrap().receipt, bound.receipt, "the same again");
    let (status, answer) = anna.approve(&bound, running.now()).await;
    assert_eq!((status, answer["state"].as_str()), (200, Some("approved")));
    assert_eq!(answer.get("confirm"), None);
    assert_eq!(service.look(asked.id, 0).await.progress, Progress::Answered);
    running.stop().await;
}

#[tokio::test]
async fn a_wrong_secret_costs_no_try_and_looks_like_one_of_another_request() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let anna = running.approver_by("anna", ApproveWith::Qr).await;
    running.approver_by("bo", ApproveWith::Qr).await;
    let (hers, his) = (service.ask("anna").await, service.ask("bo").await);
    let (offer, foreign) = (running.offer(hers.id).await, running.offer(his.id).await);
    let (Some(Chosen::Qr(qr)), Some(link)) = (offer.chosen.clone(), offer.link.clone()) else {
        panic!()
    };
    let unknown = RequestId(uuid::Uuid::now_v7());
    let any = PageSecret::draw(&mut rand::rng());
    let wrong = [
        Binding::Qr { request: hers.id, value: any.clone() },
        Binding::Link { request: hers.id, value: any },
        Binding::Qr { request: hers.id, value: link },
        Binding::Link { request: hers.id, value: qr.clone() },
        Binding::Qr { request: unknown, value: qr },
        Binding::Readout { request: unknown },
        in_qr(&foreign, his.id),
    ];
    for _ in 0..3 {
        for binding in &wrong {
            let problem = anna.prove(binding.clone(), running.now()).await.unwrap_err();
            assert_eq!(problem.kind, ProblemType::WrongSecret, "{binding:?}");
            assert_eq!((problem.tries_left, problem.retry_at), (None, None));
        }
    }
    let readout = Binding::Readout { request: hers.id };
    let problem = anna.prove(readout, running.now()).await.unwrap_err();
    assert_eq!(problem.kind, ProblemType::Method);
    anna.prove(in_qr(&offer, hers.id), running.now()).await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn codes_that_are_blocked_block_no_other_way() {
    let Site { running, service, anna, store: _store } = Site::start().await;
    let asked = service.ask("anna").await;
    let offer = running.offer(asked.id).await;
    let wrong = parts::another(offer.code().unwrap());
    for _ in 0..5 {
        anna.bind(&wrong, running.now()).await.unwrap_err();
    }
    let blocked = anna.bind(offer.code().unwrap(), running.now()).await.unwrap_err();
    assert_eq!(blocked.kind, ProblemType::CodeBlocked);
    anna.prove(in_link(&offer, asked.id), running.now()).await.unwrap();
    let still = anna.bind(offer.code().unwrap(), running.now()).await.unwrap_err();
    assert_eq!(still.kind, ProblemType::CodeBlocked, "a link does not clear the count");
    running.stop().await;
}

#[tokio::test]
async fn a_button_that_is_forbidden_is_taken_from_nobody() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let settings =
        AccountSettings { approve_with: ApproveWith::Code, same_device: SameDevice::Off };
    let anna = running.approver_with("anna", settings).await;
    let asked = service.ask("anna").await;
    let value = PageSecret::draw(&mut rand::rng());
    let binding = Binding::Link { request: asked.id, value };
    let problem = anna.prove(binding, running.now()).await.unwrap_err();
    assert_eq!((problem.kind, problem.status), (ProblemType::Method, 400));
    running.stop().await;
}

#[tokio::test]
async fn an_ended_request_says_how_it_ended_and_binds_nothing() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let anna = running.approver_by("anna", ApproveWith::Qr).await;
    let asked = service.ask("anna").await;
    let offer = running.offer(asked.id).await;
    running.pass(300);
    for binding in [in_qr(&offer, asked.id), in_link(&offer, asked.id)] {
        let problem = anna.prove(binding, running.now()).await.unwrap_err();
        assert_eq!((problem.kind, problem.state), (ProblemType::Ended, Some(Standing::Expired)));
    }
    running.stop().await;
}

#[tokio::test]
async fn an_approval_by_readout_or_link_waits_and_nobody_outside_is_told() {
    for method in [Method::Readout, Method::Link] {
        let store = tempfile::tempdir().unwrap();
        let running = Running::start(store.path(), None).await;
        let service = running.service("Bank").await;
        let anna = running.approver_by("anna", ApproveWith::Readout).await;
        let mut link = anna.connect(running.now()).await;
        link.snapshot().await;
        let asked = service.ask("anna").await;
        let answer = approve(&anna, &running, &asked, method).await;
        assert_eq!(answer.state, Standing::ApprovedUnconfirmed);
        match (method, answer.confirm.clone().unwrap()) {
            (Method::Readout, Confirmation::Readout(_)) => {}
            (Method::Link, Confirmation::Finish(address)) => {
                let start = format!("{}/login/finish/", running.origin);
                assert!(address.0.starts_with(&start), "{}", address.0);
                assert!(!address.0.contains(asked.login_url.rsplit('/').next().unwrap()));
            }
            (_, other) => panic!("{method:?} waits for {other:?}"),
        }
        let looked = service.look(asked.id, 0).await;
        assert_eq!((looked.progress, looked.outcome), (Progress::Pending, None));
        let mut states = Vec::new();
        while states.last() != Some(&Standing::ApprovedUnconfirmed) {
            match link.next().await.unwrap() {
                FromBroker::Request(open) => states.push(open.state),
                FromBroker::RequestChanged { state, .. } => states.push(state),
                other @ (FromBroker::Snapshot { .. }
                | FromBroker::RequestEnded(_)
                | FromBroker::Change(_)
                | FromBroker::Collected { .. }) => panic!("{other:?}"),
            }
        }
        assert_eq!(states, [Standing::Pending, Standing::Bound, Standing::ApprovedUnconfirmed]);
        running.stop().await;
    }
}

#[tokio::test]
async fn the_same_decision_gets_the_same_digits_or_address_over_a_restart() {
    for method in [Method::Readout, Method::Link] {
        let store = tempfile::tempdir().unwrap();
        let running = Running::start(store.path(), None).await;
        let service = running.service("Bank").await;
        let anna = running.approver_by("anna", ApproveWith::Readout).await;
        let asked = service.ask("anna").await;
        let now = running.now();
        let bound = anna.prove(proof(&running, &asked, method).await, now).await.unwrap();
        let receipt = Some(bound.receipt.clone());
        let approval = anna.decision(&bound.jws, &anna.key, Verdict::Approve, receipt, now);
        let (_, first) = anna.decide(asked.id, &approval).await;
        let origin = running.origin.clone();
        running.stop().await;
        let running = Running::start(store.path(), Some(&origin)).await;
        let open = anna.connect(running.now()).await.snapshot().await.0.remove(0);
        assert_eq!(open.state, Standing::ApprovedUnconfirmed);
        assert_eq!(open.receipt, Some(bound.receipt.clone()), "the snapshot repeats the receipt");
        let (status, again) = anna.decide(asked.id, &approval).await;
        assert_eq!((status, &again["confirm"]), (200, &first["confirm"]));
        assert_eq!(again["expires_at"], first["expires_at"]);
        let receipt = Some(bound.receipt.clone());
        let signed_again = anna.decision(&bound.jws, &anna.key, Verdict::Approve, receipt, now);
        let (status, refused) = anna.decide(asked.id, &signed_again).await;
        assert_eq!((status, refused["state"].as_str()), (409, Some("approved_unconfirmed")));
        assert_eq!(refused.get("confirm"), None);
        running.stop().await;
    }
}

#[tokio::test]
async fn a_denial_before_the_confirmation_wins() {
    for (method, verdict) in [(Method::Readout, Verdict::Deny), (Method::Link, Verdict::Report)] {
        let store = tempfile::tempdir().unwrap();
        let running = Running::start(store.path(), None).await;
        let service = running.service("Bank").await;
        let anna = running.approver_by("anna", ApproveWith::Readout).await;
        let asked = service.ask("anna").await;
        approve(&anna, &running, &asked, method).await;
        let open = anna.connect(running.now()).await.snapshot().await.0.remove(0);
        let denial = anna.decision(&open.jws, &anna.link_key, verdict, None, running.now());
        let (status, answer) = anna.decide(asked.id, &denial).await;
        assert_eq!((status, answer["state"].as_str()), (200, Some("denied")));
        assert_eq!(answer.get("confirm"), None);
        let looked = service.look(asked.id, 0).await;
        assert_eq!((looked.progress, looked.outcome.is_some()), (Progress::Ended, true));
        running.stop().await;
    }
}

#[tokio::test]
async fn what_is_read_out_has_ninety_seconds_and_a_late_approval_is_none() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let anna = running.approver_by("anna", ApproveWith::Readout).await;
    let asked = service.ask("anna").await;
    let bound =
        anna.prove(proof(&running, &asked, Method::Readout).await, running.now()).await.unwrap();
    running.pass(290);
    let (_, answer) = anna.approve(&bound, running.now()).await;
    let answer: DecisionAnswer = serde_json::from_value(answer).unwrap();
    let until = running.now().plus(std::time::Duration::from_secs(90));
    assert_eq!(answer.expires_at, until);
    let mut link = anna.connect(running.now()).await;
    assert_eq!(link.snapshot().await.0[0].expires_at, until);
    running.pass(89);
    assert_eq!(service.look(asked.id, 0).await.expires_at, until);
    running.pass(1);
    assert!(matches!(link.next().await, Some(FromBroker::RequestEnded(ended))
        if ended.state == Standing::Expired));

    let mut long = login("anna");
    long["expires_in"] = json!(600);
    let asked: Asked = service.post("/v1/requests", &long).await.json().await.unwrap();
    let bound =
        anna.prove(proof(&running, &asked, Method::Readout).await, running.now()).await.unwrap();
    running.pass(541);
    let (status, late) = anna.approve(&bound, running.now()).await;
    assert_eq!((status, late["state"].as_str()), (409, Some("expired")));
    running.stop().await;
}

#[tokio::test]
async fn an_approver_that_is_removed_takes_its_unconfirmed_approval_along() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let anna = running.approver_by("anna", ApproveWith::Readout).await;
    let asked = service.ask("anna").await;
    approve(&anna, &running, &asked, Method::Link).await;
    let id = anna.id();
    let by = sayso_protocol::change::Author::Administrator;
    let removal =
        move |tx: &mut sayso_broker::store::Tx<'_>| sayso_broker::roster::remove(tx, &id, by, None);
    assert!(running.broker.store.write(removal).await.unwrap().value.is_some());
    let jws = service.look(asked.id, 0).await.outcome.unwrap();
    let outcome = service.verify(&running.keys().await, &jws, running.now());
    assert_eq!(outcome.reason, Some(Reason::ApproverRemoved));
    running.stop().await;
}
