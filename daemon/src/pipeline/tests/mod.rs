//! The main path without the world around it: events go in, orders come out.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Zoned};
use proptest::prelude::*;
use sayso_protocol::binding::Method;
use sayso_protocol::bus::{Answer, Error, Place, Preferences, Question, Result as AnswerResult};
use sayso_protocol::decision::{DecisionClaims, Heard, Verdict};
use sayso_protocol::enrolment::{AccountName, ApproverId};
use sayso_protocol::life::Standing;
use sayso_protocol::link::Ended;
use sayso_protocol::relay::{Received, Signer as ApproverKeys};
use sayso_protocol::request::{LONGEST, Near, Request, RequestId};
use sayso_protocol::secret::Receipt;
use sayso_protocol::signature::{Envelope, Jws, SecretKey};
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use sayso_words::{Language, Words};
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

mod binding;
mod changing;
mod keyless;
mod more_time;
mod practising;
mod several;
mod shut_out;
mod silence;
mod ways;

use super::{Event, Orders, Pipeline, Source};
use crate::announcer::speech::{Event as Speech, Order as Say, UtteranceId};
use crate::announcer::{Announcer, notification, speech};
use crate::clock;
use crate::doors::{Ask, Board, Call, ClientId, Given, QuietAsk};
use crate::errands::browser::Visit;
use crate::sample;
use crate::signer;
use crate::source::{Arrived, BrokerClock, Event as FromSource, Order as ToSource};
use crate::store::{KeptDecision, Told as ToldSoFar};
use crate::surroundings::lock::Lock;
use crate::surroundings::reader::ScreenReader;

const BROKER: &str = "http://127.0.0.1:1";

/// A pipeline, and the other ends of its channels.
struct Bench {
    pipeline: Pipeline,
    speech: mpsc::Receiver<speech::Order>,
    shown: mpsc::Receiver<notification::Order>,
    signer: mpsc::Receiver<signer::Order>,
    links: Vec<mpsc::Receiver<ToSource>>,
    opened: mpsc::Receiver<Visit>,
    public: mpsc::Receiver<crate::doors::PublicEvent>,
    registrar: mpsc::Receiver<crate::registrar::Call>,
    now: Instant,
    here: Zoned,
    // Held, so that orders to them find somebody.
    _ends: (watch::Receiver<Board>, mpsc::Receiver<()>),
}

fn bench(accounts: &[&str]) -> Bench {
    let (speech_out, speech) = mpsc::channel(64);
    let (notices, shown) = mpsc::channel(64);
    let (signer_out, signer) = mpsc::channel(64);
    let (board, board_in) = watch::channel(Board::default());
    let (public, public_in) = mpsc::channel(64);
    let (prompt, prompt_in) = mpsc::channel(1);
    let (browser, opened) = mpsc::channel(4);
    let (screen, _) = mpsc::channel(1);
    let (voices, _) = mpsc::channel(1);
    let (registrar, registrar_in) = mpsc::channel(1);
    let words = Words::new(Language::English);
    let (words_out, _) = watch::channel(words.clone());
    let chosen = Preferences { speech: true, notification: true, ..Preferences::default() };
    let announcer = Announcer::new(words, chosen, speech_out, notices);
    let orders = Orders {
        signer: signer_out,
        board,
        public,
        words: words_out,
        prompt,
        browser,
        screen,
        voices,
        registrar,
    };
    let mut bench = Bench {
        pipeline: Pipeline::new(announcer, orders, clock::now()),
        speech,
        shown,
        signer,
        links: Vec::new(),
        opened,
        public: public_in,
        registrar: registrar_in,
        now: clock::now(),
        here: noon(),
        _ends: (board_in, prompt_in),
    };
    for account in accounts {
        bench.link(account);
    }
    bench.tell(Event::Signer(signer::Event::BroughtBack));
    bench.tell(Event::Speech(Speech::Up));
    bench.tell(Event::Notification(notification::Event::Up));
    bench
}

