//! Settings: what is asked, signed and sent of them, and what the person is told, and when.

use sayso_protocol::bus::{ChangeQuestion, ChangeResult};
use sayso_protocol::change::{
    AccountSettings, ApproveWith, Author, ChangeAct, ChangeId, ChangeTold, Changes, Computer,
    Proposal, SameDevice, Standing as Change,
};
use sayso_protocol::enrolment::ApproverName;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::signature::Digest;

use super::*;
use crate::doors::ChangeAsk;
use crate::source::Refusal;
use crate::source::errand::{Errand, Fetched};

const DAY: u64 = 86_400;
const CODES: Proposal = Proposal::ApproveWith(ApproveWith::Code);

/// A change of anna's to one-time codes, from QR codes.
fn codes(n: u8, standing: Change, at: &str) -> ChangeTold {
    let computer = Computer { id: ApproverId(at.into()), name: ApproverName::new("kitchen") };
    ChangeTold {
        id: ChangeId(Uuid::from_u128(u128::from(n))),
        hash: Digest::of(b"the message that asked for it"),
        proposal: CODES,
        now: Some(Proposal::ApproveWith(ApproveWith::Qr)),
        by: Author::Approver(computer.clone()),
        standing,
        queued_at: UnixTime(1000),
        ready_at: UnixTime(1000 + DAY.cast_signed()),
        ended_by: (standing == Change::Cancelled).then_some(Author::Approver(computer)),
    }
}

fn own(standing: Change) -> ChangeTold {
    codes(1, standing, "approver-of-anna")
}

fn of_kitchen(standing: Change) -> ChangeTold {
    codes(1, standing, "kitchen")
}

/// The broker's settings: QR codes, and what waits.
fn settings(changes: &[ChangeTold]) -> Changes {
    let settings = AccountSettings { approve_with: ApproveWith::Qr, same_device: SameDevice::On };
    Changes { settings: Some(settings), wait: DAY, changes: changes.to_vec() }
}

fn ended(change: Change) -> Refusal {
    Refusal::Problem(Box::new(Problem {
        change: Some(change),
        ..Problem::new(ProblemType::ChangeEnded, 409, String::new(), String::new())
    }))
}

impl Bench {
    fn tells(&mut self, change: ChangeTold) {
        self.source("anna", FromSource::Change(Box::new(change)));
    }

    fn snapshot(&mut self, changes: Vec<ChangeTold>) {
        let (requests, ended) = (Vec::new(), Vec::new());
        self.source("anna", FromSource::Snapshot { requests, ended, changes });
    }

    fn broker_clock(&self) -> BrokerClock {
        self.pipeline.sources[&approver("anna")].clock.unwrap()
    }

    /// The errand that anna's broker is sent, and its number.
    fn errand(&mut self) -> (u64, Errand) {
        let Ok(ToSource::Errand { call, errand }) = self.links[0].try_recv() else {
            panic!("none")
        };
        (call, errand)
    }

    fn answers(&mut self, call: u64, result: Result<Fetched, Refusal>) {
        self.source("anna", FromSource::Errand { call, result });
    }

    /// The person types a setting; the broker has `waiting`.
    fn set(
        &mut self,
        value: &str,
        waiting: &[ChangeTold],
        place: Place,
    ) -> Result<ChangeQuestion, Error> {
        let (account, setting) = (String::new(), "approve_with".to_owned());
        let value = value.to_owned();
        let mut asked = self
            .call(|reply| Ask::Change(ChangeAsk::Set { account, setting, value, place, reply }));
        let (call, errand) = self.errand();
        assert!(matches!(errand, Errand::Settings));
        let clock = self.broker_clock();
        self.answers(call, Ok(Fetched::Settings(Box::new(settings(waiting)), clock)));
        asked.try_recv().unwrap()
    }

    fn agree(
        &mut self,
        question: &ChangeQuestion,
        place: Place,
    ) -> oneshot::Receiver<Result<ChangeResult, Error>> {
        let token = question.token.clone();
        self.call(|reply| Ask::Change(ChangeAsk::Agree { token, place, reply }))
    }

    /// The broker tells its time, the act is signed, and sent. Answers with the errand's number.
    fn sign_change(&mut self) -> (u64, ChangeAct) {
        let (call, errand) = self.errand();
        assert!(matches!(errand, Errand::Clock));
        let clock = self.broker_clock();
        self.answers(call, Ok(Fetched::Clock(clock)));
        let (call, act, at) = std::iter::from_fn(|| self.signer.try_recv().ok())
            .find_map(|order| {
                let signer::Order::SignChange { call, act, at, .. } = order else { return None };
                Some((call, *act, at))
            })
            .unwrap();
        let (iss, aud) = (approver("anna").0, BROKER.to_owned());
        let exp = at.plus(Duration::from_mins(1));
        let jti = "jti".to_owned();
        let envelope = Envelope { iss, aud, iat: at, exp, jti, claims: act.clone() };
        let signed = SecretKey::from_bytes(&[2; 32]).sign(&envelope);
        self.tell(Event::Signer(signer::Event::ChangeSigned { call, signed }));
        let (call, errand) = self.errand();
        assert!(matches!(errand, Errand::Act(_)));
        (call, act)
    }

