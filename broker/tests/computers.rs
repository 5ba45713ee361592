//! Which computers are approvers of an account: one more is let in, waits or is turned away; one
//! that is removed takes along what it had begun; and every other hears of it.

#![allow(clippy::unwrap_used, reason = "parts of tests")]

mod parts;

use parts::changing::confirmation;
use parts::{Approver, Link, Running, Site, another};
use sayso_broker::admin::{Fault, activation_for};
use sayso_broker::store::Tx;
use sayso_broker::store::accounts::Admission;
use sayso_broker::{guard, roster};
use sayso_protocol::binding::{Code, Method};
use sayso_protocol::change::{
    AccountSettings, ApproveWith, Author, ChangeAct, ChangeTold, Proposal, SameDevice, Standing,
};
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::{AccountName, ActivationCode};
use sayso_protocol::life::{Reason, Standing as RequestStanding};
use sayso_protocol::link::FromBroker;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::service::{Asked, Progress};
use std::time::Duration;

const DAY: u64 = 24 * 3600;
const QR: Proposal = Proposal::ApproveWith(ApproveWith::Qr);

fn author(approver: &Approver) -> Author {
    Author::Approver(approver.computer())
}

fn kind<T: std::fmt::Debug>(refused: Result<T, Problem>) -> ProblemType {
    refused.unwrap_err().kind
}

/// One more computer, which waits, and the change that it waits for.
async fn waiting(running: &Running) -> (Approver, ChangeTold) {
    let (computer, enrolled) = running.further("anna", Admission::Waits).await;
    let change = enrolled.change.unwrap();
    assert_eq!(change.proposal, Proposal::Approver(computer.computer()));
    assert_eq!((change.by.clone(), change.standing), (author(&computer), Standing::Waiting));
    (computer, change)
}

async fn active(running: &Running, of: &Approver) -> Vec<String> {
    let told = of.approvers(running.now()).await.unwrap().approvers;
    told.into_iter().map(|told| told.computer.id.0).collect()
}

/// Reads a link to its end.
async fn to_its_end(mut link: Link) -> Vec<FromBroker> {
    let mut told = Vec::new();
    while let Some(message) = link.next().await {
        told.push(message);
    }
    told
}

#[tokio::test]
async fn a_second_computer_is_let_in_by_the_first_and_then_hears_everything() {
    let Site { running, service, anna: desk, store: _store } = Site::start().await;
    let mut at_desk = desk.connect(running.now()).await;
    at_desk.changes().await;
    let (laptop, change) = waiting(&running).await;
    assert_eq!(at_desk.change().await, change);
    assert_eq!(active(&running, &desk).await, [desk.id().0]);
    let mut at_laptop = laptop.connect(running.now()).await;
    assert_eq!(at_laptop.changes().await, std::slice::from_ref(&change));

    running.pass(1);
    let applied = desk.confirm(&change, running.now()).await.unwrap();
    assert_eq!(applied.ended_by, Some(author(&desk)));
    assert_eq!((at_desk.change().await, at_laptop.change().await), (applied.clone(), applied));
    let snapshot = at_laptop.next().await;
    assert!(matches!(snapshot, Some(FromBroker::Snapshot { .. })), "{snapshot:?}");
    assert_eq!(active(&running, &laptop).await, [desk.id().0, laptop.id().0]);
    let asked = service.ask("anna").await;
    assert!(matches!(at_laptop.next().await, Some(FromBroker::Request(_))));
    parts::proofs::approve(&laptop, &running, &asked, Method::Code).await;
    running.stop().await;
}

#[tokio::test]
async fn a_second_computer_that_nobody_stops_is_an_approver_when_it_has_waited() {
    let Site { running, anna: desk, store: _store, .. } = Site::start().await;
    let (laptop, change) = waiting(&running).await;
    let mut at_desk = desk.connect(running.now()).await;
    assert_eq!(at_desk.changes().await, std::slice::from_ref(&change));
    running.pass(DAY - 1);
    assert_eq!(kind(laptop.approvers(running.now()).await), ProblemType::ApproverWaits);
    running.pass(1);
    let applied = at_desk.change().await;
    assert_eq!((applied.standing, applied.ended_by), (Standing::Applied, None), "unasked");
    assert_eq!(active(&running, &laptop).await.len(), 2);
    let late = desk.cancel(&change, running.now()).await.unwrap_err();
    assert_eq!((late.kind, late.change), (ProblemType::ChangeEnded, Some(Standing::Applied)));
    running.stop().await;
}