/// The wall clock when a test begins.
fn noon() -> Zoned {
    jiff::civil::date(2036, 5, 14).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap()
}

fn approver(account: &str) -> ApproverId {
    ApproverId(format!("approver-of-{account}"))
}

fn id(n: u8) -> RequestId {
    RequestId(Uuid::from_u128(u128::from(n) + 1))
}

fn arrived(account: &str, n: u8, now: Instant) -> Arrived {
    arrived_by(account, n, now, &[Method::Code])
}

/// A request whose page offers these ways.
fn arrived_by(account: &str, n: u8, now: Instant, bindings: &[Method]) -> Arrived {
    let service = if n == 0 { "Example Bank" } else { "Nordic Rail" };
    let request = Request { bindings: bindings.to_vec(), ..sample::login(id(n), account, service) };
    let envelope = Envelope {
        iss: BROKER.into(),
        aud: approver(account).0,
        iat: UnixTime(1000),
        exp: UnixTime(1000).plus(LONGEST),
        jti: "jti".into(),
        claims: request,
    };
    let jws = SecretKey::from_bytes(&[1; 32]).sign(&envelope);
    Arrived {
        received: Received::new(jws, envelope),
        standing: Standing::Pending,
        receipt: None,
        deadline: now + Duration::from_secs(300),
        exp: now + Duration::from_secs(600),
    }
}

/// A request that is bound to its page.
fn bound(n: u8, now: Instant) -> Arrived {
    let receipt = Some(Receipt::draw(&mut rand::rng()));
    Arrived { standing: Standing::Bound, receipt, ..arrived("anna", n, now) }
}

fn ended(n: u8, state: Standing) -> FromSource {
    FromSource::Ended(Ended { id: id(n), state, reason: None, collected: false })
}

impl Bench {
    /// The link of an account, which is up.
    fn link(&mut self, account: &str) {
        let (orders, link) = mpsc::channel(64);
        let source = Source {
            account: AccountName::parse(account).unwrap(),
            broker: BROKER.into(),
            computer: "laptop".into(),
            since: UnixTime(1000),
            orders,
            clock: Some(BrokerClock::new(self.now, UnixTime(1000))),
            up: true,
            blocked: false,
            unknown: false,
            not_genuine: None,
        };
        self.links.push(link);
        let source = signer::Event::Source(Box::new((approver(account), source)));
        self.tell(Event::Signer(source));
    }

    fn tell(&mut self, event: Event) {
        self.pipeline.handle(event, self.now, self.here.clone());
    }

    fn source(&mut self, account: &str, event: FromSource) {
        self.tell(Event::Source((approver(account), event)));
    }

    fn arrive(&mut self, n: u8) {
        let arrived = arrived("anna", n, self.now);
        self.source("anna", FromSource::Arrived(arrived));
    }

    /// What is said from here on: utterance and text.
    fn said(&mut self) -> Vec<(UtteranceId, String)> {
        std::iter::from_fn(|| self.speech.try_recv().ok())
            .filter_map(|order| match order {
                Say::Say(utterance) => Some((utterance.id, utterance.text)),
                Say::Hush | Say::Cancel(_) | Say::Voice(_) => None,
            })
            .collect()
    }

    /// Lets everything that is said be heard to its end. Answers with the texts.
    fn hear(&mut self) -> Vec<String> {
        let mut texts = Vec::new();
        loop {
            let said = self.said();
            if said.is_empty() {
                return texts;
            }
            for (id, text) in said {
                self.tell(Event::Speech(Speech::Begun(id)));
                self.tell(Event::Speech(Speech::Ended(id)));
                texts.push(text);
            }
        }
    }

    fn call<T>(
        &mut self,
        ask: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Ask,
    ) -> oneshot::Receiver<Result<T, Error>> {
        let (reply, answer) = oneshot::channel();
        self.tell(Event::Call(Call { client: ClientId(1), ask: ask(reply) }));
        answer
    }

