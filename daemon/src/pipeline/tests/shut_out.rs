//! A computer that was removed, turned away or not let in yet, and an account that is blocked.

use sayso_protocol::change::{
    Author, ChangeId, ChangeTold, Computer, Proposal, Standing as Change,
};
use sayso_protocol::enrolment::ApproverName;
use sayso_protocol::signature::Digest;

use super::*;
use crate::changes::News;
use crate::doors::{ChangeAsk, PublicEvent};
use crate::registrar;

const REMOVED: &str = "This computer was removed: it cannot answer for anna any more. Ask those who \
                       run 127.0.0.1:1 for a new activation code.";
const BLOCKED: &str = "Account anna was blocked by those who run 127.0.0.1:1. Nobody can log in with \
                       it. Ask them why.";
const WAITS: &str =
    "This computer is not let in yet. Let it in at another computer of yours, or wait.";
const KEPT_OUT: &str = "This computer was kept out. It cannot answer for anna.";

/// The change that lets this computer in.
fn entry(standing: Change) -> FromSource {
    let computer = Computer { id: approver("anna"), name: ApproverName::new("kitchen") };
    FromSource::Change(Box::new(change(Proposal::Approver(computer), standing)))
}

fn change(proposal: Proposal, standing: Change) -> ChangeTold {
    let computer = Computer { id: approver("anna"), name: ApproverName::new("kitchen") };
    ChangeTold {
        id: ChangeId(Uuid::from_u128(9)),
        hash: Digest::of(b"enrolment"),
        proposal,
        now: None,
        by: Author::Approver(computer),
        standing,
        queued_at: UnixTime(1000),
        ready_at: UnixTime(87_400),
        ended_by: None,
    }
}

impl Bench {
    fn question_at_a_terminal(&mut self) {
        self.arrive(0);
        self.hear();
        let given = Given::Code { code: "482913".to_owned(), account: String::new() };
        drop(self.call(|reply| Ask::Bind { given, place: Place::Terminal, reply }));
        self.bound(0);
        self.hear();
    }

    fn ends(&mut self) -> usize {
        let all = std::iter::from_fn(|| self.public.try_recv().ok());
        all.filter(|event| matches!(event, PublicEvent::Ended(_))).count()
    }

    fn asked_again(&mut self) -> Error {
        let (id, place) = (id(0).to_string(), Place::Terminal);
        refused(self.call(|reply| Ask::Question { id, place, reply }))
    }

    fn next_step(&mut self) -> String {
        let mut next = self.call(|reply| Ask::Next { place: Place::Terminal, reply });
        next.try_recv().unwrap().unwrap().sentence
    }
}

#[test]
fn a_removed_computer_says_so_at_its_question_and_forgets_the_account() {
    let mut bench = bench(&["anna"]);
    bench.question_at_a_terminal();
    bench.source("anna", FromSource::Removed);
    assert_eq!(bench.ends(), 1);
    assert!(matches!(bench.asked_again(), Error::Ended(why) if why == REMOVED));
    bench.pass(4);
    assert_eq!(bench.hear(), [""; 0]);
    let Ok(registrar::Call::Forget(forgotten)) = bench.registrar.try_recv() else { panic!() };
    assert_eq!(forgotten, approver("anna"));
    assert!(matches!(refused(bench.enter("482913")), Error::NotRegistered(_)));
}

#[test]
fn a_removed_computer_says_so_where_no_question_stands() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    bench.hear();
    bench.source("anna", FromSource::Removed);
    assert_eq!((bench.ends(), bench.hear()), (1, vec![REMOVED.to_owned()]));
}

#[test]
fn a_removal_is_not_told_at_a_locked_screen() {
    let mut bench = bench(&["anna"]);
    bench.tell(Event::Lock(Lock::Locked));
    bench.source("anna", FromSource::Removed);
    assert_eq!(bench.hear(), [""; 0]);
    bench.tell(Event::Lock(Lock::Unlocked));
    assert_eq!(bench.hear(), [REMOVED]);
}

#[test]
fn an_answer_that_waits_for_the_broker_hears_of_the_removal() {
    let mut bench = bench(&["anna"]);
    bench.ask();
    let mut answer = bench.answer(Verdict::Approve);
    bench.sign().unwrap();
    bench.source("anna", FromSource::Removed);
    let answer = answer.try_recv().unwrap().unwrap();
    assert_eq!((answer.result, answer.sentence.as_str()), (AnswerResult::Ended, REMOVED));
    let settled = std::iter::from_fn(|| bench.signer.try_recv().ok());
    let settled = settled.filter(|order| matches!(order, signer::Order::Settled { .. }));
    assert_eq!(settled.count(), 1, "it is not sent again");
}

#[test]
fn who_waits_for_a_list_of_computers_hears_of_the_removal() {
    let mut bench = bench(&["anna"]);
    let account = String::new;
    let list = bench.call(|reply| Ask::Change(ChangeAsk::Approvers { account: account(), reply }));
    bench.source("anna", FromSource::Removed);
    assert!(matches!(refused(list), Error::Refused(why) if why == REMOVED));
    assert_eq!(bench.hear(), [""; 0], "once");
}