#[tokio::test]
async fn a_second_computer_that_is_refused_hears_so_and_never_comes_in() {
    let Site { running, anna: desk, store: _store, .. } = Site::start().await;
    let (stranger, change) = waiting(&running).await;
    let mut link = stranger.connect(running.now()).await;
    link.changes().await;
    desk.cancel(&change, running.now()).await.unwrap();
    let told = to_its_end(link).await;
    assert!(
        matches!(&told[..], [FromBroker::Change(end)] if end.standing == Standing::Cancelled),
        "{told:?}"
    );
    running.pass(2 * DAY);
    assert_eq!(kind(stranger.changes(running.now()).await), ProblemType::ApproverRemoved);
    assert!(stranger.try_connect(running.now()).await.is_err());
    assert_eq!(active(&running, &desk).await, [desk.id().0]);
    running.stop().await;
}

#[tokio::test]
async fn a_computer_that_waits_can_do_nothing_but_read_its_change() {
    let Site { running, service, anna: desk, store: _store } = Site::start().await;
    let other = desk.queue(QR, running.now()).await.unwrap();
    let (laptop, change) = waiting(&running).await;
    let mut link = laptop.connect(running.now()).await;
    assert_eq!(link.changes().await, std::slice::from_ref(&change));
    let asked = service.ask("anna").await;
    let now = running.now();
    let listed = laptop.changes(now).await.unwrap();
    assert_eq!((listed.settings, listed.changes), (None, vec![change.clone()]));

    let code = code_of(&running, &asked).await;
    let open = desk.connect(now).await.snapshot().await.0.remove(0);
    let deny = laptop.decision(&open.jws, &laptop.link_key, Verdict::Deny, None, now);
    let denied: Problem = serde_json::from_value(laptop.decide(asked.id, &deny).await.1).unwrap();
    let until = now.plus(Duration::from_secs(60));
    let itself = laptop.sign(&laptop.key, now, until, confirmation(&change, now));
    for refused in [
        kind(laptop.bind(&code, now).await),
        denied.kind,
        kind(laptop.send_change(&itself).await),
        kind(laptop.confirm(&other, now).await),
        kind(laptop.cancel(&other, now).await),
        kind(laptop.cancel(&change, now).await),
        kind(laptop.queue(QR, now).await),
        kind(laptop.remove(desk.id(), now).await),
        kind(laptop.approvers(now).await),
    ] {
        assert_eq!(refused, ProblemType::ApproverWaits);
    }
    desk.bind(&code, now).await.unwrap();
    desk.cancel(&other, now).await.unwrap();
    desk.cancel(&change, now).await.unwrap();
    let told = to_its_end(link).await;
    assert!(
        matches!(&told[..], [FromBroker::Change(end)] if end.id == change.id),
        "of all that happened it heard this: {told:?}"
    );
    running.stop().await;
}

#[tokio::test]
async fn all_are_lost_and_a_new_one_waits_while_the_settings_stay() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let chosen =
        AccountSettings { approve_with: ApproveWith::Readout, same_device: SameDevice::Off };
    let lost = running.approver_with("anna", chosen).await;
    let id = lost.id();
    let removal = move |tx: &mut Tx<'_>| roster::remove(tx, &id, Author::Administrator, None);
    running.broker.store.write(removal).await.unwrap().value.unwrap();
    let (new, change) = waiting(&running).await;
    let mut link = new.connect(running.now()).await;
    link.changes().await;
    service.ask("anna").await;
    assert_eq!(kind(new.confirm(&change, running.now()).await), ProblemType::ApproverWaits);
    running.pass(DAY);
    assert_eq!(link.change().await.standing, Standing::Applied);
    let (open, _) = link.snapshot().await;
    assert_eq!(open.len(), 0, "what was asked while nobody answered is asked of nobody");
    let listed = new.changes(running.now()).await.unwrap();
    assert_eq!(listed.settings, Some(chosen), "its own choice changes nothing");
    running.stop().await;
}