    fn confirm(&mut self) -> Result<ChangeQuestion, Error> {
        let (id, place) = (own(Change::Ready).id.to_string(), Place::Terminal);
        self.call(|reply| Ask::Change(ChangeAsk::Confirm { id, place, reply })).try_recv().unwrap()
    }
}

#[test]
fn a_setting_is_asked_whole_signed_as_it_was_asked_and_its_result_told_once() {
    for (place, heard) in [(Place::Terminal, 0), (Place::Nowhere, 1)] {
        let mut bench = bench(&["anna"]);
        let question = bench.set("code", &[], place).unwrap();
        assert!(question.text.starts_with("Use one-time codes for anna? Nothing changes before"));
        assert!(question.before.starts_with("Without your yes nothing begins."));
        let mut agreed = bench.agree(&question, place);
        let (call, act) = bench.sign_change();
        let ChangeAct::Queue { proposal, heard: signed, .. } = act else { panic!("{act:?}") };
        assert_eq!((proposal, signed.text), (CODES, question.text.clone()));
        bench.tells(own(Change::Waiting));
        assert_eq!(bench.hear(), [""; 0], "the answer will tell it");
        bench.answers(call, Ok(Fetched::Act(Box::new(own(Change::Waiting)))));
        let result = agreed.try_recv().unwrap().unwrap();
        assert!(result.sentence.starts_with("Change waiting: one-time codes."));
        assert_eq!(bench.hear().len(), heard, "where the person is");
        assert!(matches!(refused(bench.agree(&question, place)), Error::NoQuestion(_)));
    }
}

#[test]
fn what_holds_already_or_waits_already_is_said_and_nothing_is_asked() {
    let mut bench = bench(&["anna"]);
    let mut refused = |value, waiting: &[ChangeTold]| {
        let Err(Error::Invalid(sentence)) = bench.set(value, waiting, Place::Terminal) else {
            panic!("it is asked")
        };
        sentence
    };
    assert!(refused("qr", &[]).starts_with("The setting has that value already. "));
    let waiting = [own(Change::Waiting)];
    assert!(refused("code", &waiting).starts_with("That change waits already. "));
    let calls_off = refused("qr", &waiting);
    assert!(calls_off.ends_with("To stop that: sayso settings cancel."), "{calls_off}");
}

#[test]
fn a_question_names_the_change_whose_place_it_takes() {
    let mut bench = bench(&["anna"]);
    let asked = bench.set("readout", &[own(Change::Waiting)], Place::Terminal).unwrap();
    assert!(asked.before.ends_with("the change that waits: one-time codes."), "{}", asked.before);
}

#[test]
fn what_was_not_sent_and_what_may_have_been_done_are_told_apart() {
    let mut bench = bench(&["anna"]);
    let question = bench.set("code", &[], Place::Terminal).unwrap();
    let agreed = bench.agree(&question, Place::Terminal);
    let (call, _) = bench.errand();
    bench.source("anna", FromSource::Down);
    bench.answers(call, Err(Refusal::Offline));
    assert!(matches!(refused(agreed), Error::Offline(why) if why.contains("nothing was sent")));

    let question = bench.set("code", &[], Place::Terminal).unwrap();
    let agreed = bench.agree(&question, Place::Terminal);
    let (call, _) = bench.sign_change();
    bench.answers(call, Err(Refusal::Offline));
    assert!(matches!(refused(agreed), Error::Offline(why) if why.contains("nobody knows")));
}

#[test]
fn whoever_answers_too_late_is_told_what_became_of_the_change() {
    for (standing, told) in [
        (Change::Applied, "That change took effect already."),
        (Change::Cancelled, "That change was stopped already."),
        (Change::Lapsed, "That change was dropped already."),
    ] {
        let mut bench = bench(&["anna"]);
        bench.tells(own(Change::Ready));
        let question = bench.confirm().unwrap();
        let agreed = bench.agree(&question, Place::Terminal);
        let (call, act) = bench.sign_change();
        assert!(matches!(act, ChangeAct::Confirm { .. }));
        bench.answers(call, Err(ended(standing)));
        assert!(matches!(refused(agreed), Error::Ended(why) if why.starts_with(told)));
    }
}

#[test]
fn what_is_not_ready_cannot_be_confirmed_and_says_when() {
    let mut bench = bench(&["anna"]);
    bench.tells(own(Change::Waiting));
    let Err(Error::Refused(why)) = bench.confirm() else { panic!("it is asked") };
    assert!(why.starts_with("The change is not ready. Sayso asks you "), "{why}");
    assert!(bench.links[0].try_recv().is_err());
}