    fn bind(&mut self, given: Given) -> oneshot::Receiver<Result<Question, Error>> {
        self.call(|reply| Ask::Bind { given, place: Place::Nowhere, reply })
    }

    fn enter(&mut self, code: &str) -> oneshot::Receiver<Result<Question, Error>> {
        self.bind(Given::Code { code: code.to_owned(), account: String::new() })
    }

    /// The broker takes the code for request `n`.
    fn bound(&mut self, n: u8) {
        let Ok(ToSource::Bind { call, .. }) = self.links[0].try_recv() else { panic!("no code") };
        let result = Ok(bound(n, self.now));
        self.source("anna", FromSource::Bound { call, result });
    }

    fn answer(&mut self, verdict: Verdict) -> oneshot::Receiver<Result<Answer, Error>> {
        let (id, token, place) = (String::new(), String::new(), Place::Nowhere);
        self.call(|reply| match verdict {
            Verdict::Approve => Ask::Approve { id, token, place, reply },
            Verdict::Deny => Ask::Deny { id, token, place, reply },
            Verdict::Report => Ask::Report { id, token, place, reply },
        })
    }

    /// Why no request comes or is told.
    fn why_quiet(&mut self) -> Vec<String> {
        let mut why = self.call(|reply| Ask::Quiet(QuietAsk::Why { reply }));
        why.try_recv().unwrap().unwrap()
    }

    /// What the signer is asked to sign, signed and handed back.
    fn sign(&mut self) -> Option<DecisionClaims> {
        while let Ok(order) = self.signer.try_recv() {
            if let signer::Order::Sign { approver, decision, at: _ } = order {
                let keys = ApproverKeys {
                    approver: approver.clone(),
                    approver_key: SecretKey::from_bytes(&[2; 32]),
                    link_key: SecretKey::from_bytes(&[3; 32]),
                };
                let signed = Box::new(decision.sign(&keys, "jti".into()));
                let public = match signed.verdict() {
                    Verdict::Approve => keys.approver_key.public(),
                    Verdict::Deny | Verdict::Report => keys.link_key.public(),
                };
                let claims = public.verify_at_any_time(signed.jws().as_str()).unwrap().claims;
                let digest = signed.jws().digest();
                self.tell(Event::Signer(signer::Event::Signed { approver, digest, signed }));
                return Some(claims);
            }
        }
        None
    }

    fn pass(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        let ahead = i64::try_from(seconds).unwrap();
        self.here = self.here.checked_add(SignedDuration::from_secs(ahead)).unwrap();
        self.tell(Event::Due);
    }

    /// From the arrival to the question, heard whole.
    fn ask(&mut self) -> Vec<String> {
        self.arrive(0);
        let mut heard = self.hear();
        drop(self.enter("482 913"));
        self.bound(0);
        heard.extend(self.hear());
        heard
    }
}

fn refused<T: std::fmt::Debug>(mut answer: oneshot::Receiver<Result<T, Error>>) -> Error {
    answer.try_recv().unwrap().unwrap_err()
}

#[test]
fn a_login_is_heard_in_order_and_what_was_heard_is_signed() {
    let mut bench = bench(&["anna"]);
    let heard = bench.ask();
    assert_eq!(
        heard,
        [
            "Sayso. Example Bank asks you to log in.",
            "Account anna, this network. The code is on the page. Five minutes.",
            "Code correct. One question left.",
            "Log in at Example Bank as anna? Approve or deny?",
        ]
    );
    let mut answer = bench.answer(Verdict::Approve);
    let signed = bench.sign().unwrap();
    assert_eq!(signed.heard.text, heard[3]);
    assert!(signed.receipt.is_some());
    let answered = FromSource::Answered { request: id(0), result: Ok(Standing::Approved.into()) };
    bench.source("anna", answered);
    bench.source("anna", FromSource::Collected(id(0)));
    assert_eq!(answer.try_recv().unwrap().unwrap().result, AnswerResult::Approved);
    assert_eq!(bench.hear(), ["Approved. You are logged in at Example Bank."]);
}