#[tokio::test]
async fn the_administrator_lets_one_in_at_once_and_every_other_hears_it() {
    let Site { running, anna: desk, store: _store, .. } = Site::start().await;
    let mut at_desk = desk.connect(running.now()).await;
    at_desk.changes().await;
    let (laptop, enrolled) = running.further("anna", Admission::AtOnce).await;
    assert_eq!(enrolled.change, None);
    let told = at_desk.change().await;
    assert_eq!(told.proposal, Proposal::Approver(laptop.computer()));
    assert_eq!((told.by, told.standing), (Author::Administrator, Standing::Applied));
    assert_eq!(active(&running, &laptop).await.len(), 2);
    running.stop().await;
}

#[tokio::test]
async fn a_further_computers_code_is_good_once_and_for_ten_minutes() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    running.approver("anna").await;
    let enrol = async |code: &ActivationCode| {
        let computer = Approver::new(&running.origin);
        let answer = computer.enrol("anna", code.clone(), running.now()).await;
        let status = answer.status().as_u16();
        let problem = answer.json::<Problem>().await.ok();
        (status, problem.map(|problem| problem.kind))
    };
    let refused = (403, Some(ProblemType::Activation));
    let code = running.activation("anna", Admission::Waits).await;
    running.pass(600);
    assert_eq!(enrol(&code).await, refused, "too late");
    let code = running.activation("anna", Admission::Waits).await;
    running.pass(599);
    assert_eq!(enrol(&code).await.0, 201);
    assert_eq!(enrol(&code).await, refused, "used up");
    running.stop().await;
}

#[tokio::test]
async fn an_account_has_three_computers_those_that_wait_included() {
    let Site { running, anna: desk, store: _store, .. } = Site::start().await;
    let (_, first) = waiting(&running).await;
    waiting(&running).await;
    let anna = AccountName::parse("anna").unwrap();
    let admission = Admission::AtOnce;
    let none = activation_for(&running.broker.store, &anna, admission, running.now()).await;
    assert!(matches!(none, Err(Fault::TooManyApprovers(_))), "{none:?}");

    let code = ActivationCode::draw(&mut rand::rng());
    let later = running.now().plus(Duration::from_secs(600));
    let sealed = guard::seal_activation(&code, admission, later).unwrap();
    let keep = move |tx: &mut Tx<'_>| tx.keep_activation(&anna, &sealed);
    running.broker.store.write(keep).await.unwrap();
    let fourth = Approver::new(&running.origin);
    let refused = fourth.enrol("anna", code.clone(), running.now()).await;
    assert_eq!(refused.json::<Problem>().await.unwrap().kind, ProblemType::TooManyApprovers);
    desk.cancel(&first, running.now()).await.unwrap();
    let answer = fourth.enrol("anna", code, running.now()).await;
    assert_eq!(answer.status(), 201, "the code was not used up");
    running.stop().await;
}

#[tokio::test]
async fn a_stolen_computer_takes_along_what_it_bound_and_queued_and_all_others_hear_it() {
    let Site { running, service, anna: desk, store: _store } = Site::start().await;
    let (stolen, _) = running.further("anna", Admission::AtOnce).await;
    let (asked, begun) = (service.ask("anna").await, service.ask("anna").await);
    let code = code_of(&running, &asked).await;
    let bound = stolen.bind(&code, running.now()).await.unwrap();
    parts::proofs::approve(&stolen, &running, &begun, Method::Link).await;
    let queued = stolen.queue(QR, running.now()).await.unwrap();
    let mut at_desk = desk.connect(running.now()).await;
    at_desk.changes().await;
    let mut at_stolen = stolen.connect(running.now()).await;
    at_stolen.changes().await;

    let removal = desk.remove(stolen.id(), running.now()).await.unwrap();
    assert_eq!(removal.proposal, Proposal::RemoveApprover(stolen.computer()));
    assert_eq!((removal.by.clone(), removal.standing), (author(&desk), Standing::Applied));
    for _ in 0..2 {
        let Some(FromBroker::RequestEnded(end)) = at_desk.next().await else { panic!() };
        assert_eq!(end.state, RequestStanding::Cancelled);
        assert_eq!(end.reason, Some(Reason::ApproverRemoved));
    }
    let cancelled = at_desk.change().await;
    assert_eq!((cancelled.id, cancelled.standing), (queued.id, Standing::Cancelled));
    assert_eq!(at_desk.change().await, removal);
    let told = to_its_end(at_stolen).await;
    assert!(!told.iter().any(|message| matches!(message, FromBroker::Change(_))), "{told:?}");

    let (status, refusal) = stolen.approve(&bound, running.now()).await;
    assert_eq!((status, &refusal["type"]), (403, &"/problems/approver-removed".into()));
    for refused in [
        kind(stolen.queue(QR, running.now()).await),
        kind(stolen.cancel(&removal, running.now()).await),
        kind(stolen.changes(running.now()).await),
    ] {
        assert_eq!(refused, ProblemType::ApproverRemoved);
    }
    assert!(stolen.try_connect(running.now()).await.is_err());
    let again = desk.remove(stolen.id(), running.now()).await;
    assert_eq!(kind(again), ProblemType::NotFound);
    assert_eq!(active(&running, &desk).await, [desk.id().0]);
    running.stop().await;
}