#[test]
fn who_removes_the_computer_before_them_reads_it_once() {
    let mut bench = bench(&["anna"]);
    let computer = Computer { id: approver("anna"), name: ApproverName::new("kitchen") };
    let removal = change(Proposal::RemoveApprover(computer), Change::Applied);
    bench.pipeline.changing.known.take(&approver("anna"), removal.clone());
    let news = News { approver: approver("anna"), change: removal };
    bench.pipeline.changing.known.told(&news);
    bench.source("anna", FromSource::Removed);
    assert_eq!(bench.hear(), [""; 0]);
    assert!(bench.registrar.try_recv().is_ok());
}

#[test]
fn a_blocked_account_is_told_once_and_so_is_its_end() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    bench.hear();
    for _ in 0..2 {
        bench.source("anna", FromSource::Down);
        bench.source("anna", FromSource::Blocked);
    }
    assert_eq!((bench.ends(), bench.hear()), (1, vec![BLOCKED.to_owned()]));
    let why = "Account anna is blocked at 127.0.0.1:1. Ask those who run it.";
    assert_eq!(bench.next_step(), why);
    assert!(matches!(refused(bench.enter("482913")), Error::Refused(said) if said == why));
    let account = String::new();
    let pending = bench.call(|reply| Ask::Change(ChangeAsk::Pending { account, reply }));
    assert!(matches!(refused(pending), Error::Refused(said) if said == why));
    bench.hear();
    for _ in 0..2 {
        let clock = BrokerClock::new(bench.now, UnixTime(1000));
        bench.source("anna", FromSource::Up(clock));
    }
    let again = "Account anna is no longer blocked. Sayso answers for it again.";
    assert_eq!(bench.hear(), [again]);
    assert!(matches!(refused(bench.enter("482913")), Error::NoRequest(_)));
}

#[test]
fn a_computer_that_waits_says_so_whatever_it_is_to_do() {
    let mut bench = bench(&["anna", "bo"]);
    bench.source("anna", entry(Change::Waiting));
    bench.hear();
    assert!(matches!(refused(bench.enter("482913")), Error::NoRequest(_)), "bo's may come");
    bench.source("bo", FromSource::Removed);
    bench.hear();
    assert_eq!(bench.next_step(), WAITS);
    assert_eq!(bench.why_quiet(), [WAITS]);
    assert!(matches!(refused(bench.enter("482913")), Error::Refused(why) if why == WAITS));
    bench.hear();
    bench.source("anna", entry(Change::Applied));
    assert_eq!(bench.hear(), ["Done. This computer can now answer for anna."]);
    assert_eq!(bench.next_step(), "Nothing is waiting.");
}

#[test]
fn a_computer_that_is_turned_away_hears_it_once() {
    let mut bench = bench(&["anna"]);
    bench.source("anna", entry(Change::Waiting));
    bench.hear();
    bench.source("anna", entry(Change::Cancelled));
    bench.source("anna", FromSource::Removed);
    assert_eq!(bench.hear(), [KEPT_OUT]);
    assert!(bench.registrar.try_recv().is_ok());
}

#[test]
fn a_computer_that_is_turned_away_while_sayso_speaks_hears_it_afterwards() {
    let mut bench = bench(&["anna"]);
    bench.source("anna", entry(Change::Waiting));
    bench.source("anna", entry(Change::Cancelled));
    bench.source("anna", FromSource::Removed);
    let heard = bench.hear();
    assert_eq!((heard.len(), heard[1].as_str()), (2, KEPT_OUT), "{heard:?}");
}

#[test]
fn an_answer_under_way_ends_with_its_account_and_nothing_of_it_is_said_later() {
    let mut bench = bench(&["anna"]);
    bench.ask();
    let mut answer = bench.answer(Verdict::Approve);
    bench.sign();
    bench.tell(Event::Signer(signer::Event::Forgotten(approver("anna"))));
    assert!(matches!(answer.try_recv().unwrap(), Err(Error::Refused(_))));
    assert!(bench.pipeline.inbox.ids().is_empty());
    bench.hear();
    bench.pass(900);
    assert_eq!(bench.hear(), Vec::<String>::new());
}

#[test]
fn while_a_broker_is_away_that_is_the_first_thing_to_hear() {
    let mut bench = bench(&["anna", "bo"]);
    bench.source("anna", FromSource::Down);
    let away =
        "Not connected to 127.0.0.1:1, so a request may not come through. Sayso keeps trying.";
    let mut status = bench.call(|reply| Ask::Status { reply });
    let status = status.try_recv().unwrap().unwrap().sentences;
    assert_eq!(status[..2], [away, "Nothing is waiting."]);
    assert_eq!(status.iter().filter(|told| *told == away).count(), 1);
    assert_eq!(bench.next_step(), format!("{away} Nothing is waiting."));
    assert_eq!(bench.why_quiet(), [away]);
    let clock = BrokerClock::new(bench.now, UnixTime(1000));
    bench.source("anna", FromSource::Up(clock));
    assert_eq!(bench.next_step(), "Nothing is waiting.");
}

#[test]
fn a_clock_that_is_far_off_is_told_in_days_and_hours() {
    for (seconds, off) in [(90, "two minutes"), (7_300, "two hours"), (2_592_000, "thirty days")] {
        let mut bench = bench(&["anna"]);
        bench.source("anna", FromSource::ClockOff(seconds));
        let told = format!(
            "This computer's clock is {off} off. Sayso goes by the broker's time; set the clock when you can."
        );
        assert_eq!(bench.hear(), [told]);
    }
}