#[test]
fn a_yes_before_the_question_was_told_to_its_end_signs_nothing() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    bench.hear();
    drop(bench.enter("482913"));
    bench.bound(0);
    let said = bench.said();
    bench.tell(Event::Speech(Speech::Begun(said[1].0)));
    assert!(matches!(refused(bench.answer(Verdict::Approve)), Error::NotAnnounced(_)));
    assert!(bench.sign().is_none());
    bench.tell(Event::Speech(Speech::Ended(said[1].0)));
    drop(bench.answer(Verdict::Approve));
    assert!(bench.sign().is_some());
}

#[test]
fn a_notice_can_be_denied_and_not_approved() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    bench.hear();
    assert!(matches!(refused(bench.answer(Verdict::Approve)), Error::NoQuestion(_)));
    drop(bench.answer(Verdict::Report));
    let signed = bench.sign().unwrap();
    assert_eq!((signed.verdict, signed.receipt), (Verdict::Report, None));
}

#[test]
fn nothing_that_was_never_begun_can_be_denied() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    assert!(matches!(refused(bench.answer(Verdict::Deny)), Error::NotAnnounced(_)));
}

#[test]
fn five_digits_are_sent_nowhere() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    assert!(matches!(refused(bench.enter("48291")), Error::NotACode(_)));
    assert!(bench.links[0].try_recv().is_err());
}

#[test]
fn a_terminal_that_begins_to_attend_has_first_what_waits_already() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    let mut lines = bench.call(|reply| Ask::Attend { after: 0, reply });
    let (last, lines) = lines.try_recv().unwrap().unwrap();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].text.starts_with("Sayso. Example Bank asks you to log in. Account anna"));
    let mut next = bench.call(|reply| Ask::Attend { after: last, reply });
    assert!(next.try_recv().is_err());
    bench.arrive(1);
    assert_eq!(next.try_recv().unwrap().unwrap().1.len(), 1);
}

#[test]
fn the_last_logins_code_costs_no_try() {
    let mut bench = bench(&["anna"]);
    bench.ask();
    drop(bench.answer(Verdict::Deny));
    bench.sign();
    let answered = FromSource::Answered { request: id(0), result: Ok(Standing::Denied.into()) };
    bench.source("anna", answered);
    bench.arrive(1);
    bench.hear();
    while bench.links[0].try_recv().is_ok() {}
    assert!(matches!(refused(bench.enter("482 913")), Error::WrongCode(_)));
    assert!(bench.links[0].try_recv().is_err());
    drop(bench.enter("482 914"));
    assert!(bench.links[0].try_recv().is_ok());
}

#[test]
fn a_code_goes_to_one_broker_only() {
    let mut bench = bench(&["anna", "bo"]);
    bench.arrive(0);
    let other = arrived("bo", 1, bench.now);
    bench.source("bo", FromSource::Arrived(other));
    assert!(matches!(refused(bench.enter("482913")), Error::Ambiguous(_)));
    drop(bench.bind(Given::Code { code: "482913".to_owned(), account: "bo".to_owned() }));
    assert!(bench.links[0].try_recv().is_err());
    assert!(matches!(bench.links[1].try_recv(), Ok(ToSource::Bind { .. })));
}