#[tokio::test]
async fn a_hundred_wrong_codes_at_one_computer_are_heard_at_the_other() {
    let Site { running, service, anna: desk, store: _store } = Site::start().await;
    let (other, _) = running.further("anna", Admission::AtOnce).await;
    let asked = service.ask("anna").await;
    let wrong = another(running.offer(asked.id).await.code().unwrap());
    for _ in 0..100 {
        other.bind(&wrong, running.now()).await.unwrap_err();
        running.pass(3600);
    }
    let changes = desk.connect(running.now()).await.changes().await;
    let removal = changes.last().unwrap();
    assert_eq!(removal.proposal, Proposal::RemoveApprover(other.computer()));
    assert_eq!((removal.by.clone(), removal.standing), (Author::WrongCodes, Standing::Applied));
    running.stop().await;
}

#[tokio::test]
async fn a_computer_may_remove_itself_and_one_that_waits_is_turned_away() {
    let Site { running, anna: desk, store: _store, .. } = Site::start().await;
    let (laptop, _) = running.further("anna", Admission::AtOnce).await;
    let (third, change) = waiting(&running).await;
    let turned_away = laptop.remove(third.id(), running.now()).await.unwrap();
    assert_eq!((turned_away.id, turned_away.standing), (change.id, Standing::Cancelled));
    let gone = laptop.remove(laptop.id(), running.now()).await.unwrap();
    assert_eq!(gone.by, author(&laptop));
    assert_eq!(kind(laptop.changes(running.now()).await), ProblemType::ApproverRemoved);
    assert_eq!(kind(third.changes(running.now()).await), ProblemType::ApproverRemoved);
    let told = desk.connect(running.now()).await.changes().await;
    assert!(told.contains(&turned_away) && told.contains(&gone), "{told:?}");
    let act = ChangeAct::Cancel { change: gone.id, hash: gone.hash };
    let late = desk.send_change(&desk.change(act, running.now())).await;
    assert_eq!(kind(late), ProblemType::ChangeEnded, "a removal is not taken back");
    running.stop().await;
}