#[test]
fn a_change_asked_for_elsewhere_is_told_with_who_asked_and_how_to_stop_it() {
    let mut bench = bench(&["anna"]);
    bench.tells(of_kitchen(Change::Waiting));
    let heard = bench.hear();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].starts_with("kitchen asked for one-time codes. Sayso asks you "));
    assert!(heard[0].ends_with("Not you? Stop it: sayso settings cancel."));
    bench.snapshot(vec![of_kitchen(Change::Waiting)]);
    bench.pass(60);
    assert_eq!(bench.hear(), [""; 0], "once");
    bench.tells(of_kitchen(Change::Cancelled));
    assert_eq!(bench.hear(), ["Change stopped at kitchen. You keep QR codes."]);
}

#[test]
fn with_several_accounts_the_news_names_the_account() {
    let mut bench = bench(&["anna", "bo"]);
    bench.tells(own(Change::Ready));
    let heard = bench.hear();
    assert!(heard[0].ends_with("Without your yes nothing changes. Account anna."), "{heard:?}");
}

#[test]
fn what_is_ready_waits_for_the_first_moments_of_a_session_and_what_happens_now_does_not() {
    let mut bench = bench(&["anna"]);
    bench.snapshot(vec![own(Change::Ready)]);
    assert_eq!(bench.hear(), [""; 0]);
    bench.tells(codes(2, Change::Waiting, "kitchen"));
    assert_eq!(bench.hear().len(), 1);
    bench.pass(19);
    assert_eq!(bench.hear(), [""; 0]);
    bench.pass(1);
    assert!(bench.hear()[0].starts_with("Change ready: one-time codes."));
}

#[test]
fn a_ready_change_is_asked_again_each_day_until_its_time_is_over() {
    let mut bench = bench(&["anna"]);
    bench.pass(DAY);
    bench.tells(own(Change::Ready));
    assert_eq!(bench.hear().len(), 1);
    for day in 1..9 {
        bench.pass(DAY - 1);
        assert_eq!(bench.hear(), [""; 0], "day {day}");
        bench.pass(1);
        assert_eq!(bench.hear().len(), usize::from(day < 7), "day {day}");
    }
    bench.tells(own(Change::Lapsed));
    assert_eq!(bench.hear(), ["Change dropped, seven days without your yes. You keep QR codes."]);
}

#[test]
fn nothing_of_changes_is_told_while_a_question_is_open() {
    let mut bench = bench(&["anna"]);
    bench.ask();
    bench.tells(of_kitchen(Change::Waiting));
    assert_eq!(bench.hear(), [""; 0]);
    drop(bench.answer(Verdict::Deny));
    bench.sign();
    let answered = FromSource::Answered { request: id(0), result: Ok(Standing::Denied.into()) };
    bench.source("anna", answered);
    let heard = bench.hear();
    assert!(heard.last().unwrap().starts_with("kitchen asked for"), "{heard:?}");
}

#[test]
fn a_locked_screen_tells_that_something_waits_once_and_an_unlocked_one_what() {
    let mut bench = bench(&["anna"]);
    bench.tell(Event::Lock(Lock::Locked));
    bench.tells(of_kitchen(Change::Waiting));
    bench.pass(60);
    assert_eq!(bench.hear(), ["Sayso. A change of settings is waiting. Unlock to hear it."]);
    bench.tell(Event::Lock(Lock::Unlocked));
    assert!(bench.hear()[0].starts_with("kitchen asked for one-time codes."));
}

#[test]
fn what_a_lock_cut_off_is_told_again() {
    let mut bench = bench(&["anna"]);
    bench.tells(own(Change::Ready));
    assert_eq!(bench.said().len(), 1);
    bench.tell(Event::Lock(Lock::Locked));
    bench.tell(Event::Lock(Lock::Unlocked));
    assert!(bench.hear()[0].starts_with("Change ready"));
}

#[test]
fn whoever_asks_for_a_newer_change_here_is_not_told_once_more_whose_place_it_takes() {
    let readout = Proposal::ApproveWith(ApproveWith::Readout);
    for (newer_at, heard) in [("approver-of-anna", 1), ("kitchen", 2)] {
        let mut bench = bench(&["anna"]);
        bench.tells(own(Change::Waiting));
        bench.hear();
        let newer = ChangeTold { proposal: readout.clone(), ..codes(2, Change::Waiting, newer_at) };
        bench.tells(newer.clone());
        bench.tells(own(Change::Replaced));
        assert_eq!(bench.hear().len(), heard, "{newer_at}");
    }
}

#[test]
fn a_change_never_goes_back_by_what_was_read_earlier() {
    let mut bench = bench(&["anna"]);
    bench.tells(own(Change::Ready));
    bench.hear();
    let before = [own(Change::Waiting)];
    assert!(bench.set("code", &before, Place::Terminal).is_err());
    assert!(bench.confirm().is_ok(), "it is ready");
}