#[test]
fn the_next_step_is_said_where_nobody_can_read_it() {
    let next = |bench: &mut Bench, place| bench.call(|reply| Ask::Next { place, reply });
    let mut bench = bench(&["anna"]);
    next(&mut bench, Place::Terminal);
    assert_eq!(bench.hear(), [""; 0]);
    next(&mut bench, Place::Nowhere);
    assert_eq!(bench.hear(), ["Nothing is waiting."]);
    next(&mut bench, Place::Dialog);
    assert_eq!(bench.hear(), ["Nothing is waiting."], "no screen reader reads the dialog");
    bench.tell(Event::Reader(ScreenReader::Running));
    next(&mut bench, Place::Dialog);
    let why = bench.call(|reply| Ask::Question { id: String::new(), place: Place::Dialog, reply });
    assert_eq!(bench.hear(), [""; 0]);
    drop(why);
    bench.tell(Event::Reader(ScreenReader::Absent));
    bench.call(|reply| Ask::Question { id: String::new(), place: Place::Nowhere, reply });
    assert_eq!(bench.hear().len(), 1, "why there is no question");
    bench.arrive(0);
    bench.hear();
    next(&mut bench, Place::Nowhere);
    let said = bench.hear();
    assert_eq!(said, ["Example Bank: log in. Five minutes left. Account anna."]);
}

#[test]
fn a_question_that_follows_is_not_said_twice() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    bench.enter("482913");
    bench.bound(0);
    bench.hear();
    bench.call(|reply| Ask::Next { place: Place::Nowhere, reply });
    assert_eq!(bench.hear(), [""; 0]);
}

#[test]
fn who_is_not_registered_hears_so_where_nobody_can_read_it() {
    let mut bench = bench(&[]);
    bench.call(|reply| Ask::Next { place: Place::Nowhere, reply });
    let said = bench.hear();
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn a_locked_screen_says_that_something_waits_and_the_unlock_says_what() {
    let mut bench = bench(&["anna"]);
    bench.tell(Event::Lock(Lock::Locked));
    bench.arrive(0);
    assert_eq!(bench.hear(), ["Sayso. One request is waiting. Unlock to hear it."]);
    while let Ok(order) = bench.shown.try_recv() {
        assert!(!format!("{order:?}").contains("Example Bank"), "{order:?}");
    }
    bench.tell(Event::Lock(Lock::Unlocked));
    assert_eq!(bench.hear()[0], "Sayso. Example Bank asks you to log in.");
}

#[test]
fn a_login_from_elsewhere_is_said_before_everything_else() {
    let mut bench = bench(&["anna"]);
    let here = arrived("anna", 0, bench.now);
    let mut request = here.received.request().clone();
    (request.near, request.origin.place) = (Near::Other, Clean::new("Berlin"));
    let envelope = Envelope {
        iss: BROKER.into(),
        aud: approver("anna").0,
        iat: UnixTime(1000),
        exp: UnixTime(1000).plus(LONGEST),
        jti: "jti".into(),
        claims: request,
    };
    let received = Received::new(SecretKey::from_bytes(&[1; 32]).sign(&envelope), envelope);
    bench.source("anna", FromSource::Arrived(Arrived { received, ..here }));
    let head = std::iter::from_fn(|| bench.speech.try_recv().ok()).find_map(|order| match order {
        Say::Say(utterance) => Some((utterance.priority, utterance.text)),
        Say::Hush | Say::Cancel(_) | Say::Voice(_) => None,
    });
    let text = "Sayso. Careful: from Berlin, not here. Example Bank asks you to log in.";
    assert_eq!(head, Some((speech::Priority::Important, text.to_owned())));
}

#[test]
fn what_the_voice_could_not_say_is_shown() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    let said = bench.said();
    let why = speech::DownReason::NotAnswering;
    bench.tell(Event::Speech(Speech::Down { why }));
    bench.tell(Event::Speech(Speech::NotSaid(said[0].0)));
    let shown: Vec<_> = std::iter::from_fn(|| bench.shown.try_recv().ok()).collect();
    let shown = format!("{shown:?}");
    assert!(shown.contains("Sayso cannot speak. It writes here."), "{shown}");
    assert!(shown.contains("Example Bank: log in? Answer: code"), "{shown}");
    bench.tell(Event::Speech(Speech::Up));
    assert_eq!(bench.hear(), ["Speech is back. One waiting: Example Bank, log in. Five minutes."]);
}