#[tokio::test]
async fn a_blocked_account_is_one_that_does_not_answer() {
    let Site { running, service, anna: desk, store: _store } = Site::start().await;
    let (approved, asked, pending) = (
        service.ask("anna").await,
        service.ask("anna").await,
        service.asked_from("anna", "192.0.2.7").await,
    );
    let mut browser = running.browser();
    browser.get(&approved.login_url).await;
    parts::proofs::approve(&desk, &running, &approved, Method::Code).await;
    let ticket = browser.ticket(&approved.login_url).await;
    let code = code_of(&running, &asked).await;
    let bound = desk.bind(&code, running.now()).await.unwrap();
    let open = desk.connect(running.now()).await.snapshot().await.0;
    let queued = desk.queue(QR, running.now()).await.unwrap();
    let (laptop, waits) = waiting(&running).await;
    let activation = running.activation("anna", Admission::Waits).await;
    let link = desk.connect(running.now()).await;
    let page = code_of(&running, &pending).await;

    let anna = AccountName::parse("anna").unwrap();
    let block = move |tx: &mut Tx<'_>| roster::block(tx, &anna);
    assert!(running.broker.store.write(block.clone()).await.unwrap().value);
    assert!(!running.broker.store.write(block).await.unwrap().value, "it is blocked already");
    to_its_end(link).await;
    let now = running.now();
    assert!(desk.try_connect(now).await.is_err());
    let open = open.iter().find(|open| parts::id_of(&open.jws) == pending.id).unwrap();
    let deny = desk.decision(&open.jws, &desk.link_key, Verdict::Deny, None, now);
    for refused in [
        desk.approve(&bound, now).await.1,
        desk.decide(pending.id, &deny).await.1,
        serde_json::to_value(desk.bind(&page, now).await.unwrap_err()).unwrap(),
        serde_json::to_value(desk.cancel(&queued, now).await.unwrap_err()).unwrap(),
        serde_json::to_value(desk.changes(now).await.unwrap_err()).unwrap(),
    ] {
        assert_eq!(refused["type"], "/problems/account-blocked");
    }
    let refused = Approver::new(&running.origin).enrol("anna", activation, now).await;
    assert_eq!(refused.json::<Problem>().await.unwrap().kind, ProblemType::Activation);
    let refused = service.collect(approved.id, &ticket).await.unwrap_err();
    assert_eq!(refused.kind, ProblemType::Ticket, "an approval is not handed out any more");
    let outcome = service.look(asked.id, 0).await.outcome.unwrap();
    let outcome = service.verify(&running.keys().await, &outcome, now);
    assert_eq!(outcome.reason, Some(Reason::ApproverRemoved));
    assert_eq!(running.browser().get(&service.ask("anna").await.login_url).await.status, 200);

    running.pass(DAY);
    let anna = AccountName::parse("anna").unwrap();
    let unblock = move |tx: &mut Tx<'_>| tx.mark_unblocked(&anna);
    assert!(running.broker.store.write(unblock).await.unwrap().value);
    let listed = desk.changes(running.now()).await.unwrap();
    assert_eq!(listed.settings, Some(AccountSettings::default()));
    for ended in [queued, waits] {
        let told = listed.changes.iter().find(|told| told.id == ended.id).unwrap();
        assert_eq!(told.standing, Standing::Cancelled, "nothing was let in meanwhile");
        assert_eq!(told.ended_by, Some(Author::Administrator));
    }
    assert_eq!(kind(laptop.changes(running.now()).await), ProblemType::ApproverRemoved);
    running.stop().await;
}

#[tokio::test]
async fn nothing_that_was_under_way_outlives_a_block() {
    let Site { running, service, anna: desk, store: _store } = Site::start().await;
    let (approved, held, pending) = (
        service.ask("anna").await,
        service.ask("anna").await,
        service.asked_from("anna", "192.0.2.7").await,
    );
    let (mut browser, mut other) = (running.browser(), running.browser());
    browser.get(&approved.login_url).await;
    other.get(&held.login_url).await;
    parts::proofs::approve(&desk, &running, &approved, Method::Code).await;
    let ticket = browser.ticket(&approved.login_url).await;
    parts::proofs::approve(&desk, &running, &held, Method::Code).await;
    let page = code_of(&running, &pending).await;
    let activation = running.activation("anna", Admission::AtOnce).await;

    let anna = AccountName::parse("anna").unwrap();
    let (block, unblock) = (anna.clone(), anna);
    running.broker.store.write(move |tx| roster::block(tx, &block)).await.unwrap();
    running.broker.store.write(move |tx| tx.mark_unblocked(&unblock)).await.unwrap();

    let now = running.now();
    let enrolled = Approver::new(&running.origin).enrol("anna", activation, now).await;
    assert_eq!(enrolled.json::<Problem>().await.unwrap().kind, ProblemType::Activation);
    assert_eq!(kind(desk.bind(&page, now).await), ProblemType::WrongCode);
    let outcome = service.look(pending.id, 0).await.outcome.unwrap();
    let outcome = service.verify(&running.keys().await, &outcome, now);
    assert_eq!(outcome.reason, Some(Reason::ApproverRemoved));
    assert_eq!(kind(service.collect(approved.id, &ticket).await), ProblemType::Ticket);
    for asked in [&approved, &held] {
        let answer = service.look(asked.id, 0).await;
        assert_eq!((answer.progress, answer.outcome), (Progress::Ended, None));
    }
    let shown = other.get(&held.login_url).await.text;
    assert!(shown.contains("This request has ended, and nobody was logged in."), "{shown}");
    let onward = other.get(&format!("{}/return", held.login_url)).await.location.unwrap();
    assert!(onward.contains("&error=cancelled"), "{onward}");

    let asked = service.ask("anna").await;
    parts::proofs::approve(&desk, &running, &asked, Method::Code).await;
    running.stop().await;
}

/// The digits on a page, as they lie on the disk.
async fn code_of(running: &Running, asked: &Asked) -> Code {
    running.offer(asked.id).await.code().unwrap().clone()
}