#[test]
fn a_question_at_a_terminal_stays_there_when_the_voice_comes() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    let why = speech::DownReason::NotAnswering;
    bench.tell(Event::Speech(Speech::Down { why }));
    let given = Given::Code { code: "482913".into(), account: String::new() };
    drop(bench.call(|reply| Ask::Bind { given, place: Place::Terminal, reply }));
    bench.bound(0);
    bench.said();
    bench.tell(Event::Speech(Speech::Up));
    assert_eq!(bench.hear(), ["Speech is back. One waiting: Example Bank, log in. Five minutes."]);
}

#[test]
fn a_second_request_waits_for_the_open_question() {
    let mut bench = bench(&["anna"]);
    bench.ask();
    bench.arrive(1);
    assert_eq!(bench.hear(), ["One more waiting: Nordic Rail. First answer Example Bank."]);
    drop(bench.answer(Verdict::Deny));
    bench.sign();
    let answered = FromSource::Answered { request: id(0), result: Ok(Standing::Denied.into()) };
    bench.source("anna", answered);
    assert_eq!(
        bench.hear()[..2],
        ["Denied. Nobody was logged in.", "Sayso. Nordic Rail asks you to log in."]
    );
}

#[test]
fn an_end_is_told_only_to_a_person_who_had_begun() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    bench.hear();
    bench.source("anna", ended(0, Standing::Expired));
    assert!(bench.hear().is_empty());
    bench.ask();
    bench.source("anna", ended(0, Standing::Expired));
    assert_eq!(
        bench.hear(),
        ["Too late. Example Bank's request has ended. Start again on its page."]
    );
}

#[test]
fn without_a_connection_the_answer_is_kept_and_its_end_is_told_later() {
    let mut bench = bench(&["anna"]);
    bench.ask();
    let mut answer = bench.answer(Verdict::Approve);
    bench.sign();
    bench.pass(5);
    assert_eq!(answer.try_recv().unwrap().unwrap().result, AnswerResult::Kept);
    assert!(bench.hear()[0].starts_with("Not sent yet: no connection."));
    let answered = FromSource::Answered { request: id(0), result: Ok(Standing::Approved.into()) };
    bench.source("anna", answered);
    bench.source("anna", FromSource::Collected(id(0)));
    assert_eq!(bench.hear(), ["Approved. You are logged in at Example Bank."]);
}

#[test]
fn a_service_that_is_slow_is_told_of_twice_and_no_more() {
    let mut bench = bench(&["anna"]);
    bench.ask();
    let mut answer = bench.answer(Verdict::Approve);
    bench.sign();
    let answered = FromSource::Answered { request: id(0), result: Ok(Standing::Approved.into()) };
    bench.source("anna", answered);
    bench.pass(6);
    assert_eq!(answer.try_recv().unwrap().unwrap().result, AnswerResult::NotFetched);
    bench.pass(60);
    bench.source("anna", FromSource::Collected(id(0)));
    assert_eq!(
        bench.hear(),
        [
            "Approved. Example Bank has not fetched it yet. Look at the page.",
            "Done. Example Bank has your answer now.",
        ]
    );
}

/// An approval that an earlier run kept and did not send.
fn earlier(now: Instant) -> KeptDecision {
    let request = arrived("anna", 0, now).received.request().clone();
    let jws = Jws::received("a.b.c".into()).unwrap();
    KeptDecision {
        digest: jws.digest(),
        approver: approver("anna"),
        broker: BROKER.into(),
        request,
        verdict: Verdict::Approve,
        heard: Heard { lang: "en".into(), text: "Approve or deny?".into() },
        jws,
        decided_at: UnixTime(1000),
        exp: UnixTime(1000).plus(LONGEST),
        ending: None,
        collected_at: None,
        told: ToldSoFar::Nothing,
    }
}

#[test]
fn an_approval_of_an_earlier_run_is_sent_and_its_service_waited_for_as_ever() {
    for slow in [false, true] {
        let mut bench = bench(&["anna"]);
        let kept = earlier(bench.now);
        bench.tell(Event::Signer(signer::Event::Earlier(vec![kept])));
        assert!(matches!(bench.links[0].try_recv(), Ok(ToSource::Send { .. })));
        bench.arrive(0);
        let answered =
            FromSource::Answered { request: id(0), result: Ok(Standing::Approved.into()) };
        bench.source("anna", answered);
        assert!(bench.hear().is_empty(), "the browser is on its way");
        if slow {
            bench.pass(6);
            bench.pass(60);
        }
        bench.source("anna", FromSource::Collected(id(0)));
        let told: &[&str] = if slow {
            &[
                "Approved. Example Bank has not fetched it yet. Look at the page.",
                "Done. Example Bank has your answer now.",
            ]
        } else {
            &["Approved. You are logged in at Example Bank."]
        };
        assert_eq!(bench.hear(), told);
    }
}

#[test]
fn another_broker_cannot_end_a_request() {
    let mut bench = bench(&["anna", "bo"]);
    bench.arrive(0);
    bench.hear();
    bench.source("bo", ended(0, Standing::Cancelled));
    assert!(bench.pipeline.inbox.get(id(0)).is_some());
}

#[derive(Clone, Debug)]
enum Step {
    Arrive(u8),
    Enter,
    Hear,
    Lose,
    Lock(bool),
    End(u8),
    Answer(u8),
    Hush,
    Pass(u64),
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0u8..3).prop_map(Step::Arrive),
        Just(Step::Enter),
        Just(Step::Hear),
        Just(Step::Lose),
        any::<bool>().prop_map(Step::Lock),
        (0u8..3).prop_map(Step::End),
        (0u8..3).prop_map(Step::Answer),
        Just(Step::Hush),
        (0u64..90).prop_map(Step::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn in_any_order_only_a_question_heard_whole_is_approved(
        steps in proptest::collection::vec(steps(), 0..50)
    ) {
        let mut bench = bench(&["anna"]);
        let mut heard: Vec<String> = Vec::new();
        for step in steps {
            match step {
                Step::Arrive(n) => bench.arrive(n),
                Step::Enter => {
                    drop(bench.enter("482913"));
                    let first = bench.pipeline.inbox.waiting().next().map(|(id, _)| id);
                    if let Some(n) = first
                        && let Ok(ToSource::Bind { call, .. }) = bench.links[0].try_recv()
                    {
                        let n = u8::try_from(n.0.as_u128() - 1).unwrap();
                        let receipt = Some(Receipt::draw(&mut rand::rng()));
                        let standing = Standing::Bound;
                        let arrived =
                            Arrived { standing, receipt, ..arrived("anna", n, bench.now) };
                        bench.source("anna", FromSource::Bound { call, result: Ok(arrived) });
                    }
                }
                Step::Hear => heard.extend(bench.hear()),
                Step::Lose => {
                    for (id, _) in bench.said() {
                        bench.tell(Event::Speech(Speech::Cut(id)));
                    }
                }
                Step::Lock(locked) => {
                    let lock = if locked { Lock::Locked } else { Lock::Unlocked };
                    bench.tell(Event::Lock(lock));
                }
                Step::End(n) => bench.source("anna", ended(n, Standing::Expired)),
                Step::Answer(n) => {
                    let verdict = [Verdict::Approve, Verdict::Deny, Verdict::Report][usize::from(n)];
                    drop(bench.answer(verdict));
                    if let Some(signed) = bench.sign()
                        && signed.verdict == Verdict::Approve
                    {
                        prop_assert!(heard.contains(&signed.heard.text));
                        prop_assert!(signed.receipt.is_some());
                    }
                }
                Step::Hush => drop(bench.call(|reply| Ask::Hush { reply })),
                Step::Pass(seconds) => bench.pass(seconds),
            }
        }
    }
}
